"""What tests of the scanner page share: a code of now, pictures and films of texts, the page opened and kept offline."""

from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect
from qrcode import QRCode

from app.clock import system_clock
from app.domain.codes.draw import code_matrix
from app.domain.inspections import Inspection
from app.services.transparency import log
from app.services.trust import codes, unit_keys
from tests.browser.conftest import Site


def approved_now(site: Site) -> tuple[Inspection, str]:
    """An approved visit and the address of its code. The phone's clock is the real one, so the house's is set to it."""
    site.house.clock.now = system_clock()
    inspection = site.house.approved()
    site.house.perform(unit_keys.renew_lists)
    log.advance(site.house.perform)
    with site.house.installation.reading() as session:
        found = codes.drawn(session, inspection, site.url)
    assert found is not None
    return inspection, found.url


def picture_of(text: str, path: Path) -> str:
    """A photo-like PNG of a QR code; the path as text."""
    try:
        matrix = code_matrix(text)
    except ValueError:
        drawn = QRCode(border=0)
        drawn.add_data(text)
        drawn.make()
        matrix = drawn.modules
    module = np.kron(~np.array(matrix, dtype=bool), np.ones((6, 6), dtype=bool))
    Image.fromarray(np.pad(module, 30, constant_values=True).astype(np.uint8) * 255).save(path)
    return str(path)


def open_scanner(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/scan/")
    expect(page.locator("#age")).to_contain_text("密钥清单", timeout=15000)


def go_offline(page: Page) -> None:
    """Waits until the page is kept, then takes the network away and opens it anew."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()


def verdict(page: Page, name: str) -> None:
    expect(page.locator(f'.verdict[data-verdict="{name}"]')).to_be_visible(timeout=8000)
