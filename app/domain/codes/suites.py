"""The signature suites. A suite belongs to a key, never to what a token says of itself.

ES256 (ECDSA, P-256, SHA-256) is the default; SM2-SM3 is for units that are set to it.
"""

from app.domain.codes.es256 import Es256
from app.domain.codes.sm2 import Sm2WithSm3
from app.domain.codes.suite import SIGNATURE_BYTES, KeyFormatError, Suite, b64url, unb64url

__all__ = [
    "ES256",
    "SIGNATURE_BYTES",
    "SM2_SM3",
    "SUITES",
    "KeyFormatError",
    "Suite",
    "b64url",
    "suite_named",
    "unb64url",
]

ES256: Suite = Es256()
SM2_SM3: Suite = Sm2WithSm3()
SUITES: dict[str, Suite] = {suite.name: suite for suite in (ES256, SM2_SM3)}


def suite_named(name: str) -> Suite:
    """The suite of that name. Raises KeyFormatError for one that is not known here."""
    try:
        return SUITES[name]
    except KeyError:
        raise KeyFormatError(f"no suite {name!r}") from None
