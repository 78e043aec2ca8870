"""
A witness as a test that holds under one policy and fails under the other, ready to paste.

It is told in the words of `freezecase.testing.spec`, and takes the policy that is tested as its
argument `policy`. Where the case comes about under one of the two only, the argument `told` is the
policy that its story is told by.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from textwrap import indent
from typing import Any, Final

from freezecase.core import commands as do
from freezecase.core.obligations import Obligation, key_of
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.turn import Turn
from freezecase.replay.diff.journeys import Act
from freezecase.replay.diff.order import Answered, Change
from freezecase.replay.diff.report import Difference, Witness
from freezecase.replay.pen import Pen

__all__ = ["pasted"]

_HEAD: Final = '''\
"""Where two policies differ: each test holds under `{holds}`, and fails under `{fails}`."""

from datetime import UTC, datetime, timedelta
'''


def pasted(differences: Iterable[Difference], at: datetime, *, under: str = "old") -> str:
    """
    Return a module of tests, one for each difference, that hold under one policy.

    Args:
        differences: what a diff found.
        at: when its cases begin, as the diff was told.
        under: `old` or `new`: the policy that the tests hold under.

    """
    writer = _Tests(at)
    pen, tests = (
        writer.pen,
        [writer.test(number, one, under) for number, one in enumerate(differences, 1)],
    )
    fails = "new" if under == "old" else "old"
    head = _HEAD.format(holds=under, fails=fails)
    lines = [head, *pen.imports(), "", f"AT = {pen.begin()}"]
    return "\n".join([*lines, *(f"\n\n{test}" for test in tests)]) + "\n"


class _Tests:
    """Writes one test after the other."""

    def __init__(self, at: datetime) -> None:
        self.pen = Pen(at)
        self.pen.uses("freezecase.policy.policy", "Policy")
        self.pen.uses("freezecase.testing.spec", "given")

    def test(self, number: int, one: Difference, under: str) -> str:
        witness = one.witness
        takes = "policy: Policy" + (", told: Policy" if _told_apart(witness) else "")
        name = f"{one.place.command}_{one.direction.word}_{number}".replace("-", "_")
        body = [
            f'"""{one.place.in_words()}: {one.direction.word}."""',
            f"story = {self._story(witness)}",
            *self._demands(witness, under),
        ]
        return f"def test_{name}({takes}) -> None:\n{indent(chr(10).join(body), '    ')}"

    def _story(self, witness: Witness) -> str:
        first = "told" if _told_apart(witness) else "policy"
        parts = ["given()", f".under({first})", *map(self._act, witness.story.acts)]
        if first == "told":
            parts.append(".under(policy)")
        return "(\n" + indent("\n".join(parts), "    ") + "\n)"

    def _act(self, act: Act) -> str:
        if isinstance(act.command, do.LetTimePass):
            return f".later({self.pen.code(act.at)})"
        return f".after({self._asked(act)})"

    def _asked(self, act: Act) -> str:
        return self.pen.asked(act.command, act.by, act.at, act.facts)

    def _demands(self, witness: Witness, under: str) -> Iterator[str]:
        when = f"story.when({self._asked(witness.asked)})"
        said = getattr(witness.change, under)
        if isinstance(said, InvalidValue):
            self.pen.uses("freezecase.errors", "InvalidValue")
            self.pen.uses("pytest", "raises")
            yield f"with raises(InvalidValue):\n    {when}"
            return
        yield f"asked = {when}"
        yield from self._holds(witness.change, said, getattr(witness.change, _OTHER[under]))

    def _holds(self, change: Change, said: Any, other: Any) -> Iterator[str]:
        """Yield what holds of an answer, and not of the *other*."""
        if change.what == "ruling":
            yield from self._ruled(said, other)
        elif isinstance(said or other, Obligation):
            yield self._owed(said, other)
        else:
            yield f"assert asked.allowed().ruling.{change.what} == {self.pen.code(said)}"

    def _ruled(self, said: Turn | NotAllowedNow, other: Answered) -> Iterator[str]:
        if isinstance(said, NotAllowedNow):
            yield f"asked.then_refused({self.pen.name(NotAllowedNow)})"
        elif said.ruling.allowed:
            yield "asked.allowed()"
        elif isinstance(other, Turn) and set(said.ruling.decided_by) <= set(_refusing(other)):
            verdicts = {one.rule: one.verdict for one in said.ruling.opinions}
            yield f"assert isinstance(asked.outcome, {self.pen.name(Turn)})"
            yield "opinions = asked.outcome.ruling.opinions"
            told = self.pen.code(verdicts)
            yield f"assert {{one.rule: one.verdict for one in opinions}} == {told}"
        else:
            theirs = _refusing(other) if isinstance(other, Turn) else ()
            rules = [rule for rule in said.ruling.decided_by if rule not in theirs]
            yield f"asked.then_refused({f'by_rule={rules[0]!r}' if rules else ''})"

    def _owed(self, said: Obligation | None, other: Obligation | None) -> str:
        if said is None:
            return f"asked.then_not_owed({self._key(other)})"
        if other is None or (said.debtor, said.due) != (other.debtor, other.due):
            by, due = self.pen.code(said.debtor), self.pen.code(said.due)
            return f"asked.then_owed({self._key(said)}, by={by}, due={due})"
        demand = self.pen.code(said.demand)
        return f"assert asked.after.obligations[{self._key(said)}].demand == {demand}"

    def _key(self, owed: Obligation | None) -> str:
        return ", ".join(map(repr, key_of(owed))) if owed else ""


_OTHER: Final = {"old": "new", "new": "old"}


def _told_apart(witness: Witness) -> bool:
    return witness.told_under != "either"


def _refusing(turn: Turn) -> tuple[str, ...]:
    """Return the rules that stood in the way."""
    return () if turn.ruling.allowed else turn.ruling.decided_by
