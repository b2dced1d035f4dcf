"""Checks that every pinned package, and all they need, has a wheel for x86-64 and aarch64 (or is pure Python).

Asks the package index, so it is not part of `make check`: run `make wheels` after changing requirements.txt.
"""

import argparse
import json
import sys
import tempfile

from tools.wheels import MACHINES, pip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}")
    arguments = parser.parse_args()
    failed = False
    for machine in MACHINES:
        wheels, problem = _resolved(machine, arguments.python)
        failed |= bool(problem)
        own = sorted(name for name in wheels if not name.endswith("-any.whl"))
        print(problem or f"{machine}, Python {arguments.python}: {len(wheels)} wheels, {len(own)} of them compiled")
        for name in own if not problem else ():
            print(f"  {name}")
    return 1 if failed else 0


def _resolved(machine: str, python: str) -> tuple[list[str], str]:
    """The names of the wheels that pip would install there, or what it lacks."""
    with tempfile.TemporaryDirectory() as target:
        verb = ["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", "--target", target]
        done = pip(verb, machine, python)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        return [], f"{machine}, Python {python}: " + " ".join(lines or ["pip failed"])
    found = json.loads(done.stdout)["install"]
    return [item["download_info"]["url"].rsplit("/", 1)[1] for item in found], ""


if __name__ == "__main__":
    sys.exit(main())
