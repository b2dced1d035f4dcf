"""The scanner page's verifier gives the same verdicts as ours: node runs the same vectors. It is also small."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCANNER = ROOT / "scanner_static"
LARGEST = 120 * 1024  # compressed, in all, without SM2


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if not found or not (SCANNER / "node_modules").exists():
        pytest.skip("no Node: the scanner page is not built; install Node 20 and run make setup")
    return found


def test_the_same_vectors_in_javascript(node: str) -> None:
    done = subprocess.run([node, "--test", "tests/"], cwd=SCANNER, capture_output=True, text=True, timeout=120)
    failed = re.findall(r"^not ok .*$", done.stdout, re.MULTILINE)
    assert done.returncode == 0, "\n".join(failed) or done.stderr


def test_the_page_is_small(node: str) -> None:
    files = [p for p in (SCANNER / "dist").iterdir() if p.name not in ("sm2.js", "sm2.js.LEGAL.txt")]
    total = sum(len(gzip.compress(p.read_bytes(), 9)) for p in files)
    assert total <= LARGEST, f"{total} bytes"
