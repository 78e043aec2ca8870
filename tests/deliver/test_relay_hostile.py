"""Whatever the network does and wherever the program ends, nothing is lost and all has its key.

Calls fail, are lost, answered and not answered, doubled and late; a subscriber is down, or will not
take a case; positions are lost; the program ends between any two steps.
"""

from collections import Counter, deque
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from freezecase.deliver import announcing, line, relay
from tests.deliver.exchange import WEATHERS
from tests.deliver.mail import ACTS, Office
from tests.deliver.test_hostile_host import some
from tests.laws.settings import LAW

ENDS = ("fine", "fine", "before", "after")
WAITS = (0, 1, 2, 60, 90_000)

which = st.integers(0, 9)


class Hostile(RuleBasedStateMachine):
    """Anything may happen next."""

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self.office = Office()

    @precondition(lambda self: len(self.office.cases) < 6)
    @rule(number=which)
    def freeze(self, number: int) -> None:
        """A case is opened."""
        self.office.freeze(number)

    @rule(which=which, act=st.sampled_from([*ACTS]))
    def act(self, which: int, act: str) -> None:
        """Something happens to a case."""
        self.office.act(which, act)

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: int) -> None:
        """Time passes, and what is due is missed."""
        self.office.book.run_due(self.office.clock.later(seconds=seconds))

    @rule(down=st.booleans())
    def go_down(self, down: bool) -> None:
        """The subscriber is down, or is up again."""
        self.office.wire.down = down

    @rule(which=which)
    def never(self, which: int) -> None:
        """It will not take a case."""
        self.office.wire.never ^= {self.office.cases[which % len(self.office.cases)]}

    @rule(kept=st.booleans())
    def restart(self, kept: bool) -> None:
        """The program ends, and begins anew."""
        self.office.restart(kept=kept)

    @rule(which=which)
    def redeliver(self, which: int) -> None:
        """Somebody asks for what was given up."""
        self.office.redeliver(which)

    @precondition(lambda self: self.office.wire.network.under_way)
    @rule(which=which)
    def arrive(self, which: int) -> None:
        """Something arrives late."""
        under_way = self.office.wire.network.under_way
        self.office.wire.network.arrive(which % len(under_way))

    @rule(
        weather=some(st.sampled_from([*WEATHERS])),
        stored=some(st.sampled_from(ENDS)),
        kept=some(st.sampled_from(ENDS)),
        limit=st.sampled_from([1, 100]),
        lost=st.booleans(),
    )
    def step(self, **how: Any) -> None:
        """One step of the relay."""
        self.office.step(**how)

    def teardown(self) -> None:
        """In the end it heals."""
        self.office.heal()
        self.office.book.close()


TestHostile = Hostile.TestCase
TestHostile.settings = settings(LAW, stateful_step_count=30)


def storm(seed: int) -> Counter[str]:
    """Let a seed say what happens next, and heal now and then; return what came up."""
    office, chance = Office(), Random(seed)
    for number in range(30):
        for _ in range(2):
            office.act(chance.randrange(9), chance.choice([*ACTS]))
        office.book.run_due(office.clock.later(seconds=chance.choice(WAITS)))
        office.wire.down = chance.random() < 0.2
        office.wire.never = {office.cases[0]} if chance.random() < 0.2 else set()
        office.step(
            weather=chance.choices([*WEATHERS], k=chance.choice([0, 0, 2])),
            stored=chance.choices(ENDS, k=chance.choice([0, 1])),
            kept=chance.choices(ENDS, k=chance.choice([0, 1])),
            limit=chance.choice([1, 100]),
            lost=chance.random() < 0.3,
        )
        if chance.random() < 0.2:
            office.redeliver(chance.randrange(9))
        if number % 10 == 9:
            office.heal()
    return office.seen


def test_whatever_goes_wrong_all_is_taken_in_the_end_or_owed_on_the_way() -> None:
    """And everything that can go wrong did."""
    seen = sum((storm(seed) for seed in range(6)), Counter[str]())
    wanted = {
        "crash",
        "delivered",
        "given up",
        "failing",
        "redelivered",
        "healed",
        "doubled",
        *ACTS,
    }
    assert {what for what in wanted if seen[what] < 3} == set()


@pytest.mark.parametrize(
    ("part", "name", "broken"),
    [
        (relay.Relay, "position", property(lambda self: self._read_to)),  # what waits is forgotten
        (relay, "owe", lambda *_: None),  # what is given up is owed by nobody
        (line.Line, "add", lambda self, letter: self.queues.setdefault(
            letter.case, deque()
        ).appendleft(letter)),  # of each case the newest first
        (line.Line, "oldest", property(lambda self: None)),
        (line.Line, "take", lambda self, _now: max(
            (one for queue in self.queues.values() for one in queue),
            key=lambda one: one.index,
            default=None,
        )),  # the newest first
        (announcing, "uuid5", lambda _case, name: name),  # one key for several cases
    ],
)  # fmt: skip
def test_every_guard_is_needed(
    monkeypatch: pytest.MonkeyPatch, part: Any, name: str, broken: Any
) -> None:
    """Without any one of them something is lost, comes before its time, or has another's key."""
    monkeypatch.setattr(part, name, broken)
    with pytest.raises(AssertionError):
        any(not storm(seed) for seed in range(20))
