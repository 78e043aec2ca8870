"""
A receipt for one record: that it is in a log, in a text that any tool of public logs can read.

The format is C2SP's tlog-proof (c2sp.org/tlog-proof, an untagged draft, `@v1` in its first line,
read as of commit ab17a741 of 2026-05-22). Files of it end in `.tlog-proof`.

    receipt = TlogProof(index=41, proof=prover.inclusion(42, size), checkpoint=note, extra=header)
    receipt.text                                    # to be kept by whoever needs it one day
    shown(TlogProof.read(text), trust)              # who vouches for it; the record's header

Whoever keeps one sees a record vanish that was cut off before any witness saw it: the log cannot
take back what it signed. The header goes with it as *extra*, so that nobody has to spell it again;
what is believed of it is only what its hash shows.
"""

from base64 import b64decode, b64encode
from typing import Final, NamedTuple, Self

import attrs

from freezecase.core.checked import refuse
from freezecase.errors import InvalidValue
from freezecase.seal.leaf import Header
from freezecase.seal.merkle import EMPTY_ROOT, Proof, includes, leaf_hash
from freezecase.seal.trust import Trust, Vouched, judge

__all__ = ["Receipt", "TlogProof", "shown"]

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
MOST_BYTES: Final = 1_000_000
"""A receipt is short. Whatever is longer is nobody's, and is not looked at."""
_LARGEST: Final = 2**63 - 1
_MOST_HASHES: Final = 63
_ALLOWED: Final = (
    f"`{FIRST_LINE}`, perhaps `extra BASE64`, `index NUMBER`, a hash in base64 on each line, an "
    "empty line, and a checkpoint"
)


@attrs.frozen(kw_only=True)
class TlogProof:
    """The place of an entry in a log, what shows that it stands there, and the checkpoint."""

    index: int
    """From 0, as the tree counts: the ledger index less one."""
    proof: Proof
    checkpoint: str
    """The signed note, to the letter."""
    extra: bytes = b""
    """What else is needed to hash the entry. Nobody vouches for it."""

    def __attrs_post_init__(self) -> None:
        """Refuse what no proof is."""
        if not 0 <= self.index <= _LARGEST:
            raise refuse("TlogProof.index", self.index, f"from 0 to {_LARGEST}")
        wrong = [one for one in self.proof if len(one) != len(EMPTY_ROOT)]
        if wrong or len(self.proof) > _MOST_HASHES:
            raise refuse("TlogProof.proof", len(self.proof), f"{_MOST_HASHES} hashes of 32 bytes")
        if not self.checkpoint.endswith("\n"):
            raise refuse("TlogProof.checkpoint", self.checkpoint[-40:], "a note, to its last line")

    @property
    def text(self) -> str:
        """The file, in its one spelling."""
        extra = [f"extra {_base64(self.extra)}"] if self.extra else []
        hashes = map(_base64, self.proof)
        lines = [FIRST_LINE, *extra, f"index {self.index}", *hashes, "", self.checkpoint]
        return "\n".join(lines)

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """
        Read a file in its one spelling.

        Raises:
            InvalidValue: it is none, or spelt in another way.

        """
        try:
            spelt = text if isinstance(text, str) else text.decode()
            found = cls._parsed(spelt[: MOST_BYTES + 1])
            if found.text == spelt:
                return found
        except ValueError:
            pass
        raise refuse("proof", text[:80], _ALLOWED)

    @classmethod
    def _parsed(cls, text: str) -> Self:
        """Read it as far as it can be; whether it is spelt so is looked at after."""
        head, _, checkpoint = text.partition("\n\n")
        _first, *lines = head.split("\n")
        extra = lines.pop(0)[len("extra ") :] if head.startswith(f"{FIRST_LINE}\nextra ") else ""
        index, *hashes = lines
        return cls(
            index=int(index.removeprefix("index ")),
            proof=tuple(map(b64decode, hashes)),
            checkpoint=checkpoint,
            extra=b64decode(extra),
        )


class Receipt(NamedTuple):
    """What a proof shows: who vouches for the checkpoint, and the header that is in its tree."""

    vouched: Vouched
    header: Header


def shown(proof: TlogProof, trust: Trust, header: bytes = b"") -> Receipt:
    """
    Return what a proof shows of a header: of the one that is given, or that goes with it.

    Fewer witnesses than the quorum do not spoil it: see `.vouched.quorum`.

    Raises:
        InvalidValue: the log did not sign the checkpoint, or the header is not in its tree, or at
            another place.

    """
    vouched = judge(proof.checkpoint, trust)
    data = header or proof.extra
    log, read = vouched.checkpoint, Header.read(data)
    there = includes(log.root, log.size, proof.index, leaf_hash(data), proof.proof)
    if not there or (read.origin, read.index - 1) != (log.origin, proof.index):
        raise InvalidValue("header", data[:200], "the one that stands at that place of the log")
    return Receipt(vouched, read)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
