"""
Where bytes differ from the one spelling of what they say. Only for telling somebody.

The engine reads past a key that it does not know; an auditor must not. Whether bytes are the one
spelling is a comparison; this says what is wrong with those that are not.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

__all__ = ["contradiction", "misspelt"]


def misspelt(stored: bytes, spelt: bytes) -> str:
    """Say where *stored* first differs from *spelt*, which is how it should have been written."""
    found = _differences(msgspec.json.decode(stored), msgspec.json.decode(spelt), "$")
    order = "its keys are not in order, or one is there twice, or there are blanks"
    return next(found, f"{order}: it should be {len(spelt)} bytes and is {len(stored)}")


def contradiction(given: Any, spelt: Any) -> str | None:
    """Say where plain data differs from *spelt* in what it says; it may say less, or nothing."""
    return next(_differences(given, spelt, "$", whole=False), None)


def _differences(stored: Any, spelt: Any, path: str, *, whole: bool = True) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(spelt, dict):
        known = ", ".join(f"`{key}`" for key in sorted(spelt))
        for key in sorted(stored.keys() - spelt.keys()):
            yield f"it has an unknown key `{key}`, where only {known} may be - at `{path}`"
        for key in sorted(spelt.keys() - stored.keys()) if whole else ():
            yield f"it lacks the key `{key}` - at `{path}`"
        for key in sorted(stored.keys() & spelt.keys()):
            yield from _differences(stored[key], spelt[key], f"{path}.{key}", whole=whole)
    elif isinstance(stored, list) and isinstance(spelt, list) and len(stored) == len(spelt):
        for place, (one, other) in enumerate(zip(stored, spelt, strict=True)):
            yield from _differences(one, other, f"{path}[{place}]", whole=whole)
    elif stored != spelt:
        yield f"`{stored!r}` should be spelt `{spelt!r}` - at `{path}`"
