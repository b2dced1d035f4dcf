"""Is this code real? The answer for whoever scans: verified claims, the state in the register, nothing else.

Looking (GET) reads only. A posted verification that ends badly leaves a note for the rule `code.bad`, one per device
group and clock hour; the code itself is never kept, only the hash that stands for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import PUBLIC
from app.domain.codes.classify import ELSEWHERE, FOREIGN, OTHER_ISSUER, SHORT_CODE, Scanned, classify, issuer_of
from app.domain.codes.issuers import Issuer
from app.domain.codes.token import masked, signed_digest
from app.domain.codes.verify import RegisteredCode, Step, Verdict, Verification, verify_elsewhere
from app.domain.codes.verify import verify as verify_code
from app.domain.enterprises import normalise_uscc
from app.domain.inspections import Inspection
from app.domain.mirroring import presented_as
from app.domain.times import rfc3339, shanghai_day
from app.services.flagging import flags
from app.store import inspections as inspection_store
from app.store.database import dialect_insert
from app.store.inspections import Holder
from app.store.issuing import mirrors
from app.store.mirroring import by_code
from app.store.models import BadPresentation, CodeRow, Enterprise
from app.store.reference import current
from app.store.unit_of_work import UnitOfWork

# rules.md, code.bad: what a posted verification, and what an attempted arrival, leaves a note for
BAD_WHEN_VERIFIED = frozenset(
    ("bad_signature", "unknown_key", "not_registered", "wrong_enterprise", "cancelled", "revoked")
)
BAD_WHEN_ARRIVING = BAD_WHEN_VERIFIED | {"expired", "replaced", "completed", "lapsed"}


@dataclass(frozen=True, slots=True)
class Look:
    """`inspection` is there only when the signature verified and the register knows the code."""

    scanned: Scanned
    verification: Verification
    inspection: Inspection | None = None
    holder: Holder | None = None  # whose visit it is, where there is one

    @property
    def verdict(self) -> str:
        return str(self.verification.verdict)

    @property
    def may_begin(self) -> bool:
        """Whether the visit may take place now."""
        return self.verification.verdict in (Verdict.VALID, Verdict.REGISTERED_ELSEWHERE)


def look(
    session: Session,
    text: str,
    now: datetime,
    uscc: str | None = None,
    issuers: Sequence[Issuer] = (),
    *,
    lock: bool = False,
) -> Look:
    """What a URL, a token's digits or a short code is worth at `now`. Reads only; a few indexed rows.

    `lock`: the inspection found stays as it is until the transaction ends, so that a step can rest on it."""
    scanned = classify(text, issuers)
    seen = _look(session, scanned, now, uscc, lock)
    if scanned.kind in (FOREIGN, OTHER_ISSUER) or seen.verification.verdict == Verdict.UNKNOWN_KEY:
        return _elsewhere(session, seen, text, now, uscc, issuers, lock)
    return seen


def _elsewhere(
    session: Session, seen: Look, text: str, now: datetime, uscc: str | None, issuers: Sequence[Issuer], lock: bool
) -> Look:
    """A code that is not ours may belong to a visit that another system registered and that is known here.

    Where none is, one of a recognised system stays unread while only our own codes count, else it is not registered here.
    """
    issuer = seen.scanned.issuer or issuer_of(text, issuers)
    found = by_code(session, text, lock=lock)
    if found is not None:
        enterprise = session.get_one(Enterprise, found.enterprise_id)
        holder = Holder(enterprise.name, enterprise.uscc)
        window = found.window_start, found.window_end
        known = verify_elsewhere(found.state, window, now, enterprise.uscc, normalise_uscc(uscc) if uscc else None)
        return Look(
            replace(seen.scanned, kind=ELSEWHERE, value=presented_as(text), issuer=issuer), known, found, holder
        )
    if issuer is None:
        return seen
    other = replace(seen.scanned, kind=OTHER_ISSUER, issuer=issuer)
    if not mirrors(session, shanghai_day(now)):
        return Look(other, _stopped_at("digits", Verdict.MALFORMED))
    return Look(other, _stopped_at("registered", Verdict.NOT_REGISTERED))


def _look(session: Session, scanned: Scanned, now: datetime, uscc: str | None, lock: bool) -> Look:
    presented: str | bytes = scanned.value
    if scanned.kind == SHORT_CODE:
        token = session.scalar(select(CodeRow.token).where(CodeRow.short_code == scanned.value))
        if token is None:
            return Look(scanned, _stopped_at("registered", Verdict.NOT_REGISTERED))
        presented = token
    elif scanned.kind in (FOREIGN, OTHER_ISSUER):
        return Look(scanned, _stopped_at("digits", Verdict.MALFORMED))
    found: dict[bytes, tuple[Inspection, Holder]] = {}

    def register(cti: bytes) -> RegisteredCode | None:
        issued = inspection_store.by_code(session, cti.hex(), lock=lock)
        if issued is None:
            return None
        token, inspection, holder = issued
        found[cti] = inspection, holder
        replaced = inspection.code is None or inspection.code.cti != cti.hex()
        return RegisteredCode(cti, inspection.state, signed_digest(token), replaced)

    verification = verify_code(presented, current(session), register, now, uscc)
    known = verification.registered
    return Look(scanned, verification, *(found[known.cti] if known else ()))


def _stopped_at(step: str, verdict: Verdict) -> Verification:
    return Verification(verdict, (Step(step, False),))


def is_to_be_noted(seen: Look) -> bool:
    """Whether a posted verification leaves a note; another system's code is nobody's forgery."""
    return seen.verdict in BAD_WHEN_VERIFIED and seen.scanned.issuer is None


def note_bad(work: UnitOfWork, seen: Look, device: str) -> None:
    """Keeps that a bad code was presented: once per device group and clock hour, however often it is posted."""
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    group = work.vault.mark(f"presentation:{hour:%Y%m%d}", device).hex()
    claims = seen.verification.claims
    jurisdiction = seen.inspection.jurisdiction if seen.inspection else work.default_jurisdiction
    row = {
        "id": work.new_id(),
        "jurisdiction": jurisdiction,
        "device_group": group,
        "hour": hour,
        "verdict": seen.verdict,
        "cti": masked(claims.cti) if claims else None,
        "inspection": seen.inspection.id if seen.inspection else None,
        "recorded_at": work.now,
    }
    statement = dialect_insert(work.session, BadPresentation).values(row).on_conflict_do_nothing()
    if work.session.execute(statement.returning(BadPresentation.id)).first() is None:
        return
    body = {"verdict": seen.verdict, "hour": rfc3339(hour), "inspection": row["inspection"]}
    work.store_fact(work.fact("code.presented", ("presentation", str(row["id"])), body, PUBLIC, jurisdiction))
    flags.after_presentation(work, str(row["id"]))
