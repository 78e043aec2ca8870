"""
The legal position of a freeze, and nothing else. What is pending is never a status.

Every status of every case comes from `MOVES` in `moves.py`, where each legal move is one cell of a
table. This file does not know who asks, or why.
"""

from enum import StrEnum

__all__ = ["Status"]


class Status(StrEnum):
    """The legal position of the freeze."""

    UNOPENED = "unopened"
    """Nothing has happened yet."""
    IN_FORCE = "in_force"
    """Imposed; a human still owes the decision whether it stands."""
    UPHELD = "upheld"
    """A human decided that it stands."""
    APPEALED = "appealed"
    """The customer contests the decision, here or before somebody outside."""
    RELEASING = "releasing"
    """The release is ordered; the exchange has not confirmed it yet."""
    RELEASED = "released"
    """The account is free."""
    FORFEITED = "forfeited"
    """Funds were taken under a final order; what is left is still held."""
    OFFBOARDED = "offboarded"
    """The relationship ended; what is owed to the customer is paid out on the way."""
    CLOSED = "closed"
    """Nothing more is expected."""
