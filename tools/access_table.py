"""Writes docs/access.md from the routes themselves: `.venv/bin/python tools/access_table.py`. A test holds the page to it.

A route that declares no access is closed, and a new route changes this page: whoever adds one sees who may come in.
"""

import re
import sys
from pathlib import Path

from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.domain.actors import ROLES
from app.security import Access, access_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "access.md"
SHORT = {
    "inspector": "insp", "head": "head", "supervisor": "sup", "admin": "adm", "integration": "intg", "discipline": "disc",
    "observer": "obs",
}  # fmt: skip
# What a path names that belongs to one unit, one district or one person: for everybody else it does not exist (404).
OWNED = {
    "inspection_id": "unit", "paper_id": "unit", "batch_id": "unit", "deputy_id": "unit", "matter_id": "unit",
    "question_id": "unit", "conflict_id": "unit", "token_id": "unit", "template_id": "person", "draft_id": "person",
    "session_id": "person", "passkey_id": "person", "job_id": "person", "accompanying_id": "person", "officer_id": "district",
    "actor_id": "district", "flag_id": "district", "plan_id": "district", "report_id": "district",
    "record_id": "district", "callback_id": "district", "campaign_id": "district", "policy_id": "district",
    "lead_id": "district", "review_id": "district", "observation_id": "district", "proposal_id": "district",
    "kid": "district", "member_id": "enterprise",
}  # fmt: skip
API_OWNED = {"inspections": "unit", "flags": "district", "papers": "unit", "plans": "district"}
HEAD = (
    """# Who may open what

Made from the routes by `tools/access_table.py`; a test holds this page to them, so that a new route shows here who may
come in.

- A route that declares nothing is closed to everybody. A role that is not marked gets 403; who is not signed in is sent
  to the sign-in (API: 401).
- A public route sees no session. *space*: persons of an enterprise (`/my/`), for whom a staff session does not stand.
- **Another's**: whose thing the path names. For actors of another unit, district, enterprise or another person it does
  not exist: 404, never 403. What a path does not name (lists, figures) is cut to the own unit or district by its query.
- Until the second factor is enrolled, a given password changed, or the one-time code typed, only the routes where that
  is done open (`@settles`, [security](security.md)). API tokens may have less than their role: their scopes.
- `tests/web/test_access.py` sends requests: roles that are not marked, and other units' and districts' actors against a
  real visit.

| methods | path |"""
    + "".join(f" {SHORT[role]} |" for role in ROLES)
    + " another's |\n| --- | --- |"
    + " :-: |" * len(ROLES)
    + " --- |\n"
)


def owner_of(rule: str) -> str:
    """Whose thing a path names: "unit", "district", "enterprise", "person", or "" for nobody's."""
    found = [OWNED[name] for name in re.findall(r"<(?:[^:<>]+:)?(\w+)>", rule) if name in OWNED]
    api = re.match(r"/api/v1/([a-z-]+)/<id>", rule)
    return found[0] if found else API_OWNED.get(api[1], "") if api else ""


def methods_of(methods: set[str]) -> str:
    return " ".join(sorted(methods - {"HEAD", "OPTIONS"}))


def text_of(app: Flask) -> str:
    """The page for the routes of `app`."""
    lines = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, methods_of(set(r.methods or ())))):
        access = access_of(app, rule.endpoint) or Access()
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        cells = "".join(f" {_cell(access, role)} |" for role in ROLES)
        owner = "" if access.public else owner_of(rule.rule)
        lines.append(f"| {methods_of(set(rule.methods or ()))} | `{path}` |{cells} {owner} |")
    return HEAD + "\n".join(lines) + "\n"


def _cell(access: Access, role: str) -> str:
    if access.public:
        return "public"
    return "space" if access.space else "●" if role in access.roles else ""


if __name__ == "__main__":
    import tempfile

    from app import create_app
    from app.config import load_config

    with tempfile.TemporaryDirectory() as folder:
        secrets = {"JCM_SECRET_KEY": "x" * 40, "JCM_KEY_ENCRYPTION_KEY": "11" * 32}
        PAGE.write_text(
            text_of(create_app(load_config({"JCM_ENV": "test", "JCM_INSTANCE": folder, **secrets}))), encoding="utf-8"
        )
