"""Languages: Chinese is written in the source, English is a catalogue. Times and numbers as people here write them."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, gettext, lazy_gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.domain.telling import percent
from app.domain.times import SHANGHAI

LANGUAGES = {"zh": "中文", "en": "English"}
LOCALES = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en")}
_TERMS = {
    "year": lazy_gettext("%(year)s年"),
    "Q": lazy_gettext("%(year)s年第%(n)s季度"),
    "month": lazy_gettext("%(year)s年%(n)s月"),
    "W": lazy_gettext("%(year)s年第%(n)s周"),
}
LANGUAGE_COOKIE, ELDER_COOKIE = "lang", "elder"


def init_app(app: Flask) -> None:
    app.config.update(BABEL_DEFAULT_LOCALE=str(LOCALES["zh"]), BABEL_DEFAULT_TIMEZONE="Asia/Shanghai")
    Babel(app, locale_selector=_locale)
    app.jinja_env.globals.update(_=_in_page, gettext=_in_page)
    app.jinja_env.filters.update(
        moment=moment, day=day, clock_time=clock_time, period=period, number=number, term=term, percent=percent
    )
    environment = app.extensions["jcm_config"].environment
    app.jinja_env.globals.update(language=language, is_elder=is_elder, period=period, config_environment=environment)


def language() -> str:
    """`zh` or `en`: what this request's reader reads."""
    if has_request_context() and "language" in g:
        return str(g.language)
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@pass_eval_context
def _in_page(context: EvalContext, text: str, /, **filled: object) -> str:
    """`_` in templates, as Jinja's new style has it: blanks are filled escaped. A sentence that has none stands in the
    compiled template already (app/pages.py)."""
    said = gettext(text)
    return (Markup(said) if context.autoescape else said) % filled  # noqa: S704 our own catalogue


def is_elder() -> bool:
    """Whether the reader chose elder mode (大字版)."""
    return request.cookies.get(ELDER_COOKIE) == "1"


def _locale() -> Locale:
    if not has_request_context():  # a command or the worker
        return LOCALES["zh"]
    chosen = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in LANGUAGES:
        chosen = _preferred(request.headers.get("Accept-Language", ""))
    g.language = chosen
    return LOCALES[chosen]


@lru_cache(256)
def _preferred(header: str) -> str:
    """The language that a browser asks for; there are few such headers."""
    return str(parse_accept_header(header, LanguageAccept).best_match(["zh", "en"], default="zh"))


def moment(value: datetime | None) -> str:
    """2026-11-22 14:02, Asia/Shanghai."""
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if value else "—"


def day(value: date | datetime | None) -> str:
    if value is None:
        return "—"
    return (value.astimezone(SHANGHAI) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


def clock_time(value: datetime | None) -> str:
    return value.astimezone(SHANGHAI).strftime("%H:%M") if value else "—"


def period(start: datetime, end: datetime) -> str:
    """11月22日 9:00–17:00; the second day is named only where it differs."""
    a, b = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    second = _time(b) if a.date() == b.date() else f"{_day_in_words(b)} {_time(b)}"
    return f"{_day_in_words(a)} {_time(a)}–{second}"


def term(value: object) -> str:
    """A year, quarter, month or week as people say it: 2026 → 2026年, 2026-Q3 → 2026年第3季度, 2026-W47 → 2026年第47周."""
    year, _dash, part = str(value).partition("-")
    kind = "year" if not part else part[0] if part[0] in "QW" else "month"
    return str(_TERMS[kind]) % {"year": year, "n": part.lstrip("QW0")}


def _day_in_words(value: datetime) -> str:
    if language() == "en":
        return f"{value.day} {value.strftime('%B')}"
    return f"{value.month}月{value.day}日"


def _time(value: datetime) -> str:
    return f"{value.hour}:{value.minute:02d}"


def number(value: int | None) -> str:
    """With thousands separators: 67,000."""
    return "—" if value is None else f"{value:,}"
