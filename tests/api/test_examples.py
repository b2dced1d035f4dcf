"""The examples of the document are one story that the API takes as it stands, and its answers are those of the document."""

import json
import re
from typing import Any

import pytest

from app.api.v1.examples import CODE
from app.api.v1.openapi import EXAMPLES
from app.domain.enterprises import uscc_problem
from tests.api.test_integrators import masked
from tests.house import House
from tools.api_examples import BY_NAME, Story, play, written

NOT_PLAYED = {"list_plans", "get_plan", "paper_pdf", "paper_receipt"}  # need a plan, a served paper
TELLS = "python -m tools.api_examples writes the answers anew"


@pytest.fixture
def story(house: House) -> Story:
    return play(house)


def alike(told: Any) -> Any:
    """Without what differs from run to run."""
    return json.loads(written(masked(told), "http://localhost"))


def test_every_example_is_taken_in_its_place_and_answered_as_the_document_says(story: Story) -> None:
    assert not story.wrong, story.wrong
    assert {name for name, op in BY_NAME.items() if op.answer} - set(story.told) == NOT_PLAYED & set(EXAMPLES)
    differing = [name for name, told in story.told.items() if alike(told) != masked(EXAMPLES[name])]
    assert not differing, f"{differing}: {TELLS}"
    assert EXAMPLES["approve_inspection"]["code"]["short_code"] == CODE


def test_every_uscc_of_the_document_is_a_valid_one(house: House) -> None:
    text = house.client().get("/api/v1/openapi.json").text
    found = set(re.findall(r'"([0-9A-Z]{2}\d{6}[0-9A-Z]{10})"', text))
    assert found and {one: problem for one in found if (problem := uscc_problem(one))} == {}
