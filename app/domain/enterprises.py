"""Enterprises: the unified social credit code (统一社会信用代码, GB 32100-2015) and how a name is compared."""

import re
import unicodedata

LONGEST_NAME = 200  # NFKC can make one character eighteen
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [pow(3, i, 31) for i in range(17)]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def normalise_uscc(text: str) -> str:
    """Full-width to half-width, no white space or hyphens, upper case. Says nothing about validity."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and c != "-").upper()


def uscc_check_character(first17: str) -> str:
    """The 18th character for 17 characters of the alphabet. C18 = (31 − Σ Ci·Wi mod 31) mod 31."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first8: str) -> str:
    """The 9th character of an organisation code (GB 11714) for its first eight."""
    total = sum(int(c, 36) * w for c, w in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def uscc_problem(uscc: str) -> str | None:
    """The error code of a normalised USCC, or None where it is right.

    `uscc_length`, `uscc_character` (I O S V Z and others are never used), `uscc_check_digit`.
    """
    if len(uscc) != 18:
        return "uscc_length"
    if any(c not in ALPHABET for c in uscc):
        return "uscc_character"
    if uscc_check_character(uscc[:17]) != uscc[17]:
        return "uscc_check_digit"
    return None


def is_early_pilot(uscc: str) -> bool:
    """Early pilot codes, whose organisation code begins with M0, exist with wrong check digits: warn, do not refuse."""
    return len(uscc) == 18 and uscc[8:10] == "M0" and all(c in ALPHABET for c in uscc)


def normalise_name(text: str) -> str:
    """A name for comparing: NFKC, no white space, lower case, so that （ and ( are the same; its first 200 characters."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace()).lower()[:LONGEST_NAME]


LONGEST_ADDRESS_KEY = 100
_DIVISIONS = re.compile(
    r"^(?:[^省市区县路街镇乡\d]{2,8}(?:省|自治区))?(?:[^省市区县路街镇乡\d]{2,8}市)?(?:[^省市区县路街镇乡\d]{1,8}[区县])?"
)


def address_key(text: str | None) -> str | None:
    """An address for comparing: NFKC, letters and digits only, lower case, without 省, 市 and 区 in front of it.

    None where it names no place that one could stand at: without a number there is no house.
    """
    folded = unicodedata.normalize("NFKC", text or "").lower()
    bare = "".join(c for c in folded if c.isalnum())
    key = _DIVISIONS.sub("", bare)
    return key[:LONGEST_ADDRESS_KEY] if len(key) >= 4 and any(c.isdigit() for c in key) else None
