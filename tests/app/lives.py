"""Cases that live through much, told to a book as it happens, several at a time."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import attrs

from freezecase import Casebook, CaseState, PolicyForbids
from freezecase import commands as do
from freezecase.core.checked import replace
from freezecase.testing.contracts import StoryClock
from tests.laws.walks import walk


def lived(
    book: Casebook, clock: StoryClock, seeds: range, length: int = 25
) -> Iterator[tuple[CaseState, CaseState]]:
    """Tell the walks of these *seeds*, in the order of time; yield what came of each turn.

    Of each turn the case as the book has it, and as it should be.
    """
    taken = [
        (one.at, seed, number, one)
        for seed in seeds
        for number, one in enumerate(walk(seed, None, length))
        if one.turn.after.version  # a freeze that was refused opened nothing
    ]
    for at, seed, _number, one in sorted(taken, key=lambda turn: turn[:3]):
        clock.instant, case = at, UUID(int=seed + 1)
        command: Any = one.command
        opens = isinstance(command, do.ImposeFreeze)
        asked = command if opens else replace(command, case=case)
        with suppress(PolicyForbids):
            book.execute(asked, by=one.by, id=case if opens else None)
        yield book.case(case), attrs.evolve(one.turn.after, id=case)
