"""The docs cannot drift: every setting is documented, every link leads somewhere."""

import re
from pathlib import Path

from app.config_names import NAMES

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_setting_is_documented_and_known_by_name() -> None:
    read = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("app/*.py"))
    rows = re.findall(r"(?m)^\| (`JCM_.*?) \|", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"`(JCM_[A-Z_]+)`", " ".join(rows))) == NAMES
    assert set(re.findall(r'"(JCM_[A-Z_]+)"', read)) <= NAMES


def test_every_link_of_the_docs_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_command_is_documented() -> None:
    from app.cli import COMMANDS

    documented = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        inner = getattr(command, "commands", None)
        names = [f"{command.name} "] if inner else [f"`{command.name}"]
        assert all(name in documented for name in names), command.name
        for name in inner or {}:
            assert name in documented, f"{command.name} {name}"


def test_every_rule_is_documented() -> None:
    from app.domain.flags.catalogue import CATALOGUE

    documented = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [code for code in CATALOGUE if f"`{code}`" not in documented] == []


def test_every_rate_limit_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("app/**/*.py"))
    limits = set(re.findall(r"Limit\(burst=(\d+), per_minute=([\d.]+)\)", source))
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert limits == set(re.findall(r"(?m)\| (\d+) \| ([\d.]+) \|$", documented))
