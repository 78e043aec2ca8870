"""`freezecase erase`: destroy the keys to a person's data, once nothing forbids it."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

import attrs
import click

from freezecase.app.clock import SystemClock
from freezecase.app.custody.erasing import Erasing
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.shredding import SWEEP, Shredder
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.cli.columns import columns
from freezecase.cli.common import DB, JSON, as_instant, number, print_json, say, say_read
from freezecase.cli.unsealing import KEK, KEYS, as_actor
from freezecase.core.actors import Actor
from freezecase.core.erasure import Erasure
from freezecase.errors import ErasureRefused
from freezecase.policy import packs
from freezecase.policy.retention import FIVE_YEARS, Retention
from freezecase.seal.keys import FileKek
from freezecase.views.telling import instant

__all__ = ["command"]


class _Found(NamedTuple):
    """What came of a step."""

    erasures: tuple[Erasure, ...]
    code: int = 0
    more: Mapping[str, Any] = {}


@attrs.frozen(kw_only=True)
class _Asked:
    """What is asked, and of whom."""

    erasing: Erasing
    shredder: Shredder | None
    account: str
    by: Actor
    basis: str
    left: datetime | None
    until: datetime | None

    @property
    def shreds(self) -> Shredder:
        """What destroys keys: a step that takes them is not taken without."""
        return cast("Shredder", self.shredder)


# --- the steps -----------------------------------------------------------------------------------


def _request(asked: _Asked) -> _Found:
    made = asked.erasing.request(asked.account, by=asked.by, basis=asked.basis, left=asked.left)
    return _Found((made,))


def _extend(asked: _Asked) -> _Found:
    until, basis = cast("datetime", asked.until), asked.basis
    return _Found((asked.erasing.extend(asked.account, until=until, basis=basis, by=asked.by),))


def _approve(asked: _Asked) -> _Found:
    return _Found((asked.erasing.approve(asked.account, by=asked.by),))


def _carry_out(asked: _Asked) -> _Found:
    return _Found((asked.shreds.carry_out(asked.account, by=asked.by),))


def _resume(asked: _Asked) -> _Found:
    finished, failed = asked.shreds.resume(by=asked.by)
    return _Found(finished, 1 if failed else 0, {"failed": failed})


def _bury_again(asked: _Asked) -> _Found:
    again, missing = asked.shreds.bury_again(by=asked.by)
    return _Found((), 1 if again or missing else 0, {"again": again, "missing": missing})


def _status(asked: _Asked) -> _Found:
    owed = tuple(asked.erasing.owed(asked.erasing.clock.now()))
    if not asked.account:
        return _Found(owed, 1 if owed else 0)
    theirs = asked.erasing.erasure(asked.account)
    return _Found((theirs,), 1 if theirs in owed else 0)


class _Step(NamedTuple):
    """A step: what it takes, and what it does."""

    takes: tuple[str, ...]
    does: Callable[[_Asked], _Found]


_KEYS: Final = ("keys", "kek")
_STEPS: Final[Mapping[str, _Step]] = {
    "request": _Step(("account", "by", "basis"), _request),
    "extend": _Step(("account", "by", "basis", "until"), _extend),
    "approve": _Step(("account", "by"), _approve),
    "carry-out": _Step(("account", *_KEYS), _carry_out),
    "resume": _Step(_KEYS, _resume),
    "bury-again": _Step(_KEYS, _bury_again),
    "status": _Step((), _status),
}


@click.command("erase")
@click.argument("step", metavar="STEP", type=click.Choice([*_STEPS]))
@click.argument("account", required=False)
@DB
@KEYS
@KEK
@click.option("--by", metavar="KIND:ID", callback=as_actor, help="Who acts, such as staff:ana.")
@click.option("--basis", metavar="WORD", help="Why, such as asked-by-the-customer.")
@click.option("--left", metavar="INSTANT", callback=as_instant, help="When the customer left.")
@click.option("--until", metavar="INSTANT", callback=as_instant, help="How long to keep it now.")
@click.option(
    "--keep",
    metavar="RULE",
    multiple=True,
    help=f"By which rules of packs records are kept; {FIVE_YEARS.rule} if none is named.",
)
@JSON
def command(step: str, account: str | None, *, as_json: bool, **options: Any) -> int:
    """
    Erase the personal data of ACCOUNT's customer, one STEP at a time.

    \b
    request     somebody asks: --by, --basis, and --left if the customer left
    extend      an authority demands more time: --by, --basis, --until
    approve     a second person agrees: --by
    carry-out   the keys are destroyed: --keys, --kek
    resume      what broke off is finished: --keys, --kek
    bury-again  keys that came back with a copy go again: --keys, --kek
    status      how far it is; without ACCOUNT, all in which something is owed

    Exit code 1 says that the data must be kept for now, that something is owed, that something
    could not be finished, or that a key was back.
    """  # noqa: D301 - it is click's sign for lines to be left as they are
    given = {"account": account, **options}
    missing = [name for name in _STEPS[step].takes if not given[name]]
    if missing:
        takes = ", ".join(name.upper() if name == "account" else f"--{name}" for name in missing)
        raise click.UsageError(f"`erase {step}` takes {takes}")
    with _opened(account or "", **options) as asked:
        found = _taken(step, asked)
        read = _read(asked)
    say_read(f"erase {step}", read)
    if as_json:
        erasures = [_plain(one) for one in found.erasures]
        print_json("erase", read, step=step, erasures=erasures, **found.more)
    else:
        print(*_lines(found), sep="\n")
    return found.code


@contextmanager
def _opened(
    account: str,
    *,
    db: str,
    keys: str | None,
    kek: str | None,
    by: Actor | None,
    basis: str | None,
    keep: Iterable[str],
    left: datetime | None,
    until: datetime | None,
) -> Generator[_Asked]:
    """Open the store, and the key store if one is named."""
    retention = tuple(map(_retention, keep)) or (FIVE_YEARS,)
    with open_store(db, create=False) as store:
        asked = _Asked(
            erasing=Erasing(store=store, clock=SystemClock(), retention=retention),
            shredder=None,
            account=account,
            by=by or SWEEP,
            basis=basis or "",
            left=left,
            until=until,
        )
        if keys is None or kek is None:
            yield asked
            return
        with open_key_store(keys, FileKek.read(kek), create=False) as opened:
            yield attrs.evolve(asked, shredder=Shredder(erasing=asked.erasing, keys=opened))


def _retention(rule: str) -> Retention:
    """Return what a rule of a pack says; the pack is the first word of its id."""
    return Retention.of(packs.load(rule.partition(".")[0]).rule(rule))


def _taken(step: str, asked: _Asked) -> _Found:
    """Take a step; that something must be kept is an answer, and no failure."""
    try:
        return _STEPS[step].does(asked)
    except ErasureRefused as refused:
        say(f"freezecase: {refused}")
        return _Found((asked.erasing.erasure(asked.account),), 1)


# --- what is printed -----------------------------------------------------------------------------


def _read(asked: _Asked) -> dict[str, Any]:
    """Say what was read, and by which rules records are kept."""
    store: Store = asked.erasing.store
    read = {
        "store": store.where,
        "range": f"account {asked.account}" if asked.account else "every erasure",
        "retention": [one.rule for one in asked.erasing.retention],
    }
    return read | ({"keys": asked.shredder.keys.where} if asked.shredder else {})


def _plain(erasure: Erasure) -> dict[str, Any]:
    return {
        "account": erasure.account,
        "stage": erasure.stage,
        "basis": erasure.basis,
        "requested_by": sorted(erasure.requesters),
        "approved_by": erasure.approver,
        "left": erasure.left,
        "extended": erasure.extended,
        "until": erasure.until,
        "why": erasure.why,
        "keys_destroyed": sorted(erasure.gone),
    }


def _lines(found: _Found) -> Iterable[str]:
    """Return what came of a step in columns, and a closing line."""
    rows = [("account", "stage", "until (UTC)", "why", "keys gone"), *map(_row, found.erasures)]
    if found.erasures:
        yield from columns(rows)
    for account, why in found.more.get("failed", {}).items():
        yield f"{account}: {why}"
    for what, said in _SAID.items():
        yield from (f"key {key}: {said}" for key in found.more.get(what, ()))
    yield number(len(found.erasures), "erasure")


_SAID: Final = {
    "again": "was back, and is destroyed again",
    "missing": "had not even a tombstone: the key store is older than its destruction",
}


def _row(erasure: Erasure) -> tuple[str, ...]:
    until = instant(erasure.until) if erasure.until else ""
    why = ", ".join(erasure.why)
    return erasure.account, erasure.stage.value, until, why, str(len(erasure.gone))
