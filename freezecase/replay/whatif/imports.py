"""Imported records as steps: the command that would have led to each, and whose move it was."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.events import CaseEvent
from freezecase.core.leads import LEADS
from freezecase.policy.effective import Anchors
from freezecase.replay.whatif.roles import Gap, RoleRule, Roles
from freezecase.replay.whatif.step import Role, Step, role_of
from freezecase.replay.whatif.trace import Effect

__all__ = ["Importing", "command_of"]


def _fields(kind: Any, *, needed: bool = False) -> frozenset[str]:
    """Return the names of its fields; of those alone that must be given, if so."""
    fields = attrs.fields_dict(kind).items()
    return frozenset(name for name, one in fields if not needed or one.default is attrs.NOTHING)


_ASKED_BY: Final = {event: command for command, event in LEADS.items()}
_CARRIED: Final = {event: _fields(event) & _fields(one) for event, one in _ASKED_BY.items()}
_NEEDED: Final = {command: _fields(command, needed=True) for command in LEADS}
_UNSAID: Final = "the record does not say"
"""The reasons for what only a command gives reasons for."""
_CLOCKS: Final = (e.ObligationMissed, e.PromiseBroken)
"""What time alone leads to; nobody asks for it."""


def command_of(event: CaseEvent, case: UUID) -> Command | None:
    """Return the command that leads to *event*, or nothing if none does."""
    kind: Any = _ASKED_BY.get(type(event))
    if kind is None:
        return None
    values = {name: getattr(event, name) for name in _CARRIED[type(event)]}
    more = {"case": case, "reason": _UNSAID}
    if not _NEEDED[kind] <= values.keys() | more.keys():
        return None
    values |= {name: more[name] for name in _NEEDED[kind] - values.keys()}
    command: Command = kind(**values)
    return command


@attrs.define
class Importing:
    """Makes the steps of one imported case, one record after the other."""

    case: UUID
    roles: Roles
    newest: dict[str, Step] = attrs.Factory(dict)
    """The newest step of each label."""
    effects: list[Effect] = attrs.Factory(list)

    def step(self, n: int, event: CaseEvent, actor: Actor, at: datetime, anchors: Anchors) -> Step:
        """Return the step that a record is."""
        rule = self.roles.rule(event, actor)
        command = command_of(event, self.case)
        step = Step(
            n=n,
            at=at,
            occurred_at=at,
            role=_role(rule, event, actor, command),
            actor=actor,
            command=command,
            events=(event,),
            anchors=anchors,
        )
        return step if rule is None else self._named(rule, step)

    def _named(self, rule: RoleRule, step: Step) -> Step:
        first = self.newest.get(rule.answers or "")
        if rule.effect is not None:
            what, about = rule.effect
            self.effects.append(Effect(self.roles.by_day_end(step.at), what, about))
        answers = None if first is None else first.n
        self.newest[rule.label] = attrs.evolve(step, answers=answers, shift=rule.shift)
        return self.newest[rule.label]

    def gaps(self, until: datetime) -> Iterator[Step]:
        """Yield what the log may have left out of the case, or does not date."""
        for number, gap in enumerate(self.roles.gaps, 1):
            if gap.after in self.newest and gap.missing not in self.newest:
                past = (self.newest.get(label) for label in (gap.after, *gap.past))
                follows = max(filter(None, past), key=_place)
                yield self._gap(-number, gap, follows, until)

    def _gap(self, n: int, gap: Gap, follows: Step, until: datetime) -> Step:
        at = follows.at + gap.at_least
        return Step(
            n=n,
            at=at,
            occurred_at=at,
            role=role_of(gap.actor),
            actor=gap.actor,
            command=command_of(gap.event, self.case),
            events=(gap.event,),
            anchors=attrs.evolve(follows.anchors, trigger=at),
            answers=follows.n,
            maybe=gap.maybe,
            latest=None if gap.maybe else until,
        )


def _place(step: Step) -> tuple[datetime, int]:
    return step.at, step.n


def _role(rule: RoleRule | None, event: CaseEvent, actor: Actor, command: Command | None) -> Role:
    if rule is not None and rule.role is not None:
        return rule.role
    if isinstance(event, _CLOCKS):
        return Role.MANDATED
    return Role.OPAQUE if command is None else role_of(actor)
