"""
The decisions of one case, made again one after the other, on what the records before them say.

A turn that comes out identical leaves the case where the records leave it, so it is folded once. As
soon as a record is missing or cannot be read, what was known after it is not known; the decisions
that follow are counted, and not judged.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from freezecase.app.asking import REPORTS
from freezecase.app.clock import instant_of
from freezecase.app.record import where
from freezecase.app.stores.store import Loaded, Scanned
from freezecase.core.commands import asked as asked_in_words
from freezecase.core.evolve import fold, unopened
from freezecase.core.ruling import PolicyRef
from freezecase.core.state import CaseState
from freezecase.errors import RecordError
from freezecase.policy.book import PolicyBook
from freezecase.policy.policy import Policy
from freezecase.replay.judged_again import Again, Change, judged_again
from freezecase.replay.rejudged import Decision, Outcome, Tally, Why
from freezecase.views.timeline import policy_of
from freezecase.wire.codec import read_entry
from freezecase.wire.shapes import Asked, Entry

__all__ = ["CaseAgain", "Known"]

_Rows = list[tuple[Scanned, Entry]]


class Known:
    """The policies that are there to judge again."""

    def __init__(self, books: Iterable[PolicyBook]) -> None:
        """Know all policies of these books, by the name and the version that rulings name."""
        policies = [one.policy for book in books for one in book.editions]
        self._named = {(policy.name, policy.version): policy for policy in policies}
        self._exact = {policy.ref: policy for policy in policies}

    def named(self, ref: PolicyRef) -> Policy | None:
        """Return the policy that made a ruling; else the one of its name and version, if any."""
        return self._exact.get(ref) or self._named.get((ref.name, ref.version))


class CaseAgain:
    """Takes the records of one case in order, and judges each turn once all of it was read."""

    def __init__(self, case: str, known: Known, tally: Tally) -> None:
        """Begin with a case that nothing is known of."""
        self._case, self._known, self._tally = UUID(case), known, tally
        self._state: CaseState | None = unopened(self._case)
        self._version = 0
        self._openers: frozenset[int] = frozenset()
        """Where the newest turn began; and what could not be read since, which may be another."""
        self._dated: list[Loaded] = []
        """The record that opened the case, and the last in which the customer got in touch."""
        self._turn: _Rows = []

    def take(self, row: Scanned) -> None:
        """Take the next record of the case."""
        version, broken = row[3], row[3] != self._version + 1
        entry = _read(row)
        if broken or isinstance(entry, str) or entry.asked is not None or entry.source is not None:
            self.end()
        if broken:
            self._state = None
        self._version = version if type(version) is int else -1  # then nothing follows it
        if isinstance(entry, str):
            self._state, self._openers = None, self._openers | {version}
            self._unjudged(row, None, Why.UNREADABLE, entry)
        elif entry.source is not None:
            self._tally.counts["imported"] += 1
            self._follow([(row, entry)])
        elif entry.asked is not None:
            self._turn, self._openers = [(row, entry)], frozenset({version})
        elif self._of_this_turn(entry):
            self._turn.append((row, entry))
        elif entry.cause in self._openers:  # of a turn that is not there whole
            self._tally.counts["following"] += 1
            self._follow([(row, entry)])
        else:
            self.end()
            self._unjudged(row, entry, Why.RULING_MISSING, "it belongs to no turn before it")
            self._follow([(row, entry)])

    def _of_this_turn(self, entry: Entry) -> bool:
        return bool(self._turn) and entry.cause == self._turn[0][0][3]

    def end(self) -> None:
        """Judge the turn that was read last."""
        turn, self._turn = self._turn, []
        if not turn:
            return
        self._tally.counts["following"] += len(turn) - 1
        asked = turn[0][1].asked
        again = None if asked is None else self._judged(turn, asked)
        self._follow(turn, None if again is None else again.after)

    def _follow(self, rows: _Rows, after: CaseState | None = None) -> None:
        """Go on to the state that the records lead to; an identical turn has led there already."""
        if self._state is not None:
            events = (entry.event for _row, entry in rows)
            self._state = fold(events, self._state) if after is None else after
        for (index, recorded_at, _case, version, name, state), _entry in rows:
            if not self._dated or name in REPORTS:
                loaded: Loaded = version, name, state, index, recorded_at
                self._dated = [*self._dated[:1], loaded]

    def _judged(self, turn: _Rows, asked: Asked) -> Again | None:
        """Judge a turn, and count what came of it; give what was judged, if it could be."""
        row, entry = turn[0]
        ref = asked.ruling.policy
        policy = self._known.named(ref)
        if policy is None or self._state is None:
            self._unjudged(row, entry, *_lacking(ref, policy))
            return None
        entries = [one for _row, one in turn]
        try:
            again = judged_again(policy, self._state, self._dated, entries, asked)
        except Exception as error:  # noqa: BLE001 - policies are somebody else's code
            self._unjudged(row, entry, Why.FAILED, f"{type(error).__name__}: {error}")
            return None
        self._count(row, entry, asked, policy, again.changes)
        return again

    def _count(
        self, row: Scanned, entry: Entry, asked: Asked, policy: Policy, changes: tuple[Change, ...]
    ) -> None:
        outcome = Outcome.DIFFERS if changes else Outcome.IDENTICAL
        decision = _decision(row, entry, outcome, changes=changes) if changes else None
        named = policy_of(asked.ruling)
        self._tally.count(named, outcome)
        if decision is not None:
            self._tally.tell([decision])
        if policy.ref != asked.ruling.policy:
            self._tally.note_changed(named, policy.ref.digest, decision)

    def _unjudged(self, row: Scanned, entry: Entry | None, why: Why, detail: str) -> None:
        decision = _decision(row, entry, Outcome.NOT_EVALUABLE, why=why, detail=detail)
        self._tally.count(decision.policy, decision.outcome)
        self._tally.why[why] += 1
        self._tally.tell([decision])


def _lacking(ref: PolicyRef, policy: Policy | None) -> tuple[Why, str]:
    """Say what it would take to make a decision again."""
    if policy is None:
        return Why.POLICY_UNKNOWN, f"`{ref.name}` version {ref.version} is not known"
    return Why.HISTORY_BROKEN, "a record before it is missing or cannot be read"


def _read(row: Scanned) -> Entry | str:
    """Return what a record says, or why it cannot be read."""
    _index, _recorded_at, case, version, name, state = row
    try:
        return read_entry(name, state, where(UUID(case), version))
    except RecordError as error:
        return str(error)


def _decision(row: Scanned, entry: Entry | None, outcome: Outcome, **became: Any) -> Decision:
    index, recorded_at, case, version, _name, _state = row
    asked = None if entry is None else entry.asked
    return Decision(
        case=str(UUID(case)),
        version=version,
        index=index,
        recorded_at=instant_of(recorded_at),
        command="" if asked is None else asked_in_words(asked.command),
        by="" if entry is None else str(entry.actor.person),
        policy="" if asked is None else policy_of(asked.ruling),
        outcome=outcome,
        **became,
    )
