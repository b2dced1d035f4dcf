"""`flask lots …`: anybody can repeat a drawing by lot, from the register or from the published file."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain import lots as domain
from app.installation import Installation
from app.services.planning import lots
from app.store.models import Lot

lots_group = AppGroup("lots", help="Drawings by lot (双随机).")
WHY = {
    "format": "this is no drawing in the format jcm-lot v1",
    "pool": "the pool is not in its canonical form",
    "pool_hash": "the pool is not the one whose hash was published",
    "commitment": "seed and pool do not give the commitment that was published before the draw",
    "result": "repeating the draw gives another result",
    "not_drawn": "committed to, and not drawn yet",
    "fact": "the drawing is not as it was recorded",
    "order": "the commitment was not in the log before the draw",
}


@lots_group.command("verify")
@click.argument("which")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(which: str, as_json: bool) -> None:
    """Repeat a drawing: WHICH is its id here, or a file saved from /lots/ID.json (which needs no database). Exit 0 only
    where everything fits."""
    path = Path(which)
    if path.is_file():
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise click.ClickException(f"{path.name} is no JSON file: {error}.") from None
        problems = domain.verify(said) if isinstance(said, dict) else ["format"]
    else:
        installation: Installation = current_app.extensions["jcm"]
        with installation.reading() as session:
            lot = session.get(Lot, which)
            if lot is None:
                raise click.ClickException(f"There is neither a drawing nor a file {which}.")
            problems = lots.problems(session, lot)
    if as_json:
        click.echo(json.dumps({"problems": problems}))
    else:
        click.echo("\n".join(WHY[p] for p in problems) or "The draw, repeated, gives the same result.")
    if problems:
        raise SystemExit(1)
