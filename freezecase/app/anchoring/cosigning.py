"""
Asking one witness for its signature, and understanding what it answers.

A log need not know how far a witness saw it: the witness says so (409), and is asked again with a
proof from there. What no log can prove from is another history: see `WitnessRefused`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from freezecase.app.anchoring.checkpoint_ports import Reply, Witness
from freezecase.app.clock import instant_of
from freezecase.app.stores.store import Store
from freezecase.errors import CannotVerify, InvalidValue, WitnessRefused
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.leaf import Header
from freezecase.seal.merkle import Proof
from freezecase.seal.note import open_note
from freezecase.seal.witness import Request, signature_lines

__all__ = ["Overtaken", "another_history", "cosigned_by", "recorded_after"]

_OK: Final = 200
_CONFLICT: Final = 409
_NO_PROOF: Final = 422
_TRIES: Final = 4
_DIGITS: Final = 19


class Overtaken(Exception):
    """The witness has cosigned a later checkpoint of this same ledger: make a newer one."""


def cosigned_by(
    witness: Witness,
    note: str,
    size: int,
    *,
    old: int,
    proof: Callable[[int], Proof],
    end: Callable[[], int],
) -> str:
    """
    Return the line with which a witness cosigns *note*.

    Args:
        witness: who is asked.
        note: the checkpoint, signed by its log.
        size: how many records it covers.
        old: how many the witness saw so far, as far as we know.
        proof: returns what shows that the checkpoint only added to so many.
        end: returns how many records there are by now.

    Raises:
        WitnessRefused: it saw another history than this.
        Overtaken: it saw a later checkpoint, which may well be ours.
        ConnectionError: it does not do what a witness does; its own port raises what it likes.

    """
    for _ in range(_TRIES):
        reply = witness.add_checkpoint(Request(old, proof(old), note))
        if reply.status == _OK:
            return _line(witness, note, reply)
        if reply.status == _NO_PROOF:
            raise _other(_named(witness), _NO_PROOF, old, "they are not those we have now")
        if reply.status != _CONFLICT:
            raise ConnectionError(f"it answers {reply.status}: {_words(reply)}")
        old = _size(reply)
        if old > size:
            there = end()
            if old <= there:
                raise Overtaken
            raise _other(_named(witness), _CONFLICT, old, f"there are only {there} now")
    raise ConnectionError("it answers 409 again and again")


def _other(where: str, status: int, size: int, why: str) -> WitnessRefused:
    """Return the fork alarm: what somebody outside saw is not what the store holds."""
    return WitnessRefused(
        f"{where} saw {size} records, and {why}: the history was changed, cut, or put back from a "
        "backup: no checkpoint is signed any more, verify the store",
        status=status,
    )


def another_history(store: Store, where: str, checkpoint: Checkpoint) -> WitnessRefused:
    """Return the fork alarm for a checkpoint that the store does not agree with."""
    there = store.size()
    if checkpoint.size > there:
        return _other(where, _CONFLICT, checkpoint.size, f"there are only {there} now")
    return _other(where, _NO_PROOF, checkpoint.size, "they are not those we have now")


def recorded_after(store: Store, index: int, size: int) -> datetime | None:
    """
    Return when the record after *index* was recorded; nothing if there are not more than that.

    Raises:
        CannotVerify: it has no header that can be read: silence would be what a thief wants.

    """
    if size <= index:
        return None
    try:
        header = Header.read(store.header(index + 1) or b"")
    except InvalidValue as error:
        raise CannotVerify(
            f"{store.where} has lost the header of record {index + 1}: verify the store"
        ) from error
    return instant_of(header.recorded_at)


def _named(witness: Witness) -> str:
    return f"witness `{witness.key.name}`"


def _line(witness: Witness, note: str, reply: Reply) -> str:
    """Return its own signature out of an answer: others may stand there, and mean nothing to us."""
    text = open_note(note, ()).text
    try:
        lines = signature_lines(f"{text}\n{reply.body}", [witness.key])
    except InvalidValue as error:
        raise ConnectionError(f"it answers no cosignature: {error}") from error
    if not lines:
        raise ConnectionError(f"it answers no cosignature by its key `{witness.key}`")
    return lines[0]


def _size(reply: Reply) -> int:
    digits = reply.body.removesuffix("\n")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        raise ConnectionError(f"it answers 409 without a size: {_words(reply)}")
    return int(digits)


def _words(reply: Reply) -> str:
    return ascii(reply.body[:200].strip())
