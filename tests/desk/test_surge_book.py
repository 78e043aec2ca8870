"""In surge another edition judges, and it never touches what is protected."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from freezecase.core.obligations import Rung, Unit, Within
from freezecase.core.ruling import PolicyRef
from freezecase.desk.surge import Spell, Surge, SurgeRules, Threshold
from freezecase.desk.surge_book import edition, protected, surge_book
from freezecase.errors import BadPolicy
from freezecase.policy import packs
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.effective import Anchor, Anchors, Effective
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from tests.desk.overrun import SLOWER

NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)


def rules(**more: Any) -> SurgeRules:
    """Surge rules that let replies take three business days."""
    usual: dict[str, Any] = {
        "enter": Threshold(waiting=40),
        "leave": Threshold(waiting=10),
        "ladders": {"reply-clock": SLOWER},
    }
    return SurgeRules(**{**usual, **more})


def spell(begins: float, ends: float | None) -> Spell:
    """A time of surge, in days from now."""
    return Spell(since=NOW + begins * DAY, until=None if ends is None else NOW + ends * DAY)


def names(book: PolicyBook, *days: float) -> list[str]:
    """Which policies judge what happens on these days."""
    return [book.in_force(Anchors.all_at(NOW + day * DAY)).name for day in days]


def ladder_of(policy: Policy, id: str) -> tuple[Rung, ...]:
    """The ladder of a clock."""
    clock = policy.rule(id)
    assert isinstance(clock, Clock)
    return clock.demand.ladder


# --- the edition ---------------------------------------------------------------------------------


def test_it_is_the_same_policy_but_for_the_ladders_that_give_longer() -> None:
    """Its name says what it is, and every other rule is the one that it was."""
    usual = standard()
    surge = edition(usual, rules())

    assert (surge.name, surge.version) == ("standard-surge", usual.version + 1)
    assert ladder_of(surge, "reply-clock") == SLOWER
    differing = [one.id for one in usual.rules if surge.rule(one.id) != one]
    assert differing == ["reply-clock"]
    assert surge.ref.digest != usual.ref.digest


def test_the_accountable_role_stands_under_its_name_in_the_house() -> None:
    """What the last rung is called is the house's business, in surge as well."""
    surge = edition(standard(accountable="mlro"), rules())

    assert [rung.debtor for rung in ladder_of(surge, "reply-clock")] == ["@owner", "lead", "mlro"]


@pytest.mark.parametrize(
    ("id", "why"),
    [
        ("human-clock", "a person is owed in minutes, around the clock"),
        ("appeal-window-clock", "it is a right of the customer"),
        ("evidence-clock", "it is the customer's own time"),
        ("no-such-clock", "has no such clock: name one of `acknowledgement-clock`, "),
        ("four-eyes", "has no such clock"),
    ],
)
def test_what_is_protected_is_never_stretched(id: str, why: str) -> None:
    """A person in minutes, a right, and the time that a customer has stay as they are."""
    with pytest.raises(BadPolicy, match=why):
        edition(standard(), rules(ladders={id: SLOWER}))


@pytest.mark.parametrize("name", packs.available())
def test_no_clock_of_any_pack_of_law_is_ever_stretched(name: str) -> None:
    """What the law gives stays what it is: every clock of every pack is refused."""
    usual = standard()
    policy = packs.load(name).into(usual)
    law = [clock for clock in policy.clocks if usual.rule(clock.id) is None]

    assert law or not packs.load(name).clocks()
    for clock in law:
        assert clock.demand.kind in protected(policy)
        with pytest.raises(BadPolicy, match="protects it: "):
            edition(policy, rules(ladders={clock.id: clock.demand.ladder}))
    surge = edition(policy, rules())
    assert [surge.rule(clock.id) for clock in law] == law


def test_the_duties_change_hands_no_more_than_in_the_usual_rules() -> None:
    """In surge the same people have longer; nobody else owes it."""
    with pytest.raises(BadPolicy, match="lets `@owner`, `lead`, `accountable` owe it"):
        edition(standard(), rules(ladders={"reply-clock": ladder("front 3 business-days")}))


@pytest.mark.parametrize("promise", ["appeal-window", "evidence"])
def test_a_promise_of_what_is_protected_is_not_repriced(promise: str) -> None:
    """Nobody says of a right that it takes longer."""
    length = {promise: Within(count=3, unit=Unit.DAYS)}
    with pytest.raises(BadPolicy, match=f"re-price promise `{promise}`"):
        edition(standard(), rules(promises=length, ladders={}))


# --- by date -------------------------------------------------------------------------------------


def test_in_surge_the_edition_judges_and_before_and_after_the_usual_policy() -> None:
    """By when something happens, whatever the case; while it lasts there is no end."""
    over = surge_book(standard(), rules(), Surge((spell(0, 2), spell(5, None))))

    assert names(over, -1, 0, 1.9, 2, 4.9, 5, 500) == [
        "standard",
        *["standard-surge"] * 2,
        *["standard"] * 2,
        *["standard-surge"] * 2,
    ]


def test_without_surge_it_is_the_usual_book() -> None:
    """Rules that are only written down change nothing."""
    assert surge_book(standard(), rules(), Surge()) == PolicyBook.of(standard())


def test_whoever_knows_the_surge_finds_every_policy_again() -> None:
    """What judged in surge is found by its name, version and digest, long after it."""
    during = surge_book(standard(), rules(), Surge((spell(0, None),)))
    ref = during.in_force(Anchors.all_at(NOW)).ref
    after = surge_book(standard(), rules(), Surge((spell(0, 2),)))

    assert after.named(ref) == edition(standard(), rules())
    assert isinstance(ref, PolicyRef)


@pytest.mark.parametrize("starts", [-1.0, 0.0, 1.0, 2.0])
def test_a_policy_that_changes_in_surge_has_its_own_edition(starts: float) -> None:
    """On the day that another policy comes into force, its edition does, in surge or not."""
    stricter = standard().named("stricter", 1)
    dated = Edition(stricter, Effective(since=NOW + starts * DAY))
    book = surge_book(PolicyBook.of(standard(), dated), rules(), Surge((spell(0, 2),)))

    def expected(day: float) -> str:
        return ("stricter" if day >= starts else "standard") + ("-surge" if 0 <= day < 2 else "")

    days = (-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3)
    assert names(book, *days) == [expected(day) for day in days]


def test_where_no_policy_is_in_force_none_is_in_surge() -> None:
    """A gap stays a gap."""
    dated = Edition(standard(), Effective(since=NOW + DAY))
    book = surge_book(PolicyBook.of(dated), rules(), Surge((spell(0, 2),)))

    assert names(book, 1, 2) == ["standard-surge", "standard"]
    assert [one.effective.since for one in book.editions[1:]] == [NOW + DAY]


def test_policies_that_go_by_another_date_are_refused() -> None:
    """Surge goes by when something happens; which law a case has, it must not touch."""
    dated = Edition(standard(), Effective(since=NOW, anchor=Anchor.RECORD))
    with pytest.raises(BadPolicy, match="in force by `record`, and surge by `trigger`"):
        surge_book(PolicyBook.of(dated), rules(), Surge())
