"""Every answer that a test of the API gets is held to the document: its status, its error code, its fields."""

import json
from collections.abc import Iterator

import pytest
from flask import Response, request
from pydantic import ValidationError

from app.api.v1 import views  # noqa: F401 declares the operations
from app.api.v1.openapi import codes_of
from app.api.v1.operations import OPERATIONS
from tests.house import House

BY_NAME = {op.name: op for op in OPERATIONS}
assert len(BY_NAME) > 40, "nothing would be held to the document"


def breach(response: Response) -> str | None:
    """What an answer says that the document does not, or None."""
    op = BY_NAME.get((request.endpoint or "").removeprefix("api."))
    if op is None:
        return None
    told = f"{op.name} answered {response.status_code}"
    if response.status_code == op.status:
        if response.mimetype != op.media:
            return f"{told} as {response.mimetype}"
        if op.answer is None:
            return None
        try:
            op.answer.model_validate_json(response.data)
            return None
        except ValidationError as error:
            return f"{told}: {error}"
    body = json.loads(response.data)
    known = codes_of(op).get(response.status_code, ())
    named = {body["code"]} | ({e["code"] for e in body["errors"]} if response.status_code == 422 else set())
    return None if named <= set(known) else f"{told} {sorted(named - set(known))}, which the document does not name"


@pytest.fixture(autouse=True)
def held_to_the_document(request: pytest.FixtureRequest) -> Iterator[None]:
    if "house" not in request.fixturenames and "listed" not in request.fixturenames:
        yield
        return
    house: House = request.getfixturevalue("house")
    breaches: list[str] = []

    def hold(response: Response) -> Response:
        if (found := breach(response)) is not None:
            breaches.append(found)
        return response

    after = house.app.after_request_funcs.setdefault(None, [])
    after.append(hold)
    yield
    after.remove(hold)
    assert not breaches, breaches
