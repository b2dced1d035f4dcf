"""The third sentence of a rule, for the enterprise: where the rule concerns it, and never where it would betray a speaker."""

import re

from app.domain.flags.advise import BAD_CODES, sentence
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.for_enterprise import NOT_FOR_THEM, SENTENCES, for_enterprise
from app.services.trust.verification import BAD_WHEN_ARRIVING

NAMES = re.compile(r"%\((\w+)\)s")


def test_every_rule_has_a_sentence_or_a_reason_why_not() -> None:
    assert SENTENCES.keys() | NOT_FOR_THEM.keys() == CATALOGUE.keys()
    assert SENTENCES.keys() & NOT_FOR_THEM.keys() == set()


def test_no_rule_that_rests_on_somebodys_words_has_one() -> None:
    assert [code for code in SENTENCES if CATALOGUE[code].rests_on_speech] == []
    assert for_enterprise("feedback.conduct", {"rating": 1}, "zh") is None


def test_a_sentence_asks_for_nothing_that_the_evidence_does_not_hold() -> None:
    for code, (zh, en) in SENTENCES.items():
        rule = CATALOGUE[code]
        assert set(NAMES.findall(zh)) <= set(NAMES.findall(rule.about)), code
        assert set(NAMES.findall(en)) <= set(NAMES.findall(rule.about_en)), code
    assert (
        for_enterprise("unfit.too_few", {"count": 1, "fewest": 2}, "zh") == "登记的执法人员只有 1 名，至少应有 2 名。"
    )


def test_a_bad_code_says_in_words_what_was_wrong_with_it() -> None:
    for verdict in BAD_WHEN_ARRIVING:
        for language in ("zh", "en"):
            assert BAD_CODES[verdict][language == "en"] in sentence("code.bad", {"verdict": verdict}, language)
