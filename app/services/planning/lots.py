"""Drawing by lot (双随机): a commitment enters the log, and only then is the seed revealed and the lot drawn.

Who reuses this for something else than visits (call-backs, review of case files) builds a `Pool` of own ids and calls
`commit`; `draw`, `abandon`, the public page and `flask lots verify` are the same.
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import lots as domain
from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR, SYSTEM, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.lots import Pool
from app.store import log as log_store
from app.store import registry
from app.store.models import FactRow, Lot
from app.store.unit_of_work import UnitOfWork

VISIT, PROMISED = "visit", "lot.promised"
NOT_PUBLIC = ("dismissal",)  # the pool alone would tell of flags that rest on what enterprises said
LONGEST_WORD = 100


@dataclass(frozen=True, slots=True)
class Commission:
    """What is to be drawn, and why: `left_out` are (id, reason code) of those that were considered and are not in the pool."""

    purpose: str
    title: str
    unit: str
    pool: Pool
    left_out: tuple[tuple[str, str], ...] = ()
    plan: str | None = None
    plan_row: int | None = None
    again_of: str | None = None  # the drawing that was given up and that this one takes the place of
    again_reason: str | None = None


def commit(work: UnitOfWork, actor: Actor, what: Commission) -> Lot:
    """Fixes pool and seed, and tells neither: the fact `lot.committed`, and `lot.promised` for everybody: the commitment alone,
    whose proof can be given away. Raises Invalid("lot_pool" | "lot_empty" | …)."""
    if not what.pool.subjects:
        raise Invalid("lot_empty", "pool")
    if what.pool.each and len(what.pool.persons) < what.pool.each:
        raise Invalid("lot_too_few_officers", "officers", each=what.pool.each, able=len(what.pool.persons))
    text, seed = what.pool.text, work.random(domain.SEED_BYTES)
    pool_hash = domain.hash_of(text)
    lot_id = work.new_id()
    jurisdiction = registry.jurisdiction_of(work.session, actor.region, None, work.default_jurisdiction)
    body: dict[str, Any] = {
        "unit": what.unit,
        "purpose": what.purpose,
        "title": what.title,
        "plan": what.plan,
        "plan_row": what.plan_row,
        "pool_hash": pool_hash,
        "commitment": domain.commitment(seed, pool_hash),
        "left_out": [list(one) for one in what.left_out],
    }
    again = {"again_of": what.again_of, "again_reason": what.again_reason} if what.again_of else {}
    sizes = {"subjects": len(what.pool.subjects), "wanted": what.pool.wanted, "persons": len(what.pool.persons)}
    promise = {name: body[name] for name in ("commitment", "pool_hash")}
    work.store_fact(work.fact(PROMISED, ("lot", lot_id), promise, SYSTEM, jurisdiction))
    work.store_fact(work.fact("lot.committed", ("lot", lot_id), body | sizes | again, actor, jurisdiction))
    lot = Lot(
        id=lot_id,
        jurisdiction=jurisdiction,
        state=domain.COMMITTED,
        pool=text,
        sealed_seed=work.vault.seal(seed, f"lot:{lot_id}"),
        committed_at=work.now,
        **(body | {"left_out": json.dumps(body["left_out"])}),
    )
    work.session.add(lot)
    work.session.flush()
    return lot


def draw(work: UnitOfWork, actor: Actor, lot_id: str, word: str = "") -> Lot:
    """Draws, and reveals the seed. `word` is what somebody present calls out now: nobody could have known it when the seed
    was fixed. Raises Refused("lot_not_in_this_state"), Refused("lot_not_logged") while the log does not show the commitment."""
    return reveal(work, actor, _own(work, actor, lot_id, "lot.drawn"), word)


def reveal(work: UnitOfWork, actor: Actor, lot: Lot, word: str = "") -> Lot:
    """`draw` of a locked, committed lot, for what the platform itself draws. Raises as `draw`."""
    if position(work.session, lot.id, "lot.committed") is None:
        raise Refused("lot_not_logged")
    word = unicodedata.normalize("NFC", word.strip())
    if len(word) > LONGEST_WORD or not word.isprintable():
        raise Invalid("too_long", "word", most=LONGEST_WORD)
    seed = work.vault.open(lot.sealed_seed, f"lot:{lot.id}")
    found = domain.draw(seed, word, Pool.parse(lot.pool))
    result = [[subject, list(persons)] for subject, persons in found.pairs]
    body = {"seed": seed.hex(), "word": word, "result": result, "passed_over": list(found.passed_over)}
    work.store_fact(work.fact("lot.drawn", ("lot", lot.id), body, actor, lot.jurisdiction))
    lot.state, lot.drawn_at, lot.seed, lot.word = domain.DRAWN, work.now, seed.hex(), word
    lot.result = json.dumps(result)
    work.session.flush()
    return lot


def abandon(work: UnitOfWork, actor: Actor, lot_id: str, reason: str) -> Lot:
    """Gives a drawing up before it is drawn, with a reason that stays public. Raises Invalid("reason_missing")."""
    lot = _own(work, actor, lot_id, "lot.abandoned")
    reason = reason.strip()[:400]
    if not reason:
        raise Invalid("reason_missing", "reason")
    work.store_fact(work.fact("lot.abandoned", ("lot", lot_id), {"reason": reason}, actor, lot.jurisdiction))
    lot.state, lot.reason = domain.ABANDONED, reason
    work.session.flush()
    return lot


def again(work: UnitOfWork, actor: Actor, lot_id: str, reason: str) -> Lot:
    """Draws a drawing that was given up again, once: from the same pool with a new seed, promised in the log as before.

    Both reasons stay public, and each drawing names the other. Raises NotFound, Refused (state), Invalid("reason_missing").
    """
    lot = _own(work, actor, lot_id, "lot.redrawn")
    reason = reason.strip()[:400]
    if not reason:
        raise Invalid("reason_missing", "again")
    left_out = tuple((str(i), str(code)) for i, code in json.loads(lot.left_out))
    pool = Pool.parse(lot.pool)
    what = Commission(lot.purpose, lot.title, lot.unit, pool, left_out, lot.plan, lot.plan_row, lot.id, reason)
    fresh = commit(work, actor, what)
    body = {"by": fresh.id, "reason": reason}
    work.store_fact(work.fact("lot.redrawn", ("lot", lot_id), body, actor, lot.jurisdiction))
    lot.state = domain.REDRAWN
    work.session.flush()
    return fresh


@dataclass(frozen=True, slots=True)
class Chain:
    """The drawing before this one that was given up, why it is drawn again, and the drawing that takes this one's place."""

    before: str | None
    reason: str | None
    after: str | None


def chain(session: Session, lot: Lot) -> Chain:
    """What the facts say of drawing again."""
    facts = session.scalars(select(FactRow).where(FactRow.subject_kind == "lot", FactRow.subject_id == lot.id))
    said = {fact.kind: json.loads(fact.body) for fact in facts}
    first, then = said.get("lot.committed", {}), said.get("lot.redrawn", {})
    return Chain(first.get("again_of"), first.get("again_reason") or then.get("reason"), then.get("by"))


def may_see(actor: Actor, lot: Lot) -> bool:
    """Names behind the ids are for the unit and for the supervisor of the region."""
    return lot.jurisdiction in actor.regions if actor.role == SUPERVISOR else lot.unit == actor.unit


def position(session: Session, lot_id: str, kind: str) -> int | None:
    """Where in the log a fact about a drawing stands; None while it waits or is not there."""
    where = (FactRow.subject_kind == "lot", FactRow.subject_id == lot_id, FactRow.kind == kind)
    leaf = session.scalar(select(FactRow.leaf).where(*where))
    return log_store.position_of(session, leaf) if leaf is not None else None


def published(session: Session, lot: Lot) -> dict[str, Any]:
    """What everybody may read of a drawing: ids, no names, and where in the log its facts stand."""
    result = json.loads(lot.result) if lot.result else None
    said = domain.document(lot.pool, lot.commitment, lot.seed, lot.word, result)
    kinds = ("promised", "committed", "drawn", "abandoned")
    entries = {kind: position(session, lot.id, f"lot.{kind}") for kind in kinds}
    return {"id": lot.id, **said, "log_positions": entries}


def problems(session: Session, lot: Lot) -> list[str]:
    """domain.lots.verify, and what only the installation can see: `fact` (not as it was recorded), `order` (drawn before
    the commitment was in the log)."""
    said = published(session, lot)
    found = domain.verify(said)
    facts = session.scalars(select(FactRow).where(FactRow.subject_kind == "lot", FactRow.subject_id == lot.id))
    recorded = {fact.kind: json.loads(fact.body) for fact in facts}
    first, second = recorded.get("lot.committed", {}), recorded.get("lot.drawn", {})
    stands = (lot.commitment, said["pool_hash"], said["seed"], said["result"])
    if stands != (first.get("commitment"), first.get("pool_hash"), second.get("seed"), second.get("result")):
        found.append("fact")
    committed, drawn = said["log_positions"]["committed"], said["log_positions"]["drawn"]
    if committed is None or (drawn is not None and drawn < committed):
        found.append("order")
    return found


def _own(work: UnitOfWork, actor: Actor, lot_id: str, step: str) -> Lot:
    actor.require(INSPECTOR, HEAD, SUPERVISOR)
    lot = work.session.scalar(select(Lot).where(Lot.id == lot_id).with_for_update())
    if lot is None or lot.unit != actor.unit:
        raise NotFound("no_such_lot")
    if lot.state not in domain.TRANSITIONS[step]:
        raise Refused("lot_not_in_this_state")
    return lot


def pairs(lot: Lot) -> Sequence[tuple[str, list[str]]]:
    """(subject, persons) as drawn; empty before."""
    return [(subject, persons) for subject, persons in json.loads(lot.result or "[]")]
