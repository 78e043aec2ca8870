"""The key of the house out of a file."""

import os
from pathlib import Path

import pytest

from freezecase.errors import InvalidValue, SealError
from freezecase.seal.kek import FileKek, Kek

CHANCE = bytes(range(32))
posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere these bits say nothing")


def test_a_published_key_is_wrapped_as_published() -> None:
    """RFC 5649 section 6: twenty octets and seven octets, under a key of 192 bits, to the byte."""
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding as wrap

    key = bytes.fromhex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8")
    twenty = bytes.fromhex("c37b7e6492584340bed12207808941155068f738")
    seven = bytes.fromhex("466f7250617369")
    assert wrap(key, twenty).hex() == (
        "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"
    )
    assert wrap(key, seven).hex() == "afbeb0f07dfbf5419200f2ccb50bb24f"


def test_what_it_wraps_it_unwraps() -> None:
    """And what is stored is not what was wrapped."""
    kek: Kek = FileKek(CHANCE)
    stored = kek.wrap(bytes(64))
    assert kek.unwrap(stored) == bytes(64)
    assert bytes(8) not in stored


def test_no_other_key_unwraps_it() -> None:
    """Nor does it itself, once a bit was changed; the error names the key by its id."""
    kek, other = FileKek(CHANCE), FileKek(bytes(32))
    stored = kek.wrap(bytes(64))
    with pytest.raises(SealError, match=f"`{other.id}` does not open this"):
        other.unwrap(stored)
    for place in range(len(stored)):
        changed = stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :]
        with pytest.raises(SealError, match="or altered"):
            kek.unwrap(changed)
    for cut in (b"", stored[:-1], stored[:8]):
        with pytest.raises(SealError, match="or altered"):
            kek.unwrap(cut)


def test_its_id_tells_it_from_others_and_not_what_it_is() -> None:
    """It is made of a digest, so that no two files can be taken for each other."""
    kek = FileKek(CHANCE)
    assert kek.id == FileKek(CHANCE).id == "file-7b9d99bbe4529d64"
    assert kek.id != FileKek(bytes(32)).id
    assert "x01" not in repr(kek)


def test_a_file_that_was_made_is_read(tmp_path: Path) -> None:
    """It holds the random bytes and nothing else."""
    made = FileKek.make(tmp_path / "kek", CHANCE)
    assert (tmp_path / "kek").read_bytes() == CHANCE
    assert FileKek.read(str(tmp_path / "kek")) == made


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    """It may be the only thing that opens the key store."""
    FileKek.make(tmp_path / "kek", CHANCE)
    with pytest.raises(SealError, match="no key of the house was made"):
        FileKek.make(tmp_path / "kek", bytes(32))
    assert (tmp_path / "kek").read_bytes() == CHANCE


@posix
def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the process lets others read otherwise."""
    before = os.umask(0)
    try:
        FileKek.make(tmp_path / "kek", CHANCE)
    finally:
        os.umask(before)
    assert (tmp_path / "kek").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o777])
def test_a_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    """Whoever could read it may have a copy, so it is too late to be quiet about it."""
    FileKek.make(tmp_path / "kek", CHANCE)
    (tmp_path / "kek").chmod(mode)
    with pytest.raises(SealError, match="only its owner may read"):
        FileKek.read(tmp_path / "kek")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_only_its_owner_may_read_is_taken(tmp_path: Path, mode: int) -> None:
    """Writing is no matter."""
    FileKek.make(tmp_path / "kek", CHANCE)
    (tmp_path / "kek").chmod(mode)
    assert FileKek.read(tmp_path / "kek") == FileKek(CHANCE)


@posix
def test_what_is_no_file_is_no_key() -> None:
    """A device gives bytes as well, and others next time."""
    with pytest.raises(SealError, match=r"`/dev/zero` is no file"):
        FileKek.read("/dev/zero")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """It is said where it was looked for."""
    with pytest.raises(SealError, match=r"cannot be read: .*missing"):
        FileKek.read(tmp_path / "missing")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_has_32_bytes(tmp_path: Path, size: int) -> None:
    """A file with a line's end after the key is none; and what is no key is not written."""
    (tmp_path / "kek").touch(mode=0o600)
    (tmp_path / "kek").write_bytes(bytes(size))
    with pytest.raises(InvalidValue, match="a file of 32 random bytes"):
        FileKek.read(tmp_path / "kek")
    with pytest.raises(InvalidValue, match=f"`'{size} bytes'`"):
        FileKek.make(tmp_path / "other", bytes(size))
    assert not (tmp_path / "other").exists()
