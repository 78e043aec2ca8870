"""The rule book leaves nothing out, and no rule is dead: each decides something that it says."""

from collections.abc import Callable

import pytest

from freezecase.core import commands as do
from freezecase.core.commands import asked
from freezecase.core.status import Status
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock
from freezecase.policy.policy import UTC_DAYS, Policy
from freezecase.policy.rule import Kind, Rule
from freezecase.policy.standard import standard
from tests.core.samples import COMMANDS
from tests.policy.standard import (
    test_clocks,
    test_freezing,
    test_hearing,
    test_planning,
    test_releasing,
    test_serving,
)
from tests.policy.standard.book import PEOPLE, Row, ask, play, row, ruling_on

Check = Callable[[Policy], None]

GATES = {
    **test_freezing.GATES,
    **test_hearing.GATES,
    **test_releasing.GATES,
    **test_serving.GATES,
}
STANDARD = standard()


def _gate(rule: str, cells: Row) -> Check:
    return lambda policy: row(rule, cells, policy)


def _cells(check: Callable[[Row, Policy], None], cells: Row) -> Check:
    return lambda policy: check(cells, policy)


def _climbs(schedule: test_clocks.Schedule) -> Check:
    return lambda policy: test_clocks.climb(schedule, policy)


def _within_reach(policy: Policy) -> None:
    assert ruling_on(ask("frozen", "rob", "uphold-freeze", policy=policy)).allowed


def _checks() -> dict[str, list[Check]]:
    """Return every row of the book as a demand on a policy, by the rule that it is about."""
    found: dict[str, list[Check]] = {"within-reach": [_within_reach]}
    for rule, table in GATES.items():
        found[rule] = [_gate(rule, cells) for cells in table]
    for book, check in (
        (test_planning.PLANS, test_planning.plan_row),
        (test_planning.ROUTES, test_planning.route_row),
        (test_planning.DISCLOSURES, test_planning.disclosure_row),
    ):
        for rule, table in book.items():
            found[rule] = [_cells(check, cells) for cells in table]
    for schedule in test_clocks.BOOK:
        found.setdefault(schedule.clock, []).append(_climbs(schedule))
    return found


BOOK = _checks()


def _fails(check: Check, policy: Policy) -> bool:
    try:
        check(policy)
    except AssertionError:
        return True
    return False


def test_the_book_and_the_policy_have_the_same_rules() -> None:
    """A rule without a row, and a row without a rule, are found out."""
    assert sorted(BOOK) == [rule.id for rule in STANDARD.rules]


@pytest.mark.parametrize("rule", STANDARD.rules, ids=lambda rule: rule.id)
def test_no_rule_is_dead(rule: Rule[object] | Clock) -> None:
    """Take a rule out, and a row of the book that is about it no longer holds."""
    without = STANDARD.without(rule.id)
    assert not any(_fails(check, STANDARD) for check in BOOK[rule.id])
    assert any(_fails(check, without) for check in BOOK[rule.id])


@pytest.mark.parametrize("rule", GATES)
def test_every_gate_is_told_both_ways(rule: str) -> None:
    """What it lets through, and what it does not; of every command that it speaks of."""
    told = [(_asked(cells), cells[-1].partition(":")[0]) for cells in GATES[rule]]
    gate = STANDARD.rule(rule)
    assert isinstance(gate, Rule)
    assert {answer for _, answer in told} - {"allowed"}
    assert {kind for kind, answer in told if answer == "allowed"} == {*map(asked, gate.on)}


def _asked(cells: Row) -> str:
    return cells[2].split()[0]


@pytest.mark.parametrize("rule", STANDARD.rules, ids=lambda rule: rule.id)
def test_every_rule_says_in_a_sentence_what_it_rules(rule: Rule[object] | Clock) -> None:
    """So that a ruling can be explained to whoever it hit."""
    assert rule.says
    assert isinstance(rule, Clock) or rule.says.endswith(".")


def test_every_kind_of_rule_is_there() -> None:
    """Gates and clocks, plans, routes and disclosures."""
    kinds = {rule.kind for rule in STANDARD.rules if isinstance(rule, Rule)}
    assert kinds == {*Kind}
    assert STANDARD.clocks


# --- what a house may choose -------------------------------------------------------------------


def test_standard_is_one_value() -> None:
    """Asked for twice, it is the same policy with the same digest."""
    assert standard() is standard(calendars=(UTC_DAYS,), accountable="accountable", signatures=1)
    assert (STANDARD.name, STANDARD.version) == ("standard", 1)


@pytest.mark.parametrize(
    "choice",
    [
        {"calendars": (Calendar(id="london", zone="Europe/London"), UTC_DAYS)},
        {"accountable": "head-of-compliance"},
        {"signatures": 2},
    ],
    ids=lambda choice: next(iter(choice)),
)
def test_what_a_house_chooses_is_another_policy(choice: dict[str, object]) -> None:
    """With the same rules, under another digest."""
    chosen = standard(**choice)  # type: ignore[arg-type]
    assert [rule.id for rule in chosen.rules] == [rule.id for rule in STANDARD.rules]
    assert chosen.ref.digest != STANDARD.ref.digest


def test_days_are_counted_by_the_calendar_of_the_house() -> None:
    """A business day in London in summer ends an hour before it does in UTC."""
    london = standard(calendars=(Calendar(id="london", zone="Europe/London"),))
    asked = ask("frozen", "owner", "record-contact", policy=london)
    assert f"{asked.after.obligations['reply', ''].due:%d %H:%M}" == "07 00:00"
    assert [one.zone for one in ruling_on(asked).calendars] == ["Europe/London"]


def test_two_signatures_are_two_people() -> None:
    """And neither of them proposed it."""
    approve = COMMANDS[do.ApproveRelease]
    once = play("proposed").under(standard(signatures=2)).after(approve, by=PEOPLE["rob"])
    assert once.state.release is not None
    assert not once.state.release.ordered
    for who in ("ana", "rob"):
        once.when(approve, by=PEOPLE[who]).then_refused(by_rule="four-eyes")
    twice = once.when(approve, by=PEOPLE["lea"]).allowed().after
    assert twice.status is Status.RELEASING
