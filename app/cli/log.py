"""`flask log …`: the register's log: check all of it, witness another's, trust witnesses, check a proof file."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.witness import create, load, witness
from app.domain.actors import SYSTEM
from app.domain.facts import leaves_of
from app.domain.times import rfc3339
from app.domain.transparency import NoteError, ProofError, ProofFile, Proven, VerifierKey, parse_verifier, suite_of
from app.installation import Installation
from app.services.transparency import log, log_audit, log_witnesses

log_group = AppGroup("log", help="The register's log (登记簿).")
log_group.add_command(witness)
SALT_BYTES = 16


def _installation() -> Installation:
    found: Installation = current_app.extensions["jcm"]
    return found


@log_group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def log_verify(as_json: bool) -> None:
    """Recompute the log from the records and name every row that was changed, removed, added or re-dated."""
    found: list[log_audit.Discrepancy] = []
    with _installation().reading() as session:
        for discrepancy in log_audit.audit(session):
            found.append(discrepancy)
            if not as_json:
                click.echo(f"{discrepancy.code}: {discrepancy.text}", err=True)
        size = log_audit.size(session)
    if as_json:
        click.echo(json.dumps({"entries": size, "discrepancies": [asdict(d) for d in found]}, ensure_ascii=False))
    else:
        click.echo(f"{size} entries, {len(found)} discrepancies")
    if found:
        raise SystemExit(1)


@log_group.command("advance")
def log_advance() -> None:
    """Give waiting leaves their places and sign the checkpoint now; the worker does it every two seconds."""
    click.echo(f"{log.advance(_installation().perform)} entries added")


@log_group.command("trust")
@click.argument("verifier_key")
def log_trust(verifier_key: str) -> None:
    """Accept the cosignatures of a witness, by the verifier key that `log witness` printed."""
    click.echo(_installation().perform(log_witnesses.trust, SYSTEM, verifier_key))


@log_group.command("demo-witness", hidden=True)
@click.argument("path", type=click.Path(path_type=Path))
def log_demo_witness(path: Path) -> None:
    """Begin the log and a witness of our own, and trust it: for the demonstration only."""
    installation = _installation()
    if installation.config.is_production:
        raise click.ClickException("A witness of one's own proves nothing.")
    log.advance(installation.perform)
    with installation.reading() as session:
        key = log.verifier(session)
    known = path.exists() and load(path).log_key == str(key)
    witness_key = load(path).signer.key if known else create(path, "sfj.demo/witness", str(key))
    installation.perform(log_witnesses.trust, SYSTEM, str(witness_key))


@log_group.command("withdraw")
@click.argument("name")
def log_withdraw(name: str) -> None:
    """No longer accept a witness. What it signed before stays."""
    _installation().perform(log_witnesses.withdraw, SYSTEM, name)
    click.echo(f"withdrawn {name}")


@log_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--log-key", required=True, help="The verifier key of the log.")
@click.option("--witness-key", multiple=True, help="The verifier key of a witness that you trust; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def log_check(file: Path, log_key: str, witness_key: tuple[str, ...], as_json: bool) -> None:
    """Check a proof file without any network: what was registered, where in the log, and who saw it when."""
    try:
        key, witnesses = parse_verifier(log_key), [parse_verifier(text) for text in witness_key]
        answer = _checked(file.read_bytes(), key, witnesses)
    except (NoteError, ProofError, ValueError) as error:
        raise click.ClickException(f"This proof does not hold: {error}") from None
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for name, value in answer["record"]["body"].items():
        click.echo(f"{name}: {value}")
    click.echo(f"entry {answer['index']} of {answer['size']}, recorded {answer['record']['recorded_at']}")
    for seen in answer["witnesses"]:
        click.echo(f"seen by {seen['name']} at {seen['at']}")
    if not answer["witnesses"]:
        click.echo("No witness that you trust has seen it: the file proves the entry, not the time.")


def proven_of(file: ProofFile, leaves: Sequence[bytes], key: VerifierKey, witnesses: list[VerifierKey]) -> Proven:
    """What the file proves of a record whose leaf is one of `leaves`."""
    for leaf in leaves[:-1]:
        try:
            return file.verify(leaf, key.name, [key], witnesses, suite_of(key).hash)
        except ProofError:
            continue
    return file.verify(leaves[-1], key.name, [key], witnesses, suite_of(key).hash)


def _checked(data: bytes, key: VerifierKey, witnesses: list[VerifierKey]) -> dict[str, Any]:
    file = ProofFile.parse(data)
    extra = file.extra or b""
    salt, record = extra[:SALT_BYTES], extra[SALT_BYTES:]
    proven = proven_of(file, leaves_of(salt, record), key, witnesses)
    return {
        "record": json.loads(record),
        "index": proven.index,
        "size": proven.checkpoint.size,
        "witnesses": [{"name": c.witness.name, "at": rfc3339(c.at)} for c in proven.cosignatures],
    }
