"""
A foreign log held against a policy, step by step, before anybody migrates.

    report = conformance(store, PolicyBook.of(house()))
    report.breaches               # which rule, on which ground, by whom, with the first rows

Each step that was imported is judged in its place: would the policy have allowed this, to the case
as the log says it stood? What happened is then taken as it happened, so a later step is judged by
what was, not by what should have been; for that, play the case again with a backtest. Beside it run
the clocks of the policy: what they would have demanded, and whether the log shows it in time.

Cases are read one at a time and nothing is written, so memory is flat.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import attrs

from freezecase.app.asking import REPORTS
from freezecase.app.record import where
from freezecase.app.stores.store import Scanned, Store
from freezecase.core import events as e
from freezecase.core.commands import Command
from freezecase.core.decide import fits
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.evolve import fold, unopened
from freezecase.core.obligations import Key, Obligation
from freezecase.core.owing import next_due
from freezecase.core.personal import masked
from freezecase.core.ruling import Fact, Ruling, Verdict
from freezecase.core.state import CaseState
from freezecase.core.status import Status
from freezecase.errors import FactMissing, NotAllowedNow
from freezecase.policy.book import PolicyBook
from freezecase.policy.clock import Clock
from freezecase.policy.effective import Anchors
from freezecase.policy.judge import judge
from freezecase.policy.owing import owing
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.replay.conformed import KEPT, ConformanceReport, Example, Tally, Why
from freezecase.replay.whatif.imports import command_of
from freezecase.wire.codec import read_entry
from freezecase.wire.names import BESIDE
from freezecase.wire.shapes import Entry

__all__ = ["NOBODY", "conformance"]

Progress = Callable[[int, int | None], None]
STEP: Final = 1000
"""How many records are read between two words on the progress."""
NOBODY: Final = "no-rule-allows"
"""What stands for a rule where none allows a step, and none forbids it."""
_UNOPENED: Final = "none"
"""The ground of a case that the log shows no freeze of."""
_NOTHING_SAID: Final[Mapping[str, Fact]] = MappingProxyType({})


def conformance(
    store: Store,
    policies: PolicyBook,
    *,
    facts: Mapping[str, Fact] = _NOTHING_SAID,
    until: datetime | None = None,
    keep: int = KEPT,
    progress: Progress | None = None,
) -> ConformanceReport:
    """
    Hold every imported step of *store* against the policy of its day.

    Args:
        store: where the log was imported to; it is only read.
        policies: the policies that judge, each in force for whatever it is dated for.
        facts: what the host would have said, the same for every step; a log says none.
        until: up to when the log goes on. What a case owes at its last step counts as missed if it
            was due by then; if not said, as open.
        keep: how many examples of each kind to keep; all are counted.
        progress: told (records done, of how many) now and then.

    Raises:
        RecordError: a record cannot be read.
        InvalidValue: a fact has a value that no rule expects.
        NoPolicy: no edition is in force for a step.

    """
    tally = Tally(keep)
    rows_of_all = _stepping(store, progress)
    for case, rows in groupby(rows_of_all, key=itemgetter(2)):
        steps = _Case(UUID(case), policies, facts, tally)
        for row in rows:
            if row[4] not in BESIDE:
                steps.take(_entry(UUID(case), row))
        steps.end(until)
    return tally.report(policies.editions[-1].policy.ref)


def _stepping(store: Store, progress: Progress | None) -> Iterator[Scanned]:
    """Yield the records case by case, so that *progress* hears of every thousandth."""
    of = store.size() if progress is not None else None
    for done, row in enumerate(store.scan_cases(), 1):
        yield row
        if progress is not None and (done % STEP == 0 or done == of):
            progress(done, of)


def _entry(case: UUID, row: Scanned) -> Entry:
    _index, _recorded_at, _case, version, name, state = row
    return read_entry(name, state, where(case, version))


class _Case:
    """Judges the steps of one case, and lets the clocks of the policy run beside them."""

    def __init__(
        self, case: UUID, policies: PolicyBook, facts: Mapping[str, Fact], tally: Tally
    ) -> None:
        self._state = unopened(case)
        self._policies, self._facts, self._tally = policies, facts, tally
        self._last: datetime | None = None
        self._opened: datetime | None = None
        self._report: datetime | None = None
        self._late: set[Key] = set()
        """What was missed and has not been done since; it is not missed again."""
        self._entry: Entry | None = None
        self._ground = _UNOPENED

    def take(self, entry: Entry) -> None:
        """Take the next record."""
        source = entry.source
        if source is None:
            self._tally.counts["native"] += 1
            self._state = fold((entry.event,), self._state)
            return
        at = max(entry.occurred_at, self._last or entry.occurred_at)
        self._tally.counts["cases"] += self._last is None
        self._last, self._entry = at, entry
        policy = self._policies.in_force(self._anchors(entry, at))
        self._miss(at)
        self._tally.counts["steps"] += 1
        self._judge(policy, entry, at)
        self._follow(policy, entry.event, at)

    def end(self, until: datetime | None) -> None:
        """Miss what the log never shows, if it goes on long enough to show it."""
        if until is not None and self._entry is not None:
            self._miss(until)

    def _anchors(self, entry: Entry, at: datetime) -> Anchors:
        self._opened = self._opened or at
        if STORED_AS[type(entry.event)] in REPORTS:
            self._report = at
        contract = getattr(entry.event, "contracted_at", None) or self._state.contracted_at
        return Anchors(
            trigger=at,
            record=self._opened,
            contract=contract or self._opened,
            report=self._report or self._opened,
        )

    def _example(self, words: str) -> Example:
        entry: Any = self._entry
        return Example(
            row=entry.source.row,
            source=entry.source.id,
            case=self._state.id,
            at=entry.occurred_at,
            what=kind_of(entry.event),
            by=entry.actor.person,
            words=words,
        )

    # --- one step --------------------------------------------------------------------------------

    def _judge(self, policy: Policy, entry: Entry, at: datetime) -> None:
        """Judge the step in its place, and count what came of it."""
        command = command_of(entry.event, self._state.id)
        if command is None:
            self._unjudged(Why.NO_COMMAND, kind_of(entry.event), "no command leads to it")
            return
        try:
            fits(command, self._state)
        except NotAllowedNow as misfit:
            words = f"cannot {misfit.asked} while {misfit.position}"
            self._unjudged(Why.NO_POSITION, kind_of(entry.event), words)
            return
        self._count_unsaid(policy, command)
        question = Question(masked(command), self._state, entry.actor, at, self._facts)
        ruling = judge(policy, question)
        if not ruling.allowed:
            self._refused(policy, question, ruling)

    def _count_unsaid(self, policy: Policy, command: Command) -> None:
        rules = (rule for _kind, rule in policy.speaking_of(type(command)))
        self._tally.unsaid.update({name for rule in rules for name in rule.reads} - {*self._facts})

    def _refused(self, policy: Policy, question: Question, ruling: Ruling) -> None:
        """Count the rules that a step broke; if none surely, why it could not be judged."""
        missing = dict(_missing(policy, question, ruling))
        broken = set(ruling.broken)
        rules = [rule for rule in ruling.decided_by if rule not in broken | missing.keys()]
        if rules or not (broken or missing):
            ground = _ground(question)
            self._tally.counts["breaking"] += 1
            for rule in rules or [NOBODY]:
                example = self._example(ruling.in_words())
                self._tally.breach(rule, ground, question.actor.kind.value, example)
        elif missing:
            facts = ", ".join(sorted({f"`{fact}`" for fact in missing.values()}))
            self._unjudged(Why.FACT_MISSING, facts, ruling.in_words())
        else:
            self._unjudged(Why.RULE_BROKE, ", ".join(sorted(broken)), ruling.in_words())

    def _unjudged(self, why: Why, detail: str, words: str) -> None:
        self._tally.not_judged(why, detail, self._example(words))

    # --- what is owed ----------------------------------------------------------------------------

    def _follow(self, policy: Policy, event: CaseEvent, at: datetime) -> None:
        """Let it have happened, and the clocks say what follows."""
        before = self._state
        after = fold((event,), before)
        if after.status is Status.UNOPENED:
            self._state = after
            return
        self._ground = str(after.ground or _UNOPENED)
        follows = owing(policy, before, after, (masked(event),), (), at, at)
        for owed in follows.events:
            if isinstance(owed, e.ObligationOpened):
                self._open(owed.obligation)
            elif isinstance(owed, e.ObligationMet):
                self._meet(after, (owed.obligation, owed.subject))
        self._state = _of_version(follows.after, after.version)

    def _open(self, owed: Obligation) -> None:
        key = owed.demand.kind, owed.subject
        if key not in self._late:
            self._tally.opened[self._of(owed)] += 1

    def _meet(self, state: CaseState, key: Key) -> None:
        if key in self._late:
            self._late.remove(key)
        else:
            self._tally.met[self._of(state.obligations[key])] += 1

    def _miss(self, at: datetime) -> None:
        """Strike off what was due by now: once, however long nobody does it."""
        while (missed := next_due(self._state, at)) is not None:
            if isinstance(missed, e.ObligationMissed):
                key = missed.obligation, missed.subject
                self._note_missed(key, self._state.obligations[key])
            self._state = _of_version(fold((missed,), self._state), self._state.version)

    def _note_missed(self, key: Key, owed: Obligation) -> None:
        if key not in self._late:
            right = owed.demand.right
            due = owed.due.isoformat().replace("+00:00", "Z")
            words = f"`{owed.debtor}` had `{owed.demand.kind}` until {due}"
            self._tally.missed(self._of(owed), self._example(words))
            if not right:
                self._late.add(key)

    def _of(self, owed: Obligation) -> tuple[str, str, str, bool]:
        return owed.basis, owed.demand.kind, self._ground, owed.demand.right


def _of_version(state: CaseState, version: int) -> CaseState:
    """Return the case under the version that it has in the log, which knows of no duties."""
    return attrs.evolve(state, version=version)  # what is contested is named by it


def _ground(question: Question) -> str:
    return str(getattr(question.command, "ground", question.state.ground) or _UNOPENED)


def _missing(policy: Policy, question: Question, ruling: Ruling) -> Iterator[tuple[str, str]]:
    """Yield the rules that asked for a fact nobody said, each with the fact."""
    for opinion in _requiring(ruling):
        rule = policy.rule(opinion)
        try:
            if rule is not None and not isinstance(rule, Clock):
                rule.ask(question)
        except FactMissing as missing:
            yield opinion, missing.fact


def _requiring(ruling: Ruling) -> Iterable[str]:
    return [one.rule for one in ruling.opinions if one.verdict is Verdict.REQUIRE]
