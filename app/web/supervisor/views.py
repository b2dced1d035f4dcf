"""The supervisor's pages: the start page, inspections, enterprises, reports. Flags are a module beside this one."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Invalid, NotFound
from app.domain.figures import Period
from app.domain.places import FAR_KM
from app.domain.times import shanghai_day
from app.errors import sentence
from app.queries import burden, registry
from app.queries import dashboard as dashboard_queries
from app.queries import inspections as inspection_queries
from app.queries import log as log_queries
from app.queries import onsite as onsite_queries
from app.queries import overseeing as overseeing_queries
from app.queries import papers as paper_queries
from app.queries import space as space_queries
from app.queries import supervision as queries
from app.queries.paging import USUAL
from app.services.paperwork import upward_papers
from app.services.people.access import may_see
from app.services.space import members
from app.services.speaking import speech, speech_answers, voice
from app.store import inspections as inspection_store
from app.store.models import Enterprise, Speech
from app.store.unit_of_work import history
from app.web.enterprise.sheet import change, sheet
from app.web.files import as_sound
from app.web.supervisor import (
    asking,
    callbacks,
    columns,
    connector,
    desk,
    exporting,
    flags,
    nationally,
    onsite,
    overseeing,
    papers,
    ratings,
    seeing,
    telling,
)
from app.web.supervisor.blueprint import blueprint, readers, supervisors
from app.web.watching_words import ACCOMPANYING
from app.web.words import FIGURES, LOG_PROBLEMS, WEEKDAYS

__all__ = [
    "asking",
    "blueprint",
    "callbacks",
    "columns",
    "connector",
    "desk",
    "exporting",
    "flags",
    "nationally",
    "onsite",
    "overseeing",
    "papers",
    "ratings",
    "seeing",
    "telling",
]


@blueprint.get("/")
@supervisors
def home() -> str:
    today = shanghai_day(now())
    with reading() as session:
        board = dashboard_queries.dashboard(session, actor(), today)
        log = log_queries.state(session)
    problems = [str(LOG_PROBLEMS[p]) for p in log_queries.problems(log, now())] if log else []
    return render_template(
        "supervisor/home.html",
        board=board,
        worst=[(f, flags.say(f)) for f in board.worst],
        today=today,
        log=log,
        log_problems=problems,
    )


@blueprint.get("/inspections")
@readers
def inspections() -> str:
    filters, days = seeing.inspection_filters(), seeing.days_asked()
    with reading() as session:
        found, following = inspection_queries.listed(
            session, actor(), request.args.get("cursor"), USUAL, days=days, **filters
        )
        shown = inspection_queries.shown(session, actor(), found, installation().config.public_url)
    return render_template(
        "supervisor/inspections.html",
        shown=shown,
        following=following,
        filters=filters,
        days=days,
        figure_words=FIGURES,
        weekday_words=WEEKDAYS,
    )


@blueprint.get("/inspections/<inspection_id>")
@readers
def inspection(inspection_id: str) -> str:
    with reading() as session:
        found = inspection_store.get(session, inspection_id)
        if found is None or not may_see(actor(), found):
            raise NotFound("no_such_inspection", inspection=inspection_id)
        s = inspection_queries.shown(session, actor(), [found], installation().config.public_url)[0]
        facts = history(session, "inspection", inspection_id)
        invited_names = registry.names(session, [i.unit for i in found.invitations])
        laid = space_queries.matters_of(session, installation().vault, own=False, inspection=inspection_id)
        more = onsite_queries.around(session, found, facts)
        papers = paper_queries.readable(session, actor(), found)
        above = upward_papers.is_above(session, found.units)
        invited = overseeing_queries.invited_to(session, inspection_id)
        observers = overseeing_queries.observers(session, actor())
    return render_template(
        "supervisor/inspection.html",
        papers=papers,
        above=above,
        s=s,
        facts=facts,
        invited_names=invited_names,
        matters=laid,
        more=more,
        asked_along=invited,
        observers=observers,
        accompanying=ACCOMPANYING,
        far=FAR_KM,
    )


@blueprint.get("/enterprises")
@readers
def enterprises() -> str:
    text = request.args.get("q", "").strip()[:100]
    with reading() as session:
        found = registry.enterprises(session, text, limit=50) if text else []
    return render_template("supervisor/enterprises.html", text=text, found=found)


@blueprint.get("/enterprises/<enterprise_id>")
@readers
def enterprise(enterprise_id: str) -> str:
    """All visits, whoever made them, and the flags they raised."""
    with reading() as session:
        row = session.get(Enterprise, enterprise_id)
        if row is None:
            raise NotFound("no_such_enterprise")
        visits = [i for i in queries.visits(session, enterprise_id) if may_see(actor(), i) or i.counts]
        units = registry.names(session, [i.lead_unit for i in visits])
        today = shanghai_day(now())
        borne = burden.of_enterprise(
            session, enterprise_id, Period(today - timedelta(days=364), today), actor().regions
        )
        raised = [f for f in queries.flags_of(session, enterprise_id) if f.jurisdiction in actor().regions]
        written = [
            p
            for p in paper_queries.of_subject(session, (upward_papers.SUBJECT, enterprise_id))
            if p.row.jurisdiction in actor().regions
        ]
        there = [
            m for m in space_queries.people_for_staff(session, enterprise_id) if m.row.jurisdiction in actor().regions
        ]
    return render_template(
        "supervisor/enterprise.html",
        enterprise=row,
        visits=visits,
        units=units,
        flags=raised,
        members=there,
        borne=borne,
        written=written,
    )


@blueprint.get("/enterprises/<enterprise_id>/code")
@supervisors
def enterprise_sheet(enterprise_id: str) -> str:
    """The permanent code (企业码) on a sheet."""
    return sheet(enterprise_id, request.path)


@blueprint.post("/enterprises/<enterprise_id>/code")
@supervisors
def change_enterprise_code(enterprise_id: str) -> Response | tuple[str, int]:
    return change(enterprise_id, request.path, request.path)


@blueprint.post("/space/<member_id>/remove")
@supervisors
def remove_member(member_id: str) -> Response:
    """Ends a membership in an enterprise's space that should not be."""
    row = perform(members.remove_by_supervisor, actor(), member_id, request.form.get("reason", ""))
    return redirect(url_for("supervisor.enterprise", enterprise_id=row.enterprise) + "#space", 303)


@blueprint.get("/reports")
@readers
def reports() -> str:
    state = request.args.get("state", "")
    with reading() as session:
        found = queries.reports(session, actor(), state or None)
    return render_template("supervisor/reports.html", found=found, state=state)


@blueprint.get("/reports/<report_id>")
@readers
def report(report_id: str) -> str:
    return _report_page(report_id, {}, None)


@blueprint.get("/reports/<report_id>/voice")
@readers
def report_voice(report_id: str) -> Response:
    """What was said aloud with a report: for who may read the report."""
    with reading() as session:
        if queries.report_of(session, actor(), report_id) is None:
            raise NotFound("no_such_report")
        row = session.get_one(Speech, report_id)
        return as_sound(voice.opened(session, installation().vault, speech.said(row)))


@blueprint.post("/reports/<report_id>")
@supervisors
def answer(report_id: str) -> Response | tuple[str, int] | str:
    """Answers a report, or opens the contact for a reason that stays on record."""
    try:
        if request.form.get("go") == "contact":
            contact = perform(speech_answers.open_contact, actor(), report_id, request.form.get("reason", ""))
            return _report_page(report_id, {}, contact or "—")
        perform(speech_answers.answer, actor(), report_id, request.form.get("answer", "")[:2000])
    except Invalid as error:
        return _report_page(report_id, {"form": sentence(error.code, error.data)}, None), 422
    return redirect(url_for("supervisor.reports"), 303)


def _report_page(report_id: str, errors: dict[str, str], contact: str | None) -> str:
    with reading() as session:
        found = queries.report_of(session, actor(), report_id)
    if found is None:
        raise NotFound("no_such_report")
    return render_template("supervisor/report.html", r=found, errors=errors, contact=contact)
