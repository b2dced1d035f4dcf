"""Applying for many planned visits at once (批量申请): a table or a list, its check, and what was made of it."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, now, perform, reading
from app.domain.actors import HEAD
from app.domain.errors import DomainError, Invalid, Problem
from app.domain.flags.advise import sentence as rule_says
from app.domain.times import SHANGHAI, shanghai_day
from app.errors import sentence
from app.i18n import language
from app.queries import applying as filling
from app.queries import batches as queries
from app.queries import registry
from app.security import roles, sent_files, takes_files
from app.services.applying import batch_rows, batches
from app.services.applying.batch_rows import COLUMNS, TITLES, Common
from app.services.imports.rows import Row
from app.web.inspector.blueprint import blueprint, issued_elsewhere, messages, staff
from app.web.sending import CSV, table

TEXTS = ("title", "list", "plan_code", "start", "end", "minutes")


@blueprint.get("/batch")
@staff
def batch_form() -> str:
    tomorrow = (now() + timedelta(days=1)).astimezone(SHANGHAI)
    with reading() as session:
        elsewhere = issued_elsewhere(session)
        if elsewhere:
            return render_template("inspector/elsewhere.html", issuing=elsewhere)
        plans = filling.plans_in_force(session, str(actor().unit), shanghai_day(now()))
        officers = filling.usual_officers(session, actor())
    values = {
        "title": "",
        "plan_code": plans[0].code if len(plans) == 1 else "",
        "items": [],
        "officers": officers,
        "start": tomorrow.strftime("%Y-%m-%dT09:00"),
        "end": tomorrow.strftime("%Y-%m-%dT17:00"),
    }
    return _form_page(values, {})


@blueprint.post("/batch")
@staff
@takes_files
def batch_begin() -> BaseResponse | tuple[str, int]:
    form = request.form
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in TEXTS}
    values |= {name: form.getlist(name)[:50] for name in ("items", "officers")}
    try:
        common = _common(form)
        rows, title = _rows(values)
        batch = perform(batches.begin, actor(), values["title"] or title, rows, common)
    except Invalid as error:
        return _form_page(values, messages(error)), 422
    return redirect(url_for("jobs.page", job_id=batch.job), 303)


@blueprint.get("/batch/table.csv")
@staff
def batch_table() -> Response:
    """An empty table with the columns' names and one example."""
    return table([c.title for c in COLUMNS], [[c.example for c in COLUMNS]], CSV, "batch")


@blueprint.get("/batch/<batch_id>")
@staff
def batch(batch_id: str) -> str:
    return _batch_page(batch_id, "")


@blueprint.post("/batch/<batch_id>")
@staff
def batch_decide(batch_id: str) -> BaseResponse | tuple[str, int]:
    """Applies for all, for the good rows, or for nothing."""
    try:
        if request.form.get("go") == "drop":
            perform(batches.drop, actor(), batch_id)
            return redirect(url_for("inspector.batch", batch_id=batch_id), 303)
        made = perform(batches.submit, actor(), batch_id, request.form.get("go", ""))
    except Invalid as error:
        return _batch_page(batch_id, messages(error).popitem()[1]), 422
    except DomainError as error:
        if error.code == "no_such_batch":
            raise
        return _batch_page(batch_id, sentence(error.code, error.data)), 409
    return redirect(url_for("jobs.page", job_id=made.job), 303)


@blueprint.post("/batch/<batch_id>/approve")
@roles(HEAD)
def batch_approve(batch_id: str) -> BaseResponse:
    return redirect(url_for("jobs.page", job_id=perform(batches.ask_approval, actor(), batch_id)), 303)


@blueprint.get("/batch/<batch_id>/problems.csv")
@staff
def batch_problems(batch_id: str) -> Response:
    """The bad rows as they were, each with what is wrong, to be mended and uploaded again."""
    with reading() as session:
        batches.of_unit(session, actor(), batch_id)
        bad = [row for row in queries.rows(session, batch_id) if row.problems]
    rows = [(row.number, " ".join(_said(row)), *(row.fields.get(name, "") for name in TITLES)) for row in bad]
    return table(("行", "问题", *TITLES.values()), rows, CSV, "problems")


def _said(row: queries.ShownRow) -> list[str]:
    """The problems of a row in words: column, then the sentence."""
    return [f"{TITLES.get(field, field)}：{sentence(code, dict(data))}" for field, code, data in row.problems]


def _rows(values: dict[str, Any]) -> tuple[list[Row], str]:
    """The rows of the file, else of the pasted list, and what to call the batch."""
    files = sent_files("file")
    if files:
        return batch_rows.read(files[0].data), files[0].name
    if not values["list"]:
        raise Invalid("missing", "list")
    return batch_rows.pasted(values["list"]), ""


def _common(form: MultiDict[str, str]) -> Common:
    """What holds for all rows. Raises Invalid."""
    problems: list[Problem] = []
    times = {name: _moment(form.get(name, ""), name, problems) for name in ("start", "end")}
    minutes = form.get("minutes", "").strip()
    if minutes and not re.fullmatch(r"[1-9]\d{0,3}", minutes):
        problems.append(("minutes", "wrong_type", {"expected": "60"}))
    if not problems and times["end"] <= times["start"]:
        problems.append(("end", "window_ends_before_start", {}))
    if len(form.get("plan_code", "")) > 64:
        problems.append(("plan_code", "too_long", {"most": 64}))
    problems += [("officers", "too_long", {"most": 40}) for o in form.getlist("officers") if len(o) > 40][:1]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    with reading() as session:
        own = batch_rows.known(session, str(actor().unit)).items
    return Common(
        items=tuple(dict.fromkeys(i for i in form.getlist("items") if i in own)),
        officers=tuple(dict.fromkeys(form.getlist("officers")[:50])),
        plan_code=form.get("plan_code", "").strip() or None,
        start=times["start"],
        end=times["end"],
        minutes=int(minutes) if minutes else None,
    )


def _moment(text: str, name: str, problems: list[Problem]) -> Any:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        problems.append((name, "missing", {}))
        return None
    if not 2000 <= value.year < 2100:
        problems.append((name, "time_out_of_range", {}))
        return None
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _form_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    unit, today = str(actor().unit), shanghai_day(now())
    with reading() as session:
        items, _ = registry.items(session, today, unit, None, 200)
        officers = registry.officers(session, unit, today)
        plans = filling.plans_in_force(session, unit, today)
        latest = queries.of_unit(session, unit)
    return render_template(
        "inspector/batch_form.html",
        values=values,
        errors=errors,
        items=[i for i in reversed(items) if i.published],
        officers=officers,
        plans=plans,
        latest=latest,
        columns=COLUMNS,
        most=batch_rows.MOST,
    )


def _batch_page(batch_id: str, problem: str) -> str:
    with reading() as session:
        found = batches.of_unit(session, actor(), batch_id)
        rows = queries.rows(session, batch_id)
    bad = [(row, _said(row)) for row in rows if row.problems]
    return render_template(
        "inspector/batch.html",
        batch=found,
        bad=bad,
        good=[row for row in rows if not row.problems],
        waiting=sum(row.state == "applied" for row in rows),
        made=sum(row.inspection is not None for row in rows),
        problem=problem,
        say=_advice,
    )


def _advice(row: queries.ShownRow) -> str:
    """The gravest line of what the rules said of a row."""
    first = row.advice[0]
    return rule_says(first["rule"], first["evidence"], language())
