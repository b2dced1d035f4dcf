"""The archive for machines without a network: complete, with the hash of every file, and without anybody's keys."""

import hashlib
import subprocess
import tarfile
from pathlib import Path

import pytest

from tools import bundle
from tools.wheels import tags


def test_nothing_of_an_installation_goes_into_the_bundle() -> None:
    names = [name for name, _ in bundle._program()]
    assert {"wsgi.py", "requirements.txt", "app/__init__.py", "migrations/env.py"} <= set(names)
    assert not any(part in name for name in names for part in (".key", ".sqlite3", "instance/", "__pycache__", ".venv"))


def test_every_file_of_the_bundle_stands_in_its_list_of_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "PARTS", ("wsgi.py", "requirements.txt", "migrations"))
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "one-1-py3-none-any.whl").write_bytes(b"wheel")
    archives = [bundle._write(tmp_path / out, "b", tmp_path / "wheels", "3.11") for out in ("first", "second")]
    assert archives[0].read_bytes() == archives[1].read_bytes()
    with tarfile.open(archives[0]) as tar:
        held = {m.name.removeprefix("b/"): tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    sums = dict(reversed(line.split("  ")) for line in held.pop("SHA256SUMS").decode().splitlines())
    assert held.pop("PYTHON_VERSION") == b"3.11\n"
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    assert {"wsgi.py", "install.sh", "jcm", "wheels/one-1-py3-none-any.whl"} <= set(sums)


STUB = """#!/bin/sh
case "$1" in -c) echo 3.11;; *) mkdir -p .venv/bin; printf '#!/bin/sh\\n' >.venv/bin/python; chmod +x .venv/bin/python;; esac
"""


def test_what_an_older_version_left_behind_is_gone_after_installing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "PARTS", ("wsgi.py", "requirements.txt", "migrations"))
    (tmp_path / "wheels").mkdir()
    here = tmp_path / "b"
    with tarfile.open(bundle._write(tmp_path / "out", "b", tmp_path / "wheels", "3.11")) as tar:
        tar.extractall(tmp_path, filter="data")
    left, kept = here / "migrations" / "versions" / "0001_another_name.py", here / "instance" / "root.key"
    for path in (left, kept, tmp_path / "python"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(STUB)
    (tmp_path / "python").chmod(0o755)
    (here / "migrations").chmod(0o700)  # unpacked under a narrow umask: the service is another user
    kept.chmod(0o600)
    said = subprocess.run(["sh", here / "install.sh", tmp_path / "python"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert not left.exists() and kept.exists() and (here / "migrations" / "env.py").exists()
    assert (here / "migrations").stat().st_mode & 0o777 == 0o755 and kept.stat().st_mode & 0o777 == 0o600


def test_wheels_for_newer_systems_than_kylin_and_uos_are_not_taken() -> None:
    for machine in ("x86_64", "aarch64"):
        assert f"manylinux_2_28_{machine}" in tags(machine) and f"manylinux_2_17_{machine}" in tags(machine)
        assert not any(tag.startswith(("manylinux_2_29", "manylinux_2_3")) for tag in tags(machine))
