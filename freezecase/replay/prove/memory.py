"""
What gates said before, by what they looked at: a gate that sees the same says the same.

Most questions of an exploration differ in what no gate looks at. What the gates of a command read
is noted as they are asked, so that they need not be asked again of a case that has the same there.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import Final, Generic, TypeVar

from freezecase.core.ruling import Fact, Ruling
from freezecase.core.state import CaseState
from freezecase.core.values import Person
from freezecase.policy.judge import Gates, Said, completed, gates_of, ruled
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.replay.prove.watching import Noted, Seen

__all__ = ["Memory", "Recall", "typed"]

V = TypeVar("V")
_Look = Callable[[CaseState], object]
_Facts = frozenset[tuple[str, type, Fact]]


class Recall(Generic[V]):
    """Values by what they were found for, and by the fields of the case that they rest on."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known: Final[dict[Hashable, list[tuple[_Look, object, V]]]] = defaultdict(list)

    def of(self, key: Hashable, state: CaseState) -> V | None:
        """Return the value of a case that has the same in all those fields."""
        known = self._known[key]
        for at, (look, looked, value) in enumerate(known):
            if look(state) == looked:
                if at:  # the next case is likely to be like this one
                    known.insert(0, known.pop(at))
                return value
        return None

    def keep(self, key: Hashable, state: CaseState, fields: Iterable[str], value: V) -> V:
        """Keep a value that was found by looking at these fields, and return it."""
        look = _look_at(frozenset(fields))
        self._known[key].insert(0, (look, look(state), value))
        return value


class Memory:
    """Asks the rules of a policy under watch, and its gates only for what they have not seen."""

    def __init__(self, policy: Policy, seen: Seen) -> None:
        """Begin with nothing known."""
        self._policy: Final = policy
        self._seen: Final = seen
        self._gates: Final[Recall[tuple[Gates, Noted]]] = Recall()
        self._rulings: Final[dict[tuple[Person, _Facts, Said], Ruling]] = {}

    def ask(self, question: Question) -> Said:
        """Return what rules say; what they look at is seen as if all of them were asked now."""
        state, actor = question.state, question.actor
        who = actor.person, actor.roles, typed(question.facts)
        key = question.command, who, state.status, state.ground  # these tell most questions apart
        known = self._gates.of(key, state)
        if known is None:
            self._seen.clear(question.facts)
            gates = gates_of(self._policy, question)
            fields = (field for _, field in self._seen.fields)
            known = self._gates.keep(key, state, fields, (gates, self._seen.noted()))
        else:
            self._seen.again(known[1], question.facts)
        return completed(self._policy, question, known[0])

    def allowed(self, question: Question, said: Said) -> Ruling:
        """Return the ruling by which it is allowed."""
        key = question.actor.person, typed(question.facts), said
        ruling = self._rulings.get(key)
        if ruling is None:
            ruling = self._rulings[key] = ruled(self._policy, question, said, allowed=True)
        return ruling


@cache
def _look_at(fields: frozenset[str]) -> _Look:
    return attrgetter(*sorted(fields)) if fields else _nothing


def _nothing(_: CaseState) -> object:
    return None


def typed(facts: Mapping[str, Fact]) -> _Facts:
    """Return facts so that yes is not 1."""
    return frozenset((name, type(fact), fact) for name, fact in facts.items())
