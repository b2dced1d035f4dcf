"""Writes docs/states.md from the tables of transitions: `.venv/bin/python tools/draw_states.py`. A test holds it current."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.domain import inspections, rectifications  # noqa: E402 found beside this folder
from app.domain.inspections import TRANSITIONS  # noqa: E402

OUT = ROOT / "docs" / "states.md"
HEAD = """# States and transitions

Written by `tools/draw_states.py` from the tables in `app/domain/inspections.py` and `app/domain/rectifications.py`; do not
edit. Every change is a fact; a fact that the table does not allow in a state is refused with a sentence (`not_in_this_state`).
"""
CODES = """
The state `replaced` belongs to a code: when an amendment is approved, the inspection keeps its state and its id, gets its next
code, and the code before answers `replaced` (verification, `/q/…`, status list, scanner).
"""


def document() -> str:
    """The whole page."""
    drawn = {state for steps in TRANSITIONS.values() for pair in steps.items() for state in pair if state}
    unused = [s for s in inspections.STATES if s not in drawn]
    return "\n".join(
        [
            HEAD,
            "## An inspection\n",
            *_diagram(TRANSITIONS),
            CODES,
            f"Named in the contract and entered by no step today: {', '.join(f'`{s}`' for s in unused)}.\n",
            *_table(TRANSITIONS),
            "\n## A rectification (责令改正)\n",
            "Facts about the subject `rectification`, whose id is that of the inspection that ordered it.\n",
            *_diagram(rectifications.TRANSITIONS),
            "",
            *_table(rectifications.TRANSITIONS),
            "",
        ]
    )


def _diagram(transitions: dict[str, dict[str | None, str]]) -> list[str]:
    """Mermaid: one arrow a pair of states, named by its facts. What changes no state stands in the table only."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for fact, steps in transitions.items():
        for before, after in steps.items():
            if before != after:
                arrows.setdefault((before or "[*]", after), []).append(fact.split(".", 1)[1])
    drawn = [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in sorted(arrows.items())]
    return ["```mermaid", "stateDiagram-v2", *drawn, "```"]


def _table(transitions: dict[str, dict[str | None, str]]) -> list[str]:
    rows = ["| fact | allowed in → leads to |", "| --- | --- |"]
    for fact, steps in transitions.items():
        said = ", ".join(
            f"{before or '(nothing)'} → {after}" if before != after else f"{before} (stays)"
            for before, after in steps.items()
        )
        rows.append(f"| `{fact}` | {said} |")
    return rows


if __name__ == "__main__":
    OUT.write_text(document(), encoding="utf-8")
