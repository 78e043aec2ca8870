"""
What a desk does when it is overrun: a surge policy, handed in as a plain function.

It is asked whenever a customer has to wait and whenever a contact begins, and it sees nothing but
the pressure on the desk at that moment. What it answers is in force until it is asked again; it
sees that, too, so a policy that switches back later than it switched on needs no memory of its
own. (Give it one, and a rehearsal is no longer the same twice.)
"""

from collections.abc import Callable
from datetime import timedelta

import attrs

from freezecase.core.checked import refuse
from freezecase.desk.given import is_length, is_number

__all__ = ["USUAL", "Pressure", "Relief", "SurgePolicy"]

_SLOWEST = 10
"""More than so many times as long is a slip of the pen."""


@attrs.frozen(kw_only=True)
class Relief:
    """The rules of the desk that are in force now; by default nothing is out of the ordinary."""

    handling: float = 1.0
    """How long a contact takes that begins now, as a part of the usual time."""
    call_back: timedelta | None = None
    """Whoever has to wait now is promised a call back within this time; None: they wait."""

    def __attrs_post_init__(self) -> None:
        """Refuse a contact that takes no time, and a call back before it was promised."""
        if not is_number(self.handling) or not 0 < self.handling <= _SLOWEST:
            allowed = "a part of the usual time, such as 0.6: more than 0, at most 10"
            raise refuse("Relief.handling", self.handling, allowed)
        if self.call_back is not None and not is_length(self.call_back):
            allowed = "a `timedelta`: more than nothing, at most a day; None if they wait"
            raise refuse("Relief.call_back", self.call_back, allowed)


USUAL = Relief()
"""No relief: everybody waits, and every contact takes its time."""


@attrs.frozen(kw_only=True)
class Pressure:
    """How it stands at the desk at one moment."""

    waiting: int
    """Customers who wait for a person, whoever has just come included."""
    call_backs: int
    """Customers who were promised a call back that they have not had."""
    on_duty: int
    busy: int
    relief: Relief
    """What the policy said last."""


SurgePolicy = Callable[[Pressure], Relief]
"""From the pressure on the desk to the rules in force."""
