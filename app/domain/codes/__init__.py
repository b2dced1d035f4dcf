"""The code of an inspection: token format, keys and suites, verification as named steps, drawing, short codes.

Pure: clock, keys and randomness are arguments. The format is specified in docs/token.md; the test vectors in
tests/vectors/ drive this verifier and the one of the scanner page alike.
"""
