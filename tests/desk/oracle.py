"""
The formulas said again, the plain way: whole sums in exact fractions, and chains solved by steps.

Nothing here is stable or quick; it is meant to be seen to be right.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from fractions import Fraction
from math import exp, factorial, inf

from freezecase.desk.floor import Contact


def loss(staff: int, load: Fraction) -> Fraction:
    """Erlang B as it stands in the books: the last term of the sum over the sum."""
    terms = [load**n / factorial(n) for n in range(staff + 1)]
    return terms[-1] / sum(terms)


def delay(staff: int, load: Fraction) -> Fraction:
    """Erlang C as it stands in the books."""
    if load >= staff:
        return Fraction(1)
    last = load**staff / factorial(staff) * staff / (staff - load)
    return last / (sum(load**n / factorial(n) for n in range(staff)) + last)


def states(arrivals: Fraction, handled: Fraction, left: Fraction, staff: int) -> list[Fraction]:
    """How likely so many are there, by the balance of coming and going; cut where nobody comes."""
    weights = [Fraction(1)]
    while len(weights) <= staff or weights[-1] > max(weights) / 10**18:
        there = len(weights)
        going = min(there, staff) * handled + max(0, there - staff) * left
        weights.append((weights[-1] * arrivals / going).limit_denominator(10**40))
    whole = sum(weights)
    return [weight / whole for weight in weights]


def reached(ahead: int, handled: float, left: float, staff: int, hours: float) -> float:
    """
    How likely somebody with so many before them reaches a person in time and does not leave first.

    The chain of their place in the queue, by uniformization: steps at one steady rate, so many of
    them in the time as a Poisson distribution says.
    """
    steady = staff * handled + (ahead + 1) * left
    place = [0.0] * (ahead + 1) + [0.0]  # the last one is: with a person
    place[ahead] = 1.0
    steps, chance, found = 0, exp(-steady * hours), 0.0
    while steps <= steady * hours or chance > 1e-15:
        found += chance * place[-1]
        moved = [0.0] * len(place)
        moved[-1] = place[-1]
        for k in range(ahead + 1):
            on = (staff * handled + k * left) / steady
            moved[k - 1] += place[k] * on  # from 0 that is the last one
            moved[k] += place[k] * (1 - on - left / steady)
        place, steps = moved, steps + 1
        chance *= steady * hours / steps
    return found


def kept(arrivals: float, handled: float, left: float, staff: int, hours: float) -> float:
    """The share that reaches a person in time, where customers leave."""
    exact = Fraction(arrivals), Fraction(handled), Fraction(left)
    return sum(
        float(share)
        * (1.0 if there < staff else reached(there - staff, handled, left, staff, hours))
        for there, share in enumerate(states(*exact, staff))
        if share > Fraction(1, 10**14)
    )


def per_hour(length: timedelta) -> float:
    """How many of such a length go into an hour."""
    return timedelta(hours=1) / length


def waits(contacts: Iterable[Contact], staff: int) -> Sequence[tuple[float, bool]]:
    """
    How long each waits, and whether they then leave, with so many people always on duty.

    By the recursion of J. Kiefer and J. Wolfowitz, "On the theory of queues with many servers",
    1955: whoever comes waits for the first of them to be free, unless they leave before that.
    """
    free, found = [-inf] * staff, list[tuple[float, bool]]()
    for contact in contacts:
        free.sort()
        wait = max(0.0, free[0] - contact.at)
        leaves = wait > 0 and contact.patience <= wait
        if not leaves:
            free[0] = max(free[0], contact.at) + contact.handling
        found.append((contact.patience if leaves else wait, leaves))
    return found
