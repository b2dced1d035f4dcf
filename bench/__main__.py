"""`make bench`: a table of ratios, and the same as JSON in bench/results/.

    python -m bench [--size VISITS] [--only PART …] [--databases sqlite,postgresql] [--folder WHERE]

By default some minutes at 200,000 visits; `--size 5000000` is the long run (docs/benchmarks.md).
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench import codes, districts, log
from bench.measure import Ratio

RESULTS = Path(__file__).resolve().parent / "results"
PARTS = ("codes", "log", "requests", "visits", "backtests", "tables")


def main() -> int:
    asked = _arguments()
    begin, found = time.monotonic(), []
    for ratio in _all(asked):
        found.append(ratio)
        mark = "ok  " if ratio.met else "MISS"
        print(f"{mark} {ratio.name:<58} {ratio.value:8.2f} {ratio.goal:<14} against {ratio.against}", flush=True)
    told = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "visits": asked.size,
        "seconds": round(time.monotonic() - begin),
        "ratios": [asdict(r) for r in found],
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))
    print(f"{len(found)} ratios in {told['seconds']} s, {sum(not r.met for r in found)} missed; {told['machine']}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--size", type=int, default=200_000, help="visits of the large district")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--folder", help="where the databases stand while it runs (default: a temporary folder)")
    return parser.parse_args()


def _all(asked: argparse.Namespace) -> Iterator[Ratio]:
    for name, part in (("codes", codes), ("log", log)):
        if name in asked.only:
            yield from part.run()
    wanted = [name for name in ("requests", "visits", "backtests", "tables") if name in asked.only]
    if asked.folder:
        Path(asked.folder).mkdir(parents=True, exist_ok=True)
    for kind in asked.databases.split(",") if wanted else ():
        with tempfile.TemporaryDirectory(dir=asked.folder, prefix="jcm-bench-") as folder:
            yield from districts.run(kind, Path(folder), asked.size, wanted)


if __name__ == "__main__":
    sys.exit(main())
