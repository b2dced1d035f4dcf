"""Signed notes, checkpoints, cosignatures and proof files: public vectors, then what must be refused."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.codes.suites import SM2_SM3
from app.domain.transparency import (
    ED25519,
    ED25519_COSIGNATURE,
    Checkpoint,
    Note,
    NoteError,
    ProofError,
    ProofFile,
    Signature,
    Signer,
    VerifierKey,
    cosign,
    ed25519_signer,
    inclusion_proof,
    open_checkpoint,
    root,
    sha256,
    sm2_algorithm,
    sm3,
)

# golang.org/x/mod, sumdb/note/note_test.go (BSD-3-Clause)
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)

# The example of c2sp.org/tlog-cosignature; its keys are not given there, so only its form is checked.
COSIGNED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""

ORIGIN = "jcm.example.gov.cn/log"
LOG = ed25519_signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(sha256(b"test key of the log")))
CITY = ed25519_signer(
    "sfj.example.gov.cn/witness", Ed25519PrivateKey.from_private_bytes(sha256(b"test witness 1")), True
)
NOTARY = ed25519_signer("notary.example.cn/w", Ed25519PrivateKey.from_private_bytes(sha256(b"test witness 2")), True)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
LEAVES = [sha256(bytes([number])) for number in range(11)]
HEAD = Checkpoint(ORIGIN, len(LEAVES), root(LEAVES))
WITNESSES = (CITY.key, NOTARY.key)


def peters(lines: str) -> Note:
    return Note.parse((TEXT + "\n" + lines).encode())


def proof_file(index: int = 5) -> ProofFile:
    note = cosign(cosign(HEAD.signed(LOG), NOTARY, NOON + timedelta(minutes=3)), CITY, NOON)
    return ProofFile(index, tuple(inclusion_proof(index, len(LEAVES), LEAVES)), note, b"salt and record")


def test_the_public_note_is_signed_byte_for_byte() -> None:
    signer = ed25519_signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETERS_SEED))
    assert str(signer.key) == PETER
    assert bytes(Note(TEXT, ()).signed_by(signer)).decode() == TEXT + "\n" + PETER_LINE


def test_the_public_note_verifies_for_whom_one_trusts() -> None:
    peter, enoch = VerifierKey.parse(PETER), VerifierKey.parse(ENOCH)
    assert str(enoch) == ENOCH
    note = peters(PETER_LINE + ENOCH_LINE)
    assert note.verified([peter]) == [(peter, None)]
    assert note.verified([peter, enoch]) == [(peter, None), (enoch, None)]
    assert peters(PETER_LINE * 2).verified([peter]) == [(peter, None)]
    with pytest.raises(NoteError):
        note.verified([])


def test_a_new_signature_replaces_the_old_of_the_same_key() -> None:
    peter = ed25519_signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETERS_SEED))
    old = Note(TEXT, (Signature("PeterNeumann", peter.key.key_id, b"bad"),))
    assert bytes(old.signed_by(peter)).decode() == TEXT + "\n" + PETER_LINE


def test_every_mangling_of_a_verifier_key_is_refused() -> None:
    manglings = {PETER[start:end] for start in range(len(PETER)) for end in range(start, len(PETER) + 1)} - {PETER}
    manglings |= {PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :] for at in range(len(PETER))}
    manglings.add("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")
    manglings.add("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    for mangled in manglings:
        with pytest.raises(NoteError):
            VerifierKey.parse(mangled)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(), (TEXT + "\n").encode(), (TEXT + "\n" + PETER_LINE[:-1]).encode(), b"", b"\n", b"\n\n",
        ("\x01" + TEXT + "\n" + PETER_LINE).encode(), b"\xff" + (TEXT + "\n" + PETER_LINE).encode(),
        (TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name")).encode(),
        (TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad\u3000Name")).encode(),
        (TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Peter+Neumann")).encode(),
        (TEXT + "\n" + PETER_LINE + "Unexpected line.\n").encode(), (TEXT + "\n" + PETER_LINE * 101).encode(),
        (TEXT + "\n" + PETER_LINE.replace("nAM=", "nAN=")).encode(), (TEXT + "\n" + "— PeterNeumann x08gow==\n").encode(),
        (TEXT + "\n" + PETER_LINE.replace("\n", "\r\n")).encode(), b"a" * 1_000_001,
    ],
)  # fmt: skip
def test_a_malformed_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(data)


def test_a_known_key_whose_signature_fails_spoils_the_note() -> None:
    peter, enoch = VerifierKey.parse(PETER), VerifierKey.parse(ENOCH)
    spoiled = peters(PETER_LINE + ENOCH_LINE[:60] + "ABCD" + ENOCH_LINE[60:])
    assert spoiled.verified([peter]) == [(peter, None)]
    with pytest.raises(NoteError):
        spoiled.verified([peter, enoch])


def test_the_example_of_the_cosignature_specification_is_read() -> None:
    note = Note.parse(COSIGNED.encode())
    assert bytes(note).decode() == COSIGNED
    assert Checkpoint.parse(note.text).size == 20852163
    assert Checkpoint.parse(note.text).text() == note.text
    assert int.from_bytes(note.signatures[1].data[:8], "big") == 1679315147
    assert len(note.signatures[1].data) == 8 + 64


def test_a_cosignature_signs_exactly_what_the_specification_says() -> None:
    note = cosign(HEAD.signed(LOG), CITY, NOON)
    data = note.signatures[1].data
    message = f"cosignature/v1\ntime {int(NOON.timestamp())}\n{HEAD.text()}".encode()
    assert ED25519.verify(CITY.key.public, message, data[8:])
    assert CITY.key.key_id == sha256(CITY.key.name.encode() + b"\n\x04" + CITY.key.public)[:4]


def test_the_earliest_witness_counts() -> None:
    opened = open_checkpoint(bytes(proof_file().checkpoint), ORIGIN, [LOG.key], WITNESSES)
    assert opened.checkpoint == HEAD
    assert [cosignature.witness for cosignature in opened.cosignatures] == [CITY.key, NOTARY.key]
    assert opened.witnessed_at == NOON
    assert open_checkpoint(proof_file().checkpoint, ORIGIN, [LOG.key], [NOTARY.key]).witnessed_at > NOON
    assert open_checkpoint(HEAD.signed(LOG), ORIGIN, [LOG.key], WITNESSES).witnessed_at is None


def test_a_time_that_was_altered_is_refused() -> None:
    note = cosign(HEAD.signed(LOG), CITY, NOON)
    log_line, city = note.signatures
    for stated in (0, 1, int(NOON.timestamp()) - 1, 2**63, 2**64 - 1):
        forged = Note(
            note.text, (log_line, Signature(city.name, city.key_id, stated.to_bytes(8, "big") + city.data[8:]))
        )
        with pytest.raises(NoteError):
            open_checkpoint(forged, ORIGIN, [LOG.key], WITNESSES)
    for impossible in (0, -1, 2**63):
        with pytest.raises(NoteError):
            CITY.signature(HEAD.text(), impossible)


def test_a_time_beyond_the_calendar_is_refused_and_not_an_error() -> None:
    note = HEAD.signed(LOG).signed_by(CITY, 2**62)
    with pytest.raises(NoteError):
        open_checkpoint(note, ORIGIN, [LOG.key], WITNESSES)


def test_only_the_log_opens_its_checkpoint() -> None:
    stranger = ed25519_signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(sha256(b"a stranger's test key")))
    other = Checkpoint("other.example/log", HEAD.size, HEAD.root)
    for note in (HEAD.signed(stranger), cosign(Note(HEAD.text(), ()), CITY, NOON), other.signed(LOG)):
        with pytest.raises(NoteError):
            open_checkpoint(note, ORIGIN, [LOG.key], WITNESSES)


def test_one_key_is_no_witness_of_its_own_log() -> None:
    """The signature type is in the key id: a log's signature never passes for a witness's, nor the other way round."""
    as_witness = VerifierKey(ORIGIN, ED25519_COSIGNATURE, LOG.key.public)
    assert as_witness.key_id != LOG.key.key_id
    assert open_checkpoint(HEAD.signed(LOG), ORIGIN, [LOG.key], [as_witness]).witnessed_at is None


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a\n1\n", "a\n1\n\n", "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        *(f"a\n{size}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" for size in ("01", "-1", "+1", "", " 1", "1_0", "١", 2**63)),
        *(f"a\n1\n{top}\n" for top in ("CsUY", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=", "é", "!")),
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n",
    ],
)  # fmt: skip
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_a_checkpoint_that_could_not_be_read_back_is_never_signed() -> None:
    for wrong in (Checkpoint("", 1, HEAD.root), Checkpoint("a\nb", 1, HEAD.root), Checkpoint("a", -1, HEAD.root),
                  Checkpoint("a", 1, b""), Checkpoint("a\tb", 1, HEAD.root)):  # fmt: skip
        with pytest.raises(NoteError):
            wrong.signed(LOG)


def test_a_proof_file_verifies_offline() -> None:
    again = ProofFile.parse(bytes(proof_file()))
    assert again == proof_file()
    proven = again.verify(LEAVES[5], ORIGIN, [LOG.key], WITNESSES)
    assert (proven.index, proven.checkpoint, proven.witnessed_at) == (5, HEAD, NOON)


def test_a_proof_file_of_a_single_leaf_has_no_nodes() -> None:
    head = Checkpoint(ORIGIN, 1, root(LEAVES[:1]))
    text = bytes(ProofFile(0, (), head.signed(LOG)))
    assert text.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + ORIGIN.encode())
    assert ProofFile.parse(text).verify(LEAVES[0], ORIGIN, [LOG.key]).witnessed_at is None


def test_a_proof_file_proves_no_other_record() -> None:
    for index, leaf in ((5, LEAVES[4]), (4, LEAVES[5])):
        with pytest.raises(ProofError):
            ProofFile(index, proof_file().proof, proof_file().checkpoint).verify(leaf, ORIGIN, [LOG.key])


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_altered_byte_of_a_proof_file_goes_unnoticed(data: st.DataObject) -> None:
    """Only the extra data, which the format does not protect, may change; a name nobody knows silences its line."""
    whole = bytes(proof_file())
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    changed = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    try:
        proven = ProofFile.parse(changed).verify(LEAVES[5], ORIGIN, [LOG.key], WITNESSES)
    except (NoteError, ProofError):
        return
    assert (proven.index, proven.checkpoint) == (5, HEAD)
    assert {cosignature.at for cosignature in proven.cosignatures} <= {NOON, NOON + timedelta(minutes=3)}
    assert len(proven.cosignatures) == 2 or at > whole.index("— ".encode())


@given(st.binary(max_size=300))
def test_noise_is_refused_and_never_an_error(noise: bytes) -> None:
    for parse in (Note.parse, ProofFile.parse, lambda data: VerifierKey.parse(data.decode("latin-1"))):
        for prefix in (b"", b"c2sp.org/tlog-proof@v1\n", b"c2sp.org/tlog-proof@v1\nindex 1\n\n", b"a\n\n\xe2\x80\x94 "):
            with pytest.raises(NoteError):
                parse(prefix + noise)


def test_a_log_under_state_cryptography_is_the_same_code() -> None:
    """SM2 signs, SM3 hashes; the log has its own signature type, the witness another."""

    def signer(name: str, timestamped: bool) -> Signer:
        private = SM2_SM3.generate(None)
        public = SM2_SM3.public_of(private)

        def verify(point: bytes, message: bytes, signature: bytes) -> bool:
            return point == SM2_SM3.spki(public)[-65:] and SM2_SM3.verify(public, message, signature)

        key = VerifierKey(name, sm2_algorithm(verify, timestamped), SM2_SM3.spki(public)[-65:])
        return Signer(key, lambda message: SM2_SM3.sign(private, message))

    log, witness = signer(ORIGIN, False), signer("w.example.cn", True)
    head = Checkpoint(ORIGIN, len(LEAVES), root(LEAVES, sm3))
    file = ProofFile(3, tuple(inclusion_proof(3, len(LEAVES), LEAVES, sm3)), cosign(head.signed(log), witness, NOON))
    proven = ProofFile.parse(bytes(file)).verify(LEAVES[3], ORIGIN, [log.key], [witness.key], sm3)
    assert proven.witnessed_at == NOON
    assert VerifierKey.parse(str(log.key), [log.key.algorithm]) == log.key
    with pytest.raises(NoteError):
        VerifierKey.parse(str(log.key))
    with pytest.raises(ProofError):
        ProofFile.parse(bytes(file)).verify(LEAVES[3], ORIGIN, [log.key], [witness.key])
