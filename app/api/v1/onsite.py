"""What happens to a visit under way: amended, its amendment decided, completed."""

from datetime import date

from app.api.v1 import answers, examples
from app.api.v1.inspections import UNIT, advisory_json, one
from app.api.v1.operations import Answer, Declared
from app.api.v1.schemas import AmendIn, ApproveIn, CompleteIn, RectificationIn, RejectIn
from app.domain.actors import HEAD, Actor
from app.domain.amendments import Amendment
from app.domain.errors import Invalid, NotFound
from app.domain.inspections import Result
from app.domain.onsite import USUALLY, Companion, PointResult, Rectify
from app.services.applying import amendments
from app.services.visiting import visits
from app.store.unit_of_work import UnitOfWork


@Declared(
    "POST", "/inspections/{id}/amend", "Ask for more time, more items or other officers", UNIT, AmendIn, status=201,
    creates=True, example=examples.AMENDMENT, answer=answers.AmendmentAsked,
)  # fmt: skip
def amend_inspection(work: UnitOfWork, who: Actor, body: AmendIn, id: str) -> Answer:
    asked = Amendment(
        reason=body.reason,
        window_end=body.window_end,
        add_items=tuple(body.add_items),
        officers=tuple(body.officers),
    )
    done = amendments.request(work, who, id, asked)
    advice = [
        advisory_json({"rule": a.rule, "severity": a.severity, "blocking": a.blocking, "evidence": dict(a.evidence)})
        for a in done.advisories
    ]
    n = done.inspection.pending_amendment
    return Answer({"n": n, "advisories": advice, "inspection": one(work.session, who, done.inspection)}, 201)


@Declared(
    "POST", "/inspections/{id}/amendments/{n}/approve", "Approve an amendment: issues the next code", (HEAD,), ApproveIn,
    creates=True, example={}, answer=answers.Inspection,
)  # fmt: skip
def approve_amendment(work: UnitOfWork, who: Actor, body: ApproveIn, id: str, n: str) -> Answer:
    return Answer(one(work.session, who, amendments.approve(work, who, id, _number(n), body.override_reason)))


@Declared(
    "POST", "/inspections/{id}/amendments/{n}/reject", "Reject an amendment with a reason", (HEAD,), RejectIn,
    creates=True, example={"reason": "另行申请"}, answer=answers.Inspection,
)  # fmt: skip
def reject_amendment(work: UnitOfWork, who: Actor, body: RejectIn, id: str, n: str) -> Answer:
    return Answer(one(work.session, who, amendments.reject(work, who, id, _number(n), body.reason)))


@Declared(
    "POST", "/inspections/{id}/amendments/{n}/withdraw", "Take back an amendment that one asked for", UNIT, creates=True,
    example={}, answer=answers.AmendmentWithdrawn,
)  # fmt: skip
def withdraw_amendment(work: UnitOfWork, who: Actor, _: None, id: str, n: str) -> Answer:
    """The asker may be a unit that is not on the visit yet: it is told the state and no code."""
    after = amendments.withdraw(work, who, id, _number(n))
    return Answer({"id": after.id, "number": after.number, "state": after.state})


@Declared(
    "POST", "/inspections/{id}/complete", "Record the result, or that it was not carried out", UNIT, CompleteIn,
    creates=True, example=examples.COMPLETION, answer=answers.Inspection,
)  # fmt: skip
def complete_inspection(work: UnitOfWork, who: Actor, body: CompleteIn, id: str) -> Answer:
    if body.not_carried_out and body.results is None and body.ended_at is None:
        reason, note = body.not_carried_out.reason, body.not_carried_out.note
        return Answer(one(work.session, who, visits.not_carried_out(work, who, id, reason, note)))
    if body.not_carried_out or body.results is None or body.ended_at is None:
        raise Invalid("complete_one", "results")
    completion = visits.Completion(
        results=tuple(Result(r.item, r.outcome, r.note) for r in body.results),
        ended_at=body.ended_at,
        points=tuple(PointResult(p.item, p.no, p.outcome, p.note) for p in body.points),
        people=tuple(Companion(p.role, p.organisation, p.name) for p in body.people),
        headcount=body.headcount,
        rectify=_rectify(body.rectification),
    )
    return Answer(one(work.session, who, visits.complete(work, who, id, completion)))


def _rectify(said: RectificationIn | None) -> Rectify:
    if said is None:
        return USUALLY
    try:
        due = date.fromisoformat(said.due) if said.due else None
    except ValueError:
        raise Invalid("wrong_type", "rectification.due", expected="2026-11-24") from None
    return Rectify(due, said.demand, said.on_the_spot)


def _number(text: str) -> int:
    """The number of an amendment in a path. Raises NotFound for what is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise NotFound("no_such_amendment", n=text[:20])
    return int(text)
