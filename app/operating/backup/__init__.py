"""Backups: one encrypted file with the database as it was at one instant, the keys, and what the log said then.

`sealing` is the encrypted stream, `databases` copies SQLite and PostgreSQL out and in, `making` writes a backup,
`restoring` checks and restores one.
"""
