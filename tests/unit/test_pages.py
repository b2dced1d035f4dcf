"""Sentences of templates are put in when these are compiled: once for each language, and only where that is the same."""

from pathlib import Path

from flask import render_template
from flask_babel import Babel
from jinja2 import DictLoader

from app import i18n
from app.web_app import WebApp

TEMPLATES = {
    "base.html": "<title>{{ _('检查码') }}</title>{% block main %}{% endblock %}",
    "page.html": "{% extends 'base.html' %}{% import 'macro.html' as m %}"
    "{% block main %}{{ _('帮助') if helped else _('<没有>100%%') }}{{ m.of(name) }}{{ _(word) }}{% endblock %}",
    "macro.html": "{% macro of(name) %}{{ _('短码') }} {{ _('%(n)s 号', n=name) }}{% endmacro %}",
    "mail.txt": "{{ _('检查码') }}",
}


def _house() -> WebApp:
    house = WebApp(__name__)
    house.jinja_env.loader = DictLoader(TEMPLATES)
    house.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Path(i18n.__file__).parent / "translations")
    Babel(house, locale_selector=i18n._locale)
    house.jinja_env.globals["_"] = i18n._in_page
    return house


def _page(house: WebApp, lang: str, helped: bool = True, template: str = "page.html") -> str:
    with house.test_request_context(f"/?lang={lang}"):
        return render_template(template, helped=helped, name="<b>", word="短码")


def test_each_reader_gets_their_language_whoever_came_first() -> None:
    house = _house()
    for _ in range(2):
        assert _page(house, "en").startswith("<title>Inspection codes</title>HelpShort code ")
        assert _page(house, "zh") == "<title>检查码</title>帮助短码 &lt;b&gt; 号短码"
    assert _page(house, "en", template="mail.txt") == "Inspection codes"


def test_a_sentence_is_markup_of_ours_and_what_fills_it_is_not() -> None:
    assert "<没有>100%短码 &lt;b&gt; 号" in _page(_house(), "zh", helped=False)
