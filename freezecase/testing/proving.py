"""
Say of a story that nobody is stuck at its end: what a test that `prove` printed says.

    must_have_way_out(given().under(policy).after(ImposeFreeze(...), by=engine))

Each of these tries what a house could do, with the real rules, and raises `AssertionError` when
nothing does it. They look a few moves ahead, and are no proof: `freezecase.replay.prove` is.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

import attrs

from freezecase.core.actors import Actor, ActorKind
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.ruling import Fact, Verdict
from freezecase.core.state import CaseState
from freezecase.core.values import Instant, Person
from freezecase.errors import NotAllowedNow
from freezecase.policy.owing import COVERAGE
from freezecase.policy.turn import Turn, take_turn
from freezecase.replay.prove.bounds import CASE, STAFFED, Bounds
from freezecase.replay.prove.catalogue import OWN, asks
from freezecase.replay.prove.exits import over
from freezecase.replay.prove.people import MACHINES, staff_among
from freezecase.replay.prove.slices import SLICES, part_of
from freezecase.replay.prove.watching import Seen, watched
from freezecase.testing.spec import SOME_DAY, Given

__all__ = [
    "must_be_able",
    "must_be_clocked",
    "must_have_way_out",
    "must_not_break",
    "must_owe_a_person",
]

_DEPTH: Final = 4
"""How many moves ahead a way out is looked for."""
_OWN_MOVES: Final = 3
_MOST: Final = 400
"""How many cases are looked at before it is said that there is no way."""


def must_have_way_out(
    story: Given,
    *,
    away: Iterable[Person] = (),
    facts: Mapping[str, Fact] | None = None,
    at: Instant = SOME_DAY,
) -> None:
    """
    Demand that the house alone can bring the case to a release or to its end.

    Args:
        story: what happened, and the policy.
        away: who of the staff cannot act any more.
        facts: what the host says of the case, whenever it is asked.
        at: when it is asked.

    """
    gone = set(away)
    house = [one for one in _people(story.state) if one.person not in gone]
    people = [MACHINES[ActorKind.SYSTEM], *house]
    if not _found(story, people, facts or {}, at, over, _DEPTH):
        raise AssertionError(f"a case that is `{story.state.status}` has no way out: {_who(gone)}")


def must_be_able(
    story: Given, debtor: str, duty: str, about: str = "", *, at: Instant = SOME_DAY
) -> None:
    """Demand that whoever stands for *debtor* can do what they owe, in three moves of their own."""
    owed = story.state.obligations.get((duty, about))
    if owed is None:
        return  # nobody owes it here

    def done(state: CaseState) -> bool:
        return state.obligations.get((duty, about)) is not owed

    if not _found(story, _standing_for(debtor, story.state), {}, at, done, _OWN_MOVES):
        raise AssertionError(f"`{debtor}` owes `{duty}` and cannot do it")


def must_be_clocked(story: Given, duty: str) -> None:
    """Demand that a clock of the policy opened the duty, not the law that nothing is forgotten."""
    for (kind, _subject), owed in story.state.obligations.items():
        if kind == duty and owed.basis == COVERAGE:
            raise AssertionError(f"a case waits for `{duty}` and no clock says who owes it")


def must_owe_a_person(story: Given) -> None:
    """Demand that somebody owes the customer a person."""
    owed = story.state.obligations.values()
    if not any(set(one.demand.met_by) == {"human-joined"} for one in owed):
        raise AssertionError("machines answer again and again, and nobody owes a person")


def must_not_break(
    story: Given,
    command: Command,
    *,
    by: Actor,
    at: Instant = SOME_DAY,
    facts: Mapping[str, Fact] | None = None,
) -> None:
    """Demand that no rule breaks when it is asked, nor reads what no proof can see."""
    seen = Seen()
    under_watch = story.under(watched(story.policy, seen))
    seen.clear(facts or {})
    outcome = under_watch.when(command, by=by, at=at, facts=facts).outcome
    for rule, what in seen.blind.items():
        raise AssertionError(f"rule `{rule}` reads `{what}`, which no proof can see")
    opinions = outcome.ruling.opinions if isinstance(outcome, Turn) else ()
    for one in opinions:
        if one.verdict is Verdict.BROKEN:
            raise AssertionError(f"rule `{one.rule}` broke: {one.because}")


def _who(gone: Collection[Person]) -> str:
    return f"without {', '.join(sorted(gone))}" if gone else "whoever acts"


# --- trying what can be done ---------------------------------------------------------------------


def _found(  # noqa: PLR0917 - from where, by whom, told what, when, to where, how far
    story: Given,
    people: Iterable[Actor],
    facts: Mapping[str, Fact],
    at: Instant,
    done: Callable[[CaseState], bool],
    moves: int,
) -> bool:
    """Say whether these people can bring the case there in so many moves."""
    everybody, seen = tuple(people), {_known_by(story.state)}
    waiting = deque([(story.state, 0)])
    while waiting and len(seen) < _MOST:
        state, depth = waiting.popleft()
        for after in _moves(attrs.evolve(story, state=state), everybody, facts, at):
            if done(after):
                return True
            key = _known_by(after)
            if depth + 1 < moves and key not in seen:
                seen.add(key)
                waiting.append((after, depth + 1))
    return False


def _moves(
    story: Given, people: tuple[Actor, ...], facts: Mapping[str, Fact], at: Instant
) -> Iterator[CaseState]:
    """Yield what the case is after each thing that these people can do."""
    strangers = tuple(one.person for one in people if one.kind is ActorKind.STAFF)[-1:]
    owed = frozenset(story.state.obligations)
    for name in OWN:
        signed, owed = owed, frozenset()  # what is owed may be signed off, once among all slices
        for command, laid_out in asks(name, story.state, Bounds(), strangers, signed):
            for who in people if laid_out is story.state else ():
                after = _after(story, command, who, at, facts)
                if after is not None:
                    yield after


def _after(
    story: Given, command: Command, who: Actor, at: Instant, facts: Mapping[str, Fact]
) -> CaseState | None:
    try:
        turn = take_turn(story.policy, story.state, _here(command, story.state), who, at, facts)
    except NotAllowedNow:
        return None
    return turn.after if turn.ruling.allowed else None


def _here(command: Command, state: CaseState) -> Command:
    """Return a command about this case."""
    return command if state.id == CASE else replace(command, case=state.id)


def _known_by(state: CaseState) -> tuple[object, ...]:
    """Return what tells a case from others on the way, but for what is owed and when."""
    return tuple(part_of(state, one, {}, Bounds())[0] for one in SLICES)


def _people(state: CaseState) -> Iterator[Actor]:
    """Yield the staff who stand in a relation to the case, and a stranger in each role."""
    for person in sorted(staff_among(one for slice_ in SLICES for one in slice_.people(state))):
        yield Actor.staff(person.partition(":")[2])
    for role in STAFFED:
        yield Actor.staff(f"some-{role}", role)
    yield Actor.staff("somebody")


def _standing_for(debtor: str, state: CaseState) -> tuple[Actor, ...]:
    kinds = {kind.value: actor for kind, actor in MACHINES.items()}
    if debtor in kinds:
        return (Actor.customer(state.account),) if debtor == "customer" else (kinds[debtor],)
    if debtor == "exchange":
        return MACHINES[ActorKind.SYSTEM], Actor.staff("somebody")
    person = {"@owner": state.owner, "@offered": state.offered_to}.get(debtor)
    if person is not None:
        return (Actor.staff(person.partition(":")[2]),)
    return (Actor.staff("somebody", *(() if debtor.startswith("@") else (debtor,))),)
