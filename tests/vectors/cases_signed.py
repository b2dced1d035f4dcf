"""Cases about properly signed codes: state, window, enterprise, keys, offline."""

from collections.abc import Iterator
from datetime import timedelta

from app.domain.codes.token import code_url
from tests.vectors.case import Case, registered
from tests.vectors.forge import (
    BASE,
    ELSEWHERE,
    FUTURE,
    NOW,
    P256_ORDER,
    REVOKED,
    ROTATED,
    SM2_UNIT,
    STATUS,
    STRANGER,
    token,
)

USUAL = token()
START, END = NOW - timedelta(hours=1), NOW + timedelta(hours=7)
SECOND = timedelta(seconds=1)
OWN, OTHER = "91990101MA0YT00065", "91990101MA0YT00140"
CANCELLED, REPLACED, COMPLETED, LAPSED = (token(items=(n,)) for n in (901, 902, 903, 904))  # in the status list


def _varied(code: bytes) -> bytes:
    """(r, n−s): the other signature that follows from one without the key."""
    s = P256_ORDER - int.from_bytes(code[-32:], "big")
    return code[:-32] + s.to_bytes(32, "big")


def valid() -> Iterator[Case]:
    def case(name: str, why: str, code: bytes, **changes) -> Case:
        return Case(name, why, code, "valid", **({"online": registered(code)} | changes))

    yield case("valid", "a registered, approved code inside its window", USUAL)
    yield case("valid-in-progress", "the visit has begun", USUAL, online=registered(USUAL, "in_progress"))
    yield case("valid-sm2", "the second suite, because the key says so", token(SM2_UNIT))
    yield case("valid-triggered", "the other kind", token(kind="triggered"))
    yield case("valid-without-uscc", "a subject without a credit code", token(uscc=None))
    yield case(
        "valid-early-uscc", "a credit code with an early, wrong check character", token(uscc="91350100M0001TGQXM")
    )
    yield case("valid-more", "lists that were cut say so at their end", token(items=(30, 0), certificates=("…",)))
    yield case(
        "valid-empty-lists", "no item and no officer is a matter for the rules", token(items=(), certificates=())
    )
    yield case("valid-large-items", "item numbers of up to 32 bits", token(items=(23, 24, 255, 256, 65536, 2**32 - 1)))
    yield case(
        "valid-varied-signature",
        "(r, n−s) is the same code: identity is the cti",
        _varied(USUAL),
        online=registered(USUAL),
    )
    yield case("valid-first-second", "the window includes its start", USUAL, now=START)
    yield case("valid-last-second", "and ends before its end", USUAL, now=END - SECOND)
    yield case("valid-own-enterprise", "held against the enterprise it names", USUAL, uscc=OWN)
    yield case("valid-own-enterprise-typed", "a credit code typed in small letters", USUAL, uscc=" " + OWN.lower())
    for name, why, url in (
        ("valid-url", "the address in the QR", code_url(BASE, USUAL)),
        (
            "valid-url-copied-site",
            "any host shows our codes; trust comes from the keys",
            code_url("http://x.example:81/a", USUAL),
        ),
        ("valid-url-query", "messengers append their own", code_url(BASE, USUAL) + "/?from=chat#top"),
    ):
        yield UrlCase(name, why, url, "valid", online=registered(USUAL))


class UrlCase(Case):
    """A usual code in an address; the claims are those of the usual code."""

    def _claims(self):
        return Case("", "", USUAL, "valid")._claims()


def windows_and_states() -> Iterator[Case]:
    def state(name: str, why: str, verdict: str, state: str, replaced: bool = False, now=NOW) -> Case:
        return Case(name, why, USUAL, verdict, "state", registered(USUAL, state, replaced), now)

    late, early = END + timedelta(days=5), START - timedelta(days=1)
    yield Case(
        "not-yet", "a second before the window", USUAL, "not_yet_valid", "window", registered(USUAL), START - SECOND
    )
    yield Case(
        "expired", "the end itself is outside", USUAL, "expired", "window", registered(USUAL, "in_progress"), END
    )
    yield state("lapsed-by-time", "approved, never begun, window over: before any sweep", "lapsed", "approved", now=END)
    yield state("lapsed", "the sweep recorded it", "lapsed", "lapsed", now=late)
    yield state(
        "lapsed-not-carried-out", "the inspector recorded that it did not take place", "lapsed", "not_carried_out"
    )
    yield state("cancelled", "inside the window", "cancelled", "cancelled")
    yield state("cancelled-late", "cancelled wins over expired", "cancelled", "cancelled", now=late)
    yield state("cancelled-early", "cancelled wins over not yet", "cancelled", "cancelled", now=early)
    yield state("completed", "inside the window", "completed", "completed")
    yield state("completed-late", "completed wins over expired", "completed", "completed", now=late)
    yield state("replaced", "a later version of the code exists", "replaced", "approved", True)
    yield state("replaced-late", "replaced wins over lapsed and expired", "replaced", "approved", True, late)
    yield state("replaced-state", "the inspection itself was replaced", "replaced", "replaced")
    yield state("replaced-completed", "replaced wins over completed", "replaced", "completed", True)
    yield state("replaced-cancelled", "cancelled wins over replaced", "cancelled", "cancelled", True)
    yield state("revoked-code", "one code revoked by the register", "revoked", "revoked")
    yield state("revoked-code-late", "revoked wins over expired", "revoked", "revoked", now=late)
    yield state("never-approved", "a state in which no code exists", "not_registered", "applied")
    yield Case("not-registered", "signed, but not in the register", USUAL, "not_registered", "registered")
    yield Case(
        "not-registered-late", "not registered wins over expired", USUAL, "not_registered", "registered", now=late
    )
    twin = token(cti=bytes.fromhex("00" * 16), enterprise_name="另一家")
    issued = token(cti=bytes.fromhex("00" * 16))
    yield Case(
        "not-registered-twin",
        "the identity of another code over other claims",
        twin,
        "not_registered",
        "registered",
        registered(issued),
    )


def enterprises() -> Iterator[Case]:
    wrong, step = "wrong_enterprise", "enterprise"
    nobody = token(uscc=None)
    yield Case("wrong-enterprise", "another enterprise's code", USUAL, wrong, step, registered(USUAL), uscc=OTHER)
    yield Case(
        "wrong-enterprise-none", "a code for a subject without one", nobody, wrong, step, registered(nobody), uscc=OTHER
    )
    yield Case(
        "expired-before-enterprise",
        "online the window comes first",
        USUAL,
        "expired",
        "window",
        registered(USUAL, "in_progress"),
        END,
        OTHER,
    )


def keys() -> Iterator[Case]:
    def case(name: str, why: str, code: bytes, verdict: str, fails: str | None, **changes) -> Case:
        return Case(name, why, code, verdict, fails, **({"online": registered(code)} | changes))

    unknown = "unknown_key"
    yield case("key-in-no-list", "signed by a key that nobody listed", token(STRANGER), unknown, "key")
    yield case("key-other-jurisdiction", "another jurisdiction's code", token(ELSEWHERE), unknown, "key")
    yield case("key-other-list", "valid where its list is trusted", token(ELSEWHERE), "valid", None, keys="elsewhere")
    yield case(
        "key-ours-elsewhere", "our code before another jurisdiction's list", USUAL, unknown, "key", keys="elsewhere"
    )
    yield case("key-of-status-list", "a key listed for another use", token(STATUS), unknown, "key")
    yield case("key-revoked", "every code of a revoked key", token(REVOKED), "revoked", "key")
    yield case(
        "key-revoked-before",
        "also for a clock before the revocation",
        token(REVOKED),
        "revoked",
        "key",
        now=NOW - timedelta(hours=6),
    )
    yield case("key-revoked-late", "revoked wins over expired", token(REVOKED), "revoked", "key", now=END + SECOND)
    forged = token(REVOKED)[:-64] + bytes(64)
    yield Case("key-revoked-forged", "the key comes before the signature", forged, "revoked", "key")
    yield case("key-rotated", "issued before an ordinary rotation", token(ROTATED), "valid", None)
    rotated = token(ROTATED, issued_at=NOW - timedelta(hours=10))
    yield case("key-used-after-rotation", "issued at not_after, which is outside", rotated, unknown, "claims")
    yield case("key-used-before-its-time", "issued before not_before", token(FUTURE), unknown, "claims")


def offline() -> Iterator[Case]:
    def case(name: str, why: str, code: bytes | str, verdict: str, fails: str | None = None, **changes) -> Case:
        return Case(name, why, code, verdict, fails, None, **changes)

    yield case("offline-valid", "signature, key, claims and window hold", USUAL, "valid")
    yield case("offline-sm2", "the second suite", token(SM2_UNIT), "valid")
    yield case("offline-not-yet", "by the phone's clock", USUAL, "not_yet_valid", "window", now=START - SECOND)
    yield case("offline-expired", "lapsed or expired is not known offline", USUAL, "expired", "window", now=END)
    yield case(
        "offline-enterprise-first",
        "the phone's clock comes last",
        USUAL,
        "wrong_enterprise",
        "enterprise",
        now=END,
        uscc=OTHER,
    )
    yield case("offline-own-enterprise", "then the window", USUAL, "expired", "window", now=END, uscc=OWN)
    yield case("offline-revoked-key", "from the key list", token(REVOKED), "revoked", "key")
    listed = (("cancelled", CANCELLED), ("replaced", REPLACED), ("completed", COMPLETED), ("lapsed", LAPSED))
    for verdict, code in listed:
        yield case(f"offline-{verdict}", "from the status list", code, verdict, "state", status="main")
        yield case(f"offline-{verdict}-unseen", "the same without a status list", code, "valid")
    yield case(
        "offline-listed-late",
        "the status list wins over the window",
        CANCELLED,
        "cancelled",
        "state",
        now=END,
        status="main",
    )
    yield case("offline-not-listed", "a code that the status list does not name", USUAL, "valid", status="main")
