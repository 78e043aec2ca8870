"""`freezecase checkpoint`: sign how the ledger stands, and have others keep that."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any, Final

import click

from freezecase.app.anchoring.checkpoint_draft import Made
from freezecase.app.anchoring.checkpointing import Checkpointer
from freezecase.app.clock import SystemClock
from freezecase.app.stores.opening import open_store
from freezecase.cli.anchoring import ASKED, Asked
from freezecase.cli.common import DB, JSON, number, print_json, say, say_read
from freezecase.cli.signing_keys import KEY, KEYGEN, made_key, read_key
from freezecase.errors import StoreBusy, WitnessRefused
from freezecase.seal.note import Kind
from freezecase.seal.timestamp import Stamp
from freezecase.views.telling import instant

__all__ = ["command", "keep_making"]

_SHORTEST: Final = 0.1
_LONGEST: Final = 24 * 60 * 60


def _as_seconds(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not _SHORTEST <= value <= _LONGEST:  # so refuses what is no number
        raise click.BadParameter(f"{value} is not in the range {_SHORTEST}<=x<={_LONGEST}")
    return value


@click.command("checkpoint")
@DB
@KEY
@KEYGEN
@ASKED
@click.option(
    "--every",
    metavar="SECONDS",
    type=float,
    callback=_as_seconds,
    help="Go on, and look so often whether the next one is due.",
)
@click.option("--rounds", type=click.IntRange(min=1), help="With --every: stop after so many.")
@JSON
def command(
    db: str,
    key: Path,
    *,
    keygen: str | None,
    every: float | None,
    rounds: int | None,
    as_json: bool,
    **parts: Any,
) -> int:
    """
    Sign the ledger as it stands now, have witnesses cosign it, and put it where it stays.

    With --every it goes on, and makes one whenever one is due: a minute after something new, after
    a thousand records, once a case is closed. Exit code 1 says that somebody did not take it, or
    that a witness saw another history: then nothing is signed, and the store has to be verified.
    """
    if keygen is not None:
        return made_key("checkpoint", key, keygen, Kind.ED25519, as_json=as_json)
    asked = Asked(**parts)
    if every is not None and asked.tsa is not None:
        raise click.UsageError("--tsa goes with one checkpoint: run that every hour, or every day")
    signer = read_key(key, Kind.ED25519)
    with open_store(db, create=False) as store:
        read = {"store": store.where, "origin": store.origin}
        say_read("checkpoint", read)
        checkpointer, stamp = asked.checkpointer(store, signer, SystemClock()), None
        try:
            if every is None:
                stamp = asked.stamp(checkpointer.make())
            else:
                keep_making(checkpointer, every=every, rounds=rounds)
        except WitnessRefused as refused:
            say(f"freezecase: {refused}")
            return 1
        return _said(checkpointer, stamp, read, as_json=as_json)


def keep_making(
    checkpointer: Checkpointer,
    *,
    every: float,
    rounds: int | None,
    wait: Callable[[float], None] = sleep,
) -> None:
    """
    Make each checkpoint that is due, until so many rounds are done; say what came of each.

    Raises:
        WitnessRefused: the fork alarm.
        StoreBusy: the last round could not be done; any other is done again in the next.

    """
    done, alarm = 0, ""
    while True:
        done += 1
        last = done == rounds
        try:
            made = checkpointer.tick()
            standing = checkpointer.standing()
        except StoreBusy as busy:
            if last:
                raise
            say(f"{instant(checkpointer.clock.now())} {busy}")
        else:
            _tell(checkpointer, made, standing.alarm if standing.alarm != alarm else "")
            alarm = standing.alarm
            if last:
                return
        wait(every)


def _tell(checkpointer: Checkpointer, made: Made | None, alarm: str) -> None:
    now = instant(checkpointer.clock.now())
    if made is not None:
        say(*(f"{now} {line}" for line in _lines(made)))
    if alarm:
        say(f"{now} ALARM {alarm}")


def _lines(made: Made) -> Iterator[str]:
    """Say what came of a checkpoint: who took it, and who did not."""
    yield f"{number(made.size, 'record')}, because of `{made.occasion}`"
    for name, at in made.vouched.cosigned.items():
        yield f"  cosigned by {name} at {instant(at)}"
    yield from (f"  kept in {name}" for name in made.kept)
    yield from (f"  not taken by {name}: {why}" for name, why in made.failed.items())


def _said(
    checkpointer: Checkpointer, stamp: Stamp | str | None, read: dict[str, Any], *, as_json: bool
) -> int:
    """Print how it stands in the end; return the exit code for it."""
    made, standing = checkpointer.last, checkpointer.standing()
    if as_json:
        parts = {"size": standing.size, "anchored": standing.anchored, "alarm": standing.alarm}
        one = None if made is None else _plain(made)
        more = {"unanchored": standing.unanchored, "last": one, "stamp": _plain_stamp(stamp)}
        print_json("checkpoint", read, **parts, **more)
    elif made is not None:
        say(*_lines(made))
        if stamp is not None:
            say(f"  {_stamped(stamp)}")
        print(made.note, end="")
    if standing.alarm:
        say(f"ALARM {standing.alarm}")
    failed = isinstance(stamp, str) or (made is not None and made.failed)
    incomplete = failed or (made is not None and not made.vouched.quorum)
    return 1 if standing.alarm or incomplete else 0


def _stamped(stamp: Stamp | str) -> str:
    if isinstance(stamp, str):
        return f"not time-stamped: {stamp}"
    return f"time-stamped at {instant(stamp.at)}, serial {stamp.serial}"


def _plain_stamp(stamp: Stamp | str | None) -> dict[str, Any] | None:
    if stamp is None:
        return None
    if isinstance(stamp, str):
        return {"failed": stamp}
    return {"at": stamp.at, "seconds": stamp.accuracy.total_seconds(), "serial": stamp.serial}


def _plain(made: Made) -> dict[str, Any]:
    return {
        "note": made.note,
        "occasion": made.occasion,
        "cosigned": dict(made.vouched.cosigned),
        "quorum": made.vouched.quorum,
        "kept": made.kept,
        "failed": dict(made.failed),
    }
