"""
What follows a switch to surge: promises that can no longer be kept get a new time, and it is told.

    surge = rules.step(measured(book, now), surge)
    applied = apply(book, usual, rules, surge, now, by=desk, say=say)
    book = applied.book                         # from now on judged by what is in force

A promise is re-priced at most once, and only if it was made before the surge, its time has not
come, and it cannot be kept under the rules in force: then it is superseded, with the reason, by one
under another name that is never due earlier. What is late is broken, and nobody re-prices that.
Rules that re-price what `protected` names are refused before anything is switched, and when the
surge is over nothing is re-priced.

Ids follow from the promise, so after a crash it goes on where it was, and a customer is told once.
"""

import itertools
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias
from uuid import UUID, uuid5

import attrs

from freezecase.app.asking import anchors_at
from freezecase.app.guarding import guarded
from freezecase.app.reading import instant
from freezecase.app.record import Record
from freezecase.app.stores.store import Loaded
from freezecase.app.watchdog import SECONDS
from freezecase.casebook import Casebook
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.checked import refuse
from freezecase.core.commands import Command
from freezecase.core.events import kind_of
from freezecase.core.state import CaseState
from freezecase.core.values import Channel, Instant, Slug
from freezecase.desk.reading import rows, state_of
from freezecase.desk.surge import Load, Spell, Surge, SurgeRules
from freezecase.desk.surge_book import surge_book
from freezecase.errors import CommandReused, Conflict, RecordError, Refused
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.policy.reckon import Reckoner

__all__ = ["NOTICE", "Applied", "Repriced", "Say", "apply", "measured", "switched"]

NOTICE: Final = "promise-superseded"
"""The notice that tells the customer of a promise with a new time."""
_LONGEST: Final = 64
"""How many letters the name of a promise may have."""


@attrs.frozen(kw_only=True)
class Repriced:
    """A promise that has a new time."""

    case: UUID
    promise: Slug
    by_promise: Slug
    was_due: Instant
    due: Instant
    reason: str


Say: TypeAlias = Callable[[CaseState, Repriced], do.SendNotice]
"""How a customer is told: notice `promise-superseded`, its text written for the case."""


@attrs.frozen(kw_only=True)
class Applied:
    """What followed."""

    book: Casebook
    """The book, judged by what is in force when it is asked: use it from here on."""
    repriced: tuple[Repriced, ...]
    told: tuple[Repriced, ...]
    """What a customer was told of just now; after a crash it may have been re-priced before."""
    failing: Mapping[UUID, str]
    """The cases in which the ruling said no, or somebody wrote first; run it again."""


def measured(book: Casebook, now: datetime) -> Load:
    """Return how it stands at the desk: who waits for an answer or a person, by the worklist."""
    now = instant(now, "now")
    book.catch_up()
    waits = [wait for row in rows(book) if (wait := row.customer_waits(now)) is not None]
    return Load(at=now, waiting=len(waits), longest=max(waits, default=timedelta()))


def switched(
    book: Casebook,
    usual: PolicyBook | Policy,
    rules: SurgeRules,
    surge: Surge,
    *,
    rule_seconds: float = SECONDS,
) -> Casebook:
    """
    Return the book, judged by the usual policies and in surge by their editions.

    Raises:
        BadPolicy: an edition cannot be made.

    """
    policies = surge_book(usual, rules, surge)
    return attrs.evolve(book, policies=policies.mapped(lambda one: guarded(one, rule_seconds)))


def apply(
    book: Casebook,
    usual: PolicyBook | Policy,
    rules: SurgeRules,
    surge: Surge,
    now: datetime,
    *,
    by: Actor,
    say: Say,
) -> Applied:
    """
    Switch the rules to what *surge* says; re-price what cannot be kept, and tell the customers.

    Call it in every process whenever `step` answers something new, and after a crash; run again it
    changes nothing. *usual* are the policies that the book was opened with.

    Raises:
        BadPolicy: an edition cannot be made; nothing was switched.
        InvalidValue: *now* is no aware instant, or *say* writes another notice.
        StoreError: the book cannot be read or written; run it again.

    """
    now = instant(now, "now")
    desk = _Desk(switched(book, usual, rules, surge), rules, surge.spell, now, by)
    desk.book.catch_up()
    for item in rows(desk.book):
        stored = desk.book.store.read(item.case, verify=False)
        if any(row[1].startswith(_PROMISES) for row in stored):
            desk.look(item.case, stored, say)
    return Applied(
        book=desk.book,
        repriced=tuple(desk.repriced),
        told=tuple(desk.told),
        failing=MappingProxyType(desk.failing),
    )


_PROMISES: Final = (kind_of(e.PromiseMade), kind_of(e.PromiseSuperseded))


@attrs.define
class _Desk:
    """Goes from case to case, once."""

    book: Casebook
    rules: SurgeRules
    spell: Spell | None
    now: datetime
    by: Actor
    repriced: list[Repriced] = attrs.field(factory=list)
    told: list[Repriced] = attrs.field(factory=list)
    failing: dict[UUID, str] = attrs.field(factory=dict)

    def look(self, case: UUID, stored: Sequence[Loaded], say: Say) -> None:
        """Re-price what cannot be kept in a case, and tell what nobody has told yet."""
        try:
            records = self.book.history(case)
            asked = {
                id
                for id, command in self._hopeless(records, stored)
                if self._said(case, command, id)
            }
            records = self.book.history(case) if asked else records
            for id, one in _repriced(records, self.rules.name):
                if id in asked:
                    self.repriced.append(one)
                self._tell(records, id, one, say)
        except RecordError as error:
            self.failing[case] = f"{error}"

    def _hopeless(
        self, records: Sequence[Record], stored: Sequence[Loaded]
    ) -> Iterator[tuple[UUID, do.SupersedePromise]]:
        """Yield what takes the place of promises that cannot be kept, what is due first first."""
        if self.spell is None:
            return
        case, made = state_of(records), _made(records)
        policy = self.book.policies.in_force(anchors_at(self.now, case, stored))
        names, reckoner = {*case.promises, *case.broken}, Reckoner(policy.calendars, self.now)
        lengths = {
            name: within
            for name, within in self.rules.promises.items()
            if name in case.promises_owed
        }
        for name in sorted(lengths, key=lambda name: (case.promises_owed[name].due, name)):
            due, honest = case.promises_owed[name].due, reckoner.due(lengths[name], self.now)
            before = name in made and made[name].recorded_at < self.spell.since
            if before and self.now < due < honest:
                by_promise = _other_name(name, self.rules.name, names)
                names.add(by_promise)
                yield (
                    _superseding(self.rules.name, made[name]),
                    do.SupersedePromise(
                        case.id,
                        promise=name,
                        by_promise=by_promise,
                        due=honest,
                        reason=f"`{self.rules.text}` since {self.spell.since.isoformat()}",
                    ),
                )

    def _tell(self, records: Sequence[Record], id: UUID, one: Repriced, say: Say) -> None:
        """Tell a customer of a new time, unless it was told by any channel."""
        ways = {uuid5(id, f"told by {channel}"): channel for channel in Channel}
        if any(isinstance(r.event, e.NoticeSent) and r.command_id in ways for r in records):
            return
        command = say(state_of(records), one)
        if command.notice != NOTICE or command.case != one.case:
            raise refuse("say", command.notice, f"notice `{NOTICE}` in the case it is handed")
        if self._said(one.case, command, uuid5(id, f"told by {command.channel}")):
            self.told.append(one)

    def _said(self, case: UUID, command: Command, id: UUID) -> bool:
        """Put a command on record; say whether it is there just now."""
        try:
            return not self.book.execute(command, by=self.by, id=id).repeated
        except (CommandReused, Conflict, Refused) as error:
            self.failing[case] = f"{error}"
            return False


def _made(records: Sequence[Record]) -> dict[Slug, Record]:
    """Return where each promise was made last."""
    return {one.event.promise: one for one in records if isinstance(one.event, e.PromiseMade)}


def _superseding(name: Slug, made: Record) -> UUID:
    """Return the id of the command that re-prices a promise: there is one for each promise."""
    return uuid5(made.case, f"{name}: the promise made at version {made.version}")


def _repriced(records: Sequence[Record], name: Slug) -> Iterator[tuple[UUID, Repriced]]:
    """Yield the promises that surge rules of a *name* re-priced, each with its command's id."""
    made: dict[Slug, e.PromiseMade] = {}
    ids: dict[UUID, Slug] = {}
    replaced: dict[UUID, e.PromiseSuperseded] = {}
    for record in records:
        id, event = record.command_id, record.event
        if isinstance(event, e.PromiseSuperseded) and ids.get(id) == event.promise:
            replaced[id] = event
        elif isinstance(event, e.PromiseMade):
            if id in replaced and replaced[id].by_promise == event.promise:
                old = replaced.pop(id)
                yield (
                    id,
                    Repriced(
                        case=record.case,
                        promise=old.promise,
                        by_promise=event.promise,
                        was_due=made[old.promise].due,
                        due=event.due,
                        reason=old.reason,
                    ),
                )
            made[event.promise] = event
            ids[_superseding(name, record)] = event.promise


def _other_name(promise: Slug, suffix: Slug, taken: Container[Slug]) -> Slug:
    """Return a name for what takes the place of a promise: none that is open, or was broken."""
    ends = (f"-{suffix}" if count == 1 else f"-{suffix}-{count}" for count in itertools.count(1))
    names = (f"{promise[: _LONGEST - len(end)].rstrip('-.')}{end}" for end in ends)
    return next(name for name in names if name not in taken)
