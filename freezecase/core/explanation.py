"""An explanation: something said, and under it what it rests on. A tree, for people to read."""

from collections.abc import Iterable, Iterator
from typing import Self

import attrs

__all__ = ["Explanation"]


@attrs.frozen
class Explanation:
    """One thing that is said, and what it rests on."""

    said: str
    because: "tuple[Explanation, ...]" = ()

    @classmethod
    def of(cls, said: str, because: "Iterable[Explanation | str]" = ()) -> Self:
        """Return an explanation that rests on others, or on plain sentences."""
        under = (one if isinstance(one, Explanation) else Explanation(one) for one in because)
        return cls(said, tuple(under))

    def lines(self) -> Iterator[str]:
        """Yield it line by line, with branches drawn before what it rests on."""
        yield self.said
        for place, one in enumerate(self.because, start=1):
            last = place == len(self.because)
            first, *rest = one.lines()
            yield f"{'└─' if last else '├─'} {first}"
            yield from (f"{'  ' if last else '│ '} {line}" for line in rest)

    def __str__(self) -> str:
        """Return all of it, line by line."""
        return "\n".join(self.lines())
