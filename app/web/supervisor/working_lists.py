"""The lists that supervision works on, for export: each as its page shows it, whole, with the filters of its address."""

from collections.abc import Callable
from typing import Any

from flask import request

from app.context import actor, now
from app.domain.errors import NotFound
from app.queries import callbacks as callback_queries
from app.queries import case_records as record_queries
from app.queries import exports
from app.queries import list_exports as rows
from app.queries import plans as plan_queries
from app.web import export_words, words
from app.web.listed import Listed, Rows
from app.web.plans import words as plan_words
from app.web.plans.public import year_of
from app.web.supervisor import callback_words
from app.web.supervisor.reconcile import CASE_KINDS, CASE_REASONS, CASE_STATES, FILTERS
from app.web.watching_words import CASE_FILE_STATES, OUTCOMES, REPORT_STATES, REVIEW_STATES
from app.web.watching_words import KINDS as OBSERVATION_KINDS


def _contacts() -> Listed:
    who, unit = actor(), _asked("unit")
    said = {"contact_kind": words.CONTACT_KINDS}
    return Listed(rows.CONTACT_COLUMNS, lambda s: rows.contacts(s, who, unit), {"unit": unit}, said=said)


def _case_records() -> Listed:
    filters = {name: _asked(name) for name in FILTERS}
    query = record_queries.filtered(actor(), filters)
    return Listed(
        rows.RECORD_COLUMNS,
        lambda session: rows.case_records(session, query),
        filters,
        lambda session: exports.count(session, query),
        {"record_kind": CASE_KINDS, "record_state": CASE_STATES, "why": CASE_REASONS, "internal": export_words.YES_NO},
    )


def _questions() -> Listed:
    who = actor()
    said = {"question_state": words.QUESTION_STATES}
    return Listed(rows.QUESTION_COLUMNS, lambda session: rows.questions(session, who), {}, said=said)


def _callbacks() -> Listed:
    who, at = actor(), now()
    view = _asked("view") if _asked("view") in callback_queries.VIEWS else "open"
    said = {
        "pool": callback_words.POOLS,
        "callback_state": callback_words.STATES,
        "came": callback_words.CAME,
        "code": callback_words.CODE,
        "internal": export_words.YES_NO,
    }
    return Listed(
        rows.CALLBACK_COLUMNS, lambda s: rows.callbacks(s, who, view, at), {"view": view}, said=said, of_speech=True
    )


def _reports() -> Listed:
    who, state = actor(), _asked("state")
    said = {"report_state": REPORT_STATES, "internal": export_words.YES_NO}
    return Listed(
        rows.REPORT_COLUMNS, lambda s: rows.reports(s, who, state), {"state": state}, said=said, of_speech=True
    )


def _observations() -> Listed:
    who, state = actor(), _asked("state")
    said = {
        "observation_kind": OBSERVATION_KINDS,
        "observation_state": REPORT_STATES,
        "outcome": OUTCOMES,
        "internal": export_words.YES_NO,
    }
    return Listed(
        rows.OBSERVATION_COLUMNS,
        lambda s: rows.observations(s, who, state),
        {"state": state},
        said=said,
        of_speech=True,
    )


def _papers() -> Listed:
    unit = str(actor().unit)
    said = {"rule": export_words.RULES, "paper_state": words.UNIT_PAPER_STATES}
    return Listed(rows.PAPER_COLUMNS, lambda session: rows.papers(session, unit), {}, said=said)


def _plans() -> Listed:
    filters = {name: _asked(name)[:64] for name in ("state", "kind", "unit", "year")}
    filters["year"] = year_of(filters["year"])
    query = plan_queries.filtered(actor(), filters)
    said = {"plan_kind": plan_words.KINDS, "plan_state": plan_words.STATES}
    return Listed(
        rows.PLAN_COLUMNS,
        lambda session: rows.plans(session, query),
        filters,
        lambda session: exports.count(session, query),
        said,
    )


def _reviews() -> Listed:
    """Of flags that rest on somebody's words, too: held, and without a number of rows."""
    who = actor()
    said = {"rule": export_words.RULES, "review_state": REVIEW_STATES, "internal": export_words.YES_NO}
    return Listed(rows.REVIEW_COLUMNS, lambda session: rows.reviews(session, who), {}, said=said, of_speech=True)


def _case_files() -> Listed:
    """Of one campaign, which the address names. Raises NotFound."""
    who, campaign = actor(), _asked("campaign")
    if not campaign:
        raise NotFound("no_such_campaign")

    def found(session: Any) -> Rows:
        return rows.case_files(session, who, campaign)

    return Listed(rows.FILE_COLUMNS, found, {"campaign": campaign}, said={"file_state": CASE_FILE_STATES})


def _asked(name: str) -> str:
    return request.args.get(name, "").strip()[:100]


LISTS: dict[str, Callable[[], Listed]] = {
    "contacts": _contacts,
    "case-records": _case_records,
    "questions": _questions,
    "callbacks": _callbacks,
    "reports": _reports,
    "observations": _observations,
    "papers": _papers,
    "plans": _plans,
    "reviews": _reviews,
    "case-files": _case_files,
}
