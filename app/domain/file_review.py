"""File review (案卷评查): the score sheet for legality, reasonableness and form, as data; scores; and what becomes a flag."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.errors import Invalid
from app.domain.facts import canonical_json
from app.domain.flags.findings import YELLOW, Finding

RULE = "file.fault"
PARTS = {"legality": "合法性", "reasonableness": "合理性", "form": "规范性"}
FULL = 100
MOST_ITEMS, LONGEST_ITEM = 40, 200
USUAL_SHEET = """\
合法性 | 执法主体和检查事项有依据，事项在公布的事项库中 | 15
合法性 | 检查前经负责人批准；例外情形补办手续齐全 | 10
合法性 | 两名以上持证人员，亮码、出示执法证、告知权利 | 15
合理性 | 检查理由充分，没有可以合并而未合并的检查 | 15
合理性 | 检查内容不超出码上的事项，没有影响正常经营 | 10
合理性 | 对轻微问题按规定以指导、限期改正为先 | 10
规范性 | 检查记录完整，逐项有结果，问题写清事实 | 10
规范性 | 文书签名、时间、送达齐全，前后一致 | 10
规范性 | 需要整改的有期限、有复核，按时录入 | 5
"""


@dataclass(frozen=True, slots=True)
class Item:
    part: str  # legality | reasonableness | form
    text: str
    points: int


def parse_sheet(text: str) -> list[Item]:
    """A sheet as typed, one item a line: part | text | points. Raises Invalid("sheet_line" | "sheet_total")."""
    by_word = {word: part for part, word in PARTS.items()}
    items = []
    for number, line in enumerate(text.strip().splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.replace("｜", "|").split("|")]
        fits = len(cells) == 3 and cells[0] in by_word and 0 < len(cells[1]) <= LONGEST_ITEM
        if not fits or not (cells[2].isascii() and cells[2].isdigit() and 0 < int(cells[2][:4]) <= FULL):
            raise Invalid("sheet_line", "sheet", line=number)
        items.append(Item(by_word[cells[0]], cells[1], int(cells[2])))
    total = sum(i.points for i in items)
    if total != FULL or len(items) > MOST_ITEMS:
        raise Invalid("sheet_total", "sheet", total=total)
    return items


def to_text(items: Sequence[Item]) -> str:
    """A sheet as it is stored: canonical JSON."""
    return canonical_json([[i.part, i.text, i.points] for i in items])


def from_text(text: str) -> list[Item]:
    return [Item(part, said, points) for part, said, points in json.loads(text)]


def scores(items: Sequence[Item], given: Mapping[str, str]) -> list[int]:
    """The points given, one a sheet's item (`item-0`, …). Raises Invalid with every wrong field."""
    found, problems = [], []
    for n, item in enumerate(items):
        text = given.get(f"item-{n}", "").strip()
        if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= item.points:
            found.append(int(text))
        else:
            problems.append((f"item-{n}", "score_range", {"most": item.points}))
    if problems:
        name, code, data = problems[0]
        raise Invalid(code, name, problems=problems, **data)
    return found


def file_findings(
    file_id: str,
    inspection: str,
    unit: str,
    jurisdiction: str,
    enterprise: str,
    settled_on: date,
    score: int,
    faults: str | None,
) -> list[Finding]:
    """file.fault: a file whose review was settled with faults named by persons. Nothing computed: people found it."""  # fmt: skip
    if not faults:
        return []
    return [
        Finding(
            rule=RULE, severity=YELLOW, subject_kind="casefile", subject_id=file_id, unit=unit, jurisdiction=jurisdiction,
            raised_for=settled_on, inspection_id=inspection, enterprise_id=enterprise,
            evidence={"score": score, "faults": faults},
        )
    ]  # fmt: skip
