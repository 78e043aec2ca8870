"""The backtest itself: one history after the other, under the candidate, in flat memory."""

from collections.abc import Callable, Collection, Iterable
from typing import Final
from uuid import UUID

import attrs

from freezecase.core.checked import refuse
from freezecase.errors import FreezeCaseError
from freezecase.policy.book import PolicyBook
from freezecase.replay.parts import CaseRange
from freezecase.replay.whatif.backtest import KEPT, Backtest, Tally
from freezecase.replay.whatif.figures import Minutes
from freezecase.replay.whatif.reading import CONFIRMED, Readable, histories
from freezecase.replay.whatif.roles import NATIVE, Roles
from freezecase.replay.whatif.row import ASSUMPTIONS, Trial
from freezecase.replay.whatif.step import History

__all__ = ["tried", "whatif"]

Progress = Callable[[int, int | None], None]
WORLDS: Final = 64
STEP: Final = 1000
"""How many records are read between two words on the progress."""
_NO_MINUTES: Final = (
    "a record says when something was done, and not how long it took: give the minutes of each "
    "command"
)


def whatif(
    store: Readable,
    candidate: PolicyBook,
    *,
    roles: Roles = NATIVE,
    after: UUID | None = None,
    upto: UUID | None = None,
    assume: Collection[str] = (),
    budget: int = WORLDS,
    confirmed: Collection[str] = CONFIRMED,
    minutes: Minutes | None = None,
    progress: Progress | None = None,
    keep: int = KEPT,
) -> Backtest:
    """
    Try *candidate* on the cases of *store*, and return what it would have made of them.

    It never raises for what is stored, nor for what a policy does: what stops it is in the report,
    with the cases that are left. Parts of a store add up, with `merged`, to exactly the whole.

    Args:
        store: where the records are; it is only read.
        candidate: the policies to try, each for the cases that it is in force for.
        roles: how imported records are read.
        after: leave out the cases up to this id and this one.
        upto: leave out the cases past this id.
        assume: what to take to be so beyond the log, by name; see `ASSUMPTIONS`.
        budget: how many possible worlds of a case to look at; one with more is not evaluable.
        confirmed: what cases are closed as that were rightly frozen.
        minutes: how many minutes a command takes somebody of the staff, by its name.
        progress: told (records done, of how many) now and then; of a range nobody knows how many.
        keep: how many cases of each verdict to tell in full; all are counted.

    Raises:
        InvalidValue: what is to be assumed is none of `ASSUMPTIONS`, or excludes another.

    """
    found = histories(store, roles=roles, after=after, upto=upto, confirmed=confirmed)
    whole = after is None and upto is None
    report = tried(
        *(found, candidate),
        roles=roles.name,
        assume=assume,
        budget=budget,
        minutes=minutes,
        progress=progress and (lambda done: progress(done, store.head().size if whole else None)),
        keep=keep,
    )
    left = tuple(CaseRange(one.after or after, upto) for one in report.left)
    return attrs.evolve(report, left=left)


def tried(
    found: Iterable[History],
    candidate: PolicyBook,
    *,
    roles: str = NATIVE.name,
    assume: Collection[str] = (),
    budget: int = WORLDS,
    minutes: Minutes | None = None,
    progress: Callable[[int], None] | None = None,
    keep: int = KEPT,
) -> Backtest:
    """
    Try *candidate* on some histories, wherever they come from; `whatif` reads those of a store.

    Raises:
        InvalidValue: what is to be assumed is none of `ASSUMPTIONS`, or excludes another.

    """
    assumed = _assumed(assume)
    trial = Trial(candidate=candidate, assume=assumed, budget=budget, minutes=minutes)
    tally = Tally(keep)
    _play(found, trial, tally, progress)
    return tally.report(
        {
            "policies": tuple(_named(candidate)),
            "roles": roles,
            "assumed": tuple(sorted(assumed)),
            "budget": budget,
            "derivable": {} if minutes is not None else {"staff minutes": _NO_MINUTES},
        }
    )


def _assumed(assume: Collection[str]) -> frozenset[str]:
    """Return what is to be assumed; refuse what nobody knows, and two answers to one question."""
    for name in sorted(assume):
        if name not in ASSUMPTIONS:
            raise refuse("assume", name, f"one of {', '.join(f'`{one}`' for one in ASSUMPTIONS)}")
    assumed = frozenset(assume)
    if len({ASSUMPTIONS[name][0] for name in assumed}) < len(assumed):
        raise refuse("assume", ", ".join(sorted(assumed)), "one of two that exclude each other")
    return assumed


def _play(
    found: Iterable[History], trial: Trial, tally: Tally, progress: Callable[[int], None] | None
) -> None:
    last: UUID | None = None
    try:
        for history in found:
            tally.row(trial.row(history))
            before, tally.records = tally.records, tally.records + history.records
            tally.span(history.until)
            last = history.case
            if progress is not None and before // STEP < tally.records // STEP:
                progress(tally.records)
    except FreezeCaseError as error:
        tally.stopped, tally.left = str(error), (CaseRange(last),)


def _named(candidate: PolicyBook) -> list[str]:
    refs = [edition.policy.ref for edition in candidate.editions]
    return [f"{ref.name} v{ref.version} {ref.digest}" for ref in refs]
