"""Papers of supervision: those that wait, begun at a flag (to its unit) or at an enterprise (报请上级), one paper and its
steps; the bureau's letters in numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.errors import Declined, NotFound
from app.domain.flags.catalogue import CATALOGUE
from app.domain.papers.kinds import KINDS, OF_BUREAU, PaperKind
from app.domain.papers.lifecycle import Paper
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.i18n import language
from app.queries import papers as queries
from app.queries import registry
from app.services.paperwork import paper_service, papers, supervision_papers, upward_papers
from app.services.paperwork.paper_service import Service
from app.services.supervising import flag_actions
from app.store import papers as store
from app.store.models import FindingRow
from app.store.unit_of_work import history
from app.web.paper_steps import numbering_page, take_step, typed
from app.web.supervisor.blueprint import blueprint, supervisors
from app.web.words import PAPER_FIELDS

FLAG, ENTERPRISE = supervision_papers.SUBJECT, upward_papers.SUBJECT
CHANGE: dict[str, Callable[..., Paper]] = {FLAG: supervision_papers.change, ENTERPRISE: upward_papers.change}
SIGN_OFF: dict[str, Callable[..., Paper]] = {FLAG: supervision_papers.sign_off, ENTERPRISE: papers.sign_off}


@dataclass(frozen=True, slots=True)
class About:
    """What a paper is about: the page it is begun at, the words of the link back, the unit that a letter goes to."""

    path: str
    word: str
    unit: str = ""


@blueprint.get("/papers")
@supervisors
def papers_waiting() -> str:
    """What the bureau has drafted and not signed, and signed and the unit has not signed for."""
    with reading() as session:
        found = queries.waiting(session, str(actor().unit))
    return render_template("supervisor/papers.html", found=found, catalogue=CATALOGUE)


@blueprint.route("/papers/settings", methods=["GET", "POST"])
@supervisors
def paper_settings() -> Response | str | tuple[str, int]:
    """The bureau's 机关代字 and whether its papers are reviewed by another person."""
    return numbering_page("supervisor/paper_settings.html", "/supervise/papers", OF_BUREAU)


@blueprint.get("/flags/<flag_id>/papers/new/<kind>")
@supervisors
def new_paper(flag_id: str, kind: str) -> str:
    """The form of a letter to the flag's unit, begun from what was written at the steps."""
    found = supervision_papers.of_unit(kind)
    with reading() as session:
        row = _flag(session, flag_id)
        values = supervision_papers.proposed(session, row, actor(), kind, shanghai_day(now()))
    return _form((FLAG, flag_id), found, values, {})


@blueprint.post("/flags/<flag_id>/papers/new/<kind>")
@supervisors
def draft_paper(flag_id: str, kind: str) -> Response | tuple[str, int]:
    found = supervision_papers.of_unit(kind)
    return _drafted((FLAG, flag_id), found, supervision_papers.start, flag_id, kind)


@blueprint.get("/enterprises/<enterprise_id>/papers/new")
@supervisors
def new_upward(enterprise_id: str) -> str:
    """The form of 报请上级 about visits of bodies above the district, begun from what the register holds."""
    with reading() as session:
        values = upward_papers.proposed(session, enterprise_id, actor(), shanghai_day(now()))
    return _form((ENTERPRISE, enterprise_id), upward_papers.KIND, values, {})


@blueprint.post("/enterprises/<enterprise_id>/papers/new")
@supervisors
def draft_upward(enterprise_id: str) -> Response | tuple[str, int]:
    return _drafted((ENTERPRISE, enterprise_id), upward_papers.KIND, upward_papers.start, enterprise_id)


@blueprint.get("/papers/<paper_id>")
@supervisors
def paper(paper_id: str) -> str:
    return _page(paper_id, {})


@blueprint.get("/papers/<paper_id>/edit")
@supervisors
def edit_paper(paper_id: str) -> str:
    found = _found(paper_id)
    return _form((found.subject_kind, found.subject_id), KINDS[found.kind], found.typed, {})


@blueprint.post("/papers/<paper_id>/edit")
@supervisors
def change_paper(paper_id: str) -> Response | tuple[str, int]:
    found = _found(paper_id)
    kind = KINDS[found.kind]
    try:
        perform(CHANGE[found.subject_kind], actor(), paper_id, typed(kind))
    except Declined as error:
        return _form((found.subject_kind, found.subject_id), kind, request.form, field_sentences(error)), 422
    return redirect(f"/supervise/papers/{paper_id}", 303)


@blueprint.post("/papers/<paper_id>/<step>")
@supervisors
def paper_step(paper_id: str, step: str) -> Response | tuple[str, int]:
    """Review, sign off, return, withdraw: which address was posted to says which. `served`: it was sent, and who took it."""
    found = _found(paper_id)
    if step == "served" and KINDS[found.kind].upward:
        errors = _served(paper_id)
    else:
        errors = take_step(paper_id, step, SIGN_OFF[found.subject_kind])
    if errors:
        return _page(paper_id, errors), 422
    return redirect(f"/supervise/papers/{paper_id}", 303)


def _drafted(
    subject: tuple[str, str], kind: PaperKind, start: Callable[..., Paper], *asked: str
) -> Response | tuple[str, int]:
    try:
        made = perform(start, actor(), *asked, typed(kind))
    except Declined as error:
        return _form(subject, kind, request.form, field_sentences(error)), 422
    return redirect(f"/supervise/papers/{made.id}", 303)


def _served(paper_id: str) -> dict[str, str]:
    """The sentences of a refusal by field; empty where it was recorded."""
    name = request.form.get("name", "")
    service = Service(request.form.get("how", ""), name, "", now(), typed=name)
    try:
        perform(paper_service.serve, actor(), paper_id, service)
    except Declined as error:
        return field_sentences(error)
    return {}


def _flag(session: Session, flag_id: str) -> FindingRow:
    row = session.get(FindingRow, flag_id)
    if row is None or not flag_actions.may_see(actor(), row):
        raise NotFound("no_such_flag", flag=flag_id)
    return row


def _about(session: Session, subject: tuple[str, str]) -> About:
    """Raises NotFound, for a flag that the actor may not see too."""
    kind, named = subject
    if kind == FLAG:
        row = _flag(session, named)
        rule = CATALOGUE[row.rule]
        unit = store.unit_name(session, row.unit) if row.unit else ""
        return About(f"/supervise/flags/{named}", rule.name if language() == "zh" else rule.name_en, unit)
    name = registry.enterprise_names(session, [named]).get(named)
    if name is None:
        raise NotFound("no_such_enterprise")
    return About(f"/supervise/enterprises/{named}", name)


def _found(paper_id: str) -> Paper:
    """A paper of the bureau about a flag or an enterprise. Raises NotFound."""
    with reading() as session:
        found = queries.seen(session, actor(), paper_id)
        if found.subject_kind not in CHANGE:
            raise NotFound("no_such_paper")
        _about(session, (found.subject_kind, found.subject_id))
    return found


def _page(paper_id: str, errors: dict[str, str]) -> str:
    found = _found(paper_id)
    subject = (found.subject_kind, found.subject_id)
    with reading() as session:
        about = _about(session, subject)
        listed = next(p for p in queries.of_subject(session, subject) if p.row.id == paper_id)
        setting = store.setting(session, found.unit)
        facts = history(session, "paper", paper_id)
        who = queries.who_did(session, facts)
    return render_template(
        "supervisor/paper.html",
        p=listed, paper=found, kind=KINDS[found.kind], about=about, unit=about.unit or found.content.get("addressee", ""),
        facts=facts, who=who, errors=errors, actor=actor(), fields=PAPER_FIELDS,
        must_review=setting is not None and setting.reviewed,
    )  # fmt: skip


def _form(subject: tuple[str, str], kind: PaperKind, values: Mapping[str, Any], errors: dict[str, str]) -> str:
    with reading() as session:
        about = _about(session, subject)
    return render_template(
        "supervisor/paper_form.html", about=about, kind=kind, values=values, errors=errors, fields=PAPER_FIELDS
    )
