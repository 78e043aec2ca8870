"""An exchange that is told what to do, over a network that can be as bad as a network can be."""

from collections import deque
from collections.abc import Callable

import attrs

from freezecase.views.accounts import Restriction

Delivery = tuple[str, Restriction, int]


class Crash(BaseException):
    """The program ends here, whatever it was about to do."""


@attrs.define
class Exchange:
    """It does what it is told, and keeps of each account what the highest revision said."""

    held: dict[str, tuple[int, Restriction]] = attrs.field(factory=dict)
    looked: Callable[[str], object] = attrs.field(default=lambda account: None)
    """Told of every account to which something was delivered."""

    def apply(self, account: str, restriction: Restriction, revision: int) -> None:
        """Take it, unless something newer was taken before."""
        if revision >= self.revision(account):
            self.held[account] = revision, restriction
        self.looked(account)

    def restriction(self, account: str) -> Restriction:
        """What is restricted on an account now."""
        return self.held.get(account, (0, Restriction()))[1]

    def revision(self, account: str) -> int:
        """The revision that an account is at."""
        return self.held.get(account, (0, Restriction()))[0]


@attrs.define
class Gullible(Exchange):
    """It takes whatever comes, in the order in which it comes."""

    def apply(self, account: str, restriction: Restriction, revision: int) -> None:
        """Take it."""
        self.held[account] = revision, restriction
        self.looked(account)


@attrs.define
class Wary(Exchange):
    """It says so when it is told something older than what it holds."""

    def apply(self, account: str, restriction: Restriction, revision: int) -> None:
        """Take it, or raise."""
        if revision < self.revision(account):
            raise ValueError(f"revision {revision} is older than {self.revision(account)}")
        super().apply(account, restriction, revision)


@attrs.define
class Network:
    """What lies between: it answers, fails, loses, delays and doubles, as it is told beforehand."""

    exchange: Exchange = attrs.field(factory=Exchange)
    weather: deque[str] = attrs.field(factory=deque)
    """How the next calls go; `fine` when nothing is said."""
    meanwhile: deque[Callable[[], object]] = attrs.field(factory=deque)
    """What others do while the next calls are under way."""
    under_way: list[Delivery] = attrs.field(factory=list)
    """What may still arrive."""
    calls: list[Delivery] = attrs.field(factory=list)

    def apply(self, account: str, restriction: Restriction, revision: int) -> None:
        """Send it on its way."""
        call = (account, restriction, revision)
        self.calls.append(call)
        if self.meanwhile:
            self.meanwhile.popleft()()
        WEATHERS[self.weather.popleft() if self.weather else "fine"](self, call)

    def arrive(self, number: int, *, again: bool = False) -> None:
        """Deliver something that is under way, and perhaps keep a copy of it under way."""
        call = self.under_way[number] if again else self.under_way.pop(number)
        self.exchange.apply(*call)


def _crash(_network: Network, _call: Delivery) -> None:
    raise Crash


def _refuse(_network: Network, _call: Delivery) -> None:
    raise ConnectionRefusedError("nobody listens")


def _delay(network: Network, call: Delivery) -> None:
    network.under_way.append(call)
    raise TimeoutError("no answer in time")


def _silence(network: Network, call: Delivery) -> None:
    network.exchange.apply(*call)
    raise TimeoutError("no answer in time")


def _double(network: Network, call: Delivery) -> None:
    network.under_way.append(call)
    network.exchange.apply(*call)


def _die(network: Network, call: Delivery) -> None:
    network.exchange.apply(*call)
    raise Crash


def _die_late(network: Network, call: Delivery) -> None:
    network.under_way.append(call)
    raise Crash


WEATHERS: dict[str, Callable[[Network, Delivery], None]] = {
    "fine": lambda network, call: network.exchange.apply(*call),
    "refused": _refuse,
    "delayed": _delay,  # it fails, and arrives when nobody expects it any more
    "silent": _silence,  # it is done, and nobody is told
    "doubled": _double,
    "dies first": _crash,
    "dies after": _die,
    "dies while it is under way": _die_late,
}
"""The ways in which a call can go."""
