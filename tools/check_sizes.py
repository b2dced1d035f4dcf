"""No file over 350 lines, no function over 60: what is longer does more than one thing. Migrations are exempt."""

import ast
import subprocess
import sys
from pathlib import Path

LONGEST_FILE, LONGEST_FUNCTION = 350, 60
SUFFIXES = (".py", ".js", ".mjs", ".html", ".css")
EXEMPT = ("migrations/", "tests/vectors/", "scanner_static/dist/")


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    names = [n for n in listed.stdout.split("\n") if n.endswith(SUFFIXES) and not n.startswith(EXEMPT)]
    problems = [p for name in names if Path(name).exists() for p in _problems(Path(name))]
    print("\n".join(problems) or f"sizes: {len(names)} files, none too long")
    return 1 if problems else 0


def _problems(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    problems = [f"{path}: {lines} lines, at most {LONGEST_FILE}"] if lines > LONGEST_FILE else []
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    problems.append(f"{path}:{node.lineno}: {node.name} has {length} lines, at most {LONGEST_FUNCTION}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
