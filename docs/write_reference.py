"""
Writes the reference of commands, events and values from the code: its docstrings are the text.

What a command takes comes from its fields, who may ask from `REACH`, what it leads to from `LEADS`,
and when from `MOVES`. So a page cannot say what the code does not do.
"""

import ast
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Annotated, Any, Final, get_args, get_origin

import attrs

from freezecase.core import actors, appeals, obligations, status, values
from freezecase.core.annotated import Check
from freezecase.core.commands import ASKED_AS, Command
from freezecase.core.events import STORED_AS, CaseEvent, kind_of
from freezecase.core.leads import LEADS
from freezecase.core.moves import MOVES
from freezecase.core.values import Sealed
from freezecase.policy.standard import REACH

__all__ = [
    "classes",
    "commands_page",
    "doc_of",
    "events_page",
    "spelt",
    "values_page",
    "words_page",
]

HEAD: Final = "| field | holds | when left out |\n| --- | --- | --- |"


def commands_page() -> str:
    """Return every command: what it takes, who may ask, when, and what it leads to."""
    return _by_module(ASKED_AS, _command)


def events_page() -> str:
    """Return every event: what it holds, and in which statuses it may happen."""
    return _by_module(STORED_AS, _event)


def _by_module(names: Mapping[Any, str], entry: Callable[[Any], list[str]]) -> str:
    parts: list[str] = []
    module = ""
    for kind in names:
        if kind.__module__ != module:
            module = kind.__module__
            parts += [f"## {module.rpartition('.')[2].capitalize()}", doc_of(sys.modules[module])]
        parts += entry(kind)
    return "\n\n".join(parts)


def _command(kind: type[Command]) -> list[str]:
    leads = LEADS.get(kind)
    who = ", ".join(f"`{one}`" for one in sorted(REACH[kind]))
    facts = [f"Stored as `{ASKED_AS[kind]}`.", f"Under the standard policy asked by: {who}."]
    if leads is not None:
        facts.append(f"Leads to [`{kind_of(leads)}`](events.md#{leads.__name__.lower()}).")
        facts.append(f"Fits a case that is {_statuses(leads)}.")
    return [f"### {kind.__name__}", doc_of(kind), "\n".join(facts), _fields(kind)]


def _event(kind: type[CaseEvent]) -> list[str]:
    facts = f"Stored as `{STORED_AS[kind]}`.\nMay happen to a case that is {_statuses(kind)}."
    return [f"### {kind.__name__}", doc_of(kind), facts, _fields(kind)]


def _statuses(kind: type[CaseEvent]) -> str:
    found = [f"`{one}`" for one, row in MOVES.items() if kind in row]
    return " or ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else found[0]


def doc_of(thing: Any) -> str:
    """Return the docstring of a class or a module, as it reads."""
    return inspect.cleandoc(thing.__doc__ or "")


def _fields(kind: type[Any]) -> str:
    known = spelt(kind)
    rows = [
        f"| `{field.name}` | {_holds(*known[field.name])} | {_default(field)} |"
        for field in attrs.fields(kind)
    ]
    return "\n".join([HEAD, *rows]) if rows else "It holds nothing more."


def _holds(annotation: ast.expr, checks: Iterable[Check], said: str) -> str:
    takes = ", ".join(check.allows for check in checks)
    return ". ".join(filter(None, [": ".join(filter(None, [_linked(annotation), takes])), said]))


def _linked(annotation: ast.expr) -> str:
    """Return a type in code, linked to what it takes where that is on the page of values."""
    whole = ast.unparse(annotation)
    word = whole.removesuffix(" | None")
    link = f"[`{word}`](values.md#{word.lower()})" if word in _known() else f"`{word}`"
    return link if word == whole else f"{link} or nothing"


def _default(field: "attrs.Attribute[Any]") -> str:
    if field.default is attrs.NOTHING:
        return "needed"
    if field.default in (None, (), ""):
        return "nothing"
    return f"`{field.default}`"


def spelt(kind: type[Any]) -> dict[str, tuple[ast.expr, tuple[Check, ...], str]]:
    """Return for each field its type as the code spells it, its own checks, and its docstring."""
    body = _body(kind)
    found: dict[str, tuple[ast.expr, tuple[Check, ...], str]] = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            bare, checks = _bare(node.annotation, kind.__annotations__[node.target.id])
            found[node.target.id] = bare, checks, _string(after)
    return found


def _bare(spelt: ast.expr, annotation: Any) -> tuple[ast.expr, tuple[Check, ...]]:
    """Return `X` of `Annotated[X, ...]`, and the checks beside it."""
    if isinstance(spelt, ast.Subscript) and ast.unparse(spelt.value) == "Annotated":
        assert isinstance(spelt.slice, ast.Tuple)
        checks = tuple(mark for mark in get_args(annotation) if isinstance(mark, Check))
        return spelt.slice.elts[0], checks
    return spelt, ()


def _body(thing: Any) -> list[ast.stmt]:
    tree = ast.parse(inspect.getsource(thing))
    first = tree.body[0]
    return first.body if isinstance(first, ast.ClassDef) else tree.body


def _string(node: ast.stmt | None) -> str:
    """Return the docstring that stands below a name, in one line."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""


# --- values --------------------------------------------------------------------------------------

SPOKEN: Final = (actors, appeals, obligations, values)
"""The modules whose names a command or an event may use for what its fields hold."""


def words_page() -> str:
    """Return every closed list of words: each status, ground, capability, and so on."""
    return "\n\n".join(_words(kind) for kind in classes(StrEnum, status))


def _words(kind: type[StrEnum]) -> str:
    told = {name: said for name, said in _told(kind).items() if said}
    rows = [f"| `{one}` | {told.get(one.name, '')} |" for one in kind]
    head = ["| word | meaning |", "| --- | --- |"] if told else ["| word | |", "| --- | --- |"]
    return "\n".join([f"### {kind.__name__}", "", doc_of(kind), "", *head, *rows])


def _told(kind: type[StrEnum]) -> dict[str, str]:
    body = _body(kind)
    return {
        node.targets[0].id: _string(after)
        for node, after in zip(body, [*body[1:], None], strict=True)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def values_page() -> str:
    """Return every checked text and every composed value, with what each takes."""
    aliases = [_alias(name, module) for module in SPOKEN for name in _aliases(module)]
    return "\n\n".join([*aliases, *(_composed(kind) for kind in classes(object))])


def _aliases(module: ModuleType) -> list[str]:
    return [name for name in module.__all__ if _is_alias(vars(module)[name])]


def _is_alias(thing: Any) -> bool:
    """Say whether a name stands for a type that somebody else made, perhaps with checks."""
    borrowed = isinstance(thing, type) and not thing.__module__.startswith("freezecase")
    return borrowed or get_origin(thing) is Annotated


def _alias(name: str, module: ModuleType) -> str:
    thing = vars(module)[name]
    base, *marks = get_args(thing) if get_origin(thing) is Annotated else (thing,)
    takes = [f"Takes {mark.allows}." for mark in marks if isinstance(mark, Check)]
    sealed = [
        f"May hold personal data of the {mark.subject}; for the audience `{mark.audience}`."
        for mark in marks
        if isinstance(mark, Sealed)
    ]
    said = [text] if (text := _alias_docs(module).get(name)) else []
    kind = f"Held as `{base.__name__}`."
    return "\n".join([f"### {name}", "", *said, kind, *takes, *sealed])


@cache
def _alias_docs(module: ModuleType) -> dict[str, str]:
    """Return what stands below each name of a module."""
    body = ast.parse(inspect.getsource(module)).body
    return {
        ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0]): said
        for node, after in zip(body, [*body[1:], None], strict=True)
        if isinstance(node, ast.AnnAssign | ast.Assign) and (said := _string(after))
    }


def _composed(kind: type[Any]) -> str:
    return "\n\n".join([f"### {kind.__name__}", doc_of(kind), _fields(kind)])


def classes(base: type[Any], *more: ModuleType) -> list[type[Any]]:
    """Return the public classes below *base* in the modules of values: words, or composed ones."""
    found = [vars(module)[name] for module in (*more, *SPOKEN) for name in module.__all__]
    kinds = [one for one in found if isinstance(one, type) and not _is_alias(one)]
    if base is StrEnum:
        return [one for one in kinds if issubclass(one, StrEnum)]
    return [one for one in kinds if attrs.has(one) and one not in (Check, Sealed)]


@cache
def _known() -> frozenset[str]:
    """Return the names that the page of values explains."""
    kinds = [*classes(StrEnum, status), *classes(object)]
    return frozenset(
        [kind.__name__ for kind in kinds] + [name for module in SPOKEN for name in _aliases(module)]
    )
