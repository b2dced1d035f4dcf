"""Tables in and out: what each kind is for, sending one, what the check found, confirming; exports and templates."""

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, redirect, render_template, request, stream_with_context
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, perform, reading
from app.domain.errors import Invalid, NotFound
from app.errors import sentence
from app.queries.import_jobs import newest_job
from app.queries.register_exports import EXPORTS, without_uscc
from app.security import sent_files, takes_files
from app.services import exports
from app.services.imports import uploads
from app.services.imports.kinds import KINDS, Kind
from app.services.supervising.exporting import BOM, csv_text
from app.web.admin.blueprint import Answer, administrators, blueprint, messages, own_regions, today
from app.web.sending import download, workbook

SHOWN = 200
FORMS = ("xlsx", "csv", "gb18030", "utf-8")


@blueprint.get("/tables")
@administrators
def tables() -> str:
    kinds = [kind for kind in KINDS.values() if kind.on_page]
    return render_template("admin/tables.html", kinds=kinds, leaves=EXPORTS.keys())


@blueprint.get("/tables/<kind>")
@administrators
def table(kind: str) -> str:
    return _page(uploads.page_kind(kind), {})


@blueprint.post("/tables/<kind>")
@administrators
@takes_files
def send_table(kind: str) -> Answer:
    """Keeps the table and looks at it in the background."""
    found = uploads.page_kind(kind)
    sent = sent_files("file")
    try:
        if not sent:
            raise Invalid("missing", "file")
        job = perform(uploads.send, actor(), kind, sent[0])
    except Invalid as error:
        return _page(found, messages(error)), 422
    return redirect(f"/jobs/{job}", 303)


@blueprint.get("/tables/seen/<file_id>")
@administrators
def seen_table(file_id: str) -> str:
    """What the check of a table found, or what came of bringing it in."""
    job, result = _result(file_id)
    problems = [p | {"said": sentence(p["reason"], p["data"])} for p in result["problems"][:SHOWN]]
    kind = KINDS[result["kind"]]
    return render_template(
        "admin/seen.html",
        job=job,
        file_id=file_id,
        result=result,
        problems=problems,
        kind=kind,
        titles={c.name: c.title for c in kind.columns},
        is_check=job.kind == uploads.CHECK,
    )


@blueprint.post("/tables/seen/<file_id>")
@administrators
def confirm_table(file_id: str) -> BaseResponse:
    job, _ = _result(file_id)
    if job.kind != uploads.CHECK:
        return redirect(f"/jobs/{job.id}", 303)
    return redirect(f"/jobs/{perform(uploads.confirm, actor(), job.id, request.form.get('skip_bad') == '1')}", 303)


@blueprint.get("/tables/seen/<file_id>/errors.csv")
@administrators
def table_errors(file_id: str) -> Response:
    """The problems as CSV for Excel: row, column, what is wrong."""
    _, result = _result(file_id)
    titles = {c.name: c.title for c in KINDS[result["kind"]].columns}
    rows = [
        (p["row"], titles.get(p["field"], p["field"]), sentence(p["reason"], p["data"])) for p in result["problems"]
    ]
    text = BOM + "".join(csv_text(("行", "列", "问题"), rows, harmless=True))
    return download(iter([text.encode()]), f"{result['kind']}-errors.csv", "text/csv; charset=utf-8")


@blueprint.get("/tables/<kind>/export.<form>")
@administrators
def export_table(kind: str, form: str) -> Response:
    """The register, streamed, with Chinese column names; what is exported can be imported again."""
    columns = _columns(uploads.page_kind(kind), form)
    if kind not in EXPORTS:
        raise NotFound("no_such_table")
    today_ = today()
    with reading() as session:
        count = sum(1 for _ in EXPORTS[kind](session, own_regions(session), today_))
    perform(exports.record, actor(), kind, form, {}, count)
    if form == "xlsx":
        with reading() as session:
            return workbook(columns, EXPORTS[kind](session, own_regions(session), today_), kind)

    def pieces() -> Iterator[bytes]:
        with reading() as session:
            yield from _encoded(
                csv_text(columns, EXPORTS[kind](session, own_regions(session), today_), harmless=True), form
            )

    return download(stream_with_context(pieces()), f"{kind}.csv", f"text/csv; charset={_charset(form)}")


@blueprint.get("/tables/<kind>/template.<form>")
@administrators
def table_template(kind: str, form: str) -> Response:
    """The columns and one example row, to be filled."""
    found = uploads.page_kind(kind)
    columns, example = _columns(found, form), [c.example for c in found.columns]
    if form == "xlsx":
        return workbook(columns, iter([example]), f"{kind}-template")
    pieces = _encoded(csv_text(columns, [example], harmless=True), form)
    return download(pieces, f"{kind}-template.csv", f"text/csv; charset={_charset(form)}")


def _page(kind: Kind, errors: dict[str, str]) -> str:
    left_out = 0
    if kind.name == "enterprises":
        with reading() as session:
            left_out = without_uscc(session, own_regions(session))
    return render_template("admin/table.html", kind=kind, errors=errors, left_out=left_out, leaves=kind.name in EXPORTS)


def _result(file_id: str) -> tuple[Any, dict[str, Any]]:
    with reading() as session:
        job = newest_job(session, actor(), (uploads.CHECK, uploads.STORE), file_id)
    if job is None or not job.result:
        raise NotFound("no_such_job")
    return job, json.loads(job.result)


def _columns(kind: Kind, form: str) -> list[str]:
    if form not in FORMS:
        raise NotFound("no_such_table")
    return [c.title for c in kind.columns]


def _charset(form: str) -> str:
    return "gb18030" if form == "gb18030" else "utf-8"


def _encoded(pieces: Iterator[str], form: str) -> Iterator[bytes]:
    """`csv` is UTF-8 with BOM (what Excel opens rightly), `utf-8` without."""
    if form == "csv":
        yield BOM.encode()
    for piece in pieces:
        yield piece.encode(_charset(form))
