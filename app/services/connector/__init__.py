"""The connector: takes visits and registers from another system and gives results and closed ratings back.

`sources` are where the other system is (its HTTP interface, or files in a folder), `reading` makes what it says ours,
`taking` and `returning` are the use cases, `running` one round of all of it. Idempotent: a round that breaks off is simply
done again from the kept cursor.
"""
