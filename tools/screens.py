"""A gallery of every kind of page, for looking: `make screens` builds a demonstration, walks it as each person and writes
`screens/index.html`. Sizes, languages and the large script as faces.md asks; what is wider than its screen is marked."""

import html
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools.walk import FLAGS, STARTS, kind_of, signed_in, walk  # noqa: E402

OUT = ROOT / "screens"
PORT = int(os.environ.get("JCM_PORT", "8765"))
LOOKS = {
    "360": (360, ""),
    "768": (768, ""),
    "1440": (1440, ""),
    "360-en": (360, "lang=en"),
    "360-elder": (360, "elder=1"),
}


@contextmanager
def demonstration() -> Iterator[tuple[str, str]]:
    """The address and password of a fresh demonstration that ends with the block."""
    password, url = secrets.token_urlsafe(12), f"http://127.0.0.1:{PORT}"
    with tempfile.TemporaryDirectory() as folder:
        known = {"JCM_ENV": "demo", "JCM_INSTANCE": folder, "JCM_PORT": str(PORT), "JCM_DEMO_PASSWORD": password}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | known)
        try:
            for _ in range(300):
                time.sleep(1)
                if server.poll() is not None:
                    sys.exit("the demonstration did not start")
                try:
                    urllib.request.urlopen(f"{url}/healthz", timeout=5)
                    break
                except OSError:
                    continue
            yield url, password
        finally:
            server.terminate()
            server.wait()


def main(wanted: list[str]) -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    rows: dict[tuple[str, str], dict[str, str]] = {}
    with demonstration() as (url, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for look in wanted or LOOKS:
            width, preference = LOOKS[look]
            for who, starts in STARTS.items():
                if preference and who:
                    continue  # other languages and sizes of script: the enterprise's pages
                page = signed_in(browser, url, who, password, width, 800)
                if preference:
                    name, value = preference.split("=")
                    page.request.post(f"{url}/preferences", form={name: value, "back": "/"})
                for path in walk(page, url, starts):
                    key = (who or "visitor", kind_of(path.split("?")[0]))
                    row = rows.setdefault(key, {})
                    row[look] = f"{key[0]}-{list(rows).index(key)}-{look}.png"
                    page.screenshot(path=OUT / row[look], full_page=True)
                    if page.evaluate("document.documentElement.scrollWidth") > width:
                        print(f"wider than {width}: {who} {path}")
                page.close()
        browser.close()
    (OUT / "index.html").write_text(gallery(rows))
    print(f"{len(rows)} kinds of pages: {OUT / 'index.html'}")


def gallery(rows: dict[tuple[str, str], dict[str, str]]) -> str:
    """One row a page, one picture a look."""
    body = "".join(
        f"<h2>{html.escape(who)} <code>{html.escape(kind)}</code></h2><p>"
        + "".join(
            f'<a href="{name}"><img src="{name}" alt="{look}" height="420" loading="lazy"></a> '
            for look, name in row.items()
        )
        + "</p>"
        for (who, kind), row in sorted(rows.items())
    )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>检查码: every page</title>{body}</html>'


if __name__ == "__main__":
    main(sys.argv[1:])
