"""The enterprise's pages, without an account: behind a code, the rating, the report, the receipt. GET changes nothing."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.context import installation, now, perform, reading, take
from app.domain.codes.classify import CODE, ELSEWHERE, FOREIGN, SHORT_CODE, classify
from app.domain.codes.issuers import Issuer
from app.domain.codes.short import display_short_code
from app.domain.errors import Invalid, NotFound
from app.domain.times import shanghai_day
from app.errors import sentence
from app.i18n import language, moment
from app.queries import enterprise as queries
from app.queries import registry
from app.queries.papers import any_served
from app.security import device, is_staff_device, public, sent_files, takes_files
from app.services.speaking import speech, voice
from app.services.transparency import log_proofs
from app.services.trust import verification
from app.services.visiting import scans
from app.store.limits import Limit
from app.store.other_issuers import recognised
from app.store.reference import Setting
from app.web.enterprise import forms
from app.web.verdicts import CHECK_OFFICERS, words_of

blueprint = Blueprint("enterprise", __name__)
LIMIT = Limit(burst=60, per_minute=30)
TYPED_LIMIT = Limit(burst=20, per_minute=6)
KEY_REVOKED = _l("签发密钥已作废")


@blueprint.context_processor
def _whom_to_call() -> dict[str, Any]:
    """For the calls that every page offers: asked for only where they are shown."""

    def place_settings() -> Mapping[str, Setting]:
        with reading() as session:
            return _settings(session)

    return {"place_settings": place_settings}


@blueprint.get("/q/")
@public
def typed() -> Response | str:
    """The short code typed on the first page leads to the page behind the code."""
    text = request.args.get("code", "").strip()
    with reading() as session:
        found = classify(text, _issuers(session))
        looked = (
            None if found.kind == SHORT_CODE else verification.look(session, text, now(), issuers=_issuers(session))
        )
    scanned = looked.scanned if looked else found  # what looks like ours may be another instance's, recognised here
    if looked is not None and looked.inspection is not None and scanned.kind == ELSEWHERE:
        return redirect(url_for("enterprise.code", presented=scanned.value), 302)
    if scanned.issuer is not None:
        return render_template(
            "enterprise/issuer.html", issuer=scanned.issuer, verdict=looked.verdict if looked else ""
        )
    if found.kind == FOREIGN:
        return render_template("enterprise/typed.html", text=text)
    return redirect(url_for("enterprise.code", presented=found.value), 302)


@blueprint.get("/q/<presented>")
@public
def code(presented: str) -> str:
    """The verdict and what it rests on. Reads only: link previews fetch this page too."""
    if len(presented) < 40:
        take(f"typed:{request.remote_addr}", TYPED_LIMIT)
    return _page(presented)


@blueprint.post("/q/<presented>/arrive")
@public
def arrive(presented: str) -> str:
    """A person says that they are here: recorded once a device, answered with the comparison number."""
    take(f"scan:{request.remote_addr}", LIMIT)
    outcome = perform(scans.record_scan, presented, "arrive", device(), by_staff=is_staff_device())
    if outcome.challenge is None:
        return _page(presented)
    return render_template("enterprise/arrived.html", presented=presented, challenge=outcome.challenge)


@blueprint.get("/q/<presented>/arrive")
@public
def arrived(presented: str) -> Response:
    """Where a phone that opens its tab again asks for what was posted: back to the code, and nothing is recorded twice."""
    return redirect(url_for("enterprise.code", presented=presented), 302)


@blueprint.get("/q/<presented>/proof")
@public
def proof(presented: str) -> Response:
    """The proof that this code stands in the register, as a file to keep (docs/log.md)."""
    take(f"proof:{request.remote_addr}", LIMIT)
    with reading() as session:
        inspection = verification.look(session, presented, now()).inspection
        file = log_proofs.proof_file(session, inspection) if inspection else None
    if inspection is None:
        raise NotFound("no_such_code")
    if file is None:
        raise NotFound("no_proof_yet")
    name = f"{inspection.number}.tlog-proof"
    return send_file(BytesIO(file), "text/plain", as_attachment=True, download_name=name)


@blueprint.get("/q/<presented>/wrong")
@public
def wrong(presented: str) -> str:
    """What may be wrong, each with what to do."""
    with reading() as session:
        look = verification.look(session, presented, now())
        settings = (
            queries.settings(session, look.inspection.jurisdiction, shanghai_day(now())) if look.inspection else {}
        )
    return render_template("enterprise/wrong.html", presented=presented, look=look, settings=settings)


@blueprint.get("/q/<presented>/rate")
@public
def rate_form(presented: str) -> str:
    return _rate_page(presented, {}, {})


@blueprint.post("/q/<presented>/rate")
@public
def rate(presented: str) -> Response | tuple[str, int]:
    take(f"rate:{request.remote_addr}", LIMIT)
    try:
        receipt = perform(speech.rate, forms.rating(presented, request.form), device())
    except Invalid as error:
        return _rate_page(presented, request.form, _messages(error)), 422
    return redirect(url_for("enterprise.receipt", receipt=receipt, new="1"), 303)


@blueprint.route("/report", methods=["GET", "POST"])
@public
@takes_files
def report() -> Response | str | tuple[str, int]:
    """A visit without a code: one thing a page; what was typed travels in the form, so back works and nothing is lost."""
    values = {name: request.values.get(name, "").strip() for name in forms.REPORT_FIELDS}
    step = forms.step_of(request.form.get("go") or "enterprise")
    if request.method == "GET":
        return _report_page("enterprise", values, {})
    take(f"report:{request.remote_addr}", LIMIT)
    recordings = sent_files("voice")
    errors = forms.report_problems(values, before=step, has_voice=bool(recordings))
    if errors:
        wrong_step = forms.step_with(errors)
        return _report_page(wrong_step, values, errors), 422
    if step != "send":
        return _report_page(step, values, {})
    try:
        receipt = perform(speech.report, forms.report(values, recordings[0] if recordings else None))
    except Invalid as error:
        messages = _messages(error)
        if recordings:
            messages.setdefault("voice", _("录音没有收下，请再录一次或再选一次。写的字都还在。"))
        return _report_page(forms.step_with(messages), values, messages), 422
    return redirect(url_for("enterprise.receipt", receipt=receipt, new="1"), 303)


@blueprint.get("/receipts/")
@public
def receipts() -> Response | str:
    text = request.args.get("receipt", "").strip()
    return (
        redirect(url_for("enterprise.receipt", receipt=text)) if text else render_template("enterprise/receipts.html")
    )


@blueprint.get("/receipts/<receipt>")
@public
def receipt(receipt: str) -> str | tuple[str, int]:
    """State and answer, for who holds the number; nothing of what was said."""
    take(f"receipt:{request.remote_addr}", LIMIT)
    try:
        with reading() as session:
            found = speech.receipt(session, receipt)
    except NotFound as error:
        return render_template("enterprise/receipts.html", problem=sentence(error.code, error.data), text=receipt), 404
    return render_template("enterprise/receipt.html", receipt=receipt, found=found, new=request.args.get("new"))


def _page(presented: str) -> str:
    at = now()
    with reading() as session:
        look = verification.look(session, presented, at, issuers=_issuers(session))
        i = look.inspection
        around = queries.around(session, i, look.holder)
        to_check = queries.to_check(session, i, shanghai_day(at)) if i and look.may_begin else frozenset()
        settings = queries.settings(session, i.jurisdiction, shanghai_day(at)) if i else _settings(session)
        registration = log_proofs.registration(session, i) if i else None
        is_code = look.scanned.kind == CODE
        served = i is not None and is_code and any_served(session, i.enterprise_id, ("inspection", i.id))
        rectification = queries.rectification(session, i) if i and i.result_recorded_at else None
    if look.scanned.issuer is not None and i is None:
        return render_template("enterprise/issuer.html", issuer=look.scanned.issuer, verdict=look.verdict)
    words = words_of(CHECK_OFFICERS if to_check and look.verdict == "valid" else look.verdict, language())
    filled = _filled(look, around)
    return render_template(
        "enterprise/code.html",
        presented=presented,
        look=look,
        inspection=i,
        around=around,
        to_check=to_check,
        settings=settings,
        verdict=words,
        title=words.word % filled,
        text=words.sentence % filled,
        # who holds a replaced code is not given the one that took its place: the officers show it
        short_code=display_short_code(i.code.short_code) if i and i.code and look.verdict != "replaced" else None,
        rectification=rectification,
        can_rate=i is not None and (at >= i.window_start or i.first_arrive_at is not None),
        is_code=is_code,
        checked_at=at,
        registration=registration,
        has_papers=served,
    )


def _issuers(session: Any) -> tuple[Issuer, ...]:
    return recognised(session, installation().config.jurisdiction, shanghai_day(now()))


def _settings(session: Any) -> Mapping[str, Setting]:
    return queries.settings(session, installation().config.jurisdiction, shanghai_day(now()))


def _filled(look: verification.Look, around: queries.Around | None) -> dict[str, Any]:
    i, key = look.inspection, look.verification.key
    ended = i.ended_at or i.window_end if i else None
    return {
        "name": around.enterprise if around else "",
        "start": moment(i.window_start) if i else "",
        "end": moment(i.window_end) if i else "",
        "ended": moment(ended),
        "system": i.external_system or "" if i else "",
        "reason": (key.revoked_reason if key else None) or KEY_REVOKED,
    }


def _rate_page(presented: str, values: Any, errors: dict[str, str]) -> str:
    with reading() as session:
        look = verification.look(session, presented, now())
        around = queries.around(session, look.inspection, look.holder)
    if look.inspection is None:
        raise NotFound("no_such_code")
    return render_template(
        "enterprise/rate.html", presented=presented, around=around, values=values, errors=errors, faces=forms.FACES
    )


def _report_page(step: str, values: dict[str, str], errors: dict[str, str]) -> str:
    found = []
    if step == "enterprise" and values["search"]:
        take(f"search:{request.remote_addr}", TYPED_LIMIT)
    with reading() as session:
        if step == "enterprise" and len(values["search"]) >= 4:
            found = registry.enterprises(session, values["search"], limit=5)
        units = registry.inspecting_units(session) if step == "who" else []
        bureaus = registry.supervising_units(session) if step == "who" else []
        issuers = _issuers(session) if step == "enterprise" else ()
    return render_template(
        f"enterprise/report_{step}.html",
        values=values,
        errors=errors,
        found=found,
        units=units,
        bureaus=bureaus,
        issuers=issuers,
        steps=forms.STEPS,
        step=step,
        today=shanghai_day(now()).isoformat(),
        longest=voice.LONGEST_SECONDS,
    )


def _messages(error: Invalid) -> dict[str, str]:
    return {name: sentence(code, data) for name, code, data in error.problems}
