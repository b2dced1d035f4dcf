"""Which wheels a machine takes, and fetching them with pip: for `make bundle` and the check that both platforms have all.

Kylin V10 and UOS 20 have glibc 2.28: what asks for more is not for them.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements.txt"
MACHINES = ("x86_64", "aarch64")
GLIBC_NEWEST, GLIBC_OLDEST = 28, 17  # 2.28 … 2.17 (manylinux2014)
OLD_NAMES = ("manylinux2014",)


def tags(machine: str) -> list[str]:
    """The platform tags that `machine` with glibc 2.28 takes, newest first; pip takes each only by its name."""
    names = [f"manylinux_2_{minor}" for minor in range(GLIBC_NEWEST, GLIBC_OLDEST - 1, -1)]
    legacy = ["manylinux_2_12", "manylinux2010", "manylinux_2_5", "manylinux1"] if machine == "x86_64" else []
    return [f"{name}_{machine}" for name in (*names, *OLD_NAMES, *legacy)]


def pip(verb: list[str], machine: str, python: str) -> subprocess.CompletedProcess[str]:
    """Runs pip for another machine and Python (`3.11`) over the pinned requirements; only wheels will do."""
    platforms = [argument for tag in tags(machine) for argument in ("--platform", tag)]
    command = [
        sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *verb, "--only-binary=:all:",
        "--implementation", "cp", "--python-version", python, *platforms, "-r", str(REQUIREMENTS),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True)
