"""Whatever the network does and wherever the program ends, no account is wrong for good.

People open cases, widen, narrow, release and close them, several on one account. Calls fail, are
lost, answered and not answered, doubled, late and out of order; others write while a call is under
way and before a confirmation is written; the program ends between any two steps.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, TypeVar

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from freezecase import CaseState, Scope
from freezecase.deliver import doubts, visit
from freezecase.views import accounts
from freezecase.views.accounts import AccountView, Restriction, account_view, demanded
from tests.deliver.exchange import WEATHERS, Exchange, Gullible
from tests.deliver.world import ACCOUNTS, ACTS, SCOPES, World
from tests.laws.settings import LAW

T = TypeVar("T")
ENDS = ("fine", "fine", "fine", "before", "after")
WAITS = (0, 1, 30, 600, 90_000)
ACTED = (*ACTS, *("widen", "narrow", "release", "close") * 3, "reopen", "reopen")

# --- as Hypothesis has it ------------------------------------------------------------------------


def some(one: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    """Mostly nothing, or a few."""
    return st.just([]) | st.just([]) | st.lists(one, min_size=1, max_size=3)


which, acts = st.integers(0, 4), st.sampled_from(ACTED)
deeds = some(st.tuples(which, acts))


class Hostile(RuleBasedStateMachine):
    """Anything may happen next."""

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self.world = World()
        self.steps = 0

    @rule(account=st.sampled_from(ACCOUNTS), scope=st.sampled_from(SCOPES))
    def freeze(self, account: str, scope: Scope) -> None:
        """A case is opened."""
        self.world.freeze(account, scope)

    @rule(which=which, act=acts)
    def act(self, which: int, act: str) -> None:
        """Something happens to a case."""
        self.world.act(which, act)

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.world.wait(seconds)

    @precondition(lambda self: self.world.network.under_way)
    @rule(which=which, again=st.booleans())
    def arrive(self, which: int, again: bool) -> None:
        """Something arrives late."""
        self.world.arrive(which, again=again)

    @rule(kept=st.booleans())
    def restart(self, kept: bool) -> None:
        """The program ends, and begins anew."""
        self.world.restart(kept=kept)

    @rule(
        weather=some(st.sampled_from([*WEATHERS])),
        ends=some(st.sampled_from(ENDS)),
        during=deeds,
        between=deeds,
        kept=st.booleans(),
        limit=st.sampled_from([1, 100]),
    )
    def step(self, **how: Any) -> None:
        """One step of the reconciler."""
        self.world.step(**how)
        self.steps += 1

    @precondition(lambda self: self.steps > 4)
    @rule(order=st.randoms(use_true_random=False))
    def heal(self, order: Random) -> None:
        """All goes well for a while."""
        self.world.heal(order)
        self.steps = 0

    def teardown(self) -> None:
        """In the end it heals."""
        self.world.heal(Random(7))
        self.world.book.close()


TestHostile = Hostile.TestCase
TestHostile.settings = settings(LAW, stateful_step_count=40)

# --- as a seed has it, longer --------------------------------------------------------------------


def storm(seed: int, steps: int = 40) -> Counter[str]:
    """Let a seed say what happens next, and heal now and then; return what came up."""
    world, chance = World(), Random(seed)

    def few(one: Sequence[T], often: int) -> list[T]:
        return [chance.choice(one) for _ in range(chance.choice([0, 0, 0, 1, 3][often:]))]

    foul = seed % 2 == 0  # every other storm is one of people only
    numbered = [(number, act) for number in range(5) for act in ACTED]
    for number in range(steps):
        for _ in range(3):
            world.act(*chance.choice(numbered))
        if chance.random() < 0.5:
            world.freeze(chance.choice(ACCOUNTS), chance.choice(SCOPES))
        world.wait(chance.choice(WAITS))
        world.step(
            weather=few([*WEATHERS], 0) if foul else (),
            ends=few(ENDS, 0) if foul else (),
            during=few(numbered, 0),
            between=few(numbered, 0 if foul else 3),
            kept=chance.random() < 0.5,
            limit=chance.choice([1, 100]),
        )
        if chance.random() < 0.4:
            world.arrive(chance.randrange(9), again=chance.random() < 0.5)
        if number % 12 == 11:
            world.heal(chance)
    return world.seen


def test_the_exchange_comes_to_hold_what_the_cases_demand_whatever_goes_wrong() -> None:
    """On the way no lift outruns a newer freeze, and nothing is confirmed that is not so."""
    seen = sum((storm(seed) for seed in range(8)), Counter[str]())
    wanted = {"late", "crash", "confirmed", "failing", "healed", *ACTS}
    assert {what for what in wanted if seen[what] < 3} == set()


def one_case_for_all(account: str, cases: Iterable[tuple[CaseState, int]]) -> AccountView:
    """Forget that an account has several cases."""
    found = [*cases]
    scope = demanded(max(found, key=lambda one: one[1])[0])
    restriction = Restriction([] if scope is None else [scope])
    return attrs.evolve(account_view(account, found), restriction=restriction)


@pytest.mark.parametrize(
    ("part", "name", "broken"),
    [
        (visit, "_as_seen", lambda book, _case: book),  # whatever the case has become is confirmed
        (accounts, "demanded", lambda case: case.restriction),  # an order to lift is not heard
        (accounts, "account_view", one_case_for_all),  # lifting one case lifts another
        (doubts, "RAISES", doubts.RAISES - {"case-reopened"}),
        (doubts, "RAISES", doubts.RAISES - {"release-ordered"}),
        (doubts, "RAISES", doubts.RAISES - {"scope-widened"}),
        (Exchange, "apply", Gullible.apply),  # a late lift outruns a newer freeze
    ],
)
def test_every_guard_is_needed(
    monkeypatch: pytest.MonkeyPatch, part: Any, name: str, broken: Any
) -> None:
    """Without any one of them some account ends up wrong, or is confirmed too early."""
    monkeypatch.setattr(part, name, broken)
    storms = map(storm, range(40))
    with pytest.raises(AssertionError):
        all(storms)
