"""sqlmap and wapiti against the pages of a running demonstration, signed out and signed in: `make attack` calls it.

Each is first let loose on a site with holes (tools/planted.py): a scanner that finds none there proves nothing here. Ends with a
summary, and with 1 where anything was found, where a scanner missed a planted hole, or where a run came to no end.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent / ".cache" / "attack-pages" / "bin"
BASE = os.environ.get("JCM_PUBLIC_URL", "")
PASSWORD = os.environ.get("JCM_DEMO_PASSWORD", "")
SECONDS = int(os.environ.get("JCM_ATTACK_SECONDS", "600"))
# Modules that need no host of the internet; not csrf: posts are refused by Sec-Fetch-Site and Origin, without a token in the form.
MODULES = "sql,timesql,xss,permanentxss,redirect,file,exec,crlf,xxe"
KINDS = {
    "SQL Injection",
    "Reflected Cross Site Scripting",
    "Open Redirect",
}  # that wapiti must find in the planted site
CLEAN = "do not appear to be injectable"
FOUND = re.compile(r"sqlmap identified the following injection point|is vulnerable|appears to be .* injectable")
NAMED = re.compile(r"(?m)^(?:Parameter: .+|    (?:Type|Title|Payload): .+)$")
SPARED = ("/logout", "/account/sessions", "/account/password", "/practice", "/static/", "/log/tile", "/help/pictures")
APPLY = {
    "search": "云汀", "kind": "triggered", "cause": "complaint", "clue_no": "x1", "reason": "x", "items": "YJ-01", "way": "on_site",
    "place.kind": "premises", "enterprise.uscc": "x", "enterprise.name": "x",
}  # fmt: skip
# Who asks (nobody: ""), the address (`*`: a part of the path that is tried), and what a form sends.
TARGETS: tuple[tuple[str, str, dict[str, str] | None], ...] = (
    ("", "/q/?code=ABCD1234", None),
    ("", "/q/123*", None),
    ("", "/receipts/ABCD*", None),
    ("", "/e/x1*", None),
    ("", "/plans?unit=YT-YJJ&year=2026", None),
    ("", "/items?q=x&unit=YT-YJJ", None),
    ("", "/figures?year=2026", None),
    ("", "/help/inspector*", None),
    ("", "/login", {"username": "inspector", "password": "x", "next": "/"}),
    ("", "/my/enter", {"contact": "13800000000", "digits": "123456"}),
    ("", "/my/back", {"contact": "13800000000", "entry_code": "x"}),
    (
        "",
        "/report",
        {"enterprise_name": "x", "visited_on": "2026-03-01", "unit_code": "YT-YJJ", "what": "x", "search": "x"},
    ),
    ("", "/preferences", {"back": "/", "lang": "zh", "elder": "0"}),
    ("inspector", "/inspect/list?state=applied&number=x&cursor=x", None),
    ("inspector", "/inspect/enterprises?q=x", None),
    ("inspector", "/inspect/x1*", None),
    ("inspector", "/inspect/apply/hints?uscc=x&items=YJ-01", None),
    ("inspector", "/inspect/apply", APPLY),
    ("inspector", "/inspect/scan", {"code": "x"}),
    ("head", "/inspect/approvals", {"id": "x", "reason.x": "x", "reject": "x"}),
    ("supervisor", "/supervise/flags?rule=repeat.60d&unit=YT-YJJ&state=open&q=x&cursor=x", None),
    ("supervisor", "/supervise/inspections?uscc=x&unit=YT-YJJ&state=applied&q=x&cursor=x", None),
    ("supervisor", "/supervise/enterprises?q=x&town=x&cursor=x", None),
    ("supervisor", "/supervise/reports?state=received&q=x", None),
    ("supervisor", "/supervise/flags/x1*", None),
    ("supervisor", "/supervise/units/YT-YJJ*", None),
    ("supervisor", "/supervise/officers/99010001*", None),
    ("supervisor", "/supervise/figures?from=2026-01-01&to=2026-03-01&unit=YT-YJJ", None),
    ("supervisor", "/supervise/export/flags.csv?rule=x&unit=x&q=x", None),
    ("admin", "/admin/accounts?q=x&unit=YT-YJJ&role=head&cursor=x", None),
    ("admin", "/admin/enterprises?q=x&cursor=x", None),
    ("admin", "/admin/items?q=x&unit=YT-YJJ", None),
    ("admin", "/admin/officers?q=x&unit=YT-YJJ&cursor=x", None),
)
PLANTED = ("/found?name=one", "/blind?id=1", "/form")


@dataclass
class Report:
    """What was done, and what is wrong."""

    done: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def cookie_of(username: str) -> str:
    """The session of one of the demonstration's people."""
    body = urllib.parse.urlencode({"username": username, "password": PASSWORD}).encode()
    try:
        urllib.request.build_opener(_Stay).open(BASE + "/login", body, timeout=60)
    except urllib.error.HTTPError as answer:
        set_cookies = answer.headers.get_all("Set-Cookie") or []
        found = "; ".join(c.partition(";")[0] for c in set_cookies if c.startswith("jcm_session"))
        if answer.code == 303 and found:
            return found
    raise SystemExit(f"{username} could not sign in")


def sqlmap(place: Path, url: str, cookie: str = "", data: dict[str, str] | None = None) -> str:
    """What sqlmap says of one address: "clean", "found" and where, or what it could not do."""
    command = [
        str(TOOLS / "sqlmap"), "-u", url, "--batch", "--technique=BEU", "--level=1", "--risk=1", "--disable-coloring",
        "--flush-session", f"--output-dir={place}", "--ignore-redirects", "--ignore-code=404", "--drop-set-cookie", "--timeout=60",
        "--answers=keep testing=N,exploit=N,reduce the number=N",
    ]  # fmt: skip
    if cookie:
        command.append(f"--cookie={cookie}")
    if data is not None:
        command.append("--data=" + urllib.parse.urlencode(data))
    said = _run(command, SECONDS)
    if CLEAN in said:
        return "clean"
    if FOUND.search(said):
        return "found: " + " ".join(" ".join(NAMED.findall(said)).split())
    return "came to no end: " + " ".join(said.split()[-30:])


def wapiti(place: Path, base: str, cookie: str = "", seconds: int = SECONDS) -> tuple[dict[str, int], int]:
    """What wapiti found (kind → how often; answers 500 too), and how many pages it walked over."""
    out = place / "report.json"
    out.unlink(missing_ok=True)
    command = [
        str(TOOLS / "wapiti"), "-u", base + "/", "-m", MODULES, "--flush-session", "-f", "json", "-o", str(out),
        "--store-session", str(place / "session"), "--store-config", str(place / "config"), "--no-bugreport", "-d", "4",
        "--max-files-per-dir", "8", "--max-links-per-page", "40", "--max-parameters", "12", "-t", "60", "-v", "0",
        "--max-scan-time", str(seconds), "--max-attack-time", str(max(30, seconds // 6)),
    ]  # fmt: skip
    for path in SPARED:
        command += ["-x", base + path + "*"]
    if cookie:
        command += ["-C", cookie]
    told = _run(command, seconds * 8)
    if not out.exists():
        return {"no report: " + " ".join(told.split()[-40:]): 1}, 0
    said = json.loads(out.read_text())
    found = {kind: len(rows) for part in ("vulnerabilities", "anomalies") for kind, rows in said[part].items() if rows}
    for kind, rows in (said["vulnerabilities"] | said["anomalies"]).items():
        for row in rows[:3]:
            print(f"  wapiti: {kind}: {row.get('method')} {row.get('path')} {row.get('info')}")
    return found, int(said["infos"].get("crawled_pages_nbr") or 0)


def _run(command: list[str], seconds: int) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as late:
        said = b"".join(
            part if isinstance(part, bytes) else part.encode() for part in (late.stdout, late.stderr) if part
        )
        return said.decode(errors="replace") + f" stopped after {seconds} s"
    return done.stdout + done.stderr


def planted(place: Path, report: Report) -> None:
    """Both must find what was planted."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = subprocess.Popen([sys.executable, HERE / "planted.py", str(port)], stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base)
        for path in PLANTED:
            said = sqlmap(place, base + path, data={"title": "one"} if path == "/form" else None)
            report.done.append(f"planted {path}: sqlmap {said}")
            if not said.startswith("found"):
                report.wrong.append(f"sqlmap did not find the hole planted at {path}")
        clean = sqlmap(place, base + "/said?word=hello")
        if clean != "clean":
            report.wrong.append(f"sqlmap tells no harmless page from a hole: {clean}")
        found, pages = wapiti(place, base, seconds=120)
        report.done.append(f"planted site: wapiti {found} on {pages} pages")
        for kind in KINDS - found.keys():
            report.wrong.append(f"wapiti did not find what was planted: {kind}")
    finally:
        site.terminate()
        site.wait()


def _wait(base: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(base, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the planted site did not start")


def pages(place: Path, report: Report) -> None:
    """The platform itself."""
    who = sorted({name for name, *_ in TARGETS if name})
    cookies = {name: cookie_of(name) for name in who} | {"": ""}
    for name, path, data in TARGETS:
        said = sqlmap(place, BASE + path, cookies[name], data)
        report.done.append(f"sqlmap {name or 'nobody'} {'POST' if data else 'GET'} {path}: {said}")
        print(report.done[-1], flush=True)
        if said != "clean":
            report.wrong.append(report.done[-1])
    for name in ("", "inspector", "supervisor"):
        found, seen = wapiti(place, BASE, cookies[name], SECONDS)
        report.done.append(f"wapiti {name or 'nobody'}: {found or 'nothing'} on {seen} pages")
        print(report.done[-1], flush=True)
        if found or not seen:
            report.wrong.append(report.done[-1])


def main() -> int:
    place = Path(tempfile.mkdtemp(prefix="jcm-attack-"))
    report = Report()
    try:
        planted(place, report)
        print("\n".join(report.done), flush=True)
        if not report.wrong:
            pages(place, report)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    sql = sum(line.startswith("sqlmap") for line in report.done)
    print(f"\nsqlmap: {sql} addresses and forms; wapiti: {len(report.done) - sql - len(PLANTED) - 1} walks")
    print("\n".join(f"FOUND {line}" for line in report.wrong) or "nothing was found")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
