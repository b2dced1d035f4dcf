"""What nginx says in the program's place (docs/deploy) is what the program itself would say: by the same codes and words."""

import json
import re
from pathlib import Path

import pytest

from app.errors import HTTP_CODES

FILES = sorted((Path(__file__).parents[2] / "docs" / "deploy").glob("nginx*.conf"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_programs_get_the_problem_that_the_program_itself_would_tell(path: Path) -> None:
    text = path.read_text()
    places = re.findall(
        r"location (@\w+_json) \{\s+default_type application/problem\+json;.*?return (\d+) '(.*?)';", text, re.S
    )
    said = {name: json.loads(body) for name, _, body in places}
    assert said.keys() == {"@too_large_json", "@away_json"}
    for name, status, _ in places:
        code, sentence = HTTP_CODES[int(status)]
        assert said[name] == {
            "type": f"/api/v1/docs#error-{code}", "title": str(sentence), "status": int(status), "code": code,
            "detail": str(sentence), "errors": [],
        }  # fmt: skip
    assert set(re.findall(r"error_page [\d ]+ = (@\w+)\$jcm_to_programs;", text)) == {"@too_large", "@away"}
    (programs,) = re.findall(r"^\s+~(\S+) _json;$", text, re.M)
    for address in ("/api/v1/verify", "/.well-known/inspection-keys.json", "/log/checkpoint", "/readyz"):
        assert re.search(programs, address), address
    for address in ("/", "/q/1", "/log/", "/apply", "/apiary"):
        assert not re.search(programs, address), address
