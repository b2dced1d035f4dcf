"""The root's succession: readers take a new root only where the old one signed it, and the platform keeps to that."""

import itertools

import pytest

from app.domain.actors import SYSTEM
from app.domain.codes.keys import PublicKey, SigningKey, grouped
from app.domain.codes.lists import UntrustedList, verify_key_list, verify_root
from app.domain.errors import Refused
from app.services.trust import roots, unit_keys
from app.store.documents import published
from tests.house import House


def root_of(house: House) -> dict:
    with house.installation.reading() as session:
        return published(session, roots.ROOT)


def keys_of(house: House) -> dict:
    with house.installation.reading() as session:
        return published(session, unit_keys.KEYS)


def test_a_chain_of_successions_leads_from_any_earlier_root(house: House) -> None:
    house.perform(unit_keys.renew_lists)
    keys = [house.installation.root_key(), SigningKey.generate(), SigningKey.generate()]
    trusted = PublicKey.from_jwk("ES256", root_of(house)["jwk"])
    for old, new in itertools.pairwise(keys):
        house.perform(roots.succeed, SYSTEM, old, new)
        house.perform(unit_keys.publish_keys, new)
    for succession in root_of(house)["successions"]:
        trusted = verify_root(succession, trusted)
    assert trusted.kid == keys[2].kid
    assert verify_key_list(keys_of(house), trusted, house.clock.now)
    with pytest.raises(UntrustedList, match="unknown_signer"):
        verify_key_list(keys_of(house), keys[1].public(), house.clock.now)


def test_no_list_is_signed_by_a_root_that_readers_would_refuse(house: House) -> None:
    house.perform(unit_keys.renew_lists)
    before = keys_of(house)
    with pytest.raises(Refused, match="root_not_succeeded"):
        house.perform(unit_keys.publish_keys, SigningKey.generate())
    path = house.installation.config.instance / "root.key"
    path.write_text(SigningKey.generate().to_pem())  # somebody put another key there
    house.approved()  # a unit's first key wants to be listed: the visit goes on, the list waits
    assert keys_of(house) == before


def test_only_the_root_in_force_can_hand_over(house: House) -> None:
    house.perform(unit_keys.renew_lists)
    root = house.installation.root_key()
    for old, new, code in (
        (SigningKey.generate(), SigningKey.generate(), "not_the_root"),
        (root, root, "same_root"),
    ):
        with pytest.raises(Refused, match=code):
            house.perform(roots.succeed, SYSTEM, old, new)


def test_the_ceremony_by_commands(house: House, tmp_path) -> None:
    house.perform(unit_keys.renew_lists)
    old, new, lost = house.installation.config.instance / "root.key", tmp_path / "new.key", tmp_path / "third.key"

    def run(*words: str):
        return house.app.test_cli_runner().invoke(args=["keys", *words])

    made = run("new-root", str(new))
    assert made.exit_code == 0 and new.stat().st_mode & 0o777 == 0o600
    assert run("new-root", str(new)).exit_code == 1  # never overwritten
    assert "keys succeed" not in run("publish").output
    done = run("succeed", "--old", str(old), "--new", str(new))
    assert done.exit_code == 0 and made.output.strip() in done.output
    assert grouped(root_of(house)["fingerprint"]) == made.output.strip()
    refused = run("publish")  # the server's own is the old one now
    assert refused.exit_code == 1 and "keys succeed" in refused.output
    assert run("publish", "--root", str(new)).exit_code == 0
    run("new-root", str(lost))
    assert run("abandon-root", "--new", str(lost), "--reason", "stolen", "--yes").exit_code == 0
    assert root_of(house)["successions"] == []
