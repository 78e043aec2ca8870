"""A policy under guard: whatever loops is broken, named and owed a repair; the rest goes on."""

import math
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook, Channel, PolicyForbids
from freezecase import commands as do
from freezecase import events as e
from freezecase.app.guarding import guarded
from freezecase.core.checked import replace
from freezecase.core.evolve import unopened
from freezecase.core.obligations import Demand
from freezecase.core.ruling import Opinion, Verdict
from freezecase.core.state import CaseState
from freezecase.errors import InvalidValue, NoPolicy
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.clock import Clock, any_time, by_its_term, its_subject, ladder
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.gate import SILENT, Answer
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.standard import standard
from freezecase.policy.turn import take_turn
from freezecase.testing.contracts import StoryClock
from tests.app.books import ANA, ENGINE, freeze
from tests.core.samples import NOW

QUICK = 0.05
FOR_EVER = 500_000_000  # it takes some seconds: a test without a guard fails, and ends
NO_CASE = UUID(int=0)
CHECKS = do.RequestChecks(NO_CASE, checks=["device"])
PROPOSE = do.ProposeRelease(NO_CASE, reason="verified")
TELL = do.SendNotice(NO_CASE, notice="freeze-imposed", channel=Channel.EMAIL)


def loops(_: object) -> Any:
    """Go round and round."""
    for _number in range(FOR_EVER):
        pass


class Played:
    """A fresh case in a book whose rules have a moment to answer in."""

    def __init__(self, *rules: Any, without: tuple[str, ...] = ()) -> None:
        self.policy = standard().without(*without).adding(*rules)
        clock = StoryClock()
        self.book = Casebook.open("memory:", policy=self.policy, clock=clock, rule_seconds=QUICK)
        self.case = self.book.execute(freeze(), by=ENGINE).case.id

    def then(self, command: Any, by: Actor = ANA) -> CaseState:
        """Somebody asks for something, and gets it."""
        return self.book.execute(replace(command, case=self.case), by=by).case

    @property
    def owed(self) -> list[tuple[str, str, str]]:
        """What is owed, by whom."""
        obligations = self.book.case(self.case).obligations
        return [(*key, owed.debtor) for key, owed in obligations.items()]


def test_a_gate_that_loops_forbids_and_is_named_and_its_repair_is_owed() -> None:
    """It lets nothing through, and it does not stand in the way for ever."""
    played = Played(Rule(id="turns", ask=loops, on=[do.ProposeRelease]))
    with played.book:
        with pytest.raises(PolicyForbids) as refused:
            played.then(PROPOSE)
        assert refused.value.ruling.broken == ("turns",)
        said = Opinion(rule="turns", verdict=Verdict.BROKEN, because="raised OverBudget")
        assert said in refused.value.ruling.opinions
        assert ("repair", "turns", "exchange") in played.owed
        assert "freeze-imposed" in played.then(TELL).told, "whatever else is asked goes on"
        assert [*played.then(CHECKS).checks] == ["device"]


@pytest.mark.parametrize("kind", [Kind.PLAN, Kind.ROUTE, Kind.DISCLOSURE])
def test_what_decides_nothing_is_broken_and_what_was_asked_happens(kind: Kind) -> None:
    """A plan, a route or a disclosure that loops is named, and its repair is owed."""
    played = Played(Rule(id="turns", ask=loops, on=[do.RequestChecks], kind=kind))
    with played.book:
        assert [*played.then(CHECKS).checks] == ["device"]
        asked = played.book.history(played.case)[-1]
        first = played.book.history(played.case)[(asked.cause or asked.version) - 1]
        assert first.ruling is not None
        assert (first.ruling.allowed, first.ruling.broken) == (True, ("turns",))
        assert ("repair", "turns", "exchange") in played.owed


CALL_BACK = Clock(
    id="call-back-clock",
    on=[e.NoticeSent],
    demand=Demand(kind="call-back", ladder=ladder("front 2 hours"), met_by=("reply-sent",)),
)


@pytest.mark.parametrize(
    "clock",
    [
        attrs.evolve(CALL_BACK, when=loops),
        attrs.evolve(CALL_BACK, about=loops),
        attrs.evolve(CALL_BACK, at=loops),
    ],
    ids=["when", "about", "at"],
)
def test_a_clock_that_loops_opens_a_repair_and_nothing_else(clock: Clock) -> None:
    """Whichever of its functions does it; what happened has happened, and is on record."""
    played = Played(clock)
    with played.book:
        assert "freeze-imposed" in played.then(TELL).told
        kinds = [kind for kind, _, _ in played.owed]
        assert ("repair", "call-back-clock", "exchange") in played.owed
        assert ("call-back" in kinds, "review" in kinds, "update" in kinds) == (False, True, True)


def test_what_a_clock_that_loops_does_not_cover_the_accountable_role_owes() -> None:
    """The law of coverage holds whatever a policy does."""
    covering = Clock(
        id="turning-clock",
        covers="review",
        when=loops,
        demand=Demand(kind="review", ladder=ladder("max 2 hours"), met_by=("freeze-upheld",)),
    )
    played = Played(covering, without=("review-clock",))
    with played.book:
        assert ("review", "", "accountable") in played.owed
        assert ("repair", "turning-clock", "exchange") in played.owed


def test_a_policy_is_the_same_under_guard() -> None:
    """Name, version and digest are those of the rules as they were written."""
    policy = standard().adding(CALL_BACK)
    under = guarded(policy, QUICK)
    assert (policy.ref, policy.rules[0].id) == (under.ref, under.rules[0].id)
    assert policy.about("four-eyes") == under.about("four-eyes")
    assert [one.says for one in policy.rules] == [one.says for one in under.rules]


def test_the_policy_of_a_ruling_is_found_in_the_book() -> None:
    """What a stored ruling names is what the book knows, guard or not."""
    with Casebook.open("memory:", policy=standard(), rule_seconds=QUICK) as book:
        ruling = book.execute(freeze(), by=ENGINE).ruling
        assert ruling.policy == standard().ref
        assert standard().ref == book.policies.named(ruling.policy).ref
        with pytest.raises(NoPolicy):
            book.policies.named(replace(ruling.policy, version=9))


def test_rules_by_date_are_guarded_and_keep_their_dates() -> None:
    """What is in force for a case is narrowed as it would be without a guard."""
    later = Effective(since=NOW.replace(year=2027), anchor=Anchor.RECORD)
    dated = standard().adding(Rule(id="turns", ask=loops, effective=later))
    strict = Edition(dated.named("strict", 2), later)
    with Casebook.open(
        "memory:",
        policy=PolicyBook.of(dated, strict),
        clock=StoryClock(),
        rule_seconds=QUICK,
    ) as book:
        assert book.execute(freeze(), by=ENGINE).ruling.policy == dated.ref
        assert [edition.effective for edition in book.policies.editions] == [
            *(Effective(), later),
        ]


def test_under_guard_a_quick_rule_says_what_it_always_says() -> None:
    """A turn is the same with and without."""
    free, under = (
        take_turn(one, unopened(NO_CASE), freeze(), ENGINE, NOW)
        for one in (standard(), guarded(standard(), QUICK))
    )
    assert free == under


def test_what_is_ours_needs_no_guard() -> None:
    """What clocks do unless they say otherwise comes to an end, and costs nothing more."""
    clock = guarded(standard().adding(CALL_BACK), QUICK).rule("call-back-clock")
    assert isinstance(clock, Clock)
    assert (clock.when, clock.about, clock.at) == (any_time, its_subject, by_its_term)


def test_a_book_may_go_without() -> None:
    """With all the time in the world rules run as they are."""
    assert guarded(standard(), math.inf).rules == standard().rules


class _Silent:
    """A rule may be an object that is called, and such an object need not be hashable."""

    def __call__(self, _question: Question) -> Answer:
        return SILENT

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None  # type: ignore[assignment]


def test_whatever_can_be_called_can_be_guarded() -> None:
    """A rule need not be a function of its own."""
    with Casebook.open(
        "memory:", policy=standard().adding(Rule(id="mute", ask=_Silent())), rule_seconds=QUICK
    ) as book:
        assert book.execute(freeze(), by=ENGINE).ruling.allowed


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan])
def test_no_time_at_all_is_refused_before_a_store_is_made(tmp_path: Path, seconds: float) -> None:
    """A book that could not judge anything is not opened."""
    with pytest.raises(InvalidValue, match="more than 0"):
        Casebook.open(f"sqlite:///{tmp_path}/cases.db", rule_seconds=seconds)
    assert list(tmp_path.iterdir()) == []


def test_a_policy_of_one_rule_is_guarded_too() -> None:
    """Whatever a policy consists of, each rule has its own time."""
    policy = Policy(name="p", version=1, rules=(Rule(id="turns", ask=loops),))
    with Casebook.open("memory:", policy=policy, rule_seconds=QUICK) as book:
        with pytest.raises(PolicyForbids) as refused:
            book.execute(freeze(), by=ENGINE)
        assert refused.value.ruling.broken == ("turns",)
