"""`make bench`: a table of ratios, and the same as JSON in bench/results/."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench import codes, log, visits
from bench.measure import Ratio

RESULTS = Path(__file__).resolve().parent / "results"
PARTS = (codes, log, visits)


def main() -> int:
    found: list[Ratio] = []
    for ratio in _all():
        found.append(ratio)
        mark = "ok  " if ratio.met else "MISS"
        print(f"{mark} {ratio.name:<36} {ratio.value:7.2f} {ratio.goal:<8} against {ratio.against}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps([asdict(r) for r in found], ensure_ascii=False, indent=1))
    return 0


def _all() -> Iterator[Ratio]:
    for part in PARTS:
        yield from part.run()


if __name__ == "__main__":
    sys.exit(main())
