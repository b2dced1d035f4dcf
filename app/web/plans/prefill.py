"""What an application form begins with when it is opened from a row of a plan or from a drawn pair."""

from collections.abc import Mapping
from typing import Any

from app.domain.enterprises import normalise_uscc
from app.store.database import Session
from app.store.registry import enterprise_by_uscc


def from_plan_row(session: Session, args: Mapping[str, str]) -> dict[str, Any]:
    """The fields that `/inspect/apply?plan=…&item=…&uscc=…&officers=…,…` fills; empty where it names no plan."""
    if not args.get("plan"):
        return {}
    values: dict[str, Any] = {"kind": "planned", "plan_code": args["plan"][:64]}
    if args.get("item"):
        values["items"] = [args["item"][:64]]
    if args.get("officers"):
        values["officers"] = [o[:40] for o in args["officers"].split(",")[:20] if o]
    if args.get("uscc"):
        found = enterprise_by_uscc(session, normalise_uscc(args["uscc"][:40]))
        values |= {"enterprise.uscc": found.uscc or "", "enterprise.name": found.name} if found else {}
    return values
