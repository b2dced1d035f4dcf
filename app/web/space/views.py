"""The enterprise's space: its visits, what it lays before units, its wishes. Coming in, people and the year stand beside."""

from io import BytesIO
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import installation, now, perform, reading, take
from app.domain import matters as domain
from app.domain.errors import Declined, NotFound
from app.domain.flags.for_enterprise import for_enterprise
from app.domain.rectifications import Rectification, light
from app.domain.times import shanghai_day
from app.errors import field_sentences
from app.i18n import language
from app.queries import chains, registry
from app.queries import papers as paper_queries
from app.queries import space as queries
from app.queries.paging import USUAL
from app.security import of_enterprise
from app.services.transparency import log_proofs
from app.services.visiting import matters
from app.store.limits import Limit
from app.web.space import city, door, papers, people, year
from app.web.space.blueprint import blueprint, chosen, person

__all__ = ["blueprint", "city", "door", "papers", "people", "year"]
SAY = Limit(burst=20, per_minute=2)  # a person


@blueprint.get("/visits")
@of_enterprise
def home() -> str:
    """All visits of the chosen enterprises, newest first; what is under way on top."""
    with reading() as session:
        site = request.args.get("site", "")[:400]
        found, following = queries.visits(session, chosen(), request.args.get("cursor"), USUAL, site)
        sites = queries.sites(session, chosen())
        laid = queries.matters_of(session, installation().vault, own=True, enterprises=chosen())
    waiting = {m.row.inspection for m in laid if m.state == domain.OPEN}
    current = [v for v in found if v.inspection.state in ("applied", "approved", "in_progress")]
    return render_template(
        "space/home.html", current=current, past=[v for v in found if v not in current], following=following,
        waiting=waiting, sites=sites, site=site,
    )  # fmt: skip


@blueprint.get("/visits/<inspection_id>")
@of_enterprise
def visit(inspection_id: str) -> str:
    return visit_page(inspection_id, {}, {})


@blueprint.get("/visits/<inspection_id>/proof")
@of_enterprise
def proof(inspection_id: str) -> BaseResponse:
    """The proof that the visit's code was registered, and when: a file to keep (docs/log.md)."""
    with reading() as session:
        found = visit_or_404(session, inspection_id)
        file = log_proofs.proof_file(session, found.inspection)
    if file is None:
        raise NotFound("no_proof_yet")
    name = f"{found.inspection.number}.tlog-proof"
    return send_file(BytesIO(file), "text/plain", as_attachment=True, download_name=name)


@blueprint.post("/visits/<inspection_id>/statement")
@of_enterprise
def statement(inspection_id: str) -> BaseResponse | tuple[str, int]:
    item = request.form.get("item", "") or None
    return _say(inspection_id, matters.state_case, inspection_id, item, request.form.get("text", ""))


@blueprint.post("/visits/<inspection_id>/recusal")
@of_enterprise
def recusal(inspection_id: str) -> BaseResponse | tuple[str, int]:
    officer = request.form.get("officer", "")[:40]
    return _say(inspection_id, matters.ask_recusal, inspection_id, officer, request.form.get("reason", ""))


@blueprint.post("/visits/<inspection_id>/slot")
@of_enterprise
def slot(inspection_id: str) -> BaseResponse | tuple[str, int]:
    """Takes one of the offered times; another may be taken until the head approves."""
    text = request.form.get("slot", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1
    return _say(inspection_id, matters.choose_slot, inspection_id, number)


@blueprint.get("/visits/<inspection_id>/selfcheck")
@of_enterprise
def selfcheck_form(inspection_id: str) -> str:
    return _selfcheck_page(inspection_id, None, {})


@blueprint.post("/visits/<inspection_id>/selfcheck")
@of_enterprise
def selfcheck(inspection_id: str) -> BaseResponse | tuple[str, int]:
    """Keeps the own findings, or shows them to the unit: which button was pressed says which."""
    take(f"space-say:{person().id}", SAY)
    try:
        if request.form.get("go") == "share":
            perform(matters.share_selfcheck, person(), inspection_id)
        else:
            with reading() as session:
                items = visit_or_404(session, inspection_id).inspection.items
            perform(matters.record_selfcheck, person(), inspection_id, _findings(items))
    except Declined as error:
        return _selfcheck_page(inspection_id, request.form, field_sentences(error)), 422
    return redirect(url_for("space.selfcheck_form", inspection_id=inspection_id, kept="1"), 303)


@blueprint.get("/wishes")
@of_enterprise
def wishes() -> str:
    return _wishes_page({}, {})


@blueprint.post("/wishes")
@of_enterprise
def wish() -> BaseResponse | tuple[str, int]:
    take(f"space-say:{person().id}", SAY)
    enterprise = request.form.get("enterprise", "") or person().enterprises[0]
    unit, _, item = request.form.get("unit_item", "").partition("/")
    try:
        perform(
            matters.wish, person(), enterprise, unit, item or None, request.form.get("text", ""),
            request.form.get("wanted", ""),
        )  # fmt: skip
    except Declined as error:
        return _wishes_page(request.form, field_sentences(error)), 422
    return redirect(url_for("space.wishes", kept="1"), 303)


def _say(inspection_id: str, use_case: Any, *args: Any) -> BaseResponse | tuple[str, int]:
    take(f"space-say:{person().id}", SAY)
    try:
        perform(use_case, person(), *args)
    except Declined as error:
        return visit_page(inspection_id, request.form, field_sentences(error)), 422
    return redirect(url_for("space.visit", inspection_id=inspection_id) + "#said", 303)


def visit_or_404(session: Any, inspection_id: str) -> queries.Visit:
    found = queries.visit(session, person().enterprises, inspection_id)
    if found is None:
        raise NotFound("no_such_visit")
    return found


def visit_page(inspection_id: str, values: Any, errors: dict[str, str]) -> str:
    with reading() as session:
        found = visit_or_404(session, inspection_id)
        laid = queries.matters_of(session, installation().vault, own=True, inspection=inspection_id)
        registration = log_proofs.registration(session, found.inspection)
        found_chain = chains.chain(session, found.inspection)
        served = paper_queries.served_to(session, found.inspection.enterprise_id, ("inspection", inspection_id))
        told = queries.flags_told(session, inspection_id)
    i = found.inspection
    return render_template(
        "space/visit.html", v=found, matters=laid, registration=registration, papers=served,
        told=[(for_enterprise(rule, evidence, language()), upheld) for rule, evidence, upheld in told],
        colour=_light(found_chain.rectification),
        chain=found_chain if found_chain.root.enterprise_id == i.enterprise_id else None, values=values, errors=errors,
        may_state=domain.may_state(i), may_ask_recusal=domain.may_ask_recusal(i), may_check=domain.may_check_itself(i),
        has_selfcheck=any(m.row.kind == domain.SELFCHECK for m in laid), now=now(),
    )  # fmt: skip


def _selfcheck_page(inspection_id: str, values: Any, errors: dict[str, str]) -> str:
    with reading() as session:
        found = visit_or_404(session, inspection_id)
        laid = queries.matters_of(session, installation().vault, own=True, inspection=inspection_id)
    kept = next((m for m in laid if m.row.kind == domain.SELFCHECK), None)
    if values is None:
        values = {}
        for item, said in (kept.findings if kept else {}).items():
            values |= {f"finding.{item}": said["finding"], f"note.{item}": said["note"]}
    return render_template(
        "space/selfcheck.html", v=found, kept=kept, values=values, errors=errors,
        may_check=domain.may_check_itself(found.inspection),
    )  # fmt: skip


def _light(r: Rectification | None) -> str | None:
    return light(r, shanghai_day(now())) if r and r.is_open else None


def _findings(items: tuple[str, ...]) -> matters.Findings:
    """What was ticked; an item that nobody looked at is left out."""
    said = {
        i: {"finding": request.form.get(f"finding.{i}", ""), "note": request.form.get(f"note.{i}", "").strip()}
        for i in items
    }
    return {i: s for i, s in said.items() if s["finding"] or s["note"]}


def _wishes_page(values: Any, errors: dict[str, str]) -> str:
    with reading() as session:
        laid = queries.matters_of(session, installation().vault, own=True, enterprises=person().enterprises)
        units = registry.inspecting_units(session)
        items = queries.published_items(session, now())
    return render_template(
        "space/wishes.html", matters=[m for m in laid if m.row.kind == domain.WISH], units=units, items=items,
        values=values, errors=errors,
    )  # fmt: skip
