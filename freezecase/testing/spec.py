"""
Test a rule by its story: given what happened, when somebody asks, then this and nothing else.

    given(FreezeImposed(...)).when(UpholdFreeze(...), by=ana).then(FreezeUpheld(...))

A history may also be told in commands, each of which must go through:

    given().after(ImposeFreeze(...), by=engine).after(ProposeRelease(...), by=ana).when(
        ApproveRelease(...), by=ana
    ).then_refused(PolicyForbids, by_rule="four-eyes")

`then` compares whole events, all that the command led to, in order; `then_owed` says what is owed.
Every value here is immutable: keep a `given` and ask it many things. Turns are taken by
`take_turn`, as the casebook takes them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import ndiff
from typing import Any, Final, Self
from uuid import UUID

import attrs

from freezecase.core.actors import Actor
from freezecase.core.commands import Command, asked
from freezecase.core.events import CaseEvent, ObligationMissed, kind_of
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.core.values import CaseId, Instant
from freezecase.errors import NotAllowedNow, PolicyForbids, Refused
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.policy.turn import Turn, let_time_pass, take_turn

__all__ = ["A_CASE", "SOME_DAY", "Asked", "Given", "given"]

A_CASE: Final[CaseId] = UUID(int=1)
"""The case that stories are about, unless another is named."""
SOME_DAY: Final[Instant] = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When things are asked in a story, unless another instant is named."""


@attrs.frozen
class Given:
    """What happened before: a case, and the policy that judges what is asked of it."""

    state: CaseState
    policy: Policy

    def under(self, policy: Policy) -> Self:
        """Return the same history, judged by *policy* from here on."""
        return attrs.evolve(self, policy=policy)

    def after(
        self,
        command: Command,
        *,
        by: Actor,
        at: Instant = SOME_DAY,
        facts: Mapping[str, Fact] | None = None,
    ) -> Self:
        """
        Return the history that goes on with what follows from *command*.

        Raises:
            AssertionError: the command was refused, so that the story cannot be told.

        """
        turn = self.when(command, by=by, at=at, facts=facts).allowed()
        return attrs.evolve(self, state=turn.after)

    def later(self, at: Instant) -> Self:
        """Return the history that goes on until *at*, with everything missed by then."""
        turns = tuple(let_time_pass(self.policy, self.state, at))
        return attrs.evolve(self, state=turns[-1].after) if turns else self

    def when(
        self,
        command: Command,
        *,
        by: Actor,
        at: Instant = SOME_DAY,
        facts: Mapping[str, Fact] | None = None,
    ) -> "Asked":
        """Ask for *command*, as *by*, at *at*; what came of it is for `then` to say."""
        try:
            outcome: Turn | NotAllowedNow = take_turn(
                self.policy, self.state, command, by, at, facts
            )
        except NotAllowedNow as misfit:
            outcome = misfit
        return Asked(self.state, command, by, outcome)


@attrs.frozen
class Asked:
    """What came of a command. Each `then` returns this again, so that more may be said of it."""

    before: CaseState
    command: Command
    by: Actor
    outcome: Turn | NotAllowedNow

    def then(self, *events: CaseEvent) -> Self:
        """
        Demand that it was allowed and that exactly these *events* followed, in this order.

        What is owed in consequence is for `then_owed` to say.
        """
        _same(events, self.allowed().decided)
        return self

    def then_owed(
        self, kind: str, about: str = "", *, by: str | None = None, due: Instant | None = None
    ) -> Self:
        """Demand that somebody owes it afterwards: *by* this debtor, and *due* at this instant."""
        owed = self.after.obligations.get((kind, about))
        if owed is None:
            there = ", ".join(f"`{one}`" for one, _ in self.after.obligations) or "nothing"
            raise AssertionError(f"nobody owes `{kind}` after {self._in_words()}, but {there}")
        if by is not None and owed.debtor != by:
            raise AssertionError(f"`{kind}` is owed by `{owed.debtor}`, not by `{by}`")
        if due is not None and owed.due != due:
            raise AssertionError(f"`{kind}` is due at {owed.due}, not at {due}")
        return self

    def then_not_owed(self, kind: str, about: str = "") -> Self:
        """Demand that nobody owes it afterwards."""
        if (kind, about) in self.after.obligations:
            raise AssertionError(f"`{kind}` is still owed after {self._in_words()}")
        return self

    def then_missed(self, *kinds: str) -> Self:
        """Demand that exactly these kinds were missed on the way, in this order."""
        if not isinstance(self.outcome, Turn):
            raise AssertionError(f"{self._in_words()} was refused: {self.outcome}")  # noqa: TRY004
        turns = (*self.outcome.missed, self.outcome)
        missed = tuple(
            event.obligation
            for turn in turns
            for event in turn.decided
            if isinstance(event, ObligationMissed)
        )
        if missed != kinds:
            raise AssertionError(f"missed were {missed}, not {kinds}")
        return self

    def then_nothing(self) -> Self:
        """Demand that it was allowed and that nothing followed."""
        return self.then()

    def then_refused(self, how: type[Refused] = Refused, *, by_rule: str | None = None) -> Self:
        """
        Demand that it was refused: as `NotAllowedNow` whoever asks, or as `PolicyForbids`.

        *by_rule* is the id of a rule that must be among those that decided.
        """
        refusal = self.refusal()
        if refusal is None:
            raise AssertionError(f"{self._in_words()} was allowed:\n{_told(self._events())}")
        if not isinstance(refusal, how):
            raise AssertionError(  # noqa: TRY004 - a demand that does not hold
                f"{self._in_words()} was refused as {type(refusal).__name__}, "
                f"not as {how.__name__}: {refusal}"
            )
        decided = refusal.ruling.decided_by if isinstance(refusal, PolicyForbids) else ()
        if by_rule is not None and by_rule not in decided:
            raise AssertionError(f"{self._in_words()} was refused, not by `{by_rule}`: {refusal}")
        return self

    def then_recorded(self, *events: CaseEvent) -> Self:
        """Demand that exactly these *events* are on record of it, refused or not."""
        _same(events, self._events())
        return self

    def then_status(self, status: Status) -> Self:
        """Demand where the case stands afterwards."""
        actual = self.after.status
        if actual is not status:
            raise AssertionError(f"the case is `{actual}` after {self._in_words()}, not `{status}`")
        return self

    @property
    def after(self) -> CaseState:
        """The case afterwards; as it was before if nothing changed it."""
        return self.outcome.after if isinstance(self.outcome, Turn) else self.before

    def allowed(self) -> Turn:
        """Return the turn that was taken; a refusal is an `AssertionError` that says why."""
        refusal = self.refusal()
        if refusal is not None or not isinstance(self.outcome, Turn):
            raise AssertionError(f"{self._in_words()} was refused: {refusal}")
        return self.outcome

    def refusal(self) -> NotAllowedNow | PolicyForbids | None:
        """Return the error that the casebook would raise, or nothing if it was allowed."""
        if isinstance(self.outcome, NotAllowedNow):
            return self.outcome
        return None if self.outcome.ruling.allowed else PolicyForbids(self.outcome.ruling)

    def _events(self) -> tuple[CaseEvent, ...]:
        return self.outcome.decided if isinstance(self.outcome, Turn) else ()

    def _in_words(self) -> str:
        return f"`{asked(self.command)}` by `{self.by.person}`"


def given(*events: CaseEvent, case: CaseId = A_CASE) -> Given:
    """Begin a story with what happened: *events*, or nothing yet. The standard policy judges."""
    return Given(fold(events, unopened(case)), standard())


def _same(expected: tuple[CaseEvent, ...], actual: tuple[CaseEvent, ...]) -> None:
    """Raise unless both are the same events in the same order, with what differs marked."""
    if expected != actual:
        marked = "\n".join(line.rstrip() for line in ndiff(_lines(expected), _lines(actual)))
        raise AssertionError(f"not what was expected (-) but something else (+):\n{marked}")


def _told(events: tuple[CaseEvent, ...]) -> str:
    return "\n".join(_lines(events))


def _lines(events: tuple[CaseEvent, ...]) -> list[str]:
    """Tell events line by line: each kind, and under it every field that says something."""
    lines = []
    for event in events:
        lines.append(kind_of(event))
        kind: Any = type(event)
        for field in attrs.fields(kind):
            value = getattr(event, field.name)
            if value != field.default:
                lines.append(f"    {field.name} = {value!r}")
    return lines or ["nothing"]
