"""`flask doctor`, or `python -m app.cli.doctor` where the settings are too wrong for `flask` to start."""

import json
import os
from dataclasses import asdict

import click

from app.config import ConfigError, load_config
from app.installation import Installation, open_installation
from app.operating import doctor as examination
from app.operating import surroundings
from app.operating.findings import FAULT, OK, WARNING, Finding

MARKS = {OK: "✓", WARNING: "!", FAULT: "✗"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say in plain words what is wrong with this installation. Changes nothing; exit status 1 on a fault."""
    found = _examined()
    faults = sum(f.level == FAULT for f in found)
    warnings = sum(f.level == WARNING for f in found)
    if as_json:
        click.echo(json.dumps({"faults": faults, "findings": [asdict(f) for f in found]}, ensure_ascii=False))
    else:
        for f in found:
            click.echo(f"{MARKS[f.level]} {f.zh}\n  {f.en}")
        click.echo(f"故障 {faults} 项，提醒 {warnings} 项。 faults: {faults}, warnings: {warnings}.")
    if faults:
        raise SystemExit(1)


def _examined() -> list[Finding]:
    installation: Installation | None = None
    found = list(surroundings.names(os.environ))
    try:
        config = load_config()
        if config.secret_key and config.key_encryption_key:
            installation = open_installation(config)
        return [*found, *examination.examine(config, installation)]
    except ConfigError as error:
        return [*found, examination.settings_wrong(str(error))]
    finally:
        if installation is not None:
            installation.database.dispose()


if __name__ == "__main__":
    doctor()
