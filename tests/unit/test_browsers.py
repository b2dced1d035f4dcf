"""What is shipped unbuilt runs in the browsers of faces.md: public pages from Chrome 80 and Safari 14, staff's from Chrome 90.

Syntax by esbuild: what it would have to rewrite for those browsers must not be written. Interfaces by a table.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*ROOT.glob("app/static/js/*.js"), *ROOT.glob("app/static/css/*.css")])
# Younger than Chrome 80 or Safari 14 (caniuse), and tempting.
YOUNG = {
    ".js": r"\.replaceAll\(|\.at\(|structuredClone|Object\.hasOwn|\.findLast|\.toSorted|\.toReversed|Promise\.any"
    r"|AbortSignal\.timeout|\.showModal\(|crypto\.randomUUID",
    ".css": r":has\(|:is\(|:where\(|@container|@layer|aspect-ratio|color-mix\(|\bdvh\b|(?<![-\w])gap:|@property",
}
STAFF = {"desk.js", "enterprise_code.css"}  # loaded on pages behind a sign-in only
CHECK = """
import { transform } from "esbuild";
import { readFile } from "node:fs/promises";
const [staff, ...paths] = process.argv.slice(1);
for (const path of paths) {
  const source = await readFile(path, "utf8"), loader = path.endsWith(".css") ? "css" : "js";
  const browsers = staff.includes(path) ? ["chrome90"] : ["chrome80", "safari14"];
  const [young, old] = await Promise.all([["esnext"], browsers].map((target) =>
    transform(source, { loader, target, supported: { bigint: true, destructuring: true, "optional-chain": true } })));
  if (young.code !== old.code) console.log(path);
}
"""


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_no_file_is_written_in_younger_syntax_than_its_browsers_read() -> None:
    staff = ",".join(str(path) for path in SHIPPED if path.name in STAFF)
    command = ["node", "--input-type=module", "-e", CHECK, staff, *map(str, SHIPPED)]
    done = subprocess.run(command, cwd=ROOT / "scanner_static", capture_output=True, text=True)
    assert (done.stdout.split(), done.returncode) == ([], 0), done.stderr


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.name not in STAFF], ids=lambda path: path.name)
def test_no_interface_is_younger_than_its_browsers(path: Path) -> None:
    assert re.findall(YOUNG[path.suffix], path.read_text()) == []
