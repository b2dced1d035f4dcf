"""What people send is kept without what it tells of them; long work survives its worker."""

import io

import pytest
from PIL import Image
from sqlalchemy.exc import TimeoutError

from app.cli.worker import _told
from app.domain.errors import Invalid, NotFound
from app.domain.uploads import IMAGES, PAPERS, Upload
from app.services import files, jobs
from app.store.models import FileRow, Job
from tests.house import House


def photograph(size: tuple[int, int] = (3000, 1500)) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "a phone that tells its owner"
    exif[0x0112] = 6  # to be turned upright
    out = io.BytesIO()
    Image.new("RGB", size, "#0b4ea2").save(out, "JPEG", exif=exif)
    return out.getvalue()


def keep(house: House, upload: Upload, kinds: tuple[str, ...] = IMAGES) -> FileRow:
    return house.perform(
        files.keep, house.people["inspector"], upload,
        purpose="photo", subject=("inspection", "1"), jurisdiction="990101", kinds=kinds,
    )  # fmt: skip


def test_a_photograph_is_kept_upright_smaller_and_without_metadata(house: House) -> None:
    row = keep(house, Upload("../../etc/IMG_1.jpg", photograph()))
    assert row.name == "IMG_1.jpg"
    with house.installation.reading() as session:
        kept = files.opened(session, house.installation.vault, row.id, ("inspection", "1"))
        assert b"phone" not in (row.sealed or b"")
        with pytest.raises(NotFound):
            files.opened(session, house.installation.vault, row.id, ("inspection", "2"))
    image = Image.open(io.BytesIO(kept.data))
    assert image.size == (1000, 2000)
    assert not image.getexif()
    assert b"phone" not in kept.data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00 a program", "file_kind"),
        (b"<svg onload=alert(1)>", "file_kind"),
        (photograph()[:200], "file_broken"),
        (b"%PDF-1.7", "file_kind"),
    ],
)
def test_what_is_no_picture_is_told_at_its_field(house: House, data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        keep(house, Upload("x.jpg", data))
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_a_paper_is_kept_as_it_is_and_can_be_erased(house: House) -> None:
    row = keep(house, Upload("reply.pdf", b"%PDF-1.7 ..."), PAPERS)
    with house.installation.unit_of_work() as work:
        stored = work.session.get(FileRow, row.id)
        assert stored is not None
        files.erase(work, stored)
    with house.installation.reading() as session, pytest.raises(NotFound):
        files.opened(session, house.installation.vault, row.id, ("inspection", "1"))


def test_a_job_reports_its_progress_and_result_and_belongs_to_who_asked(house: House) -> None:
    seen = []

    def count(perform: jobs.Perform, actor, params: dict, progress: jobs.Progress) -> dict:  # type: ignore[no-untyped-def]
        for n in range(params["to"]):
            progress(n + 1, params["to"])
            seen.append(actor.id)
        return {"counted": params["to"]}

    inspector = house.people["inspector"]
    job_id = house.perform(jobs.enqueue, inspector, "count", {"to": 3})
    assert jobs.run_waiting(house.perform, {"count": count}) == 1
    with house.installation.reading() as session:
        job = jobs.own(session, inspector, job_id)
        assert (job.state, job.done, job.total, job.result) == ("done", 3, 3, '{"counted": 3}')
        with pytest.raises(NotFound):
            jobs.own(session, house.people["inspector2"], job_id)
    assert seen == [inspector.id] * 3


def test_a_job_that_breaks_says_so_and_a_silent_worker_is_replaced(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> dict:
        raise RuntimeError("broken")

    def refuses(*_: object) -> dict:
        raise Invalid("file_empty", "file")

    inspector = house.people["inspector"]
    ids = [house.perform(jobs.enqueue, inspector, kind, {}) for kind in ("breaks", "refuses")]
    jobs.run_waiting(house.perform, {"breaks": breaks, "refuses": refuses})
    with house.installation.reading() as session:
        assert [session.get(Job, i).problem[:22] for i in ids] == ['{"code": "job_failed",', '{"code": "file_empty",']

    def is_away(*_: object) -> dict:
        raise TimeoutError("no connection")

    lost = house.perform(jobs.enqueue, inspector, "away", {})
    with _told("the jobs could not be looked at"):
        jobs.run_waiting(house.perform, {"away": is_away})
    (line,) = [r for r in caplog.records if r.name == "jcm.worker"]
    assert line.exc_info is None and "TimeoutError: no connection" in line.getMessage()
    house.clock.move(minutes=4)
    assert jobs.run_waiting(house.perform, {"away": lambda *_: {}}) == 1
    lost = house.perform(jobs.enqueue, inspector, "again", {})
    assert house.perform(jobs._take)[0] == lost  # a worker took it and died
    assert house.perform(jobs._take) is None
    house.clock.move(minutes=4)
    assert jobs.run_waiting(house.perform, {"again": lambda *_: {}}) == 1
