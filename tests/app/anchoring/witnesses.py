"""Witnesses and anchors for tests: honest ones, and ones that fail in a way that is asked for."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from freezecase import Casebook
from freezecase.app.anchoring.checkpoint_ports import Reply
from freezecase.app.anchoring.checkpointing import Checkpointer
from freezecase.app.anchoring.proving import Prover
from freezecase.app.anchoring.witness_server import LocalWitness
from freezecase.app.anchoring.witness_state import WitnessState
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import Kind, NoteKey, Signer, open_note
from freezecase.seal.witness import Request
from freezecase.testing.contracts import StoryClock

AT: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def log_key(book: Casebook, number: int = 0) -> Signer:
    """A key of the book's log."""
    return Signer.of_seed(book.store.origin, bytes([100 + number] * 32))


def witness(folder: Path, number: int, *logs: NoteKey) -> LocalWitness:
    """A witness that watches these logs, with its memory in that folder."""
    signer = Signer.of_seed(f"w{number}.example", bytes([number] * 32), Kind.COSIGNATURE)
    state = WitnessState(folder / f"w{number}.state", [signer.key, *logs])
    return LocalWitness(signer, logs, state, StoryClock())


@attrs.define
class Moody:
    """A witness that does what it is told instead of what it should, as long as it is told."""

    well: LocalWitness
    mood: Callable[[Request], Reply] | None = None
    asked: list[Request] = attrs.field(factory=list)

    @property
    def key(self) -> NoteKey:
        """The key of the one that is well."""
        return self.well.key

    def add_checkpoint(self, request: Request) -> Reply:
        """Answer as it pleases."""
        self.asked.append(request)
        return self.well.add_checkpoint(request) if self.mood is None else self.mood(request)


def down(_request: Request) -> Reply:
    """There is no answer."""
    raise TimeoutError("timed out")


def answering(status: int, body: str = "no\n") -> Callable[[Request], Reply]:
    """Always this answer."""
    return lambda _request: Reply(status, body)


@attrs.define
class ListAnchor:
    """An anchor in memory, which may be down."""

    name: str = "the list"
    notes: list[str] = attrs.field(factory=list)
    up: bool = True

    def publish(self, note: str) -> str:
        """Keep it, if it is up."""
        self._must_be_up()
        self.notes.append(note)
        return f"{len(self.notes)}"

    def fetch_all(self, after: int = 0) -> Iterator[str]:
        """Give what is kept, if it is up."""
        self._must_be_up()
        yield from (note for note in self.notes if size_of(note) > after or not after)

    def _must_be_up(self) -> None:
        if not self.up:
            raise OSError("the share is gone")


def size_of(note: str) -> int:
    """How many records a checkpoint covers."""
    return Checkpoint.read(open_note(note, ()).text).size


def checkpointer(book: Casebook, *witnesses: Moody | LocalWitness, **more: object) -> Checkpointer:
    """What makes the checkpoints of this book, asking these witnesses."""
    given = {"signer": log_key(book), "clock": book.clock, **more}
    return Checkpointer(store=book.store, prover=Prover(book.store), witnesses=witnesses, **given)  # type: ignore[arg-type]
