"""Subject keys, and how they are wrapped."""

from dataclasses import dataclass

import pytest

from freezecase.core.values import Audience
from freezecase.errors import InvalidValue, SealError
from freezecase.seal.kek import FileKek
from freezecase.seal.keys import KeyEntry, SubjectKey, unwrapped, wrapped

KEK = FileKek(bytes(range(32)))
KEY = SubjectKey("key-1", "acct-4711", Audience.CUSTOMER, 1, bytes(32))
ENTRY = KeyEntry("key-1", "acct-4711", Audience.CUSTOMER, 1, None)


@dataclass
class Chance:
    """Gives bytes that can be foretold, and remembers how many were asked for."""

    asked: tuple[int, ...] = ()

    def __call__(self, size: int) -> bytes:
        self.asked += (size,)
        return bytes([len(self.asked)] * size)


def test_a_key_is_made_out_of_chance_alone() -> None:
    """Neither the id nor the secret follows from the person, or from the other."""
    chance = Chance()
    made = SubjectKey.fresh("acct-4711", Audience.CUSTOMER, 2, chance)
    assert made == SubjectKey("01" * 16, "acct-4711", Audience.CUSTOMER, 2, b"\x02" * 32)
    assert chance.asked == (16, 32)


def test_a_secret_is_not_printed() -> None:
    """Not in a log, and not in a traceback."""
    assert "secret" not in repr(KEY)
    assert "x00" not in repr(KEY)


def test_a_secret_has_32_bytes() -> None:
    """A short one is refused before it seals anything; the error does not repeat it."""
    with pytest.raises(InvalidValue, match="`'3 bytes'`: 32 bytes"):
        SubjectKey("key-1", "acct-4711", Audience.CUSTOMER, 1, b"abc")


def test_what_is_wrapped_is_unwrapped() -> None:
    """The row it stands in names the rest."""
    assert unwrapped(ENTRY, wrapped(KEY, KEK), KEK) == KEY


@pytest.mark.parametrize(
    "elsewhere",
    [
        ENTRY._replace(id="key-2"),
        ENTRY._replace(subject="acct-4712"),
        ENTRY._replace(audience=Audience.PRIVILEGED),
        ENTRY._replace(epoch=2),
    ],
    ids=["id", "subject", "audience", "epoch"],
)
def test_a_wrapped_key_is_of_no_use_in_another_row(elsewhere: KeyEntry) -> None:
    """Else what is said of one person would be sealed, and outlive them, under another's key."""
    with pytest.raises(SealError, match=f"`{elsewhere.id}` was wrapped for another place"):
        unwrapped(elsewhere, wrapped(KEY, KEK), KEK)


def test_a_key_wrapped_without_its_place_is_none() -> None:
    """What somebody else wrapped under the same key of the house is not ours."""
    with pytest.raises(SealError, match="another place"):
        unwrapped(ENTRY, KEK.wrap(KEY.secret), KEK)
