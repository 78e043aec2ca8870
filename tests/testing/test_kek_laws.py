"""The laws hold for what ships with freezecase, and find each adapter that is wrong."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import attrs
import pytest

from freezecase.seal.kek import FileKek, Kek
from freezecase.testing.kek_laws import LAWS, KekLaw

KEK = FileKek(bytes(range(32)))


@attrs.define
class Adapter:
    """A key of the house with something wrong."""

    wrap: Callable[[bytes], Any] = KEK.wrap
    unwrap: Callable[[bytes], Any] = KEK.unwrap
    id: str = "one"


def renamed() -> Adapter:
    """One whose id is another whenever it was used."""
    made = Adapter()

    def wrap(secret: bytes) -> bytes:
        made.id += "!"
        return KEK.wrap(secret)

    made.wrap = wrap
    return made


def exclusive(data: bytes) -> bytes:
    """Encrypt, and notice nothing."""
    return bytes(a ^ b for a, b in zip(data, sha256(b"k").digest() * 9, strict=False))


kept = list[bytes]()


def remember(secret: bytes) -> bytes:
    """Keep the last secret, and hand out a name for it."""
    kept[:] = [secret]
    return b"the last"


def recall(stored: bytes) -> bytes:
    """Give the last secret."""
    if stored != b"the last":
        raise LookupError(stored)
    return kept[0]


Wrong = Callable[[], Kek]
WRONG: dict[str, tuple[Wrong, str]] = {
    "it-gives-text": (lambda: Adapter(lambda secret: KEK.wrap(secret).hex()), "gave a str"),
    "it-gives-half": (
        lambda: Adapter(unwrap=lambda stored: KEK.unwrap(stored)[:32]),
        "something else",
    ),
    "it-keeps-one": (lambda: Adapter(remember, recall), "mixed up"),
    "it-hides-nothing": (
        lambda: Adapter(lambda secret: secret + b"!", lambda stored: stored[:-1]),
        "bytes 0 to 7 of the secret stand",
    ),
    "it-notices-nothing": (lambda: Adapter(exclusive, exclusive), "altered: byte 0"),
    "it-passes-over-the-end": (
        lambda: Adapter(unwrap=lambda stored: KEK.unwrap(stored[:72])),
        "altered: there is one byte more",
    ),
    "it-has-no-id": (lambda: Adapter(id=""), "it takes an id"),
    "its-id-changes": (renamed, "its id was `one` and is `one!`"),
}


def broken(kek: Kek, law: KekLaw) -> str | None:
    """What a law says of a key of the house; nothing if it is kept."""
    try:
        law(kek)
    except (AssertionError, TypeError) as error:  # what is no bytes does not even get through
        return str(error)
    return None


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_file_keeps_every_law(law: KekLaw) -> None:
    """What ships with freezecase is held to what others are."""
    assert broken(KEK, law) is None


@pytest.mark.parametrize("wrong", WRONG)
def test_an_adapter_that_is_wrong_is_found(wrong: str) -> None:
    """By the first law that it breaks, whose words say what is wrong."""
    made, said = WRONG[wrong]
    found = next(words for law in LAWS if (words := broken(made(), law)))
    assert said in found


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_law_finds_something_that_no_other_does(law: KekLaw) -> None:
    """One that nothing breaks, or that says what another says, would be none."""
    others = LAWS[: LAWS.index(law)]
    assert any(
        broken(made(), law) and not any(broken(made(), other) for other in others)
        for made, _ in WRONG.values()
    )
