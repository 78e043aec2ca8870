"""
How many people answer in time, by formula: a steady stream of contacts, one queue, no surprises.

* **Erlang B**, the share that finds everybody busy where nobody may wait: A. K. Erlang, "Solution
  of some problems in the theory of probabilities of significance in automatic telephone exchanges",
  1917. By the recursion `B(n) = a B(n-1) / (n + a B(n-1))`, which neither overflows nor cancels:
  D. L. Jagerman, "Some properties of the Erlang loss function", Bell System Technical Journal 53,
  1974.
* **Erlang C**, the share that waits where everybody waits for ever: from B, as in R. B. Cooper,
  *Introduction to Queueing Theory*, 2nd edition, 1981. It is 1 where more comes than is handled.
* **Erlang A**, where customers leave: C. Palm, "Research on telephone traffic carried by full
  availability groups", 1957; O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center with
  impatient customers", Manufacturing & Service Operations Management 4(3), 2002. Use it for surges:
  by Erlang C a desk with too few people has no answer at all.

All three take Poisson arrivals and exponential handling times (B takes any); Erlang A takes
exponential patience, too. What the desk is really like, `rehearsal` plays.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate, count
from math import ceil, exp, expm1, log

import attrs

from freezecase.core.checked import refuse
from freezecase.desk.given import is_length, is_number

__all__ = [
    "Target",
    "Traffic",
    "abandonment",
    "delayed",
    "erlang_b",
    "erlang_c",
    "expected_wait",
    "service_level",
    "staff_needed",
]

MOST_STAFF = 100_000
"""More people than any desk has, and few enough to count up to."""
_MOST_LOAD = MOST_STAFF / 2
_NOTHING = timedelta()
_HOUR = timedelta(hours=1)
_CENTURY = timedelta(days=36_525)
_NEGLIGIBLE = 1e-17


@attrs.frozen(kw_only=True)
class Traffic:
    """A steady stream of contacts: how many an hour, how long each takes, how long they wait."""

    arrivals: float
    """Contacts an hour."""
    handling: timedelta
    """How long one contact keeps one person busy, on average."""
    patience: timedelta | None = None
    """How long a customer waits before they leave, on average; None if they wait for ever."""

    def __attrs_post_init__(self) -> None:
        """Refuse what is no stream of contacts, or more than a desk could ever take."""
        if not is_number(self.arrivals) or self.arrivals < 0:
            raise refuse("Traffic.arrivals", self.arrivals, "contacts an hour, 0 or more")
        if not is_length(self.handling):
            allowed = "a `timedelta`, how long one contact takes: more than nothing, at most a day"
            raise refuse("Traffic.handling", self.handling, allowed)
        if self.patience is not None and not is_length(self.patience):
            allowed = "a `timedelta`: more than nothing, at most a day; None if they wait for ever"
            raise refuse("Traffic.patience", self.patience, allowed)
        if self.load > _MOST_LOAD:
            allowed = f"at most {_MOST_LOAD:,.0f} people busy at once, on average: split the desk"
            raise refuse("Traffic.load", self.load, allowed)

    @property
    def load(self) -> float:
        """How many people it keeps busy on average, in erlangs."""
        return self.arrivals * (self.handling / _HOUR)


@attrs.frozen(kw_only=True)
class Target:
    """What the desk wants to keep: which share of its customers reaches a person within a time."""

    share: float
    """Of all who come, whoever leaves counted as not reached; more than 0, less than 1."""
    within: timedelta = timedelta(minutes=2)

    def __attrs_post_init__(self) -> None:
        """Refuse what no desk can keep."""
        if not is_number(self.share) or not 0 < self.share < 1:
            allowed = "more than 0, less than 1, such as 0.8: no number of people keeps all of it"
            raise refuse("Target.share", self.share, allowed)
        _check_within("Target.within", self.within)


def erlang_b(staff: int, load: float) -> float:
    """
    Return the share of contacts that finds everybody busy, where nobody may wait.

    *load* is in erlangs: how many people it keeps busy on average.

    Raises:
        InvalidValue: *staff* is no whole number from 0 to 100,000; *load* no number, 0 or more.

    """
    _check_staff(staff)
    _check_load(load)
    busy = 1.0
    for people in range(1, staff + 1):
        busy = load * busy / (people + load * busy)
    return busy


def erlang_c(staff: int, load: float) -> float:
    """
    Return the share of contacts that has to wait, where everybody waits for ever.

    *load* is in erlangs. The share is 1 if it is as much as *staff* or more: the queue then grows
    without end.

    Raises:
        InvalidValue: as `erlang_b`.

    """
    busy = erlang_b(staff, load)
    if load >= staff:
        return 1.0
    return staff * busy / (staff - load * (1 - busy))


def delayed(traffic: Traffic, staff: int) -> float:
    """Return the share of customers who find everybody busy, whether they then wait or leave."""
    if not traffic.arrivals:
        _check_staff(staff)
        return 0.0
    if traffic.patience is None:
        return erlang_c(staff, traffic.load)
    return sum(_queue(traffic, staff))


def service_level(traffic: Traffic, staff: int, within: timedelta) -> float:
    """
    Return the share of customers who reach a person within a time of their coming.

    It is a share of all who come: whoever left has not been reached.

    Raises:
        InvalidValue: *staff* is no whole number from 0 to 100,000, or *within* less than nothing.

    """
    _check_within("within", within)
    _check_staff(staff)
    if not traffic.arrivals:
        return 1.0
    if traffic.patience is not None:
        queue = _queue(traffic, staff)
        return max(0.0, 1.0 - sum(queue)) + _reached(traffic, staff, within, queue)
    late = erlang_c(staff, traffic.load)
    spare = staff - traffic.load
    return 1.0 - late * exp(-spare * (within / traffic.handling)) if spare > 0 else 0.0


def staff_needed(traffic: Traffic, target: Target) -> int:
    """Return how many people on duty keep the target at least; none if nobody comes."""

    def keeps(staff: int) -> bool:
        return service_level(traffic, staff, target.within) >= target.share

    if not traffic.arrivals:
        return 0
    low, high = -1, ceil(traffic.load) + 1  # `low` falls short, `high` is to be found out
    step = 1
    while not keeps(high):
        low, high, step = high, high + step, 2 * step
    step = 1
    while high - low > 1:
        middle = max((low + high) // 2, high - step)  # not far down, where queues are endless
        low, high = (low, middle) if keeps(middle) else (middle, high)
        step *= 2
    return high


def expected_wait(traffic: Traffic, staff: int) -> timedelta | None:
    """
    Return how long customers wait on average, those who leave and those who do not wait included.

    None says that there is no such time: nobody leaves, and more comes than is handled.
    """
    late = delayed(traffic, staff)
    if not traffic.arrivals:
        return _NOTHING
    if traffic.patience is not None:
        return _waiting(traffic, staff) / traffic.arrivals * _HOUR
    spare = staff - traffic.load
    if spare <= 0 or late * (traffic.handling / _CENTURY) >= spare:
        return None
    return late / spare * traffic.handling


def abandonment(traffic: Traffic, staff: int) -> float:
    """Return the share of customers who leave before they reach a person."""
    _check_staff(staff)
    if traffic.patience is None or not traffic.arrivals:
        return 0.0
    return min(1.0, _waiting(traffic, staff) / (traffic.arrivals * (traffic.patience / _HOUR)))


def _waiting(traffic: Traffic, staff: int) -> float:
    """Return how many customers wait on average, where they leave."""
    return sum(ahead * share for ahead, share in enumerate(_queue(traffic, staff)))


def _queue(traffic: Traffic, staff: int) -> list[float]:
    """
    Return how likely everybody is busy and nobody, one, two ... customers wait.

    Up by the recursion of Erlang B, which holds for any rates of leaving (here it is the share of
    time spent at the top if there were no more room), until what lies above is nothing; then down
    again, each from the one above it. All of it is products and sums of what is positive.
    """
    rates = _leaving(traffic, staff)
    top, steps = erlang_b(staff, traffic.load), list[float]()
    for rate in rates:
        ratio = traffic.arrivals / rate
        top *= ratio / (1 + ratio * top)
        steps.append(ratio)
        if ratio < 1 and top * ratio <= _NEGLIGIBLE * (1 - ratio):
            break
    return [*accumulate(reversed(steps), lambda share, ratio: share / ratio, initial=top)][::-1]


def _leaving(traffic: Traffic, staff: int) -> Iterator[float]:
    """Yield how many customers an hour are done or leave while one, two ... of them wait."""
    assert traffic.patience is not None  # noqa: S101 - whoever calls has looked
    handled, leave = staff * (_HOUR / traffic.handling), _HOUR / traffic.patience
    return (handled + ahead * leave for ahead in count(1))


def _reached(traffic: Traffic, staff: int, within: timedelta, queue: list[float]) -> float:
    """
    Return the share of customers who wait, do not leave, and reach a person within a time.

    Who finds k others waiting needs k + 1 departures. They are exponential at rates c, c+1 ... c+k
    times the rate of leaving, where c is how many are handled while one loses patience; so e to
    the minus that wait (in units of patience) has the Beta distribution of c and k + 1, and its
    tail is a sum of negative binomial terms. No term is negative, none is integrated.
    """
    assert traffic.patience is not None  # noqa: S101 - whoever calls has looked
    within_patience = within / traffic.patience
    handled = staff * (traffic.patience / traffic.handling)
    gone = -expm1(-within_patience)
    if not gone or not staff:
        return 0.0
    term, fewer, reached = -(handled + 1) * within_patience, 0.0, 0.0
    for ahead, share in enumerate(queue):
        fewer += exp(term)
        reached += share * handled / (handled + ahead + 1) * max(0.0, 1.0 - fewer)
        term += log((handled + ahead + 1) / (ahead + 1) * gone)
    return reached


def _check_staff(staff: object) -> None:
    if type(staff) is not int or not 0 <= staff <= MOST_STAFF:
        raise refuse("staff", staff, f"people on duty: a whole number from 0 to {MOST_STAFF:,}")


def _check_load(load: object) -> None:
    if not is_number(load) or load < 0:
        raise refuse("load", load, "erlangs, contacts an hour by hours a contact: 0 or more")


def _check_within(where: str, within: timedelta) -> None:
    if not is_length(within, none=True):
        raise refuse(where, within, "a `timedelta` of up to a day, such as two minutes")
