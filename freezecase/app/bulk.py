"""
Freeze thousands of accounts at once: judged one by one, written in bounded transactions, resumable.

The id of each case follows from the batch and the account, so a batch that crashed is simply run
again: what is there is left alone.

Every account is put to the policy. Where the answer is word for word the one before, the record is
not spelt again: only the account and the command's id differ, and they are put in their place.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

import attrs

from freezecase.app.alarms import alarm_of
from freezecase.app.asking import Asking
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Row
from freezecase.app.writing import ATTEMPTS, Writer, entries_of
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.allowed import ID
from freezecase.core.checked import checked, refuse, replace
from freezecase.core.events import FreezeImposed
from freezecase.core.evolve import evolve, unopened
from freezecase.core.personal import masked
from freezecase.core.ruling import Facts
from freezecase.core.state import CaseState
from freezecase.core.values import Audience, Ground, Scope
from freezecase.errors import Conflict
from freezecase.policy.effective import Anchors
from freezecase.policy.judge import answers
from freezecase.policy.owing import outline
from freezecase.policy.question import Question
from freezecase.policy.turn import Turn, take_turn
from freezecase.wire.sealing import Texts
from freezecase.wire.template import Template, spelt

__all__ = ["Batch", "BatchResult", "freeze_many"]


@checked
class Batch:
    """One decision about many accounts."""

    id: UUID
    ground: Ground
    scope: Scope
    actor: Actor
    reason: str | None
    incident: str | None
    facts: Facts


@attrs.frozen(kw_only=True)
class BatchResult:
    """What came of a batch: how many were frozen, were there before, and were refused by whom."""

    frozen: int
    already: int
    refused: Mapping[str, str]
    """The accounts that the policy refused to freeze, each with the ruling in words."""


def freeze_many(
    writer: Writer,
    batch: Batch,
    accounts: Sequence[str],
    *,
    progress: Callable[[int, int], None] | None = None,
    chunk: int = 1000,
) -> BatchResult:
    """Freeze the accounts of *batch* that are not frozen by it yet."""
    if chunk < 1:
        raise refuse("chunk", chunk, "it takes 1 or more")
    frozen, already, refused = 0, 0, dict[str, str]()
    unique = _accounts(accounts)
    for start in range(0, len(unique), chunk):
        part = {uuid5(batch.id, account): account for account in unique[start : start + chunk]}
        now_frozen, known, no = _append(writer, batch, part)
        frozen, already, refused = frozen + now_frozen, already + known, refused | no
        if progress is not None:
            progress(start + len(part), len(unique))
    return BatchResult(frozen=frozen, already=already, refused=refused)


def _accounts(given: Sequence[str]) -> list[str]:
    """Return each account once; one that cannot be an account stops all, before any is frozen."""
    if isinstance(given, str):
        raise refuse("accounts", given, "it takes several: a list or a tuple")
    each: Iterable[object] = given  # whatever the caller handed in
    for account in each:
        if not (isinstance(account, str) and ID.holds(account)):
            raise refuse("accounts", account, ID.allows)
    return list(dict.fromkeys(given))


def _append(
    writer: Writer, batch: Batch, part: Mapping[UUID, str]
) -> tuple[int, int, dict[str, str]]:
    """Freeze one part in one transaction; say how many are new, were known, and who is refused."""
    for _attempt in range(ATTEMPTS):
        known = writer.store.known(part)
        todo = {case: account for case, account in part.items() if case not in known}
        rows, opened, alarms, refused = _freeze(writer, batch, todo)
        try:
            now = micros_of(writer.clock.now())
            writer.store.append(rows, now=now, opened=opened, alarms=alarms)
        except Conflict:
            continue  # the same batch is at work somewhere else: see what is left
        return len(opened), len(known), refused
    raise Conflict(batch.id, 0, f"others wrote first {ATTEMPTS} times; run the batch again")


def _freeze(
    writer: Writer, batch: Batch, todo: Mapping[UUID, str]
) -> tuple[list[Row], list[tuple[UUID, str]], dict[UUID, int | None], dict[str, str]]:
    """Return the rows that freeze these accounts, the cases they open, alarms, and the refused."""
    rows: list[Row] = []
    opened: list[tuple[UUID, str]] = []
    alarms: dict[UUID, int | None] = {}
    refused: dict[str, str] = {}
    spell = _Spelling(writer, batch)
    spell.make_keys(todo.values())
    for case, account in todo.items():
        written = spell.rows(case, account)
        if isinstance(written, str):
            refused[account] = written
        else:
            rows += written
            opened.append((case, account))
            alarms[case] = spell.alarm
    return rows, opened, alarms, refused


class _Spelling:
    """Spells the rows of one account after another, all judged at one instant."""

    def __init__(self, writer: Writer, batch: Batch) -> None:
        self._batch, self._now, self._sealer = batch, writer.clock.now(), writer.sealer
        self._policy = writer.policies.in_force(Anchors.all_at(self._now))
        told: dict[str, Any] = {
            "account": "nobody",
            "ground": batch.ground,
            "scope": batch.scope,
            "reason": batch.reason,
            "incident": batch.incident,
        }
        self._command = do.ImposeFreeze(**told)
        self._asked = masked(self._command)
        self._event = masked(FreezeImposed(**told, by=batch.actor.person))
        self._after = _others(evolve(unopened(batch.id), self._event))
        """The fields of a case once it is frozen: all but its id and its account."""
        self._said: tuple[object, ...] = ()
        self._templates: tuple[tuple[Template, Texts], ...] = ()
        """Each record of a freeze, and the texts that are sealed in it for each account."""
        self.alarm: int | None = None
        """When somebody must look again at the case that was spelt last."""

    def make_keys(self, accounts: Iterable[str]) -> None:
        """Make the keys of all these customers in one transaction, if there is text to seal."""
        if self._sealer.seals and self._batch.reason is not None:
            self._sealer.made([(account, Audience.OPERATIONS) for account in accounts])

    def rows(self, case: UUID, account: str) -> list[Row] | str:
        """Return the rows that freeze *account*, or the ruling in words if it is refused."""
        batch = self._batch
        said = self._outline(case, account)
        if said == self._said and self._templates:
            differing = spelt(account, case)
            return [
                self._sealer.enclosed(
                    Row(case, version, template.name, template.filled(differing)), account, texts
                )
                for version, (template, texts) in enumerate(self._templates, 1)
            ]
        command = replace(self._command, account=account)
        turn = take_turn(self._policy, unopened(case), command, batch.actor, self._now, batch.facts)
        if not turn.ruling.allowed:
            return turn.ruling.in_words()
        return self._spelt(case, turn, command, said)

    def _outline(self, case: UUID, account: str) -> tuple[object, ...]:
        """Return everything that rules and clocks say of one account."""
        batch = self._batch
        asked = replace(self._asked, account=account)
        question = Question(asked, unopened(case), batch.actor, self._now, batch.facts)
        event = replace(self._event, account=account)
        after = CaseState(id=case, account=account, **self._after)
        return answers(self._policy, question), outline(self._policy, after, event)

    def _spelt(
        self, case: UUID, turn: Turn, command: do.ImposeFreeze, said: tuple[object, ...]
    ) -> list[Row]:
        batch = self._batch
        asking = Asking(
            command=command,
            actor=batch.actor,
            id=case,
            now=self._now,
            occurred_at=self._now,
            facts=batch.facts,
        )
        entries = entries_of(asking, turn, 1)
        self._said = said
        self._templates = tuple(
            (Template.of(public), texts) for public, texts in map(self._sealer.divided, entries)
        )
        self.alarm = alarm_of(turn.after)
        return self._sealer.rows(case, command.account, 1, entries)


def _others(state: CaseState) -> dict[str, Any]:
    """Return the fields of a case that are not its own: its id is, and its account."""
    fields = attrs.asdict(state, recurse=False)
    return {name: value for name, value in fields.items() if name not in {"id", "account"}}
