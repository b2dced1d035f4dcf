"""What v1 has promised stays (docs/integrators.md, "Versions"): nothing is renamed or removed, no type changes, and no field of
a request becomes needed. `promised.txt` is what was promised so far, a subject and its promises a line.

`python -m tests.api.test_versions` writes down what was added. What is gone it keeps: that is for a v2.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from app.api.v1 import views  # noqa: F401 declares the operations
from app.api.v1.openapi import document

PROMISED = Path(__file__).parent / "promised.txt"
NEEDED = "needed"  # the promise that there is no more of
Promises = dict[str, set[str]]


def told() -> Promises:
    """{subject: promises} of the document as it is."""
    said, found = document("https://jcm.example.gov.cn"), defaultdict[str, set[str]](set)
    for path, methods in said["paths"].items():
        for method, op in methods.items():
            _call(found, f"{method.upper()} {path}", op)
    for name, schema in said["components"]["schemas"].items():
        needed = schema.get("required", ()) if name.endswith("In") else ()
        for field, shape in schema.get("properties", {}).items():
            found[f"{name}.{field}"] |= set(_types(shape)) | ({NEEDED} if field in needed else set())
    return found


def _call(found: Promises, call: str, op: dict[str, Any]) -> None:
    found[call] |= {op["operationId"]} | {f"for {role}" for role in op["x-roles"]}
    for parameter in op["parameters"]:
        found[f"{call} {parameter['name']}"] |= set(_types(parameter["schema"]))
    for status, answer in op["responses"].items():
        found["codes"] |= set(answer.get("x-codes", ()))
        if status.startswith("2"):
            for media, content in answer["content"].items():
                found[call] |= {f"{status} {media} {one}" for one in _types(content["schema"])}


def _types(shape: dict[str, Any]) -> list[str]:
    """A shape as words: its types, what it points to, each choice by itself."""
    if "anyOf" in shape:
        return [one for part in shape["anyOf"] for one in _types(part)]
    if "$ref" in shape:
        return [shape["$ref"].rpartition("/")[2]]
    if "enum" in shape or "const" in shape:
        return [f"={choice}" for choice in shape.get("enum", [shape.get("const")])]
    if shape.get("type") == "array":
        return [f"[{one}]" for one in _types(shape["items"])]
    return [" ".join(filter(None, (shape["type"], shape.get("format"))))]


def written() -> Promises:
    lines = PROMISED.read_text(encoding="utf-8").splitlines()
    return {subject: set(said.split(" | ")) for subject, _, said in (line.partition(": ") for line in lines)}


def beyond(these: Promises, those: Promises) -> list[str]:
    """What stands in these and not in those."""
    return [
        f"{subject}: {one}" for subject in sorted(these) for one in sorted(these[subject] - those.get(subject, set()))
    ]


def test_nothing_that_v1_promised_is_gone() -> None:
    gone = [line for line in beyond(written(), told()) if not line.endswith(f": {NEEDED}")]
    assert gone == []


def test_no_field_of_a_request_becomes_needed() -> None:
    promised = written()
    known = {subject.partition(".")[0] for subject in promised}  # a new request may need what it likes
    more = [line for line in beyond(told(), promised) if line.endswith(f": {NEEDED}")]
    assert [line for line in more if line.partition(".")[0] in known] == []


def test_what_was_added_is_written_down() -> None:
    assert beyond(told(), written()) == [], "python -m tests.api.test_versions"


if __name__ == "__main__":
    everything = written() if PROMISED.exists() else {}
    for subject, promises in told().items():
        everything[subject] = everything.get(subject, set()) | promises
    text = (f"{subject}: {' | '.join(sorted(everything[subject]))}\n" for subject in sorted(everything))
    PROMISED.write_text("".join(text), encoding="utf-8")
