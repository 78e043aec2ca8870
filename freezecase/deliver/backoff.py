"""How long to wait before the next try: twice as long each time, and not all at once."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Final

import attrs

from freezecase.core.checked import refuse

__all__ = ["Backoff", "spread"]

_DOUBLINGS: Final = 64
"""After so many the longest wait is reached, whatever the first was."""


def spread(account: str, failures: int) -> float:
    """
    Return a number from 0 up to 1 that follows from the account and the try: the same every time.

    It looks like chance, which is all that keeps thousands of accounts from coming back at once.
    """
    digest = sha256(f"{failures} {account}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


@attrs.frozen(kw_only=True)
class Backoff:
    """A wait that doubles with each failure in a row, up to the longest, less up to half of it."""

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=1)
    """Less than what the exchange has for it by the policy, or every try comes too late."""
    jitter: Callable[[str, int], float] = spread
    """From 0 up to 1, for an account and its failures; a seeded generator will do as well."""

    def __attrs_post_init__(self) -> None:
        """Refuse a wait that is none, or that shrinks."""
        if not timedelta() < self.first <= self.longest:
            raise refuse("Backoff.first", self.first, "more than nothing, at most the longest wait")

    def after(self, account: str, failures: int) -> timedelta:
        """Return how long to wait after so many *failures* in a row, 1 or more."""
        doubled = self.first.total_seconds() * 2.0 ** min(failures - 1, _DOUBLINGS)
        whole = min(doubled, self.longest.total_seconds())
        return timedelta(seconds=whole * (1 + self.jitter(account, failures)) / 2)
