"""A folder as an anchor: nothing that is kept there is ever written again, or lost by a crash."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.errors import InvalidValue, StoreError
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import leaf_hash
from freezecase.seal.note import Signer
from freezecase.seal.trust import MOST_BYTES

LOG: Final = Signer.of_seed("bank.example/log", bytes(32))


def note(size: int, root: bytes = b"") -> str:
    """A checkpoint of so many records."""
    return LOG.signed(Checkpoint(LOG.key.name, size, leaf_hash(root)).text)


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_notes_come_back_the_smallest_tree_first(tmp_path: Path) -> None:
    """Numbers, and not their spelling, are the order."""
    anchor = FolderAnchor(tmp_path)
    for size in (10, 9, 100, 0):
        anchor.publish(note(size))

    assert [note(0), note(9), note(10), note(100)] == [*anchor.fetch_all()]
    assert [note(100)] == [*anchor.fetch_all(after=10)]
    assert [*anchor.fetch_all(after=100)] == []


def test_a_note_is_kept_once_under_what_it_is(tmp_path: Path) -> None:
    """The name holds the size and the hash, and is what the caller is told."""
    anchor = FolderAnchor(tmp_path)

    paths = {anchor.publish(note(7)) for _ in range(3)}

    [(name, data)] = files(tmp_path).items()
    assert {str(tmp_path / name)} == paths
    assert name.startswith("00000000000000000007-")
    assert data == note(7).encode()


def test_two_histories_of_one_size_are_both_kept(tmp_path: Path) -> None:
    """Together they prove the fork."""
    anchor = FolderAnchor(tmp_path)
    anchor.publish(note(7))
    anchor.publish(note(7, b"another"))

    assert {note(7), note(7, b"another")} == {*anchor.fetch_all()}


def test_nothing_is_written_again(tmp_path: Path) -> None:
    """A file that is there stays as it is, and a note that it spoilt gets another one."""
    anchor = FolderAnchor(tmp_path)
    path = Path(anchor.publish(note(7)))
    path.write_bytes(b"half of")

    again = anchor.publish(note(7))

    assert path.read_bytes() == b"half of"
    assert again == str(path).replace(".0.note", ".1.note")
    assert [note(7)] == [*anchor.fetch_all()]


def test_a_file_that_somebody_damaged_is_not_passed_over(tmp_path: Path) -> None:
    """It is given as it is, so that whoever verifies asks who did it."""
    anchor = FolderAnchor(tmp_path)
    Path(anchor.publish(note(7))).write_bytes(b"\xffcut")
    anchor.publish(note(9))

    assert ["\ufffdcut", note(9)] == [*anchor.fetch_all()]


def test_a_file_of_any_length_does_not_fill_the_memory(tmp_path: Path) -> None:
    """It is cut to one byte more than a note may have, and so refused by whoever judges it."""
    anchor = FolderAnchor(tmp_path)
    Path(anchor.publish(note(7))).write_bytes(b"a" * (2 * MOST_BYTES))

    assert [len(found) for found in anchor.fetch_all()] == [MOST_BYTES + 1]


def test_other_files_are_nobodys_business(tmp_path: Path) -> None:
    """A mount may hold what its owner likes."""
    anchor = FolderAnchor(tmp_path)
    (tmp_path / "README").write_text("keep out")
    (tmp_path / "7.note").write_text("x")
    (tmp_path / "lost+found").mkdir()
    anchor.publish(note(7))

    assert [note(7)] == [*anchor.fetch_all()]


def test_ten_damaged_files_are_too_many(tmp_path: Path) -> None:
    """Somebody does that on purpose; the error says where to look."""
    anchor = FolderAnchor(tmp_path)
    for _ in range(10):
        Path(anchor.publish(note(7))).write_bytes(b"")

    with pytest.raises(StoreError, match="holds 10 other files `00000000000000000007-"):
        anchor.publish(note(7))


def test_two_writers_with_one_note_do_not_spoil_it(tmp_path: Path) -> None:
    """Whoever comes second finds it there, or beside what is being written."""
    anchor = FolderAnchor(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for size in range(1, 20):
            for path in pool.map(anchor.publish, [note(size)] * 8):
                assert Path(path).read_bytes() == note(size).encode()

    assert [note(size) for size in range(1, 20)] == [*anchor.fetch_all()]


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ("no note", "a text, an empty line"),
        (LOG.signed("no checkpoint\n"), "an origin, a size and a root"),
        (note(10**20), "a checkpoint of at most"),
        (note(7) + "\u2014 a AAAAAAAA\n" * 10_000, "signatures|a checkpoint of at most"),
    ],
    ids=["no note", "no checkpoint", "too large a tree", "too long"],
)
def test_what_is_no_checkpoint_is_not_kept(tmp_path: Path, spoilt: str, words: str) -> None:
    """The folder is for checkpoints."""
    with pytest.raises(InvalidValue, match=words):
        FolderAnchor(tmp_path).publish(spoilt)
    assert files(tmp_path) == {}


def test_a_note_with_long_signatures_is_not_kept(tmp_path: Path) -> None:
    """Not more than whoever judges it will read."""
    long = note(7) + f"\u2014 a {'A' * 4 * 40_000}\n"

    with pytest.raises(InvalidValue, match=f"a checkpoint of at most {MOST_BYTES}"):
        FolderAnchor(tmp_path).publish(long)


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    """It is not made: where a share is not mounted, a folder of that name would lie on our disk."""
    anchor = FolderAnchor(tmp_path / "share")

    with pytest.raises(StoreError, match=r"folder `.*share` does not take it: No such file"):
        anchor.publish(note(7))
    with pytest.raises(StoreError, match=r"folder `.*share` cannot be read: No such file"):
        list(anchor.fetch_all())
    assert files(tmp_path) == {}


def test_a_note_is_on_disk_before_anybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, and then the folder that names it; also when it was there before."""
    synced = list[str]()
    real: Callable[[int], None] = os.fsync

    def sync(handle: int) -> None:
        synced.append("folder" if os.path.samestat(os.fstat(handle), tmp_path.stat()) else "file")
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    anchor = FolderAnchor(tmp_path)
    anchor.publish(note(7))
    anchor.publish(note(7))

    assert synced == ["file", "folder", "folder"]


def test_a_crash_while_writing_leaves_what_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full half way; once there is room, the note is kept whole."""

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    anchor = FolderAnchor(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            anchor.publish(note(7))
    [*_, name] = files(tmp_path)
    (tmp_path / name).write_bytes(note(7).encode()[:50])

    anchor.publish(note(7))

    assert [note(7)] == [*anchor.fetch_all()]


def test_a_time_stamp_is_kept_beside_its_note(tmp_path: Path) -> None:
    """Under the name of the note; several authorities may have stamped it."""
    anchor = FolderAnchor(tmp_path)
    anchor.publish(note(7))
    paths = [anchor.keep_stamp(note(7), reply) for reply in (b"one", b"two", b"one")]

    assert [Path(path).name[-6:] for path in paths] == [".0.tsr", ".1.tsr", ".0.tsr"]
    assert anchor.stamps_of(note(7)) == [b"one", b"two"]
    assert anchor.stamps_of(note(7, b"another")) == []
    assert list(anchor.fetch_all()) == [note(7)]


def test_stamps_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    """A folder where a file should be."""
    anchor = FolderAnchor(tmp_path)
    path = Path(anchor.keep_stamp(note(7), b"one"))
    path.unlink()
    path.mkdir()

    with pytest.raises(StoreError, match="cannot be read"):
        anchor.stamps_of(note(7))
