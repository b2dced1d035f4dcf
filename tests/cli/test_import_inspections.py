"""Visits registered elsewhere are imported, and the flags exported equal an independent computation, visit by visit."""

import csv
import io
import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.house import House, uscc

HEADER = (
    "number", "uscc", "enterprise_name", "unit", "kind", "cause", "clue_no", "officers", "items", "started_at", "ended_at",
    "outcome", "joint_units",
)  # fmt: skip
UNITS = {"YT-YJJ": ("YJ-01", "99010001"), "YT-SCJG": ("SJ-01", "99020001"), "BU-01": ("", "")}


def history(count: int, seed: int) -> list[dict[str, str]]:
    """Random visits that crowd together: few enterprises, two years, ties in time, joint ones, re-checks."""
    source = random.Random(seed)
    rows = []
    for n in range(count):
        unit = source.choice(("YT-YJJ", "YT-SCJG", "YT-SCJG", "BU-01"))
        kind, cause = (
            ("triggered", source.choice(("complaint", "recheck", "transfer")))
            if source.random() < 0.4
            else ("planned", "")
        )
        start = datetime(2024, 12, 1, 8) + timedelta(days=source.randint(0, 420), hours=source.choice((0, 2, 2, 8)))
        joint = source.choice(("", "", "YT-YJJ", "YT-SCJG"))
        e = source.randint(1, max(2, count // 12))
        item, officer = UNITS[unit]
        row = {
            "number": f"X-{source.randint(0, 9)}{n:05d}",
            "uscc": uscc(e),
            "enterprise_name": f"云汀示例{e}店",
            "unit": unit,
            "kind": kind,
            "cause": cause,
            "clue_no": f"C-{n}" if cause in ("complaint", "transfer") else "",
            "officers": officer,
            "items": item,
            "started_at": start.isoformat() + "+08:00",
            "ended_at": (start + timedelta(hours=1)).isoformat() + "+08:00",
            "outcome": source.choice(("no_problem", "problem_found", "")) if item else "",
            "joint_units": joint if joint != unit else "",
        }
        rows.append(row)
    return rows


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


def naive(rows: list[dict[str, str]]) -> set[tuple[str, str, str, str]]:  # noqa: C901 obvious beats short here
    """(rule, number, unit, day) of the repeat and cap rules and several_heads, counted the slow and obvious way."""
    of: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        if row["cause"] != "recheck":
            of[row["uscc"]].append(row)
    found = set()
    for visits in of.values():
        visits.sort(key=lambda v: (v["started_at"], v["number"]))
        for n, v in enumerate(visits):
            day = date.fromisoformat(v["started_at"][:10])
            units = [v["unit"], *([v["joint_units"]] if v["joint_units"] else [])]
            mine = [u for u in units if u != "BU-01"]
            before = [(date.fromisoformat(w["started_at"][:10]), w) for w in visits[:n]]

            def within(days: int, before: list = before, day: date = day) -> list[dict[str, str]]:
                return [w for d, w in before if (day - d).days <= days]

            raised = [
                rule
                for rule, days, most in (("repeat.day", 0, 1), ("repeat.week", 6, 2), ("repeat.month", 29, 3))
                if len(within(days)) + 1 > most
            ]
            if v["kind"] == "planned":
                if any(w["kind"] == "planned" for w in within(60)):
                    raised.append("repeat.60d")
                if any(
                    w["kind"] == "planned" and not {w["unit"], w["joint_units"]} & set(units) - {""} for w in within(30)
                ):
                    raised.append("several_heads")
            found |= {(rule, v["number"], mine[0], str(day)) for rule in raised if mine}
            for u in mine:
                same = [w for d, w in before if d.year == day.year and u in (w["unit"], w["joint_units"])]
                planned = [w for w in same if w["kind"] == "planned"]
                if v["kind"] == "planned" and len(planned) + 1 > 2:
                    found.add(("cap.year", v["number"], u, str(day)))
                if len(same) + 1 > 4:
                    found.add(("cap.reasonable", v["number"], u, str(day)))
    return found


COMPARED = ("repeat.day", "repeat.week", "repeat.month", "repeat.60d", "several_heads", "cap.year", "cap.reasonable")


def exported(house: House) -> set[tuple[str, str, str, str]]:
    done = house.app.test_cli_runner().invoke(args=["export", "flags"])
    assert done.exit_code == 0, done.output
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {
        (r["rule"], r["inspection_number"], r["unit"], r["raised_for"])
        for r in rows
        if r["rule"] in COMPARED and r["state"] == "raised"
    }


def run(house: House, *args: str):
    return house.app.test_cli_runner().invoke(args=list(args))


@pytest.mark.parametrize("seed", [1, 2])
def test_flags_of_imported_visits_equal_an_independent_computation(house: House, tmp_path: Path, seed: int) -> None:
    rows = history(700, seed)
    done = run(house, "import", "inspections", str(write(tmp_path / "visits.csv", rows)))
    assert done.exit_code == 0, done.output
    assert exported(house) == naive(rows)
    assert "0 findings" in run(house, "flags", "rebuild").output


def test_in_two_halves_in_any_order_and_twice_the_flags_are_the_same(house: House, tmp_path: Path) -> None:
    rows = history(300, 3)
    shuffled = random.Random(3).sample(rows, len(rows))
    for n, part in enumerate((shuffled[:150], shuffled[150:])):
        assert run(house, "import", "inspections", str(write(tmp_path / f"{n}.csv", part))).exit_code == 0
    assert exported(house) == naive(rows)
    again = run(house, "import", "inspections", str(write(tmp_path / "again.csv", rows)))
    assert again.exit_code == 0 and "stored 0, 300 unchanged" in again.output
    assert exported(house) == naive(rows)


def test_bad_rows_are_named_and_nothing_is_stored(house: House, tmp_path: Path) -> None:
    rows = history(5, 4)
    rows[1] |= {"unit": "NO-SUCH"}
    rows[2] |= {"uscc": "91990101T00000000A"}
    rows[3] |= {"started_at": "tomorrow"}
    file = write(tmp_path / "bad.csv", rows, encoding="gb18030")
    done = run(house, "import", "inspections", str(file))
    assert done.exit_code == 1
    assert "row 3: unit: there is no unit “NO-SUCH”" in done.output
    assert "row 4: uscc" in done.output and "row 5: started_at" in done.output
    assert Path(f"{file}.errors.csv").read_text("utf-8").count("\n") == 4
    assert "stored 0" in done.output
    kept = run(house, "import", "inspections", str(file), "--skip-bad")
    assert kept.exit_code == 0 and "stored 2" in kept.output


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"number,uscc\n1,2\n", b"\x00\x01", b"\xff\xfe\xfd\xfc", "number".encode("utf-16")]
)
def test_a_file_that_is_no_table_gets_one_line(house: House, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    done = run(house, "import", "inspections", str(file))
    assert done.exit_code == 1 and done.output.startswith("Error: ") and done.output.count("\n") == 1
