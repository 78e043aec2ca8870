"""
Which texts may hold somebody's words or name, and what stands in their place for everybody else.

Every field that takes free words says whose personal data it may hold and who may read it
(`Sealed`), or why it never holds any (`Plain`). One that says neither cannot be registered: what
nobody thought about is not stored in the clear (Regulation (EU) 2016/679 Art. 25).

State never holds such a text, and no policy reads one: `masked` is what both are given. So a
history whose texts were erased still folds, and is judged again, to the letter.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from freezecase.core.annotated import Check
from freezecase.core.values import Audience, Plain, Sealed

__all__ = ["PLACEHOLDER", "classified", "masked", "personal", "texts_of", "with_texts"]

V = TypeVar("V")

PLACEHOLDER: Final = "[sealed]"
"""What stands where a text is not."""


def personal(kind: type[object]) -> Mapping[str, Audience]:
    """Return the fields of a kind of event or command that are sealed, and who may read each."""
    key: Any = kind
    return _personal(key)


@cache
def _personal(kind: Any) -> Mapping[str, Audience]:
    hints = get_type_hints(kind, include_extras=True)
    marks = {name: _mark(hint, Sealed) for name, hint in hints.items()}
    return {name: mark.audience for name, mark in marks.items() if mark is not None}


def texts_of(value: Any) -> Mapping[str, str]:
    """Return what a value says in its sealed fields, by field; nothing of those left empty."""
    said = {name: getattr(value, name) for name in personal(type(value))}
    return {name: text for name, text in said.items() if text is not None}


def masked(value: V) -> V:
    """Return a value with a placeholder for each text that it says in a sealed field."""
    fields = personal(type(value))
    if not fields:
        return value
    return with_texts(value, dict.fromkeys(texts_of(value), PLACEHOLDER))


def with_texts(value: V, texts: Mapping[str, str]) -> V:
    """Return a value that says *texts* in these fields; they were checked when it was made."""
    if not texts:
        return value
    kind: Any = type(value)
    copy: V = object.__new__(kind)
    for field in attrs.fields(kind):
        name = field.name
        object.__setattr__(copy, name, texts[name] if name in texts else getattr(value, name))
    return copy


def classified(kind: type[Any], above: frozenset[Any] = frozenset()) -> None:
    """
    Raise `TypeError` if a field of *kind* may hold somebody's words and does not say whose.

    A text with a pattern of its own, such as the id of an account, cannot; free words can, and so
    can a text that nothing is said of. One inside another value could not be sealed apart.
    """
    for name, hint in get_type_hints(kind, include_extras=True).items():
        where = f"{kind.__name__}.{name}"
        if _mark(hint, Sealed) is None and _mark(hint, Plain) is None and _free(hint):
            raise TypeError(
                f"{where}: it takes free words: mark whose they may be with `Sealed`, or with "
                "`Plain` why they are nobody's"
            )
        for inner in {*_inside(hint)} - above:
            classified(inner, above | {inner})
            if personal(inner):
                raise TypeError(f"{where}: a sealed text stands inside it, and only a field can be")


def _mark(hint: Any, kind: type[V]) -> V | None:
    """Return the mark in an annotation, perhaps of one of its arms."""
    if get_origin(hint) is Annotated:
        return next((extra for extra in get_args(hint) if isinstance(extra, kind)), None)
    if get_origin(hint) in (Union, UnionType):
        return next((mark for arm in get_args(hint) if (mark := _mark(arm, kind))), None)
    return None


def _free(hint: Any) -> bool:
    """Say whether an annotation takes texts that have no form of their own."""
    if hint is str:
        return True
    inner = get_args(hint)
    if get_origin(hint) is Annotated:
        checks = [extra for extra in inner if isinstance(extra, Check)]
        formed = bool(checks) and not any(check.words for check in checks)
        return not formed and _free(inner[0])
    return any(map(_free, inner))


def _inside(hint: Any) -> Iterator[type[Any]]:
    """Yield the classes of values that stand inside what an annotation takes."""
    if isinstance(hint, type) and attrs.has(hint):
        yield hint
    for arm in get_args(hint):
        yield from _inside(arm)
