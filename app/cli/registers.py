"""`flask flags …`, `flask codes …`, `flask keys …`: looking after what the platform keeps."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.actors import SYSTEM
from app.domain.codes.keys import SigningKey
from app.domain.codes.suites import ES256, SUITES
from app.domain.times import rfc3339
from app.installation import Installation
from app.services import flag_rebuild, flags, unit_keys, verification

flags_group = AppGroup("flags", help="Flags (预警).")
codes_group = AppGroup("codes", help="Codes (检查码).")
keys_group = AppGroup("keys", help="Signing keys, one a unit.")


def _installation() -> Installation:
    found: Installation = current_app.extensions["jcm"]
    return found


@flags_group.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def flags_rebuild(as_json: bool) -> None:
    """Evaluate every rule over every fact again. Where all is well, nothing changes."""
    changed = _installation().perform(flag_rebuild.rebuild)
    click.echo(json.dumps({"changed": changed}) if as_json else f"{changed} findings raised, revised or withdrawn")


@flags_group.command("sweep")
def flags_sweep() -> None:
    """Raise what time alone brings about, up to now. The worker does this by itself."""
    click.echo(f"{_installation().perform(flags.sweep)} visits looked at")


@codes_group.command("verify")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def codes_verify(text: str, as_json: bool) -> None:
    """Verify a code: its URL, its digits or its short code. Exit 0 only for `valid`."""
    installation = _installation()
    with installation.reading() as session:
        look = verification.look(session, text, installation.clock())
    if as_json:
        steps = [asdict(step) for step in look.verification.steps]
        click.echo(json.dumps({"verdict": look.verdict, "steps": steps}))
    else:
        click.echo(look.verdict)
    if look.verdict != "valid":
        raise SystemExit(1)


@keys_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def keys_list(as_json: bool) -> None:
    """All keys: whose, which suite, from when to when, revoked or not."""
    with _installation().reading() as session:
        found = unit_keys.entries(session)
    rows = [
        {
            "kid": e.kid.hex(),
            "unit": e.unit,
            "use": e.use,
            "suite": e.suite,
            "not_before": rfc3339(e.not_before),
            "not_after": rfc3339(e.not_after),
            "revoked_at": rfc3339(e.revoked_at) if e.revoked_at else None,
        }
        for e in found
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo("  ".join(str(value or "-") for value in row.values()))


@keys_group.command("rotate")
@click.argument("unit")
@click.option("--suite", type=click.Choice(sorted(SUITES)), default=ES256.name, show_default=True)
def keys_rotate(unit: str, suite: str) -> None:
    """Give a unit a new key. Codes issued before stay valid until they expire."""
    click.echo(_installation().perform(unit_keys.rotate, SYSTEM, unit, suite))


@keys_group.command("revoke")
@click.argument("kid")
@click.option("--reason", required=True, help="Why; it is published in the key list.")
def keys_revoke(kid: str, reason: str) -> None:
    """Revoke a key: every code it signed is void from now on."""
    _installation().perform(unit_keys.revoke, SYSTEM, kid, reason)
    click.echo(f"revoked {kid}")


@keys_group.command("publish")
@click.option(
    "--root", type=click.Path(exists=True, path_type=Path), help="The root's key file, where it is kept elsewhere."
)
def keys_publish(root: Path | None) -> None:
    """Sign the key list anew."""
    key = SigningKey.from_pem(ES256.name, root.read_text(encoding="ascii")) if root else None
    if not _installation().perform(unit_keys.publish_keys, key):
        raise click.ClickException("There is no root key on this server: give its file with --root FILE.")
    click.echo("published")
