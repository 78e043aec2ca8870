"""How far each relay has come, kept in memory or in a folder: one small file a name."""

import os
from pathlib import Path
from typing import Final

import attrs

from freezecase.core.allowed import WORD
from freezecase.core.checked import refuse
from freezecase.errors import StoreError

__all__ = ["FilePositions", "MemoryPositions", "name_checked"]

_DIGITS: Final = 18


def name_checked(name: str) -> str:
    """
    Return the name of a relay, which is also the name of a file and the subject of an obligation.

    Raises:
        InvalidValue: it is no machine word.

    """
    if not WORD.holds(name):
        raise refuse("name", name, f"it takes {WORD.allows}")
    return name


@attrs.define
class MemoryPositions:
    """Positions that are gone with the program, which then begins anew: for tests, mostly."""

    kept: dict[str, int] = attrs.field(factory=dict)

    def load(self, name: str) -> int | None:
        """Return the position that is kept under *name*, or nothing if there is none yet."""
        return self.kept.get(name)

    def save(self, name: str, position: int) -> None:
        """Keep a position."""
        self.kept[name] = position


@attrs.frozen
class FilePositions:
    """Positions in a folder that is there, each in a file of its own, replaced as a whole."""

    folder: Path = attrs.field(converter=Path)

    def load(self, name: str) -> int | None:
        """
        Return the position that is kept under *name*, or nothing if there is none yet.

        Raises:
            StoreError: what is kept there cannot be read, or is no position.

        """
        path = self._path(name)
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"position `{path}` cannot be read: {error.strerror}") from error
        if not text.isdigit() or len(text) > _DIGITS:
            raise StoreError(f"`{path}` holds no position: remove it, and all is delivered again")
        return int(text)

    def save(self, name: str, position: int) -> None:
        """
        Keep a position: on disk when this returns, and never half of it.

        Raises:
            StoreError: it cannot be written; what was kept before is still there.

        """
        path = self._path(name)
        beside = path.with_suffix(".new")
        try:
            with beside.open("wb") as file:
                file.write(str(position).encode())
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            raise StoreError(f"position `{path}` cannot be kept: {error.strerror}") from error

    def _path(self, name: str) -> Path:
        return self.folder / f"{name_checked(name)}.position"
