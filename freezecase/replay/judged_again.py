"""
One decision, made again: by the policy that its ruling names, on what was known then.

The rules are asked on the state of then, with the actor, the instant and the facts of then. Where
today's calendars say something else than those of then, it is counted again on what was recorded.
Texts play no role: no rule ever saw them, so it does not matter which were erased since.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from freezecase.app.asking import Asking, anchors_of
from freezecase.app.stores.store import Loaded
from freezecase.core.checked import replace
from freezecase.core.events import CaseEvent, kind_of
from freezecase.core.obligations import Obligation, key_of
from freezecase.core.personal import masked
from freezecase.core.ruling import Opinion, Ruling
from freezecase.core.state import CaseState
from freezecase.errors import InvalidValue, NotAllowedNow
from freezecase.policy.policy import Policy
from freezecase.policy.turn import Turn, take_turn
from freezecase.wire.shapes import Asked, Entry

__all__ = ["PARTS", "Again", "Change", "judged_again"]

NOTHING: Final = "nothing"


@attrs.frozen
class Change:
    """One thing that a decision says otherwise when it is made again."""

    what: str
    recorded: str
    again: str


@attrs.frozen
class Again:
    """A decision that was made again: what changed, and the case after it if nothing did."""

    changes: tuple[Change, ...]
    after: CaseState | None = None


def judged_again(
    policy: Policy, state: CaseState, rows: Sequence[Loaded], entries: Sequence[Entry], asked: Asked
) -> Again:
    """
    Return what comes of *asked* now, held against *entries*: the turn that it led to then.

    *rows* are those by which rules are dated: the first of the case, and where the customer got in
    touch. Whatever else a rule or a calendar raises is not caught.
    """
    asking = _asking(entries[0], asked)
    there = policy.on(anchors_of(asking, state, rows))
    recorded = asked.ruling
    if recorded.policy != policy.ref:  # that it changed is reported beside, once
        recorded = replace(recorded, policy=policy.ref)
    try:
        turn = _made_again(there, state, asking, recorded)
    except NotAllowedNow as refused:
        return Again((Change("answer", recorded.in_words(), f"no turn at all: {refused}"),))
    happened = tuple(masked(entry.event) for entry in entries)
    changes = tuple(_changes(recorded, happened, turn))
    return Again(changes, None if changes else turn.after)


def _asking(entry: Entry, asked: Asked) -> Asking:
    return Asking(
        command=asked.command,
        actor=entry.actor,
        id=entry.command_id,
        now=asked.ruling.at,
        occurred_at=entry.occurred_at,
        facts=asked.ruling.facts,
    )


def _made_again(policy: Policy, state: CaseState, asking: Asking, recorded: Ruling) -> Turn:
    """Take the turn as of today, which is quick; on the days of then, if those say otherwise."""
    if not recorded.calendars:
        return _turn(policy, state, asking)
    try:
        turn = _turn(policy, state, asking)
    except InvalidValue:  # a calendar of today does not reach so far
        return _turn(policy, state, asking, recorded)
    return turn if turn.ruling == recorded else _turn(policy, state, asking, recorded)


def _turn(policy: Policy, state: CaseState, asking: Asking, ruling: Ruling | None = None) -> Turn:
    return take_turn(
        *(policy, state, asking.command, asking.actor, asking.now),
        *(asking.facts, asking.occurred_at),
        () if ruling is None else ruling.calendars,
    )


# --- what changed, in words ----------------------------------------------------------------------


def _changes(recorded: Ruling, happened: Sequence[CaseEvent], turn: Turn) -> Iterator[Change]:
    if turn.missed:
        missed = f"{len(turn.missed)} of them, before anything was asked"
        yield Change("what was due and not done", NOTHING, missed)
    if turn.ruling != recorded:
        yield from _of_ruling(recorded, turn.ruling)
    again = tuple(map(masked, turn.events))
    if again != happened:
        yield from _of_events(happened, again)


def _of_ruling(recorded: Ruling, again: Ruling) -> Iterator[Change]:
    """Yield what two rulings say otherwise: the answer, each rule, and then what follows."""
    if recorded.allowed != again.allowed:
        yield Change("answer", recorded.in_words(), again.in_words())
    yield from _of_opinions(recorded.opinions, again.opinions)
    for field, (what, say) in PARTS.items():
        then, now = getattr(recorded, field), getattr(again, field)
        if then != now:
            yield Change(what, *_told(say, then, now))


def _of_opinions(recorded: Iterable[Opinion], again: Iterable[Opinion]) -> Iterator[Change]:
    then, now = ({one.rule: one for one in opinions} for opinions in (recorded, again))
    for rule in sorted(then.keys() | now.keys()):
        if then.get(rule) != now.get(rule):
            yield Change(f"rule `{rule}`", _opinion(then.get(rule)), _opinion(now.get(rule)))


def _opinion(opinion: Opinion | None) -> str:
    if opinion is None:
        return NOTHING
    return f"{opinion.verdict}: {opinion.because}" if opinion.because else str(opinion.verdict)


def _told(say: Callable[[Any], str], then: object, now: object) -> tuple[str, str]:
    """Say two values in words; where those do not tell them apart, say all of both."""
    words = say(then), say(now)
    return words if words[0] != words[1] else (repr(then), repr(now))


def _listed(several: Iterable[object]) -> str:
    return ", ".join(map(str, several)) or NOTHING


def _lane(lane: Any) -> str:
    if lane is None:
        return NOTHING
    skill = f", skill `{lane.skill}`" if lane.skill else ""
    return f"queue `{lane.queue}`{skill}, priority {lane.priority}"


def _calendars(several: Iterable[Any]) -> str:
    return _listed(
        f"`{one.calendar}` in {one.zone} from {one.first} to {one.last}" for one in several
    )


PARTS: Final[Mapping[str, tuple[str, Callable[[Any], str]]]] = {
    "by": ("who asked", str),
    "at": ("when it was asked", str),
    "facts": ("what the host said", lambda facts: repr(dict(facts))),
    "signatures": ("signatures that a release takes", str),
    "checks": ("checks that are planned", lambda checks: _listed(one.kind for one in checks)),
    "lane": ("whose work follows", _lane),
    "telling": ("what the customer may be told", lambda telling: str(telling or NOTHING)),
    "calendars": ("days that were counted on", _calendars),
}
"""What a ruling says beside its answer, its policy and its rules: by field, its name and words."""


def _of_events(happened: Sequence[CaseEvent], again: Sequence[CaseEvent]) -> Iterator[Change]:
    """Yield what followed only then, and only now; two of one kind are told field by field."""
    then = [event for event in happened if event not in again]
    now = [event for event in again if event not in happened]
    if not then and not now:
        yield Change("order or number of what follows", _kinds(happened), _kinds(again))
    for event in then:
        other = next((one for one in now if _of_one_kind(one, event)), None)
        if other is None:
            yield Change("what follows", _event(event), NOTHING)
            continue
        now.remove(other)
        yield from _of_fields(_event(event), event, other)
    yield from (Change("what follows", NOTHING, _event(event)) for event in now)


def _of_fields(what: str, then: object, now: object) -> Iterator[Change]:
    """Yield the fields in which two values of one class differ, inside out."""
    kind: Any = type(then)
    for field in attrs.fields(kind):
        ours, theirs = getattr(then, field.name), getattr(now, field.name)
        if ours == theirs:
            continue
        if attrs.has(type(ours)) and type(ours) is type(theirs):
            yield from _of_fields(what, ours, theirs)
        else:
            yield Change(f"{what}, {field.name}", *_told(str, ours, theirs))


def _of_one_kind(one: CaseEvent, other: CaseEvent) -> bool:
    return _event(one) == _event(other)


def _event(event: Any) -> str:
    """Name an event, and what is owed where it is about that."""
    owed = getattr(event, "obligation", None)
    if owed is None:
        return f"`{kind_of(event)}`"
    kind, subject = key_of(owed) if isinstance(owed, Obligation) else (owed, event.subject)
    return f"`{kind_of(event)}` of `{kind}`" + (f" about `{subject}`" if subject else "")


def _kinds(events: Iterable[CaseEvent]) -> str:
    return _listed(map(_event, events))
