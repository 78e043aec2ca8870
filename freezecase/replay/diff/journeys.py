"""
Cases as they come about under a policy: the shortest journeys to all that a case can hold.

The search goes on from a case only if it shows something new: a feature, such as an open check or a
promise that was broken, which no case of the same ground showed before. (In planning this is known
as novelty, and the search as one of iterated width: Lipovetzky and Geffner, 2012.) So it ends, it
meets each feature by a shortest journey, and it says nothing of features that only meet later.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations, islice, product
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.personal import masked
from freezecase.core.ruling import Fact, Verdict
from freezecase.core.state import CaseState, unopened
from freezecase.core.values import Ground, Instant
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.judge import answers
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.turn import CLOCK, let_time_pass, take_turn
from freezecase.replay.diff.asking import asked_of, cast, said_of

__all__ = ["CASE", "Act", "Journey", "Story", "asked_first", "journeys", "retold"]

WIDTH: Final = 1
"""How many features must meet for the first time, so that a case is worth going on from."""
MISSES: Final = 60
"""How many misses a right is waited out for, at most."""

CASE: Final = UUID(int=1)
"""The case that every story is about."""


@attrs.frozen
class Act:
    """One command of a story: who asked it, when, and what the host said."""

    command: Command
    by: Actor
    at: Instant
    facts: Mapping[str, Fact] = attrs.field(factory=dict[str, Fact], hash=False)


Journey = tuple[Act, ...]
"""The acts of a story, one after the other, from nothing on."""


@attrs.frozen
class Story:
    """A case, and how it came about; to let time pass is an act of the clock."""

    state: CaseState
    at: Instant
    """Until when it is told."""
    acts: Journey = ()

    def going_on(self, policy: Policy, act: Act) -> "Iterator[Story]":
        """Yield the story with one more act; nothing if *policy* refuses it."""
        after = _after(policy, self.state, act)
        if after is not None:
            yield Story(after, act.at, (*self.acts, act))


def retold(policy: Policy, journey: Journey, at: datetime) -> Story | None:
    """Return the story of a journey from *at* on under *policy*; nothing if it refuses an act."""
    told: Story | None = Story(unopened(CASE), at)
    for act in journey:
        told = next(told.going_on(policy, act), None) if told else None
    return told


def journeys(
    policy: Policy, at: datetime, roles: Sequence[str], width: int = WIDTH
) -> Iterator[Journey]:
    """
    Yield journeys to the cases that come about under *policy* from *at* on, shorter ones first.

    Each comes on every ground on which the freeze could have been imposed; not everything that
    follows may be allowed there.
    """
    freezes = tuple(_freezes(policy, at, roles))
    for story in _searched(policy, at, roles, width):
        yield story.acts
        yield from _on_other_grounds(story.acts, freezes)


def _freezes(policy: Policy, at: datetime, roles: Sequence[str]) -> Iterator[Act]:
    """Yield every freeze that somebody may impose."""
    nothing = Story(unopened(CASE), at)
    people = tuple(cast(nothing.state, roles))
    for command in said_of(do.ImposeFreeze, nothing.state, at):
        yield from asked_first([policy], nothing, command, people)


def _on_other_grounds(acts: Journey, freezes: Iterable[Act]) -> Iterator[Journey]:
    """Yield a journey as it would go on each other ground, with the same scope."""
    first: Any = acts[0].command if acts else None
    seen = {first.ground} if acts else set[Ground]()
    for freeze in freezes if acts else ():
        other: Any = freeze.command
        if other.ground not in seen and other.scope == first.scope:
            seen.add(other.ground)
            yield (freeze, *acts[1:])


def _searched(policy: Policy, at: datetime, roles: Sequence[str], width: int) -> Iterator[Story]:
    """Yield a story to each case that shows something new, the shortest first."""
    new = Novelty(width).new
    waiting = deque([Story(unopened(CASE), at)])
    while waiting:
        story = waiting.popleft()
        yield story
        waiting.extend(one for one in _going_on(policy, story, roles) if new(one.state))


def _going_on(policy: Policy, story: Story, roles: Sequence[str]) -> Iterator[Story]:
    """Yield what may come next in a story: what somebody asks, or time passing."""
    people = tuple(cast(story.state, roles))
    for command in asked_of(story.state, story.at):
        for act in asked_first([policy], story, command, people):
            yield from story.going_on(policy, act)
    yield from _waiting(policy, story)


def asked_first(
    policies: Sequence[Policy], story: Story, command: Command, people: Sequence[Actor]
) -> Iterator[Act]:
    """Yield the first way of asking for *command* that all *policies* allow, if there is one."""
    seen = masked(command)
    for facts, actor in product(_facts(policies, type(command)), people):
        question = Question(seen, story.state, actor, story.at, facts)
        if all(_allows(policy, question) for policy in policies):
            yield Act(command, actor, story.at, facts)
            return


def _facts(policies: Sequence[Policy], command: type[Command]) -> Iterator[dict[str, Fact]]:
    """Yield what the host may say: nothing; then each fact in turn by every value it has."""
    domains = {
        name: domain
        for policy in policies
        for _kind, rule in policy.speaking_of(command)
        for name, domain in rule.reads.items()
    }
    yield {}
    for place in range(max(map(len, domains.values()), default=0)):
        yield {name: domain[min(place, len(domain) - 1)] for name, domain in domains.items()}


def _waiting(policy: Policy, story: Story) -> Iterator[Story]:
    """Yield the story until the next thing is missed, and until each right has lapsed."""
    owed = story.state.obligations.values()
    dues = {one.due for one in owed if one.demand.right}
    dues |= {min(one.due for one in owed)} if owed else set()
    for due in sorted(dues):
        yield from story.going_on(policy, Act(do.LetTimePass(story.state.id), CLOCK, due))


def _after(policy: Policy, state: CaseState, act: Act) -> CaseState | None:
    """Return the case after an act; nothing if it was refused, or takes too many misses."""
    if isinstance(act.command, do.LetTimePass):
        turns = tuple(islice(let_time_pass(policy, state, act.at), MISSES + 1))
        return turns[-1].after if 0 < len(turns) <= MISSES else None
    try:
        turn = take_turn(policy, state, act.command, act.by, act.at, act.facts)
    except (NotAllowedNow, InvalidValue):
        return None
    return turn.after if turn.ruling.allowed else None


def _allows(policy: Policy, question: Question) -> bool:
    """Say whether *policy* allows what is asked, where a whole ruling would cost too much."""
    gates = answers(policy, question).gates
    return bool(gates) and all(said.verdict is Verdict.ALLOW for _rule, said in gates)


class Novelty:
    """Remembers which features met in a case."""

    def __init__(self, width: int) -> None:
        """Begin with nothing met; *width* features at a time count."""
        self._width = width
        self._met: set[tuple[object, ...]] = set()

    def new(self, state: CaseState) -> bool:
        """Say whether features meet in *state* that never met before, and remember them."""
        features = sorted(set(_features(state)))
        met = set(combinations(features, self._width)) - self._met
        self._met |= met
        return bool(met)


def _features(state: CaseState) -> Iterator[str]:
    """Yield all that a rule may tell a case by, apart from names, times and large numbers."""
    yield from (f"{name}={say(state)}" for name, say in _SAYS.items())
    for name, each in _EACH.items():
        yield from (f"{name}:{one}" for one in each(state))


def _there(value: object) -> str:
    return "no" if value is None else "yes"


def _few(number: int) -> int:
    return min(number, 3)


def _appeal(state: CaseState) -> str:
    appeal = state.appeal
    if appeal is None:
        return "none"
    return f"{appeal.level} {appeal.route} {appeal.acknowledged} {_there(appeal.reviewer)}"


def _release(state: CaseState) -> str:
    release = state.release
    if release is None:
        return "none"
    return f"{_there(release.leaving)} {_few(len(release.approvers))} {release.ordered}"


_SAYS: Final[Mapping[str, Any]] = {
    "status": lambda state: f"{state.status} {state.stood}",
    "ground": lambda state: state.ground,
    "scope": lambda state: len(state.scope.capabilities) if state.scope else 0,
    "until": lambda state: _there(state.until),
    "enforced": lambda state: state.enforced,
    "owner": lambda state: _there(state.owner),
    "offered": lambda state: _there(state.offered_to),
    "transfers": lambda state: _few(state.transfers),
    "human": lambda state: state.human_wanted,
    "reply": lambda state: state.reply_owed,
    "bot": lambda state: _few(state.bot_replies),
    "appeal": _appeal,
    "next": lambda state: state.next_level,
    "release": _release,
    "alone": lambda state: _there(state.ordered_alone),
}
"""What is said of every case, one value at a time."""
_EACH: Final[Mapping[str, Any]] = {
    "sent": lambda state: state.sent,
    "unreached": lambda state: state.unreached,
    "withheld": lambda state: state.withheld,
    "check": lambda state: [f"{kind} {one.stage}" for kind, one in state.checks.items()],
    "promise": lambda state: state.promises,
    "broken": lambda state: state.broken,
    "hold": lambda state: state.holds,
    "owed": lambda state: state.obligations,
    "lapsed": lambda state: state.lapsed,
    "erased": lambda state: state.erased,
}
"""What a case holds several of."""
