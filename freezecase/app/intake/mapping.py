"""
Reading a mapping file: TOML in, one frozen `Mapping` out, every mistake named with its key.

```
[log]                          what the log is, and how its rows are told apart
name = "usdt-freezes"
case = ["_blackListedUser", "_user"]      # the first that is filled
...
[step.RemovedBlackList]        one for each kind of row
[[step.RemovedBlackList.events]]          the events it stands for, in order
is = "release-ordered"
[[step.RemovedBlackList.events]]
is = "release-enforced"
```

`examples/imports/` holds four that teach. What stands in `with` goes through `fields`.
"""

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from freezecase.app.intake.fields import field_of, moment_of, outcome_fields
from freezecase.app.intake.spec import (
    ALWAYS,
    WHOLE_ROW,
    By,
    Cell,
    Identity,
    Known,
    Mapping,
    Outcome,
    Step,
    Take,
    Told,
    When,
)
from freezecase.app.intake.table import Table
from freezecase.core.actors import ActorKind
from freezecase.core.events import STORED_AS, kind_of
from freezecase.core.status import Status

__all__ = ["load_mapping", "read_mapping"]

KINDS: Final = {kind_of(kind): kind for kind in STORED_AS}
BEGINS: Final = {"with-a-freeze": True, "elsewhere": False}


def load_mapping(path: str | Path) -> Mapping:
    """Read the mapping in the file at *path*, or raise `BadMapping` naming file and key."""
    whole = Table.of(str(path), {})
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise whole.bad("", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise whole.bad("", "is not UTF-8 text") from None
    return read_mapping(text, str(path))


def read_mapping(text: str, file: str = "mapping.toml") -> Mapping:
    """Read the mapping in *text*, or raise `BadMapping` naming *file* and key."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Table.of(file, {}).bad("", f"is not TOML: {error}") from None
    whole = Table.of(file, data)
    log, steps = whole.table("log"), whole.table("step")
    whole.done()
    read = {name: _step(steps.table(name)) for name in list(steps.data)}
    if not read:
        raise steps.bad("", "is empty: say what at least one kind of row stands for")
    for name, step in read.items():
        if step.answers is not None and step.answers not in read:
            raise steps.table(name).bad_choice("answers", step.answers, read)
    return _log(log, read, file)


def _log(log: Table, steps: dict[str, Step], file: str) -> Mapping:
    case = _case(log)
    identity = _choice_or_columns(log, "id", Identity)
    identity = identity if isinstance(identity, tuple) else Identity(identity)
    together = log.flag("together", default=False)
    kind = log.text_or_none("kind")
    if kind is None and len(steps) > 1:
        raise log.bad("kind", "is missing: name the column that tells the steps apart")
    if case is None and identity is not Identity.CONTENT:
        raise log.bad("id", 'must be "content" where every row is a case of its own')
    order = _choice_or_columns(log, "order", ("file",), default="file")
    if together and (case is None or order != "file"):
        raise log.bad("together", 'needs `order = "file"` and `case` columns')
    read = Mapping(
        name=log.line("name"),
        file=file,
        case=case,
        account=field_of(log, "account", default=Known(Told.CASE)),
        id=identity,
        order=order if isinstance(order, tuple) else (),
        together=together,
        kind=kind,
        skip=frozenset(log.texts("skip", default=())),
        time=_time(log.table("time")),
        actor=_by(log.table("actor")),
        expects=log.texts("expects", default=()),
        begins_with_a_freeze=BEGINS[log.choice("begins", BEGINS, default="with-a-freeze")],
        steps=steps,
    )
    log.done()
    return read


def _case(log: Table) -> tuple[str, ...] | None:
    said = _choice_or_columns(log, "case", (WHOLE_ROW,))
    return said if isinstance(said, tuple) else None


def _choice_or_columns(
    log: Table, key: str, choices: Iterable[str], default: str | None = None
) -> str | tuple[str, ...]:
    """Take one of a few words, or a list of columns."""
    if isinstance(log.data.get(key), list):
        return log.texts(key)
    said = log.text(key, default=default)
    known = [str(choice) for choice in choices]
    if said not in known:
        words = ", ".join(f'"{word}"' for word in known)
        raise log.bad(key, f"cannot be `{said}`: it takes a list of columns, or one of {words}")
    return said


def _time(table: Table) -> Cell:
    """Read where and how a time stands in a row."""
    column = table.text("column")
    take = Take(table.choice("take", (Take.INSTANT, Take.LOCAL_DATE), default=Take.INSTANT))
    moment = moment_of(table)
    table.done()
    return Cell(column=column, take=take, moment=moment)


def _by(table: Table) -> By:
    kind = ActorKind(table.choice("kind", ActorKind))
    by = By(kind=kind, id=field_of(table, "id"), roles=table.texts("roles", default=()))
    table.done()
    return by


def _step(table: Table) -> Step:
    step = Step(
        answers=table.text_or_none("answers"),
        events=tuple(_outcome(event) for event in table.tables("events")),
    )
    table.done()
    return step


def _outcome(table: Table) -> Outcome:
    kind = KINDS[table.choice("is", KINDS)]
    outcome = Outcome(
        kind=kind,
        fields=outcome_fields(table, kind),
        when=_when(table.table("when")) if "when" in table.data else ALWAYS,
        at=_time(table.table("at")) if "at" in table.data else None,
        actor=_by(table.table("actor")) if "actor" in table.data else None,
    )
    table.done()
    return outcome


def _when(table: Table) -> When:
    column = table.text_or_none("column")
    read: Callable[[str], tuple[str, ...] | None] = lambda key: (  # noqa: E731 - three times the same
        table.texts(key) if key in table.data else None
    )
    status = read("status")
    for one in status or ():
        if one not in [known.value for known in Status]:
            raise table.bad_choice("status", one, Status)
    when = When(
        column=column,
        filled=table.flag("filled") if "filled" in table.data else None,
        among=read("is"),
        without=read("is_not"),
        status=None if status is None else tuple(map(Status, status)),
        allowed=table.flag("allowed", default=False),
        otherwise=table.flag("otherwise", default=False),
    )
    table.done()
    asks = (when.filled, when.among, when.without) != (None, None, None)
    if asks != (column is not None):
        raise table.bad("column", "goes with `filled`, `is` or `is_not`, and they with it")
    return when
