"""Flags: the inbox, several at once, one flag and its steps, its papers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined, DomainError, NotFound
from app.domain.flags.advise import sentence as flag_sentence
from app.domain.flags.catalogue import CATALOGUE
from app.domain.papers.kinds import PaperKind
from app.domain.supervision import LONGEST_NOTE, FlagAction, possible, suggested
from app.domain.times import shanghai_day
from app.errors import field_sentences, sentence
from app.i18n import language, moment
from app.queries import desk as desk_queries
from app.queries import flags as flag_queries
from app.queries import followup, registry
from app.queries import papers as paper_queries
from app.queries import supervision as queries
from app.queries.paging import USUAL
from app.security import sent_files, takes_files
from app.services.paperwork import supervision_papers
from app.services.supervising import flag_actions, undoing
from app.store import followup as deadlines
from app.store.models import FindingRow
from app.web import words
from app.web.evidence import told
from app.web.files import as_download
from app.web.supervisor import steps as step_forms
from app.web.supervisor.blueprint import blueprint, readers, supervisors

FILTERS = (
    "rule", "unit", "severity", "state", "town", "enterprise", "from", "to", "q", "open", "due", "assignee", "case",
    "aside", "watched", "count", "officer",
)  # fmt: skip
BULK = ("assign", "set_aside", "send", "merge")
MOST_AT_ONCE = 100


@blueprint.get("/flags")
@readers
def flags() -> str:
    """The inbox."""
    return _list_page({})


def filters_of(args: Any) -> dict[str, str]:
    """The filters of a URL. One that makes no sense is left out."""
    filters = {name: args.get(name, "").strip()[:100] for name in FILTERS}
    for name in ("from", "to"):
        filters[name] = filters[name] if _day(filters[name]) else ""
    return filters


def asked_of(session: Any, filters: dict[str, str], today: date) -> dict[str, Any]:
    """What the list asks the query for."""
    asked: dict[str, Any] = filters | followup.due_window(session, actor(), filters["due"], today)
    if filters["aside"] or not filters["count"]:  # what a figure counts is shown whole
        asked["aside_on" if filters["aside"] else "not_aside_on"] = today
    return asked


def _list_page(errors: dict[str, str], done: dict[str, Any] | None = None) -> str:
    filters, today = filters_of(request.args), shanghai_day(now())
    with reading() as session:
        asked = asked_of(session, filters, today)
        found, following = flag_queries.listed(session, actor(), asked, request.args.get("cursor"), USUAL)
        units = registry.inspecting_units(session)
        watched = flag_queries.watched_among(session, actor(), [f.row.id for f in found])
        views = desk_queries.views(session, actor())
        lit = followup.lights(session, [f.row for f in found], today)
        people = followup.colleagues(session, actor(), today)
        who = people | followup.names(session, [f.row.assignee for f in found])
    return render_template(
        "supervisor/flags.html",
        rows=[(f, say(f)) for f in found],
        following=following,
        filters=filters,
        units=units,
        catalogue=CATALOGUE,
        today=today,
        lit=lit,
        people=people,
        who=who,
        errors=errors,
        done=done,
        typed=request.form if errors else {},
        typed_flags=request.form.getlist("flags") if errors else (),
        watched=watched,
        views=views,
        me=actor().id,
    )


@blueprint.post("/flags")
@supervisors
def act_on_many() -> str | tuple[str, int]:
    """One step of several flags, each in a transaction of its own: what is refused keeps no other from its step."""
    action, ids = action_of(request.form, bulk=True), list(dict.fromkeys(request.form.getlist("flags")))[:MOST_AT_ONCE]
    if action.action not in BULK:
        return _list_page(
            {"action": sentence("unknown_choice", {"value": action.action, "choices": ", ".join(BULK)})}
        ), 422
    if not ids:
        return _list_page({"flags": _("请先选中至少一条预警。")}), 422
    if action.action == "merge":
        action, ids = replace(action, flags=tuple(ids)), ids[:1]
    done, refused = _each(ids, lambda flag_id: perform(flag_actions.act, actor(), flag_id, action))
    if not done:
        return _list_page({str(n): text for n, text in enumerate(refused)}), 422
    undo = done if f"finding.{action.action}" in undoing.UNDOABLE else []
    return _list_page({}, {"n": len(done), "refused": refused, "undo": undo})


@blueprint.post("/flags/undo")
@supervisors
def undo() -> Response | str | tuple[str, int]:
    """Takes the last step back, of one flag from its page or of several from the list."""
    ids = list(dict.fromkeys(request.form.getlist("flags")))[:MOST_AT_ONCE]
    done, refused = _each(ids, lambda flag_id: perform(undoing.undo, actor(), flag_id))
    if not done:
        problems = {str(n): text for n, text in enumerate(refused)} or {"flags": _("请先选中至少一条预警。")}
        return _list_page(problems), 422
    if request.form.get("back") == "flag":
        return redirect(url_for("supervisor.flag", flag_id=done[0]), 303)
    return _list_page({}, {"undone": len(done), "refused": refused})


def _each(ids: list[str], take: Callable[[str], Any]) -> tuple[list[str], Counter[str]]:
    """Takes a step of each, in a transaction of its own: those that took it, and how often each refusal was said."""
    done: list[str] = []
    refused: Counter[str] = Counter()
    with reading() as session:
        cases = flag_queries.cases(session, ids)
    taken: set[tuple[str, str]] = set()
    for flag_id in ids:
        try:
            if cases.get(flag_id) not in taken:  # else it went along with another of its case
                take(flag_id)
            done.append(flag_id)
            if flag_id in cases:
                taken.add(cases[flag_id])
        except DomainError as error:
            refused[_why(error, flag_id)] += 1
    return done, refused


def _why(error: DomainError, flag_id: str) -> str:
    """Why a step was refused; where somebody was faster, also who did what."""
    why = next(iter(field_sentences(error).values()))
    if error.code not in ("changed_meanwhile", "not_in_this_state"):
        return why
    with reading() as session:
        last = followup.steps(session, error.data.get("flag", flag_id))[-1:]
    for step in last:
        said = {"who": step.by or _("平台"), "at": moment(step.at), "step": words.FACTS.get(step.kind, step.kind)}
        why = _("%(why)s最近一步：%(who)s，%(at)s，%(step)s。", why=why, **said)
    return why


@blueprint.get("/flags/<flag_id>")
@readers
def flag(flag_id: str) -> str:
    return _flag_page(flag_id, {})


@blueprint.post("/flags/<flag_id>")
@supervisors
@takes_files
def act(flag_id: str) -> Response | tuple[str, int]:
    """One step of the follow-up."""
    try:
        perform(flag_actions.act, actor(), flag_id, action_of(request.form))
    except Declined as error:
        return _flag_page(flag_id, field_sentences(error)), 422
    return redirect(url_for("supervisor.flag", flag_id=flag_id, _anchor="main"), 303)  # not where the form was


@blueprint.get("/flags/<flag_id>/files/<file_id>")
@readers
def flag_file(flag_id: str, file_id: str) -> Response:
    """A paper of a step."""
    with reading() as session:
        row = session.get(FindingRow, flag_id)
        if row is None or not flag_actions.may_see(actor(), row):
            raise NotFound("no_such_flag", flag=flag_id)
        kept = followup.kept_file(session, installation().vault, flag_id, file_id, for_unit=False)
    return as_download(kept)


def action_of(form: Any, bulk: bool = False) -> FlagAction:
    """A step as a form tells it. What is no date or number is left out, and the domain asks where it is needed."""
    days, revision = form.get("working_days", "").strip(), form.get("revision", "")
    return FlagAction(
        action=form.get("action", ""),
        note=form.get("note", "").strip()[:LONGEST_NOTE],
        due=_day(form.get("due", "")),
        working_days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else None,
        assignee=form.get("assignee", "") or None,
        flags=tuple(form.getlist("flags"))[:200],
        files=tuple(sent_files("file")),
        revision=None if bulk else _whole(revision),
        seen=_seen(form.getlist("seen")) if bulk else {},
    )


def _seen(texts: list[str]) -> dict[str, int]:
    """What a list showed: the revision of each flag, from `ID:REVISION`."""
    pairs = (text.partition(":") for text in texts[:MOST_AT_ONCE])
    return {flag_id: number for flag_id, _, said in pairs if (number := _whole(said)) is not None}


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _flag_page(flag_id: str, errors: dict[str, str]) -> str:
    today = shanghai_day(now())
    with reading() as session:
        row = session.get(FindingRow, flag_id)
        if row is None or not flag_actions.may_see(actor(), row):
            raise NotFound("no_such_flag", flag=flag_id)
        shown = flag_queries.shown(session, [row])[0]
        steps = followup.steps(session, flag_id)
        path = followup.path(session, row, steps, today)
        visits = queries.visits(session, row.enterprise_id, 30) if row.enterprise_id else []
        units = registry.names(session, [i.lead_unit for i in visits])
        case = followup.case_of(session, row)
        undoable = undoing.undoable(session, actor(), row, now())
        stands = flag_actions.order_stands(session, row)
        terms = deadlines.terms(session, row.jurisdiction, today)
        papers = paper_queries.about_flag(session, flag_id)
        people = followup.colleagues(session, actor(), today)
        who = people | followup.names(session, [row.assignee])
    rule = CATALOGUE[row.rule]
    left_out = {"merge"} | ({"send"} if rule.rests_on_speech else set())
    left_out |= {"close"} if stands else set()
    if row.case_id is None:
        left_out |= {"split"}
    actions = [a for a in possible(row.state, actor().role) if a not in left_out]
    first, others = step_forms.forms(
        actions, suggested(row.state, [s.kind for s in steps], actions), terms, rule.rests_on_speech
    )
    return render_template(
        "supervisor/beside.html" if request.args.get("beside") else "supervisor/flag.html",
        f=shown,
        rule=rule,
        said=say(shown),
        evidence=told(shown.evidence, language()),
        steps=steps,
        path=path,
        visits=visits,
        units=units,
        named={v["id"] for v in shown.evidence.get("visits", [])},
        case=[(c, say(c)) for c in case],
        people=people,
        who=who,
        first=first,
        others=others,
        late=row.due_on is not None and row.due_on < today,
        returned=step_forms.returned_to(request.form.get("action", ""), [*first, *others]) if errors else "",
        papers=papers,
        undoable=undoable,
        drafts=_drafts(supervision_papers.draftable(row), steps),
        stands=stands,
        errors=errors,
        typed=request.form,
        me=actor().id,
    )


def _drafts(kinds: list[PaperKind], steps: list[followup.Step]) -> dict[str, Any]:
    """Where each kind is offered: beside the last step that it tells of (`after`, by the step's place), else (`before`)
    under the steps that can be taken."""
    taken = {s.action: n for n, s in enumerate(steps)}
    return {
        "after": {taken[k.beside]: k for k in kinds if k.beside in taken},
        "before": [k for k in kinds if k.beside not in taken],
    }


def say(f: flag_queries.ShownFlag) -> str:
    """What happened, in one sentence."""
    return flag_sentence(f.row.rule, f.evidence, language())


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
