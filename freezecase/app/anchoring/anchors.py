"""
A folder as an anchor: one file a checkpoint, each made once and never written again.

    anchor = FolderAnchor("/worm/checkpoints")
    anchor.publish(note)
    for note in anchor.fetch_all(): ...

Make the folder one where files can be added and nothing else: on a share with retention, or by
`chattr +a`. The name of a file holds the size and the hash of its note, so that whoever reads it
knows whether it is whole; nothing is renamed or removed, because there nothing can be.
"""

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs

from freezecase.core.checked import refuse
from freezecase.errors import StoreError
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import open_note
from freezecase.seal.trust import MOST_BYTES

__all__ = ["FolderAnchor"]

_NAME: Final = re.compile(r"([0-9]{20})-([0-9a-f]{64})\.([0-9])\.note")
_LARGEST: Final = 10**20 - 1
_TRIES: Final = 10


@attrs.frozen
class FolderAnchor:
    """
    Checkpoints in a folder that is there: a file each. Two may write into it at once.

    A program that is stopped while it writes leaves half a file. It stays, and the note gets
    another one: what was half written is told from what somebody damaged later by that.
    """

    folder: Path = attrs.field(converter=Path)

    @property
    def name(self) -> str:
        """The folder, as errors name it."""
        return f"folder `{self.folder}`"

    def publish(self, note: str) -> str:
        """
        Keep *note*, and return the path of its file once it is on disk.

        Raises:
            InvalidValue: it is no checkpoint.
            StoreError: it cannot be kept there.

        """
        return self._keep(_begin(note), "note", note.encode())

    def keep_stamp(self, note: str, reply: bytes) -> str:
        """
        Keep the reply of a time-stamping authority beside the *note* that it stamped.

        Raises:
            InvalidValue: *note* is no checkpoint.
            StoreError: it cannot be kept there.

        """
        return self._keep(_begin(note), "tsr", reply)

    def stamps_of(self, note: str) -> list[bytes]:
        """
        Return the replies of authorities that are kept beside *note*; what they are worth is open.

        Raises:
            StoreError: the folder or a file cannot be read.

        """
        begin = _begin(note)
        try:
            paths = [self.folder / f"{begin}.{number}.tsr" for number in range(_TRIES)]
            return [_start_of(path) for path in paths if path.exists()]
        except OSError as error:
            raise StoreError(f"{self.name} cannot be read: {error.strerror}") from error

    def _keep(self, begin: str, kind: str, data: bytes) -> str:
        try:
            for number in range(_TRIES):
                path = self.folder / f"{begin}.{number}.{kind}"
                if _made(path, data) or path.read_bytes() == data:
                    _synced(self.folder)
                    return str(path)
        except OSError as error:
            raise StoreError(f"{self.name} does not take it: {error.strerror}") from error
        raise StoreError(f"{self.name} holds {_TRIES} other files `{begin}`: look who wrote them")

    def fetch_all(self, after: int = 0) -> Iterator[str]:
        """
        Yield every note, the smallest tree first: those of more than *after* leaves.

        A file that is not what its name promises is passed over only if another holds the whole
        note. If none does, it is yielded as it is: somebody has to look at it.

        Raises:
            StoreError: the folder or a file cannot be read.

        """
        try:
            found: dict[str, list[Path]] = {}
            for path in sorted(self.folder.iterdir()):
                named = _NAME.fullmatch(path.name)
                if named and (int(named[1]) > after or not after):
                    found.setdefault(named[0][: -len(".0.note")], []).append(path)
            for paths in found.values():
                yield _best(paths)
        except OSError as error:
            raise StoreError(f"{self.name} cannot be read: {error.strerror}") from error


def _begin(note: str) -> str:
    """Return how the names of the files of a note begin."""
    size, data = Checkpoint.read(open_note(note, ()).text).size, note.encode()
    if size > _LARGEST or len(data) > MOST_BYTES:
        raise refuse("note", f"{len(data)} bytes", f"a checkpoint of at most {MOST_BYTES}")
    return f"{size:020}-{sha256(data).hexdigest()}"


def _made(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, down to the disk; say whether it was not there."""
    try:
        file = path.open("xb")
    except FileExistsError:
        return False
    with file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return True


def _synced(folder: Path) -> None:
    """Have the name of a new file on disk as well, where folders can be asked for that."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _best(paths: list[Path]) -> str:
    """Return the whole note, or what is left of it."""
    read = [_start_of(path) for path in paths]
    hash = paths[0].name.split("-")[1].split(".")[0]
    whole = (data for data in read if sha256(data).hexdigest() == hash)
    return next(whole, read[0]).decode("utf-8", "replace")


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
