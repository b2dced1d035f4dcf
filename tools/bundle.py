"""Builds one archive that installs without a network: program, wheels for one kind of machine, built pages, typeface.

`make bundle` for this machine, `make bundle PLATFORM=aarch64 PYTHON_VERSION=3.11` for another. Only what is named here goes
in: nothing of instance/, where the keys are.
"""

import argparse
import gzip
import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.wheels import MACHINES, ROOT, pip

PARTS = (
    "app", "migrations", "examples", "docs", "scanner_static/dist", "wsgi.py", "requirements.txt", "README.md",
    "README.zh-CN.md",
)  # fmt: skip
LEFT_OUT = ("__pycache__", ".fetched")
BUILT = (  # what `make setup` builds, and what is missing without it
    (ROOT / "scanner_static" / "dist" / "index.html", "the scanner page (/scan/)"),
    (ROOT / "app" / "typesetting" / "fonts" / "NotoSerifSC_400Regular.ttf", "the typeface of papers"),
    (ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.mo", "the English pages"),
)
PROGRAMS = ("install.sh", "jcm")  # of docs/deploy, beside the program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", choices=MACHINES, default=platform.machine())
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--incomplete", action="store_true", help="build it although something was not built here")
    arguments = parser.parse_args()
    missing = [what for path, what in BUILT if not path.exists()]
    if missing and not arguments.incomplete:
        print(
            f"Not built here: {', '.join(missing)}. Run make setup with Node 20, or give --incomplete.", file=sys.stderr
        )
        return 1
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        done = pip(["download", "--quiet", "--dest", str(wheels)], arguments.platform, arguments.python)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 1
        name = f"inspection-codes-{_version()}-{arguments.platform}-py{arguments.python}"
        archive = _write(arguments.out, name, wheels, arguments.python)
    print(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB, SHA-256 {_digest(archive.read_bytes())}")
    return 0


def _version() -> str:
    """The commit's day and number, where this is a checkout."""
    git = shutil.which("git")
    done = git and subprocess.run(
        [git, "log", "-1", "--format=%cd-%h", "--date=format:%Y%m%d"], cwd=ROOT, capture_output=True, text=True
    )
    return done.stdout.strip() if done and done.returncode == 0 else "source"


def _write(out: Path, name: str, wheels: Path, python: str) -> Path:
    """The archive with its list of hashes. The same files give the same bytes: no times, no users."""
    out.mkdir(parents=True, exist_ok=True)
    archive = out / f"{name}.tar.gz"
    sums: list[str] = []
    files = [
        *_program(),
        *((f"wheels/{w.name}", w) for w in sorted(wheels.iterdir())),
        *((name, ROOT / "docs" / "deploy" / name) for name in PROGRAMS),
    ]
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 6, file, mtime=0) as plain,
        tarfile.open(fileobj=plain, mode="w") as tar,
    ):
        for inner, path in files:
            data = path.read_bytes()
            sums.append(f"{_digest(data)}  {inner}")
            _add(tar, f"{name}/{inner}", data, 0o755 if inner in PROGRAMS else 0o644)
        _add(tar, f"{name}/PYTHON_VERSION", f"{python}\n".encode(), 0o644)
        _add(tar, f"{name}/SHA256SUMS", ("\n".join(sums) + "\n").encode(), 0o644)
    return archive


def _program() -> Iterator[tuple[str, Path]]:
    for part in PARTS:
        path = ROOT / part
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in found:
            if file.is_file() and not any(left in file.parts for left in LEFT_OUT):
                yield file.relative_to(ROOT).as_posix(), file


def _add(tar: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), mode
    tar.addfile(info, io.BytesIO(data))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
