"""`flask flags …`, `flask codes …`, `flask keys …`: looking after what the platform keeps."""

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.config import Config
from app.domain.actors import SYSTEM
from app.domain.codes.keys import SigningKey, grouped
from app.domain.codes.suites import SUITES
from app.domain.crypto import PROVIDERS
from app.domain.flags import settings as policy_settings
from app.domain.times import rfc3339, shanghai_day
from app.installation import Installation, attached_device
from app.services.flagging import backtest, flag_rebuild, flags
from app.services.trust import roots, unit_keys, verification
from app.store.unit_of_work import UnitOfWork

flags_group = AppGroup("flags", help="Flags (预警).")
codes_group = AppGroup("codes", help="Codes (检查码).")
keys_group = AppGroup("keys", help="Signing keys, one a unit, and the root.")
KEY_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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


@flags_group.command("backtest")
@click.option("--policy", "file", required=True, type=KEY_FILE, help="A draft: JSON {rule: {setting: value}}.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day; default: a year ago.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day; default: today.")
@click.option("--region", help="Jurisdiction; default: this installation's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: lines by rule, unit and month, and samples.")
def flags_backtest(
    file: Path, first: datetime | None, last: datetime | None, region: str | None, as_json: bool
) -> None:
    """What a draft policy would have flagged, beside today's flags. Stores nothing."""
    installation = _installation()
    try:
        draft = policy_settings.checked(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise click.ClickException(f"{file} is no JSON: {error}") from None
    today = shanghai_day(installation.clock())
    days = (first.date() if first else today - timedelta(days=365), last.date() if last else today)

    own = region or installation.config.jurisdiction
    with (
        click.progressbar(length=100, label="backtest", file=sys.stderr) as bar,
        installation.reading() as session,
    ):

        def tell(done: int, of: int) -> None:
            bar.update(100 * done // max(of, 1) - bar.pos)

        found = backtest.run(session, installation.clock(), own, draft, *days, tell)
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    totals: dict[str, list[int]] = {}
    for line in found.lines:
        total = totals.setdefault(line.rule, [0, 0])
        total[0], total[1] = total[0] + line.today, total[1] + line.draft
    click.echo(
        f"{found.visits} visits from {found.first} to {found.last}; evaluated again: {', '.join(found.rules) or 'none'}"
    )
    for rule, (now, then) in totals.items():
        click.echo(f"{rule:24} today {now:7} draft {then:7} {then - now:+d}")


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
@click.option("--suite", type=click.Choice(sorted(SUITES)), help="Default: that of JCM_CRYPTOGRAPHY.")
def keys_rotate(unit: str, suite: str | None) -> None:
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
@click.option("--root", type=KEY_FILE, help="The root's key file, where it is kept elsewhere.")
def keys_publish(root: Path | None) -> None:
    """Sign the key list anew."""
    key = _key(root) if root else _installation().root_key()
    if not _installation().perform(unit_keys.publish_keys, key):
        raise click.ClickException("There is no root key on this server: give its file with --root FILE.")
    click.echo("published")


@keys_group.command("new-root")
@click.argument("file", type=click.Path(path_type=Path))
def keys_new_root(file: Path) -> None:
    """Make a new root in FILE (mode 0600) and print its fingerprint. Nothing is published yet; needs no database."""
    config: Config = current_app.extensions["jcm_config"]
    key = SigningKey.made(PROVIDERS[config.cryptography].suite, attached_device(config), "root")
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{file} exists; a key is never overwritten.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(key.to_pem())
    click.echo(grouped(key.public().fingerprint.hex()))


@keys_group.command("succeed")
@click.option("--old", type=KEY_FILE, required=True, help="The key file of the root in force.")
@click.option("--new", type=KEY_FILE, required=True, help="The key file of the root that takes its place.")
def keys_succeed(old: Path, new: Path) -> None:
    """A new root, signed by the old one: phones that know the old one take it by themselves."""
    before, after = _key(old), _key(new)

    def succeed(work: UnitOfWork) -> None:
        roots.succeed(work, SYSTEM, before, after)
        unit_keys.publish_keys(work, after)

    _installation().perform(succeed)
    click.echo(f"The root is now {grouped(after.public().fingerprint.hex())}. Print the notice anew.")


@keys_group.command("abandon-root")
@click.option("--new", type=KEY_FILE, required=True, help="The key file of the root that takes its place.")
@click.option("--reason", required=True, help="What happened to the old one.")
@click.confirmation_option(prompt="Every phone that knows the old root will refuse the new one. Go on?")
def keys_abandon_root(new: Path, reason: str) -> None:
    """A new root where the old one is lost or stolen: nobody can sign it, readers must compare the new notice."""
    after = _key(new)

    def abandon(work: UnitOfWork) -> None:
        roots.abandon(work, SYSTEM, after, reason)
        unit_keys.publish_keys(work, after)

    _installation().perform(abandon)
    click.echo(f"The root is now {grouped(after.public().fingerprint.hex())}. Print the notice anew.")


def _key(file: Path) -> SigningKey:
    """Raises click.ClickException for a file that holds no such key."""
    try:
        return SigningKey.read_pem(file.read_text(encoding="ascii"), _installation().device)
    except (ValueError, OSError):
        raise click.ClickException(f"{file} is no key file.") from None
