"""`freezecase staffing`: how many people keep two minutes around the clock, come what may."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import click

from freezecase.app.stores.opening import open_store
from freezecase.cli.columns import columns
from freezecase.cli.common import DB, JSON, Read, number, print_json, progress, say_read
from freezecase.desk.contacts import contacts_in_log, contacts_in_store
from freezecase.desk.estimate import FEWEST, Estimate
from freezecase.desk.rehearsal import USUAL_HANDLING, USUAL_PATIENCE, Rehearsal
from freezecase.desk.roster import DAY, SHIFTS, Contract
from freezecase.desk.series import Series
from freezecase.desk.staffing import Staffing, staffing
from freezecase.desk.times import Shape, Times

__all__ = ["command", "staffing_lines"]

C = TypeVar("C", bound=Callable[..., Any])

_MINUTE: Final = timedelta(minutes=1)
_CONTRACT: Final = Contract()
_SHARES: Final = (0.8, 0.99)
_THIRTEEN: Final = 13.0
_FEW: Final = 20
"""With fewer contacts than this, when the next ones come is anybody's guess."""
_ALL: Final = 0.9999
"""More than this no desk keeps, and nobody could measure it."""


def _option(name: str, metavar: str, default: Any, help_: str, **more: Any) -> Callable[[C], C]:
    """Return an option that says what it is if nobody says otherwise; a number, or of a type."""
    more.setdefault("type", float)
    return click.option(
        name, metavar=metavar, default=default, show_default=True, help=help_, **more
    )


def _between(least: float, most: float) -> Callable[[Any, Any, Any], Any]:
    """Return the callback that refuses what is not between two numbers, also what is none."""

    def check(_ctx: click.Context, _param: click.Parameter, value: Any) -> Any:
        for one in value if isinstance(value, tuple) else [value]:
            if one is not None and not least <= one <= most:
                raise click.BadParameter(f"{one} is not in the range {least:g}<=x<={most:g}")
        return value

    return check


_DAY: Final = DAY * 60.0


@click.command("staffing")
@DB
@click.option("--per-hour", metavar="N", type=float, callback=_between(0.001, 1e6),
              help="So many contacts in every hour, instead of those in the store.")  # fmt: skip
@click.option("--log", metavar="FILE", type=click.Path(path_type=Path),
              help="A CSV file with a row for each contact, instead of the store.")  # fmt: skip
@_option("--column", "NAME", "at", "The column of the log that says when.", type=str)
@_option("--zone", "NAME", "UTC", "The time zone of instants in the log that name none.", type=str)
@_option("--growth", "X", _THIRTEEN, "How many times as many customers come.",
         callback=_between(0.001, 1e6))  # fmt: skip
@_option("--share", "X", _SHARES, "Which share of all is to be kept; may be said several times.",
         multiple=True, callback=_between(0.01, _ALL))  # fmt: skip
@_option("--within", "SECONDS", 120.0, "How soon a person is to answer.",
         callback=_between(0, _DAY * 60))  # fmt: skip
@_option("--handling", "MINUTES", USUAL_HANDLING.mean / _MINUTE, "How long a contact takes.",
         callback=_between(0.01, _DAY))  # fmt: skip
@_option("--spread", "X", USUAL_HANDLING.spread, "Its standard deviation, as a part of that.",
         callback=_between(0.01, 10))  # fmt: skip
@_option("--patience", "MINUTES", USUAL_PATIENCE.mean / _MINUTE,
         "How long customers wait before they leave; 0 if they never do.",
         callback=_between(0, _DAY))  # fmt: skip
@_option("--swing", "X", None, "How much hours differ beyond chance; what the log shows, or 0.",
         callback=_between(0, 10))  # fmt: skip
@_option("--shift", "HOUR", SHIFTS, "When a shift begins, in UTC; may be said several times.",
         multiple=True, type=click.IntRange(0, DAY - 1))  # fmt: skip
@_option("--least", "N", 1, "How many are on duty at any hour.", type=click.IntRange(1, 10_000))
@_option("--hours-a-week", "N", _CONTRACT.hours, "What one person is paid for.",
         callback=_between(1, 168))  # fmt: skip
@_option("--away", "X", _CONTRACT.away, "The part of that not spent at the desk.",
         callback=_between(0, 0.99))  # fmt: skip
@_option("--replications", "N", 10, "How often a week is rehearsed.",
         type=click.IntRange(FEWEST, 10_000))  # fmt: skip
@_option("--seed", "N", 1, "The same seed gives the same answer.", type=int)
@JSON
def command(*, db: str, as_json: bool, **asked: Any) -> int:
    """
    Say how many people keep two minutes around the clock when many times as many customers come.

    It rehearses weeks at the desk, today's and grown ones, with the contacts that the store or a
    log shows, until every hour of the day keeps the share. It prints what it takes for granted.
    """
    series, read = _series(db, asked)
    plan = _plan(series, asked)
    contract = Contract(hours=asked["hours_a_week"], away=asked["away"])
    say_read("staffing", read)
    answers = [*_answers(plan, asked)]
    assumed = (*plan.assumptions(), f"employed: {contract.in_words()}; shifts in UTC")
    if as_json:
        told = [_plain(growth, answer, contract) for growth, answer in answers]
        print_json("staffing", read, answers=told, assumptions=assumed)
    else:
        print(*staffing_lines(answers, contract, assumed), sep="\n")
    return 0


def _series(db: str, asked: dict[str, Any]) -> tuple[Series, Read]:
    """Return when customers come, and where that stands."""
    if asked["per_hour"] is not None:
        series, read = Series(rates=(asked["per_hour"],)), {"contacts": "as said, in every hour"}
    elif asked["log"] is not None:
        came = [*contacts_in_log(asked["log"], asked["column"], asked["zone"])]
        series, read = Series.of(came), {"log": str(asked["log"]), "range": _range(came)}
    else:
        with open_store(db, create=False) as store:
            came = [*contacts_in_store(store)]
            read = {"store": store.where, "range": _range(came)}
        if not came:
            raise click.ClickException(
                f"{read['store']} holds no contacts: say --per-hour, or name a --log"
            )
        series = Series.of(came)
    swing = asked["swing"]
    return (series if swing is None else attrs.evolve(series, swing=swing)), read


def _range(came: Sequence[Any]) -> str:
    span = f", {min(came):%Y-%m-%d} to {max(came):%Y-%m-%d}" if came else ""
    little = ": too few to go by, say --per-hour" if 0 < len(came) < _FEW else ""
    return f"{number(len(came), 'contact')}{span}{little}"


def _plan(series: Series, asked: dict[str, Any]) -> Rehearsal:
    patience = asked["patience"] * _MINUTE
    return Rehearsal(
        series=series,
        growth=asked["growth"],
        handling=Times(
            mean=asked["handling"] * _MINUTE, shape=Shape.LOGNORMAL, spread=asked["spread"]
        ),
        patience=Times(mean=patience) if patience else None,
        within=timedelta(seconds=asked["within"]),
        replications=asked["replications"],
        seed=asked["seed"],
    )


def _answers(plan: Rehearsal, asked: dict[str, Any]) -> Iterator[tuple[float, Staffing]]:
    """Yield the answers for today, and for what it grows to; each with its growth."""
    starts = sorted({*asked["shift"]})
    for growth in dict.fromkeys((1.0, plan.growth)):
        grown = attrs.evolve(plan, growth=growth)
        for share in dict.fromkeys(asked["share"]):
            with progress(f"rehearsing {growth:g} x, {share:.4g}") as bar:
                answer = staffing(grown, share, starts=starts, least=asked["least"], watch=bar)
            yield growth, answer


def staffing_lines(
    answers: Sequence[tuple[float, Staffing]], contract: Contract, assumed: Sequence[str]
) -> Iterator[str]:
    """Return the answers as text, and below them what they take for granted."""
    starts = answers[0][1].starts
    ends = (*starts[1:], starts[0] or DAY)
    shifts = [f"{start:02}-{end:02}" for start, end in zip(starts, ends, strict=True)]
    head = ("customers", "keep", *shifts, "formula", "employed", "kept", "worst hour", "leave")
    yield from columns([head, *(_row(growth, one, contract) for growth, one in answers)])
    yield ""
    yield "people on duty, by shift; all this holds only as far as this does:"
    yield from (f"  {one}" for one in assumed)


def _row(growth: float, answer: Staffing, contract: Contract) -> tuple[str, ...]:
    measured = answer.rehearsed
    return (
        f"{growth:g} x",
        f"{answer.share * 100:.4g} %",
        *map(str, answer.staff),
        "+".join(map(str, answer.formula)),
        str(contract.employed(answer.roster)),
        *map(_told, (measured.kept, measured.worst, measured.left)),
    )


def _told(share: Estimate | None) -> str:
    return "nobody came" if share is None else f"{share.value:.1%} ± {share.error:.1%}"


def _plain(growth: float, answer: Staffing, contract: Contract) -> dict[str, Any]:
    return {
        "growth": growth,
        **attrs.asdict(answer),
        "worst_hour": None if (worst := answer.rehearsed.worst) is None else attrs.asdict(worst),
        "employed": contract.employed(answer.roster),
    }
