"""
A digest of all that a policy consists of: ids, versions, tables, dates, and the source of its code.

It is the same on every machine and in every run, so that a ruling of years ago can be told apart
from one that today's code would make under the same name and version.

A function is its source with its defaults and all that it closes over. What it calls or reads by
name in a module is not seen: tables belong into `parameters`, and where a helper changes, the rule
takes a new version.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import attrs

from freezecase.policy.written import written

if TYPE_CHECKING:
    from freezecase.policy.policy import Policy

__all__ = ["digest_of", "spelt"]

_PLAIN: Final = (str, int, float, bytes, date, timedelta, UUID, type(None))
_PLACE: Final = re.compile(r" at 0x[0-9a-fA-F]+")

_Path = tuple[int, ...]
"""What is being spelt, from the outside in, by its identity: a function may close over itself."""


def digest_of(policy: "Policy") -> str:
    """Return the digest of *policy*, as `sha256:` and 64 hex digits."""
    return f"sha256:{sha256(spelt(policy).encode()).hexdigest()}"


def spelt(part: object) -> str:
    """Spell a rule, a table, a number or a function the same on every machine and in every run."""
    return _spelt(part, ())


def _spelt(part: Any, path: _Path) -> str:
    if isinstance(part, type):
        return f"{part.__module__}.{part.__qualname__}"
    if isinstance(part, _PLAIN):
        return repr(part)
    if id(part) in path:
        return f"<the {type(part).__qualname__} around this>"
    for kinds, spell in _COMPOUND:
        if isinstance(part, kinds):
            return spell(part, (*path, id(part)))
    return _object(part, (*path, id(part)))


def _mapping(part: Any, path: _Path) -> str:
    pairs = sorted(f"{_spelt(key, path)}: {_spelt(value, path)}" for key, value in part.items())
    return f"{{{', '.join(pairs)}}}"


def _set(part: Any, path: _Path) -> str:
    return f"{{{', '.join(sorted(_spelt(one, path) for one in part))}}}"


def _sequence(part: Any, path: _Path) -> str:
    return f"({', '.join(_spelt(one, path) for one in part)})"


def _module(part: Any, _path: _Path) -> str:
    return f"module {part.__name__}"


def _pattern(part: Any, _path: _Path) -> str:
    return f"pattern({part.pattern!r}, {part.flags})"


def _partial(part: Any, path: _Path) -> str:
    return f"partial{_sequence((part.func, part.args, part.keywords), path)}"


def _method(part: Any, path: _Path) -> str:
    return f"{_spelt(part.__func__, path)} of {_spelt(part.__self__, path)}"


def _function(part: Any, path: _Path) -> str:
    """
    Spell what a function is made of; a wrapper is itself, and closes over what it wraps.

    Where there is no source, its code stands for it, and changes with the version of Python.
    """
    text = written(part) or _spelt(_compiled(part.__code__), path)
    bound = (part.__defaults__, part.__kwdefaults__, part.__closure__)
    return f"{text} {_spelt(bound, path)}"


def _compiled(code: CodeType) -> tuple[object, ...]:
    constants = (_compiled(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.co_code.hex(), code.co_names, code.co_freevars, *constants


def _cell(part: Any, path: _Path) -> str:
    try:
        inside = part.cell_contents
    except ValueError:  # nothing is in it yet
        return "empty"
    return _spelt(inside, path)


_COMPOUND: Final[tuple[tuple[Any, Callable[[Any, _Path], str]], ...]] = (
    (Mapping, _mapping),
    ((set, frozenset), _set),
    ((list, tuple), _sequence),
    (ModuleType, _module),
    (re.Pattern, _pattern),
    (partial, _partial),
    (MethodType, _method),
    (FunctionType, _function),
    (CellType, _cell),
)


def _object(part: Any, path: _Path) -> str:
    """Spell anything else: its class, what it holds, and what it does when it is called."""
    call = type(part).__call__ if callable(part) else None
    does = _spelt(call, path) if isinstance(call, FunctionType) else ""
    return f"{type(part).__qualname__}({_held(part, path)}){does}"


def _held(part: Any, path: _Path) -> str:
    kind: Any = type(part)
    if attrs.has(kind):
        return _fields(part, (field.name for field in attrs.fields(kind)), path)
    if is_dataclass(part):
        return _fields(part, (field.name for field in fields(part)), path)
    if kind.__repr__ is object.__repr__:  # says where it lies in memory, and no more
        return _spelt(part.__getstate__(), path)
    return _PLACE.sub("", repr(part))


def _fields(part: object, names: Iterable[str], path: _Path) -> str:
    return ", ".join(f"{name}={_spelt(getattr(part, name), path)}" for name in names)
