"""
Freeze thousands of accounts at once: judged one by one, written in bounded transactions, resumable.

The id of each case follows from the batch and the account, so a batch that crashed is simply run
again: what is there is left alone.

Every account is put to the policy. Where the answer is word for word the one before, the record is
not spelt again: only the account and the command's id differ, and they are put in their place.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID, uuid5

import attrs

from freezecase.app.clock import micros_of
from freezecase.app.store import Row
from freezecase.app.writing import ATTEMPTS, Asking, Writer, entries_of, rows_of
from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.allowed import ID
from freezecase.core.checked import checked, refuse
from freezecase.core.events import STORED_AS
from freezecase.core.evolve import unopened
from freezecase.core.ruling import Facts
from freezecase.core.values import Ground, Scope
from freezecase.errors import Conflict
from freezecase.policy.gate import Answer
from freezecase.policy.policy import answers
from freezecase.policy.question import Question
from freezecase.policy.turn import take_turn
from freezecase.wire.template import Template

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
        rows, opened, refused = _freeze(writer, batch, todo)
        try:
            writer.store.append(rows, now=micros_of(writer.clock.now()), opened=opened)
        except Conflict:
            continue  # the same batch is at work somewhere else: see what is left
        return len(opened), len(known), refused
    raise Conflict(batch.id, 0, f"others wrote first {ATTEMPTS} times; run the batch again")


def _freeze(
    writer: Writer, batch: Batch, todo: Mapping[UUID, str]
) -> tuple[list[Row], list[tuple[UUID, str]], dict[str, str]]:
    """Return the rows that freeze these accounts, the cases they open, and who is refused."""
    rows: list[Row] = []
    opened: list[tuple[UUID, str]] = []
    refused: dict[str, str] = {}
    spell = _Spelling(writer, batch)
    for case, account in todo.items():
        written = spell.rows(case, account)
        if isinstance(written, str):
            refused[account] = written
        else:
            rows += written
            opened.append((case, account))
    return rows, opened, refused


class _Spelling:
    """Spells the rows of one account after another, all judged at one instant."""

    def __init__(self, writer: Writer, batch: Batch) -> None:
        self._policy, self._batch = writer.policy, batch
        self._now = writer.clock.now()
        self._answers: tuple[tuple[str, Answer], ...] | None = None
        self._template: tuple[str, Template] | None = None

    def rows(self, case: UUID, account: str) -> list[Row] | str:
        """Return the rows that freeze *account*, or the ruling in words if it is refused."""
        batch = self._batch
        command = do.ImposeFreeze(
            account=account,
            ground=batch.ground,
            scope=batch.scope,
            reason=batch.reason,
            incident=batch.incident,
        )
        state = unopened(case)
        said = answers(self._policy, Question(command, state, batch.actor, self._now, batch.facts))
        if said == self._answers and self._template is not None:
            name, template = self._template
            return [Row(case, 1, name, template.for_account(account, case))]
        turn = take_turn(self._policy, state, command, batch.actor, self._now, batch.facts)
        if not turn.ruling.allowed:
            return turn.ruling.in_words()
        asking = Asking(
            command=command,
            actor=batch.actor,
            id=case,
            now=self._now,
            occurred_at=self._now,
            facts=batch.facts,
        )
        entries = entries_of(asking, turn, 1)
        if len(entries) == 1:
            self._answers = said
            self._template = (STORED_AS[type(entries[0].event)], Template.of(entries[0]))
        return rows_of(case, 1, entries)
