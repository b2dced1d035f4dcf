"""The root that signs the key list: published for readers who see this installation for the first time, and its
succession. Phones that know a root take another one only where the old one signed it."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.codes.keys import PublicKey, SigningKey
from app.domain.codes.lists import sign_root
from app.domain.errors import Refused
from app.store.documents import keep, next_version, published
from app.store.unit_of_work import UnitOfWork

ROOT = "inspection-root"
LIFETIME = timedelta(days=2 * 365)


def fingerprint(session: Session) -> str | None:
    """The fingerprint of the published root, for the posted notice; None before the first key list."""
    known = published(session, ROOT)
    return str(known["fingerprint"]) if known else None


def is_accepted(session: Session, root: PublicKey) -> bool:
    """Whether readers would take what this root signs: it is the published one, or the first."""
    known = published(session, ROOT)
    return known is None or known["kid"] == root.kid.hex()


def publish(work: UnitOfWork, root: PublicKey, successions: list[dict[str, Any]] | None = None) -> None:
    """Publishes the root's public half. Where it is published already, and nothing is added, nothing happens."""
    known = published(work.session, ROOT)
    if known and known["kid"] == root.kid.hex() and successions is None:
        return
    document = {
        "kid": root.kid.hex(),
        "suite": root.suite.name,
        "jwk": root.jwk(),
        "fingerprint": root.fingerprint.hex(),
        "successions": successions or [],
    }
    keep(work.session, ROOT, next_version(work.session, ROOT, work.now), document, work.now + LIFETIME)


def succeed(work: UnitOfWork, actor: Actor, old: SigningKey, new: SigningKey) -> None:
    """`new` takes the place of `old`, which signs this. Sign the key list with `new` afterwards.

    Raises Refused("not_the_root") unless `old` is the published root, Refused("same_root").
    """
    work.lock(f"signed-document:{ROOT}")
    known = published(work.session, ROOT)
    if known is None or known["kid"] != old.kid.hex():
        raise Refused("not_the_root", kid=old.kid.hex())
    if new.kid == old.kid:
        raise Refused("same_root", kid=old.kid.hex())
    publish(work, new.public(), [*known["successions"], sign_root(new.public(), old, work.now)])
    body = {"replaces": old.kid.hex(), "fingerprint": new.public().fingerprint.hex()}
    work.store_fact(work.fact("root.succeeded", ("root", new.kid.hex()), body, actor, work.default_jurisdiction))


def abandon(work: UnitOfWork, actor: Actor, new: SigningKey, reason: str) -> None:
    """Publishes a root that no earlier one signed, because that one is lost or stolen. Every phone that knows the old
    one refuses it until its reader has compared the new notice and cleared the page's data."""
    work.lock(f"signed-document:{ROOT}")
    publish(work, new.public(), [])
    body = {"fingerprint": new.public().fingerprint.hex(), "reason": reason}
    work.store_fact(work.fact("root.abandoned", ("root", new.kid.hex()), body, actor, work.default_jurisdiction))
