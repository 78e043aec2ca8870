"""
What every key of the house must keep: laws to hold an adapter of yours to.

    @pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
    def test_our_key_service_keeps_the_law(law):
        law(ServiceKek(client, "projects/exchange/keys/freezecase/versions/1"))

A law takes a key of the house, asks it some dozens of times, and raises `AssertionError` when the
adapter breaks it.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from freezecase.seal.kek import Kek

__all__ = ["LAWS", "KekLaw"]

KekLaw: TypeAlias = Callable[[Kek], None]
"""A function of a key of the house whose docstring says what it demands."""

_SECRET: Final = bytes(range(64))
"""As many bytes as a key store wraps at a time."""


def what_was_wrapped_is_unwrapped(kek: Kek) -> None:
    """What comes back is what was given, as bytes, however often it is asked for."""
    stored = kek.wrap(_SECRET)
    assert type(stored) is bytes, f"`wrap` gave a {type(stored).__name__}: it takes bytes"
    for _ in range(2):
        assert kek.unwrap(stored) == _SECRET, "`unwrap` gave something else than was wrapped"


def two_secrets_are_kept_apart(kek: Kek) -> None:
    """The last that was wrapped is not what comes back for the one before."""
    others = [bytes([number] * 64) for number in range(3)]
    stored = [kek.wrap(one) for one in others]
    assert [kek.unwrap(one) for one in stored] == others, "two secrets were mixed up"


def nothing_of_the_secret_is_seen(kek: Kek) -> None:
    """No eight bytes of it stand in what is stored."""
    stored = kek.wrap(_SECRET)
    seen = [at for at in range(len(_SECRET) - 7) if _SECRET[at : at + 8] in stored]
    assert not seen, f"bytes {seen[0]} to {seen[0] + 7} of the secret stand in what is stored"


def whatever_was_altered_is_refused(kek: Kek) -> None:
    """By any error of its own; to give back other bytes would seal under a key that nobody has."""
    for how, altered in _altered(kek.wrap(_SECRET)):
        try:
            kek.unwrap(altered)
        except Exception:  # noqa: BLE001, S112 - whatever a service raises
            continue
        raise AssertionError(f"`unwrap` took what was altered: {how}")


def _altered(stored: bytes) -> Iterator[tuple[str, bytes]]:
    for at in sorted({0, len(stored) // 3, len(stored) // 2, len(stored) - 1}):
        yield f"byte {at}", stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]
    yield "its last byte is missing", stored[:-1]
    yield "there is one byte more", stored + b"\x00"
    yield "there is nothing", b""


def its_id_stays(kek: Kek) -> None:
    """It stands beside each wrapped key, and is how the right key is found later."""
    before = kek.id
    kek.unwrap(kek.wrap(_SECRET))
    assert before, "it takes an id: a word that tells it from the key before it"
    assert kek.id == before, f"its id was `{before}` and is `{kek.id}`"


LAWS: Final[tuple[KekLaw, ...]] = (
    what_was_wrapped_is_unwrapped,
    two_secrets_are_kept_apart,
    nothing_of_the_secret_is_seen,
    whatever_was_altered_is_refused,
    its_id_stays,
)
"""Every law, in the order in which an adapter is written."""
