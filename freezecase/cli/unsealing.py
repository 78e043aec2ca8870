"""Reading what is sealed from the command line: with which keys, by whom, and what for."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, Final, NamedTuple, TypeVar

import click

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import Cleared
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.values import Audience
from freezecase.seal.keys import FileKek, KeyStore

__all__ = ["KEK", "KEYS", "NEEDED", "Unsealing", "as_actor", "opening", "sealed_options"]

F = TypeVar("F", bound=Callable[..., Any])


def as_actor(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Actor | None:
    """Return who acts, as given to an option by `kind:id`."""
    if value is None:
        return None
    kind, _, id = value.partition(":")
    kinds = [one.value for one in ActorKind]
    if kind not in kinds or not id:
        known = ", ".join(f"`{one}`" for one in kinds)
        raise click.BadParameter(f"`{value}` is not `kind:id`, where the kind is one of {known}")
    return Actor(kind=ActorKind(kind), id=id)


KEYS: Final = click.option(
    "--keys", metavar="URL", help="Where the key store is: in another database."
)
KEK: Final = click.option(
    "--kek", metavar="FILE", help="The key of the house, which opens the key store."
)
BY: Final = click.option(
    "--by", metavar="KIND:ID", callback=as_actor, help="Who opens them, such as staff:ana."
)
PURPOSE: Final = click.option("--purpose", metavar="WORD", help="What for, such as data-request.")
_OPTIONS: Final = (KEYS, KEK, BY, PURPOSE)
NEEDED: Final = ("keys", "kek", "by", "purpose")
"""What it takes to read what is sealed, by the names of the options."""


class Unsealing(NamedTuple):
    """What sealed texts are read with: the keys, and who reads them; or neither."""

    keys: KeyStore | None = None
    reader: Cleared | None = None


def sealed_options(command: F) -> F:
    """Give a command the options that say by whom sealed texts are read, and what for."""
    return reduce(lambda made, option: option(made), reversed(_OPTIONS), command)


@contextmanager
def opening(
    audiences: Sequence[str],
    *,
    keys: str | None,
    kek: str | None,
    by: Actor | None,
    purpose: str | None,
) -> Generator[Unsealing]:
    """
    Lend what reads the texts for *audiences*; nothing if none of the options was given.

    Raises:
        click.UsageError: only some of them were: nothing is opened for nobody, or for nothing.
        SealError: the key of the house is not the one that the keys were wrapped under.

    """
    if keys and kek and by and purpose:
        cleared = Cleared(actor=by, audiences=frozenset(map(Audience, audiences)), purpose=purpose)
        with open_key_store(keys, FileKek.read(kek), create=False) as opened:
            yield Unsealing(opened, cleared)
        return
    said = zip(NEEDED, (keys, kek, by, purpose), strict=True)
    missing = [f"--{name}" for name, value in said if not value]
    if len(missing) < len(NEEDED):
        raise click.UsageError(f"to open what is sealed it takes {', '.join(missing)} too")
    yield Unsealing()
