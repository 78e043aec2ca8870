"""
Keeping what is inserted from turning the text around it: isolates, as Unicode has them (UAX #9).

An account id in an Arabic sentence, or an Arabic name in a Welsh one, changes the order in which
its neighbours are shown, unless it stands between U+2068 and U+2069.
"""

import re
import unicodedata
from typing import Final

__all__ = ["FSI", "PDI", "balanced", "isolated", "outside", "strays", "stripped"]

FSI: Final = "\N{FIRST STRONG ISOLATE}"
PDI: Final = "\N{POP DIRECTIONAL ISOLATE}"

_OPENS: Final = frozenset((FSI, "\N{LEFT-TO-RIGHT ISOLATE}", "\N{RIGHT-TO-LEFT ISOLATE}"))
_FORCES: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Every control that bears on direction: marks, embeddings, overrides, isolates."""
_MARKS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e]")
"""Those of them that are not isolates."""
_INNERMOST: Final = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
"""An isolate with none in it."""
_STRONG: Final = {"ltr": frozenset({"R", "AL"}), "rtl": frozenset({"L"})}
"""The letters that run against a text."""


def isolated(text: str) -> str:
    """Return *text* so that it cannot turn what stands around it, whatever is in it."""
    return f"{FSI}{text if balanced(text) else stripped(text)}{PDI}"


def stripped(text: str) -> str:
    """Return *text* without any control of direction, whoever put it there."""
    return _FORCES.sub("", text)


def balanced(text: str) -> bool:
    """Say whether each isolate in a line of *text* ends in that line, and nothing else forces."""
    return not _MARKS.search(text) and all(map(_closes, text.splitlines()))


def _closes(line: str) -> bool:
    depth = 0
    for char in line:
        depth += (char in _OPENS) - (char == PDI)
        if depth < 0:
            return False
    return depth == 0


def outside(text: str) -> str:
    """Return what of *text* stands in no isolate; what nothing ends, or begins, stands outside."""
    left, count = _INNERMOST.subn("", text)
    while count:
        left, count = _INNERMOST.subn("", left)
    return left


def strays(text: str, direction: str) -> str:
    """Return the letters of *text* that run against *direction* and stand in no isolate."""
    against = _STRONG[direction]
    return "".join(char for char in outside(text) if unicodedata.bidirectional(char) in against)
