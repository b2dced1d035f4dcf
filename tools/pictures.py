"""The pictures of the docs, which the tests compare with the pages as they are: `make pictures` takes them anew.

A demonstration with a fixed seed and clock, one Chromium, small palettes. A page that is meant to look different: run it,
look at what changed, commit the pictures with the change.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from app.demo import load as demo
from app.services.transparency import log
from tests.conftest import empty_database
from tests.house import House, open_house
from tools.walk import FLAGS, signed_in

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "a demonstration password"
STEADY = [
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--disable-font-subpixel-positioning",
    "--hide-scrollbars",
]
COLOURS = 48
PHONE, DESK = (360, 740), (1440, 900)
SQUARE, SEEN = 3, 40  # pixels; levels of grey of 256
TOLERATED = 0.001  # of a picture: less than a word
SETTLED_MS = 250  # scripts have said what they have to say
VARIES = ".qr, .digits, .address"  # what no two runs have alike: signatures in codes, numbers by chance, ports


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it: an address, or the way there."""

    name: str
    who: str
    size: tuple[int, int]
    way: str | Callable[[Page, str], None]


def through(start: str, *links: str) -> Callable[[Page, str], None]:
    """From a page on by the first link of each name or address."""

    def go(page: Page, url: str) -> None:
        page.goto(url + start)
        for link in links:
            found = page.locator(link).first
            page.goto(url + str(found.get_attribute("href")))

    return go


def behind_a_code(rest: str = "") -> Callable[[Page, str], None]:
    """The page of the first code that the inspector shows today, as an enterprise's phone opens it."""

    def go(page: Page, url: str) -> None:
        inspector = signed_in(page.context.browser, url, "inspector", PASSWORD, *PHONE)  # type: ignore[arg-type]
        through("/inspect/", "a[href$='/code']")(inspector, url)
        short = inspector.locator(".small-digits").inner_text()
        inspector.context.close()
        page.goto(f"{url}/q/?code={short}")
        if rest:
            page.goto(page.url + rest)

    return go


def flag(page: Page, url: str) -> None:
    page.goto(f"{url}/supervise/flags?severity=red&open=1")
    page.goto(url + str(page.locator("main table a[href*='/flags/']").first.get_attribute("href")))


SHOTS = (
    Shot("first-page", "", PHONE, "/"),
    Shot("enterprise", "", PHONE, behind_a_code()),
    Shot("enterprise-rate", "", PHONE, behind_a_code("/rate")),
    Shot("enterprise-wrong", "", PHONE, behind_a_code("/wrong")),
    Shot("enterprise-report", "", PHONE, "/report"),
    Shot("enterprise-space", "", PHONE, "/my/"),
    Shot("public-plans", "", PHONE, "/plans"),
    Shot("public-figures", "", DESK, "/figures"),
    Shot("notice", "", DESK, "/notice"),
    Shot("sign-in", "", PHONE, "/login"),
    Shot("inspector-today", "inspector", PHONE, "/inspect/"),
    Shot("inspector-apply", "inspector", PHONE, "/inspect/apply"),
    Shot("inspector", "inspector", PHONE, through("/inspect/", "a[href$='/code']")),
    Shot("inspector-scan", "inspector", PHONE, "/inspect/scan"),
    Shot("head-approvals", "head", PHONE, "/inspect/approvals"),
    Shot("practice", "inspector", PHONE, "/practice"),
    Shot("supervisor", "supervisor", DESK, "/supervise/"),
    Shot("supervisor-flags", "supervisor", DESK, "/supervise/flags?open=1"),
    Shot("supervisor-flag", "supervisor", DESK, flag),
    Shot("supervisor-inspections", "supervisor", DESK, "/supervise/inspections"),
    Shot("admin", "admin", DESK, "/admin/"),
    Shot("admin-officers", "admin", DESK, "/admin/officers"),
    Shot("admin-settings", "admin", DESK, "/admin/settings"),
)


@contextmanager
def demonstration(folder: Path, database_url: str) -> Iterator[House]:
    """The demonstration in an empty database, in a house with a fixed seed and clock: the same at every run."""
    house = open_house(database_url, folder / "instance")
    house.clock.move(days=120)
    house.perform(demo.load, PASSWORD)
    log.advance(house.perform)
    yield house
    house.installation.database.dispose()


@dataclass(frozen=True)
class Taken:
    """A picture as PNG, and the boxes in it (left, top, right, bottom) that no two runs have alike."""

    png: bytes
    varying: list[tuple[int, int, int, int]]


def take(browser: Browser, url: str, shots: tuple[Shot, ...] = SHOTS) -> Iterator[tuple[Shot, Taken]]:
    """One picture after the other; each person signs in once."""
    pages: dict[tuple[str, tuple[int, int]], Page] = {}
    for shot in shots:
        key = shot.who, shot.size
        if key not in pages:
            pages[key] = signed_in(browser, url, shot.who, PASSWORD, *shot.size)
        page = pages[key]
        if isinstance(shot.way, str):
            page.goto(url + shot.way)
        else:
            shot.way(page, url)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(SETTLED_MS)
        boxes = page.eval_on_selector_all(
            VARIES, "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
        )
        yield (
            shot,
            Taken(small(page.screenshot(animations="disabled", caret="hide")), [tuple(map(round, b)) for b in boxes]),
        )
    for page in pages.values():
        page.context.close()


def small(png: bytes) -> bytes:
    """The picture with few colours: a third of the bytes, and nobody sees it."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    return as_png(picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))


def as_png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def difference(known: bytes, taken: Taken) -> float:
    """The share of a picture that looks different: in squares of three pixels, so that the edge of a letter drawn a
    little otherwise does not count and a word does. What varies by chance is left out."""
    before, after = (Image.open(io.BytesIO(png)).convert("L") for png in (known, taken.png))
    if before.size != after.size:
        return 1
    for box in taken.varying:
        for picture in (before, after):
            picture.paste(255, box)
    smaller = (before.width // SQUARE, before.height // SQUARE)
    coarse = [picture.resize(smaller, Image.Resampling.BOX) for picture in (before, after)]
    return sum(ImageChops.difference(*coarse).histogram()[SEEN:]) / (smaller[0] * smaller[1])


def has_their_fonts() -> bool:
    """Whether the typeface is here in which the pictures were taken."""
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True)
    return "Noto Sans CJK SC" in listed.stdout


def main() -> None:
    from tests.browser.conftest import serve

    OUT.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        empty_database("sqlite", Path(folder)) as database_url,
        demonstration(Path(folder), database_url) as house,
        serve(house) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *STEADY])
        for shot, taken in take(browser, site.url):
            (OUT / f"{shot.name}.png").write_bytes(taken.png)
        browser.close()
    total = sum(path.stat().st_size for path in OUT.glob("*.png"))
    print(f"{len(SHOTS)} pictures, {total // 1000} kB: {OUT}")


if __name__ == "__main__":
    main()
