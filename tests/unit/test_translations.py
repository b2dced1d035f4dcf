"""English is complete: every sentence of the source has its translation, with the same placeholders, and none is left over."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}


def test_every_sentence_is_translated_and_no_translation_is_unused() -> None:
    found = {
        message
        for _, _, message, _, _ in extract_from_dir(str(ROOT / "app"), METHODS, {}, KEYWORDS)
        if isinstance(message, str)
    }
    with (ROOT / "app/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = {str(m.id): str(m.string) for m in read_po(file) if m.id}
    assert sorted(found - catalogue.keys()) == []
    assert sorted(catalogue.keys() - found) == []
    for said, translated in catalogue.items():
        assert translated, said
        assert sorted(re.findall(r"%\(\w+\)s", said)) == sorted(re.findall(r"%\(\w+\)s", translated)), said


def test_no_sentence_is_translated_twice() -> None:
    """Two entries of one sentence: the last would win, whichever that is."""
    text = (ROOT / "app/translations/en/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    said = re.findall(r'^msgid ((?:".*"\n?)+)', text, flags=re.MULTILINE)
    assert [s for s in sorted(set(said)) if said.count(s) > 1] == []
