"""
What a witness does: it signs that a log only ever grew, and remembers how far it saw it.

This is `add-checkpoint` of C2SP's tlog-witness v1.0.0 (c2sp.org/tlog-witness@v1.0.0), without the
network, the clock and the memory, which are handed in. Whatever the bytes of a request are, there
is an answer. Requests for one log must be decided one after another: what an answer says is to be
kept has to be on disk before the next is decided, and before the answer goes out. Else the older
of two checkpoints that come at once would roll the newer one back.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple, Self

import attrs

from freezecase.core.checked import refuse
from freezecase.errors import InvalidValue
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import EMPTY_ROOT, Hash, Proof, extends
from freezecase.seal.note import NoteKey, Signer, open_note

__all__ = [
    "MOST_BYTES",
    "SIZE_TYPE",
    "Answer",
    "Request",
    "Seen",
    "answered",
    "origin_hash",
    "signature_lines",
]

MOST_BYTES: Final = 256 * 1024
"""How long a request may be. Longer ones are nobody's, and are not looked at."""
SIZE_TYPE: Final = "text/x.tlog.size"
"""The type of an answer that says how far the witness saw the log."""
_TEXT_TYPE: Final = "text/plain; charset=utf-8"
_MOST_LINES: Final = 63
_OLD: Final = re.compile("old (0|[1-9][0-9]{0,18})")
_GAP: Final = "\n\n"
_LARGEST: Final = 2**63 - 1
_TAKES: Final = "`old SIZE`, up to 63 hashes in base64, an empty line, a checkpoint"


class Seen(NamedTuple):
    """How far a witness saw a log, and the note that says so, with both their signatures."""

    size: int
    root: Hash
    note: str

    @classmethod
    def read(cls, note: str, keys: Iterable[NoteKey]) -> Self:
        """
        Return what a note that was kept says, if one of *keys*, at least, still vouches for it.

        Raises:
            InvalidValue: it is damaged, or of nobody who is known.

        """
        text, held = open_note(note, keys)
        if not held:
            raise refuse("note", note[:200], "what one of the known keys signed")
        checkpoint = Checkpoint.read(text)
        return cls(checkpoint.size, checkpoint.root, note)


class Answer(NamedTuple):
    """What a witness answers, and what it must have on disk before it does."""

    status: int
    body: str
    content_type: str = _TEXT_TYPE
    origin: str = ""
    """Which log it is about, as far as that is known."""
    keep: Seen | None = None


@attrs.frozen
class Request:
    """A request to cosign: how far the log believes it was seen, and what came since."""

    old: int
    proof: Proof
    note: str

    @property
    def body(self) -> str:
        """Its bytes, as text."""
        proof = "".join(f"{b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{proof}\n{self.note}"

    @classmethod
    def read(cls, body: bytes) -> Self:
        """
        Read a request.

        Raises:
            InvalidValue: it is none.

        """
        if len(body) > MOST_BYTES:
            raise refuse("request", f"{len(body)} bytes", f"at most {MOST_BYTES}")
        try:
            head, _, note = body.decode().partition(_GAP)
        except UnicodeDecodeError:
            raise refuse("request", body[:40], "text in UTF-8") from None
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if old is None or len(lines) > _MOST_LINES:
            raise refuse("request", head[:200], _TAKES)
        return cls(int(old[1]), tuple(map(_hash, lines)), note)


def _hash(line: str) -> Hash:
    try:
        found = b64decode(line, validate=True)
    except ValueError:
        found = b""
    if len(found) != len(EMPTY_ROOT) or b64encode(found).decode() != line:
        raise refuse("request", line[:200], _TAKES)
    return found


def answered(
    body: bytes,
    *,
    signer: Signer,
    logs: Sequence[NoteKey],
    seen: Callable[[str], Seen | None],
    now: Callable[[], datetime],
) -> Answer:
    """
    Return the answer to a request, whatever it is.

    Args:
        body: the bytes that somebody sent.
        signer: the witness's own key, of the kind that says when.
        logs: the keys of the logs that it watches; each is known by the name of its key.
        seen: says how far it saw the log of a name.
        now: says when it signs; asked once it is decided, so that times rise as sizes do.

    """
    try:
        request = Request.read(body)
        text = f"{request.note.rpartition(_GAP)[0]}\n"
        checkpoint = Checkpoint.read(text)
    except InvalidValue as error:
        return _no(400, str(error))
    keys = [key for key in logs if key.name == checkpoint.origin]
    if not keys:
        return _no(404, f"this witness does not watch `{checkpoint.origin}`")
    try:
        signed = signature_lines(request.note, keys)
    except InvalidValue as error:
        return _no(403, str(error))
    if not signed:
        return _no(403, f"no key of `{checkpoint.origin}` that this witness knows signed it")
    refusal = _refusal(request, checkpoint, seen(checkpoint.origin))
    if refusal is not None:
        return refusal._replace(origin=checkpoint.origin)
    line = signer.line(text, at=now())
    keep = Seen(checkpoint.size, checkpoint.root, f"{text}\n{''.join(signed)}{line}")
    return Answer(200, line, origin=checkpoint.origin, keep=keep)


def _refusal(request: Request, checkpoint: Checkpoint, seen: Seen | None) -> Answer | None:
    """Return why the log may not go on so, in the order in which the specification asks."""
    known, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
    old, size = request.old, checkpoint.size
    if old > size or size > _LARGEST:
        return _no(400, f"old size {old} is larger than size {size}, or that is too large")
    if old != known:
        return Answer(409, f"{known}\n", SIZE_TYPE)
    if size == 0 and checkpoint.root != EMPTY_ROOT:
        return _no(422, "a tree without leaves has the root of nothing")
    if old == 0:
        return _no(422, "nothing can be proved of an empty tree") if request.proof else None
    if not extends(root, old, checkpoint.root, size, request.proof):
        return _no(422, f"the proof does not show that size {size} only added to size {old}")
    return None


def _no(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n")


def origin_hash(origin: str) -> str:
    """Return the name under which a witness shows what it last saw of a log."""
    return sha256(origin.encode()).hexdigest()


def signature_lines(note: str, keys: Sequence[NoteKey]) -> tuple[str, ...]:
    """
    Return the lines of a note that *keys* signed; what others added is passed over.

    Raises:
        InvalidValue: it is no note, or a signature by one of *keys* does not hold.

    """
    text = open_note(note, keys).text
    lines = note.removesuffix("\n").rpartition(_GAP)[2].split("\n")
    return tuple(f"{line}\n" for line in lines if open_note(f"{text}\n{line}\n", keys).held)
