"""What checkpoints are made with: who signs them, who cosigns them, and where they are kept."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from freezecase.seal.merkle import Hash, Proof
from freezecase.seal.note import NoteKey
from freezecase.seal.witness import Request

__all__ = ["Anchor", "CheckpointSigner", "Proving", "Reply", "Witness"]


class CheckpointSigner(Protocol):
    """
    The key of a log, wherever it is: in a file, in an agent, in a device that never lets it go.

    `seal.note.Signer` is one.
    """

    @property
    def key(self) -> NoteKey:
        """The public half, whose name is the origin of the log."""
        ...

    def signed(self, text: str) -> str:
        """Return the note of *text* with one signature by this key."""
        ...


class Reply(NamedTuple):
    """What a witness answered."""

    status: int
    body: str


class Witness(Protocol):
    """Somebody in another house who signs that the log only ever grew (c2sp.org/tlog-witness)."""

    @property
    def key(self) -> NoteKey:
        """The key that it signs with."""
        ...

    def add_checkpoint(self, request: Request) -> Reply:
        """
        Hand over a checkpoint, and return what it answers.

        Give up after a few seconds. Whatever is raised means that there was no answer: it is asked
        again with the next checkpoint.
        """
        ...


class Anchor(Protocol):
    """A place outside the database where checkpoints are kept, and nobody can take them back."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def publish(self, note: str) -> str:
        """
        Keep *note*; return where, once it cannot be lost. The same note again changes nothing.

        Whatever is raised means that it is perhaps not kept: it is handed over again.
        """
        ...

    def fetch_all(self, after: int = 0) -> Iterable[str]:
        """Return every note that is kept, of a tree of more than *after* leaves, if told."""
        ...


class Proving(Protocol):
    """What proves things about the tree of a store; `app.proving.Prover` does."""

    def root(self, size: int | None = None) -> Hash:
        """Return the root of the tree of the first *size* records."""
        ...

    def consistency(self, before: int, size: int | None = None) -> Proof:
        """Return what shows that the tree of *size* only added to that of *before*."""
        ...
