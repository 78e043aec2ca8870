"""The case on one path: how it stands, what came of it so far, and how it goes on."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.core.owing import next_due
from freezecase.core.personal import masked
from freezecase.core.resolved import Resolved
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.policy.effective import Anchors
from freezecase.policy.owing import owing
from freezecase.policy.turn import CLOCK, Turn, take_turn
from freezecase.replay.whatif.step import History, PolicyFor, Step, dues_of
from freezecase.replay.whatif.trace import Trace

__all__ = ["Path"]

_ENDED: Final = frozenset({Status.RELEASED, Status.CLOSED})
_EXPIRY: Final = Actor.system("expiry")


@attrs.define
class Path:
    """A case as it goes on under a policy."""

    history: History
    policy_for: PolicyFor
    state: CaseState = attrs.field(init=False)
    trace: Trace = attrs.field(init=False)
    anchors: Anchors = attrs.field(init=False)
    decisions: dict[int, int] = attrs.Factory(dict)
    """The decisions of history, by their versions, as they are known here."""
    facts: dict[str, Fact] = attrs.Factory(dict)
    """What the host is taken to have said, where it said nothing."""

    def __attrs_post_init__(self) -> None:
        """Begin before anything happened."""
        self.state = unopened(self.history.case)
        self.trace = Trace(self.history.told)
        self.anchors = self.history.steps[0].anchors

    # --- time ------------------------------------------------------------------------------------

    def next_due(self, at: datetime, standing: Mapping[Any, datetime]) -> datetime | None:
        """
        Return when something falls due here before an instant, if it was not due then as well.

        What fell due in history too was noticed when somebody looked then, and so it is here.
        """
        return min((due for due in self._dues(standing) if due < at), default=None)

    def _dues(self, standing: Mapping[Any, datetime]) -> Iterator[datetime]:
        for key, due in dues_of(self.state).items():
            if standing.get(key) != due:
                yield due
        if self.history.lapses and self.state.frozen and self.state.until is not None:
            yield self.state.until

    def pass_time(self, now: datetime) -> None:
        """Let a freeze end by itself where the log lets it; else miss whatever is due by now."""
        if self.history.lapses and self.state.frozen and self.state.until == now:
            self.fold((e.ReleaseOrdered(by=_EXPIRY.person), e.ReleaseEnforced()), now, ours=False)
        else:
            self.miss(now)

    def miss(self, now: datetime) -> None:
        """Miss whatever is due by now."""
        while next_due(self.state, now) is not None:
            self.miss_one(now)

    def miss_one(self, now: datetime, calendars: tuple[Resolved, ...] = ()) -> None:
        """Miss what has been due longest; what follows is counted on what *calendars* said then."""
        self.anchors = attrs.evolve(self.anchors, trigger=now)
        policy, passing = self.policy_for(self.anchors), do.LetTimePass(self.state.id)
        turn = take_turn(policy, self.state, passing, CLOCK, now, recorded=calendars)
        self.happened(turn, now)

    # --- what is asked ---------------------------------------------------------------------------

    def begin_again(self, step: Step) -> None:
        """Begin anew where a log freezes an account again in a case that has ended."""
        again = isinstance(step.command, do.ImposeFreeze) and self.state.status in _ENDED
        if again and not self.state.frozen:
            self.state = unopened(self.history.case)

    def turn(self, step: Step, *without: str) -> Turn:
        """
        Return what comes of what was asked; *without* are rules that are taken to be content.

        Raises:
            NotAllowedNow: the case is in no position for it.
            NoPolicy: no policy is in force for it.

        """
        policy = self.policy_for(step.anchors)
        if without:
            policy = policy.without(*without).being(policy)
        return take_turn(
            *(policy, self.state, self._renamed(step.command), step.actor, step.at),
            *({**self.facts, **step.facts}, step.occurred_at, step.calendars),
        )

    def _renamed(self, command: Any) -> Any:
        """Return a command that contests a decision as it is known here; the newest, if none is."""
        contests = getattr(command, "contests", None)
        if contests is None:
            return command
        known = self.decisions.get(contests) or self.state.decision
        return replace(command, contests=known) if known else command

    # --- what came of it -------------------------------------------------------------------------

    def happened(self, turn: Turn, at: datetime) -> None:
        """Go on to where a turn leads."""
        self.state = turn.after
        self.trace.happened(turn.before, turn.events, turn.after, at)

    def fold(self, events: tuple[Any, ...], at: datetime, *, ours: bool = True) -> None:
        """Let something happen that no policy is asked about; *ours* leaves its mark as such."""
        before = self.state
        self.state = fold(events, before)
        self.trace.happened(before, events if ours else (), self.state, at)

    def keep(self, step: Step) -> None:
        """Keep what history did against its own life cycle: it happened, and may meet a duty."""
        before, seen = self.state, tuple(map(masked, step.events))
        self.fold(step.events, step.at)
        policy = self.policy_for(step.anchors)
        owed = owing(policy, before, self.state, seen, (), step.at, step.occurred_at)
        self.state = owed.after

    def remember(self, step: Step) -> None:
        """Remember under which version a decision of history is known here."""
        if step.decides is not None:
            self.decisions[step.decides] = self.state.decision
