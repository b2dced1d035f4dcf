"""PostgreSQL on a disk that fills up under load: `python -m tests.faults.full_disk` (part of `make soak`; root, it mounts one)."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.machines import Postgres, place
from tests.faults.site import Site, site

SIZE = "500m"
CALLS = 10


def run(disk: Path, folder: Path) -> tuple[Site, dict[str, list[str]]]:
    """Fills the disk while clients work, makes room after a few seconds; the site and what its audit found."""
    postgres = Postgres.made(disk / "postgres", max_wal_size="80MB", min_wal_size="32MB")
    try:
        postgres.start()
        postgres.query("CREATE DATABASE jcm")
        with site(postgres.url("jcm"), folder, short=True) as here:
            here.app.start()
            here.begin(3)
            here.wait_for_answers(CALLS)
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(1 << 16))
                except OSError:
                    here.rows.append(("bytes left on the disk", shutil.disk_usage(disk).free))
            refused, end = here.seen.failures["503"], time.monotonic() + 120
            while here.seen.failures["503"] < refused + CALLS and time.monotonic() < end:
                time.sleep(0.1)
            here.rows.append(("answers 503 while there was no room", here.seen.failures["503"] - refused))
            filler.unlink()
            if postgres.process is not None and postgres.process.poll() is not None:
                here.rows.append(("PostgreSQL stopped for want of room and was begun again", 1))
                postgres.start()
            here.wait_for_answers(CALLS)
            here.finish()
            return here, here.audit()
    finally:
        postgres.gone()


def main() -> None:
    if os.geteuid() != 0:
        sys.exit("a small disk can be mounted by root only")
    disk, folder = place("jcm-disk-"), place("jcm-full-")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(disk)], check=True)
    try:
        here, found = run(disk, folder)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()
    print(here.table("a full disk under load"))
    wrong = {name: rows for name, rows in found.items() if rows}
    if wrong:
        raise SystemExit(f"{wrong}\n{folder} is kept")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
