"""Receipts of single records, as others write and read them, and every way to spoil one."""

from base64 import b64encode
from hashlib import sha256
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.leaf import Header
from freezecase.seal.merkle import inclusion_proof, leaf_hash
from freezecase.seal.note import Signer
from freezecase.seal.tlog_proof import TlogProof, shown
from freezecase.seal.trust import Trust
from tests.laws.settings import LAW
from tests.seal.paper import ORIGIN, OTHER, TRUST, WITNESSES, written

# github.com/transparency-dev/formats, proof/tlog_proof_test.go at v0.1.1
HASHES: Final = tuple(sha256(word).digest() for word in (b"hash1", b"hash2"))
PUBLISHED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "without extra": (
        {"index": 5, "proof": HASHES, "checkpoint": "test checkpoint\n"},
        "c2sp.org/tlog-proof@v1\nindex 5\n{0}\n{1}\n\ntest checkpoint\n",
    ),
    "with extra": (
        {
            "index": 10,
            "proof": HASHES[:1],
            "checkpoint": "checkpoint data\n",
            "extra": b"extra information",
        },
        "c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n{0}\n\n"
        "checkpoint data\n",
    ),
    "without hashes": (
        {"index": 0, "proof": (), "checkpoint": "checkpoint\n"},
        "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n",
    ),
}
BEGIN: Final = "c2sp.org/tlog-proof@v1\n"
REFUSED: Final = {
    "nothing": "",
    "another first line": "wrong-header\nindex 0\n\ncheckpoint\n",
    "extra that is not base64": f"{BEGIN}extra !!notbase64!!\nindex 0\n\ncheckpoint\n",
    "no index": f"{BEGIN}\n\ncheckpoint\n",
    "no index and no end": BEGIN,
    "no number": f"{BEGIN}index notanumber\n\ncheckpoint\n",
    "a number below 0": f"{BEGIN}index -5\n\ncheckpoint\n",
    "a hash that is not base64": f"{BEGIN}index 0\n!!notbase64!!\n\ncheckpoint\n",
    "a hash of another length": f"{BEGIN}index 0\n{b64encode(bytes(64)).decode()}\n\ncheckpoint\n",
    "a line without an end": f"{BEGIN}index 0\n{'a' * 65 * 1024}\n",
    # where c2sp.org/tlog-proof has one spelling and Go's reader takes several
    "a number with a zero": f"{BEGIN}index 007\n\ncheckpoint\n",
    "a number with a sign": f"{BEGIN}index +1\n\ncheckpoint\n",
    "two blanks": f"{BEGIN}index  1\n\ncheckpoint\n",
    "extra of nothing": f"{BEGIN}extra \nindex 0\n\ncheckpoint\n",
    "extra after the index": f"{BEGIN}index 0\nextra AAAA\n\ncheckpoint\n",
    "bits after the end": f"{BEGIN}extra YR==\nindex 0\n\ncheckpoint\n",
    "other ends of lines": f"{BEGIN}index 5\r\n\r\ncheckpoint\r\n",
    "no checkpoint": f"{BEGIN}index 1\n",
    "half a line": f"{BEGIN}index 1\n\ncheckpoint",
    "a number beyond all": f"{BEGIN}index {2**63}\n\ncheckpoint\n",
    "too many hashes": f"{BEGIN}index 1\n{(b64encode(bytes(32)).decode() + chr(10)) * 64}\ncheck\n",
    "too long": f"{BEGIN}index 1\n\n{'checkpoint' * 100_001}\n",
}

PAPER: Final = written(9)
PLACE: Final = 7
LEAVES: Final = [*map(leaf_hash, PAPER.headers)]
RECEIPT: Final = TlogProof(
    index=PLACE,
    proof=inclusion_proof(LEAVES, PLACE),
    checkpoint=PAPER.note(),
    extra=PAPER.headers[PLACE],
)


@pytest.mark.parametrize("which", PUBLISHED)
def test_a_published_proof_is_written_and_read(which: str) -> None:
    """As Go's own package of the format writes it."""
    parts, text = PUBLISHED[which]
    spelt = text.format(*(b64encode(one).decode() for one in HASHES))
    assert TlogProof(**parts).text == spelt
    assert TlogProof.read(spelt) == TlogProof(**parts)
    assert TlogProof.read(spelt.encode()) == TlogProof(**parts)


@pytest.mark.parametrize("which", REFUSED)
def test_whatever_is_no_proof_or_spelt_otherwise_is_refused(which: str) -> None:
    """Also as bytes."""
    for text in REFUSED[which], REFUSED[which].encode():
        with pytest.raises(InvalidValue, match=BEGIN.strip()):
            TlogProof.read(text)


def test_the_last_place_that_a_log_can_have_is_taken() -> None:
    """As far as a database counts."""
    last = TlogProof(index=2**63 - 1, proof=(), checkpoint="checkpoint\n")
    assert TlogProof.read(last.text) == last


def test_what_is_no_text_is_refused() -> None:
    """It says so and does not break."""
    with pytest.raises(InvalidValue, match=BEGIN.strip()):
        TlogProof.read(RECEIPT.text.encode() + b"\xff\n")


def test_a_receipt_shows_a_record_to_whoever_has_the_keys() -> None:
    """The header goes with it, and who vouches for it is told."""
    found = shown(TlogProof.read(RECEIPT.text), TRUST)
    assert found.header == Header.read(PAPER.headers[PLACE])
    assert found.vouched.quorum
    assert set(found.vouched.cosigned) == {one.key.name for one in WITNESSES}


def test_a_receipt_without_a_header_shows_one_that_is_brought() -> None:
    """And no other one."""
    bare = TlogProof(index=PLACE, proof=RECEIPT.proof, checkpoint=RECEIPT.checkpoint)
    assert shown(bare, TRUST, PAPER.headers[PLACE]).header.index == PLACE + 1
    for header in (b"", PAPER.headers[PLACE + 1]):
        with pytest.raises(InvalidValue):
            shown(bare, TRUST, header)


def test_a_receipt_with_too_few_witnesses_says_so() -> None:
    """It is still what the log signed."""
    receipt = TlogProof(
        index=PLACE, proof=RECEIPT.proof, checkpoint=PAPER.note([]), extra=RECEIPT.extra
    )
    assert not shown(receipt, TRUST).vouched.quorum


def test_a_receipt_of_another_log_or_key_shows_nothing() -> None:
    """Whoever looks says which keys count."""
    thief = Signer.of_seed(ORIGIN, bytes([9] * 32))
    for origin in thief, Signer.of_seed("bank.example/other", bytes(32)):
        with pytest.raises(InvalidValue):
            shown(RECEIPT, Trust.of([origin.key], [], 0))


def test_a_header_that_stands_elsewhere_shows_nothing() -> None:
    """Though it is in the tree, it says another place: the log contradicts itself."""
    paper = written(3, heads=False)
    paper.add(OTHER, "reply-sent.v1", b"{}", index=3)
    place = len(paper.headers) - 1
    receipt = TlogProof(
        index=place,
        proof=inclusion_proof([*map(leaf_hash, paper.headers)], place),
        checkpoint=paper.note(),
        extra=paper.headers[place],
    )
    with pytest.raises(InvalidValue, match="at that place of the log"):
        shown(receipt, TRUST)


@LAW
@given(st.data())
def test_a_receipt_with_one_bit_changed_shows_nothing_else(data: st.DataObject) -> None:
    """Either it is refused, or what changed is a cosignature that no longer counts."""
    spoilt = bytearray(RECEIPT.text.encode())
    place, bit = data.draw(st.integers(0, len(spoilt) - 1)), data.draw(st.integers(0, 7))
    spoilt[place] ^= 1 << bit
    try:
        found = shown(TlogProof.read(bytes(spoilt)), TRUST)
    except InvalidValue:
        return
    assert not found.vouched.quorum
