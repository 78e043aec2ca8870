"""
Checkpoints: what a log says of itself at one size, in a text that is then signed as a note.

The format is C2SP's tlog-checkpoint (c2sp.org/tlog-checkpoint): the origin of the log, how many
leaves its tree has, and the root, a line each; further lines belong to the log.
"""

from base64 import b64decode, b64encode
from typing import Final, Self

import attrs

from freezecase.core.checked import refuse
from freezecase.seal.merkle import Hash

__all__ = ["Checkpoint"]

_ROOT: Final = 32
_LINES: Final = 3
_ALLOWED: Final = "an origin, a size and a root in base64, a line each"


@attrs.frozen
class Checkpoint:
    """The size and the root of a log, under the name of the log."""

    origin: str
    """A name without a scheme, such as `bank.example/freezecase`; that of the key that signs."""
    size: int
    root: Hash
    extensions: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse what could be read in two ways."""
        for line in (self.origin, *self.extensions):
            if not line or not line.isprintable():
                raise refuse("Checkpoint", line, "lines that are not empty and can be printed")
        if self.size < 0:
            raise refuse("Checkpoint.size", self.size, "0 or more")
        if len(self.root) != _ROOT:
            raise refuse("Checkpoint.root", len(self.root), f"{_ROOT} bytes")

    @property
    def text(self) -> str:
        """The text to be signed."""
        root = b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def read(cls, text: str) -> Self:
        """
        Read the text of a checkpoint, in its one spelling.

        Raises:
            InvalidValue: it is none, or spelt in another way.

        """
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < _LINES:
            raise refuse("checkpoint", text[:200], _ALLOWED)
        origin, size, root, *more = lines
        try:
            found = cls(origin, int(size), b64decode(root, validate=True), tuple(more))
        except ValueError:
            raise refuse("checkpoint", text[:200], _ALLOWED) from None
        if found.text != text:
            raise refuse("checkpoint", text[:200], _ALLOWED)
        return found
