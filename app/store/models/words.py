"""Words that must be erasable one day: facts hold salted hashes of them. Words and salt go together, the log stays whole."""

import hashlib


def digest(salt: bytes | None, name: str, words: str | None) -> str | None:
    """What a fact holds of a column of words; None where there are none."""
    if not words:
        return None
    return hashlib.sha256((salt or b"") + f"{name}\0{words}".encode()).hexdigest()
