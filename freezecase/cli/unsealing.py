"""Reading what is sealed from the command line: with which keys, by whom, and what for."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, Final, NamedTuple, TypeVar

import click

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import Cleared
from freezecase.core.actors import Actor
from freezecase.core.values import Audience
from freezecase.seal.keys import FileKek, KeyStore

__all__ = ["Unsealing", "actor_named", "opening", "sealed_options"]

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option("--keys", metavar="URL", help="Where the key store is: in another database."),
    click.option("--kek", metavar="FILE", help="The key of the house, which opens the key store."),
    click.option("--by", metavar="KIND:ID", help="Who opens them, such as staff:ana."),
    click.option("--purpose", metavar="WORD", help="What for, such as data-request."),
)
_NEEDED: Final = ("keys", "kek", "by", "purpose")


class Unsealing(NamedTuple):
    """What sealed texts are read with: the keys, and who reads them; or neither."""

    keys: KeyStore | None = None
    reader: Cleared | None = None


def sealed_options(command: F) -> F:
    """Give a command the options that say by whom sealed texts are read, and what for."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


@contextmanager
def opening(audiences: Sequence[str], **given: str | None) -> Generator[Unsealing]:
    """
    Lend what reads the texts for *audiences*; nothing if none of the options was given.

    Raises:
        click.UsageError: only some of them were: nothing is opened for nobody, or for nothing.
        SealError: the key of the house is not the one that the keys were wrapped under.

    """
    said = {name: text for name in _NEEDED if (text := given.get(name))}
    if not said:
        yield Unsealing()
        return
    missing = [f"--{name}" for name in _NEEDED if name not in said]
    if missing:
        raise click.UsageError(f"to open what is sealed it takes {', '.join(missing)} too")
    cleared = Cleared(
        actor=actor_named(said["by"]),
        audiences=frozenset(map(Audience, audiences)),
        purpose=said["purpose"],
    )
    with open_key_store(said["keys"], FileKek.read(said["kek"]), create=False) as keys:
        yield Unsealing(keys, cleared)


def actor_named(by: str) -> Actor:
    """Return the actor that `kind:id` names."""
    kind, _, id = by.partition(":")
    given: Any = kind  # a word is made the kind of that name, or refused
    return Actor(kind=given, id=id)
