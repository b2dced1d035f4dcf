"""Run by test_scanner as a process of its own: browsers of several kinds film one code without a network.

`python film.py JSON` with {path, flags, url, y4m, browsers: {name: [user agent, [features taken away]]}, size}; prints
`name verdict milliseconds` for each, the time from the first frame to the verdict.
"""

import json
import sys

from playwright.sync_api import sync_playwright

BEFORE = """
for (const path of LACKING) {
  const names = path.split(".");
  const last = names.pop();
  const holder = names.reduce((at, name) => at && at[name], window);
  if (holder) delete holder[last];
}
addEventListener("playing", () => {
  const began = performance.now();
  new MutationObserver(() => { window.took = window.took || performance.now() - began; })
    .observe(document.getElementById("verdict"), { attributes: true });
}, true);
"""


def main(told: dict) -> None:
    with sync_playwright() as playwright:
        flags = [*told["flags"], f"--use-file-for-fake-video-capture={told['y4m']}"]
        browser = playwright.chromium.launch(executable_path=told["path"], args=flags)
        for name, (agent, lacking) in told["browsers"].items():
            options = {"user_agent": agent} if agent else {}
            context = browser.new_context(viewport=told["size"], locale="zh-CN", permissions=["camera"], **options)
            page = context.new_page()
            page.set_default_timeout(15000)
            page.add_init_script(BEFORE.replace("LACKING", json.dumps(lacking)))
            page.on("pageerror", lambda error, name=name: print(name, "error:", error, file=sys.stderr, flush=True))
            page.goto(told["url"] + "/scan/")
            page.locator("#age:not(:empty)").wait_for()
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            context.set_offline(True)
            page.reload()
            page.locator("#age:not(:empty)").wait_for()
            page.locator("#camera").click()
            page.locator(".verdict[data-verdict]").wait_for()
            found = page.locator(".verdict").get_attribute("data-verdict")
            print(name, found, round(page.evaluate("window.took")), flush=True)
            context.close()
        browser.close()


main(json.loads(sys.argv[1]))
