"""A small store that is sound, and the means to damage a copy of it behind the library's back."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import attrs

from freezecase.app.asking import Asking
from freezecase.app.clock import micros_of
from freezecase.app.custody.sealing import IN_THE_CLEAR
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.app.writing import entries_of
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CaseState
from freezecase.core.values import Ground, Scope
from freezecase.policy.standard import standard
from freezecase.policy.turn import take_turn
from freezecase.replay.history import replay, replay_in_parts
from freezecase.replay.replayed import ReplayReport
from freezecase.wire.codec import encode, read_entry
from freezecase.wire.shapes import Entry
from tests.app.stores.insider import by_hand

ANA, ROB, WALLETS = Actor.staff("ana"), Actor.staff("rob"), Actor.system("wallets")
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)
"""The cases of the sound store. The first has versions 1 to 7 at ledger index 1, 3, 4 ... 8."""


@attrs.define
class SlowClock:
    """A clock that moves on by a minute whenever it is asked, and counts its ids."""

    minutes: int = -1
    ids: int = 0

    def now(self) -> datetime:
        """Move on by a minute."""
        self.minutes += 1
        return BEGIN + timedelta(minutes=self.minutes)

    def new_id(self) -> UUID:
        """Count on."""
        self.ids += 1
        return UUID(int=self.ids)


def sound_store(path: Path) -> Path:
    """
    Write two cases: one from freeze to release, with a refusal; one that is only imposed.

    What is owed beside is left out, as in cases from elsewhere, so that each record counts.
    """
    freeze = do.ImposeFreeze(
        account="acct-1", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
    )
    with open_store(f"sqlite:///{path}") as store:
        plainly = _Plainly(store)
        plainly.asks(freeze, WALLETS)
        plainly.asks(replace(freeze, account="acct-2"), WALLETS)
        plainly.asks(do.ConfirmEnforcement(FIRST), WALLETS)
        plainly.asks(do.ProposeRelease(FIRST, reason="it was the owner"), ANA)
        plainly.asks(do.ApproveRelease(FIRST), ANA)
        plainly.asks(do.ApproveRelease(FIRST), ROB)
        plainly.asks(do.ConfirmRelease(FIRST), WALLETS)
    return path


@attrs.define
class _Plainly:
    """Writes what commands lead to, and nothing that is owed in consequence."""

    store: Store
    clock: SlowClock = attrs.field(factory=SlowClock)
    states: dict[UUID, CaseState] = attrs.field(factory=dict[UUID, CaseState])

    def asks(self, command: Command, by: Actor) -> None:
        """Take the turn of *command*, and append what it led to."""
        now = self.clock.now()
        fresh = self.clock.new_id()
        asking = Asking(command=command, actor=by, id=fresh, now=now, occurred_at=now, facts={})
        state = self.states.get(asking.case, unopened(asking.case))
        turn = take_turn(standard(), state, command, by, now)
        rows = IN_THE_CLEAR.rows(
            state.id,
            turn.after.account,
            state.version + 1,
            entries_of(asking, attrs.evolve(turn, owed=()), state.version + 1),
        )
        opened = [] if state.version else [(state.id, turn.after.account)]
        self.store.append(rows, now=micros_of(now), opened=opened)
        self.states[asking.case] = fold(turn.decided, state)


@attrs.frozen
class Damaged:
    """A copy of the sound store. Changes are made by raw SQL, then it is replayed."""

    path: Path

    @classmethod
    def copy(cls, sound: Path, folder: Path) -> "Damaged":
        """Take a copy to damage."""
        return cls(Path(shutil.copy(sound, folder / "damaged.db")))

    def sql(self, *statements: str | tuple[str, Sequence[object]]) -> "Damaged":
        """Change what is stored, without asking the library."""
        with closing(by_hand(str(self.path))) as connection, connection:
            for statement in statements:
                query, values = (statement, ()) if isinstance(statement, str) else statement
                connection.execute(query, tuple(values))
        return self

    def rewritten(self, index: int, change: Callable[[Entry], Entry]) -> "Damaged":
        """Write the record at a ledger index anew, changed, in its one spelling."""
        query = "SELECT topic, state FROM stored_events WHERE rowid = ?"
        with closing(by_hand(str(self.path))) as connection:
            name, state = connection.execute(query, (index,)).fetchone()
        values = (*encode(change(read_entry(name, state))), index)
        return self.sql(("UPDATE stored_events SET topic = ?, state = ? WHERE rowid = ?", values))

    def replayed(self, *, keep: int = 100, progress: bool = False) -> ReplayReport:
        """Replay what there is now; in parts it comes out the same."""
        url = f"sqlite:///{self.path}"
        with open_store(url, create=False) as store:
            report = replay(store, keep=keep, progress=_watch if progress else None)
        if report.complete:
            with ThreadPoolExecutor(2) as threads:
                assert report == replay_in_parts(url, executor=threads, keep=keep, part=4)
        return report


def _watch(done: int, of: int) -> None:
    """Hear of progress, which never goes past its end."""
    assert done <= of
