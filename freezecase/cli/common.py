"""What the commands share: options, what they say they read, and how they print."""

import json
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import click

from freezecase import __version__
from freezecase.app.stores.store import Store
from freezecase.errors import NoPolicy, NoSuchCase
from freezecase.policy.book import PolicyBook, installed_policies
from freezecase.policy.standard import standard
from freezecase.wire.converter import plain
from freezecase.wire.names import RECORD_FORMAT

__all__ = [
    "DB",
    "DEFAULT_URL",
    "JSON",
    "POLICY",
    "Read",
    "as_hours",
    "as_instant",
    "cases_named",
    "instants",
    "number",
    "policies_of",
    "print_json",
    "progress",
    "say",
    "say_read",
]

C = TypeVar("C", bound=Callable[..., Any])
Read = Mapping[str, Any]
"""What a run read, by name: the store, the range, the policies."""

DEFAULT_URL: Final = "sqlite:///freezecase.db"
_URL: Final = "Where the store is, such as sqlite:///cases.db or postgresql://user@host/name."


def DB(command: C) -> C:  # noqa: N802 - named like the option it adds
    """Give a command the option `--db`."""
    return click.option("--db", metavar="URL", default=DEFAULT_URL, show_default=True, help=_URL)(
        command
    )


def JSON(command: C) -> C:  # noqa: N802 - named like the option it adds
    """Give a command the option `--json`."""
    help_ = "Print one JSON object instead of words."
    return click.option("--json", "as_json", is_flag=True, help=help_)(command)


def POLICY(command: C) -> C:  # noqa: N802 - named like the option it adds
    """Give a command the option `--policy`."""
    help_ = "An installed policy, by its entry point in `freezecase.policies`; the standard one."
    return click.option("--policy", metavar="NAME", help=help_)(command)


def policies_of(name: str | None) -> PolicyBook:
    """Return the policies that a package ships as *name*; the standard one if none is named."""
    if name is None:
        return PolicyBook.of(standard())
    installed = installed_policies()
    if name not in installed:
        raise NoPolicy(f"installed as `{name}`", installed)
    return PolicyBook.of(*installed[name])


def as_instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """Return an instant as given to an option, in UTC; refuse one without a zone."""
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise click.BadParameter(f"`{value}` is no instant with a zone, such as 2026-03-31T17:00Z")
    return instant.astimezone(UTC)


def as_hours(_ctx: click.Context, _param: click.Parameter, value: float) -> timedelta:
    """Return a length of time as given to an option in hours; refuse more than a century."""
    if not 0 <= value <= _CENTURY:  # so refuses what is no number, too
        raise click.BadParameter(f"{value} is not in the range 0<=x<={_CENTURY}")
    return timedelta(hours=value)


_CENTURY: Final = 100 * 366 * 24


def cases_named(store: Store, named: str) -> list[UUID]:
    """
    Return the cases that are named: one by its id, or all of an account.

    Raises:
        NoSuchCase: there is neither.

    """
    try:
        one = UUID(named)
    except ValueError:
        one = None
    if one is not None and store.exists(one):
        return [one]
    found = store.cases_of(named)
    if not found:
        raise NoSuchCase(named)
    return found


def say(*words: str) -> None:
    """Say something to whoever watches: on stderr, where it is not taken for data."""
    for line in words:
        print(line, file=sys.stderr)


def say_read(command: str, read: Read) -> None:
    """Say what was read, so that a saved output is evidence by itself."""
    say(f"freezecase {__version__} {command}, record format {RECORD_FORMAT}")
    for name, value in read.items():
        values = value if isinstance(value, list | tuple) else [value]
        say(*(f"  {name}: {one}" for one in values))


def print_json(command: str, read: Read, **data: Any) -> None:
    """Print one object in an envelope that names its format and its version."""
    envelope = {
        "format": f"freezecase.{command}/1",
        "read": {"freezecase": __version__, "record_format": RECORD_FORMAT, **read},
    }
    print(json.dumps(plain({**envelope, **data}), ensure_ascii=False, indent=2))


def number(count: int, word: str, words: str = "") -> str:
    """Return a count with its noun."""
    return f"{count:,} {word if count == 1 else words or f'{word}s'}"


def instants(found: Iterable[datetime | None]) -> str:
    """Return the range of instants that *found* begins and ends with."""
    first, *_, last = [*found] * 2
    return "nothing" if first is None or last is None else f"{_exact(first)} to {_exact(last)}"


def _exact(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@contextmanager
def progress(label: str) -> Generator[Callable[[int, int | None], None] | None]:
    """Show a bar on stderr if that is a terminal, else nothing; give what to tell (done, of)."""
    bar = _bar() if sys.stderr.isatty() else None
    if bar is None:
        yield None
        return
    with bar:
        task = bar.add_task(label, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _bar() -> Any:
    """Return a bar without colours that leaves nothing behind; nothing if `rich` is not there."""
    try:
        from rich.console import Console  # noqa: PLC0415 - only for a terminal
        from rich.progress import Progress  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    return Progress(console=Console(stderr=True, no_color=True), transient=True)
