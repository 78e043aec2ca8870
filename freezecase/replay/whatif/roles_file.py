"""
The roles of a foreign log, as they stand in a TOML file: what the log tells, its steps, its gaps.

    roles = load_roles("examples/roles/road-traffic.toml")

Everything in the file is asked for by name, so a slip is named with its key, before any case is
read.
"""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from freezecase.app.intake.table import Table
from freezecase.core.actors import Actor, ActorKind
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.errors import InvalidValue
from freezecase.replay.whatif.roles import Gap, RoleRule, Roles
from freezecase.replay.whatif.step import Role, Shift
from freezecase.replay.whatif.trace import CLOCKED

__all__ = ["load_roles", "read_roles"]

_KINDS = {kind_of(event): event for event in STORED_AS}


def load_roles(path: str | Path) -> Roles:
    """
    Return the roles that a file declares.

    Raises:
        BadMapping: it cannot be read, or says something that cannot be.

    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Table.of(str(path), {}).bad("", f"cannot be read: {error}") from None
    return read_roles(text, str(path))


def read_roles(text: str, file: str = "roles.toml") -> Roles:
    """
    Return the roles that a text declares; *file* is how errors name it.

    Raises:
        BadMapping: it says something that cannot be.

    """
    try:
        whole = Table.of(file, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Table.of(file, {}).bad("", f"is not TOML: {error}") from None
    log = whole.table("log")
    rules = tuple(_rule(one) for one in _tables(whole, "step"))
    roles = Roles(
        name=log.line("name"),
        until=_instant(log, "until"),
        rules=rules,
        gaps=tuple(_gap(one, [rule.label for rule in rules]) for one in _tables(whole, "gap")),
        tells=frozenset(log.texts("tells", [])),
        lapses=log.flag("lapses", default=False),
        days=log.flag("days", default=False),
    )
    log.done()
    whole.done()
    return roles


def _tables(whole: Table, key: str) -> list[Table]:
    return whole.tables(key) if key in whole.data else []


def _instant(table: Table, key: str) -> datetime | None:
    text = table.text_or_none(key)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise table.bad(key, f"cannot be `{text}`: it takes an instant with its zone")
    return at


def _rule(table: Table) -> RoleRule:
    effect = table.table("effect") if "effect" in table.data else None
    rule = RoleRule(
        label=table.text("label"),
        kind=table.choice("is", sorted(_KINDS)),
        where={name: str(said) for name, said in table.take("where", dict, "a table", {}).items()},
        role=Role(table.choice("role", Role)) if "role" in table.data else None,
        answers=table.text_or_none("answers"),
        shift=Shift(table.choice("shift", Shift, Shift.ABSOLUTE.value)),
        effect=None if effect is None else _effect(effect),
    )
    table.asked.add("effect")
    table.done()
    return rule


def _effect(table: Table) -> tuple[str, str]:
    effect = table.choice("what", sorted(CLOCKED)), table.text("about")
    table.done()
    return effect


def _gap(table: Table, labels: Iterable[str]) -> Gap:
    actor = table.table("actor")
    gap = Gap(
        missing=table.choice("missing", labels),
        after=table.choice("after", labels),
        past=table.texts("past", []),
        at_least=timedelta(hours=table.number("hours", 0)),
        event=_event(table),
        actor=Actor(kind=ActorKind(actor.choice("kind", ActorKind)), id=actor.text("id")),
        maybe=table.flag("maybe", default=True),
    )
    actor.done()
    table.done()
    return gap


def _event(table: Table) -> CaseEvent:
    kind: Any = _KINDS[table.choice("is", sorted(_KINDS))]
    try:
        event: CaseEvent = kind(**table.take("with", dict, "a table", {}))
    except (InvalidValue, TypeError) as wrong:
        raise table.bad("with", f"does not make an event: {wrong}") from None
    return event
