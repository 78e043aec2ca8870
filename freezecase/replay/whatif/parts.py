"""
A backtest over several processes, or machines; the report is that of `whatif`.

    report = whatif_in_parts("sqlite:///cases.db", candidate)     # a function of a module
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any
from uuid import UUID

import attrs

from freezecase.app.stores.store import Store
from freezecase.replay.parts import ALL, PART, CaseRange, Told, in_parts
from freezecase.replay.rejudge import PolicyMaker, made_by
from freezecase.replay.whatif.backtest import KEPT, Backtest, merged
from freezecase.replay.whatif.roles import NATIVE
from freezecase.replay.whatif.trying import tried, whatif

__all__ = ["whatif_in_parts"]


def whatif_in_parts(
    url: str,
    candidate: PolicyMaker,
    *,
    executor: Executor | None = None,
    within: CaseRange = ALL,
    progress: Told | None = None,
    keep: int = KEPT,
    part: int = PART,
    **options: Any,
) -> Backtest:
    """
    Try a candidate on the cases of a store, in several processes.

    Args:
        url: the store, as every worker opens it.
        candidate: a function that returns the policies to try; a worker imports it.
        executor: who does the work; a pool of processes on this machine, if not said.
        within: leave out the cases that are not in this range.
        progress: told (parts done, of how many) after each.
        keep: how many cases of each verdict to tell in full; all are counted.
        part: about how many records a worker is given at a time.
        options: what else `whatif` takes: `roles`, `assume`, `budget`, `confirmed`, `minutes`.

    Raises:
        InvalidValue: no worker could import the candidate, or open this store.

    """

    def lost(cases: CaseRange, why: str) -> Backtest:
        nothing = tried((), made_by(candidate), **_about(options))
        return attrs.evolve(nothing, complete=False, stopped=why, left=(cases,))

    return in_parts(
        url,
        partial(_by_maker, candidate, keep, options),
        partial(merged, keep=keep),
        lost,
        executor=executor,
        within=within,
        part=part,
        progress=progress,
    )


def _by_maker(
    candidate: PolicyMaker,
    keep: int,
    options: Mapping[str, Any],
    store: Store,
    *,
    after: UUID | None,
    upto: UUID | None,
) -> Backtest:
    """Try it on a range of cases, in a worker, as it is made there."""
    return whatif(store, made_by(candidate), after=after, upto=upto, keep=keep, **options)


def _about(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a backtest of no case at all is told."""
    about = {name: value for name, value in options.items() if name != "confirmed"}
    return {**about, "roles": options.get("roles", NATIVE).name}
