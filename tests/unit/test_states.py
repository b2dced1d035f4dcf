"""Every transition that is not in the tables is refused with a sentence; the drawing in the docs is the tables."""

import importlib.util
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain import inspections, rectifications
from app.domain.errors import Refused
from app.domain.facts import Fact
from app.domain.inspections import STATES, TRANSITIONS, transition
from app.errors import SENTENCES

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("fact", TRANSITIONS)
@pytest.mark.parametrize("state", [None, *STATES])
def test_a_step_that_the_table_does_not_have_is_refused_with_a_sentence(state: str | None, fact: str) -> None:
    if state in TRANSITIONS[fact]:
        assert transition(state, fact) in STATES
        return
    with pytest.raises(Refused) as refused:
        transition(state, fact)
    assert str(SENTENCES[refused.value.code]) % refused.value.data


@pytest.mark.parametrize("kind", rectifications.TRANSITIONS)
@pytest.mark.parametrize("state", [None, *rectifications.STATES])
def test_the_same_holds_for_a_rectification(state: str | None, kind: str) -> None:
    body = {"due": "2026-04-01", "unit": "U", "enterprise": "E"}
    fact = Fact("f", kind, "rectification", "i", "990101", NOW, NOW, "a", body)
    before = rectifications.Rectification("i", "990101", "U", "E", state, date(2026, 3, 20), NOW) if state else None
    if state in rectifications.TRANSITIONS[kind]:
        assert rectifications.evolve(before, fact).state == rectifications.TRANSITIONS[kind][state]
        return
    with pytest.raises(Refused) as refused:
        rectifications.evolve(before, fact)
    assert str(SENTENCES[refused.value.code]) % refused.value.data


def test_nothing_leads_out_of_an_end_and_no_state_is_unknown() -> None:
    ends = (inspections.REJECTED, inspections.CANCELLED, inspections.NOT_CARRIED_OUT)
    for fact, steps in TRANSITIONS.items():
        assert not [s for s in steps if s in ends], fact
        assert {s for pair in steps.items() for s in pair if s} <= set(STATES)


def test_the_drawing_in_the_docs_is_the_table() -> None:
    spec = importlib.util.spec_from_file_location("draw_states", ROOT / "tools" / "draw_states.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    stale = "run .venv/bin/python tools/draw_states.py"
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == tool.document(), stale
