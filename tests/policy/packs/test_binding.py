"""From a rule to a clock: what starts it in a case, who owes, what meets it."""

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.evolve import unopened
from freezecase.core.obligations import Then, Unit, Within
from freezecase.core.pending import PENDING
from freezecase.core.state import Appeal, CaseState
from freezecase.core.values import Ground
from freezecase.errors import InvalidValue
from freezecase.policy.clock import Clock, Occasion
from freezecase.policy.packs.binding import Binding, When, clock_of
from freezecase.policy.packs.rule import Dates
from freezecase.policy.term import Either, Pick, Start, Term, Terms, Yearly
from tests.core.samples import CASE, EVENTS
from tests.policy.packs.samples import rule

THREE_DAYS = Term(count=3, unit=Unit.DAYS, trigger="receipt")
STATE = unopened(CASE)
HOLD = e.LegalHoldPlaced(hold="order-7", basis="xx.answer", by="authority:court")
NOTICE = EVENTS[e.NoticeSent]
INSIDE, OUTSIDE = (
    Appeal(contests=1, level=level, route=AppealRoute.APPEAL)
    for level in (AppealLevel.SECOND_INSTANCE, AppealLevel.EXTERNAL_BODY)
)


def clock(term: Terms = THREE_DAYS, changes: Any = (), **bound: Any) -> Clock:
    """The clock of a rule that is bound like this."""
    said: dict[str, Any] = {"covers": "appeal-decision", "debtor": "exchange", **bound}
    binding = Binding(**said)
    made = rule(term=term, bound=binding, unbound="", **dict(changes))
    return clock_of(made, binding, term)


def on(*kinds: str, **more: Any) -> dict[str, Any]:
    """A binding to events, and to nothing that is waited for."""
    return {"covers": None, "on": kinds, "met_by": ("reply-sent",), **more}


def starts(bound: Clock, state: CaseState = STATE, event: Any = None, subject: str = "") -> bool:
    """Whether it starts on this occasion."""
    return bound.when(Occasion(state, event, subject))


# --- the clock -----------------------------------------------------------------------------------


def test_a_clock_is_its_rule() -> None:
    """The id, the version, the dates and the citation come along."""
    dates = Dates(since=datetime(2026, 1, 1, tzinfo=UTC).date())
    made = clock(changes={"version": 2, "dates": dates})

    assert (made.id, made.version, made.source) == ("xx.answer", 2, "Act 1, section 1")
    assert made.term == THREE_DAYS
    assert datetime(2026, 1, 1, tzinfo=UTC) == made.effective.since


def test_what_covers_a_wait_is_met_by_whatever_ends_it() -> None:
    """And stands beside what the house's own policy owes, for it is of another kind."""
    made = clock(after=["accountable 5 business-days"])
    ends = next(row.ends for row in PENDING if row.what == "appeal-decision")

    assert ("appeal-decision", frozenset[Any]()) == (made.covers, made.on)
    assert ("xx.answer", tuple(sorted(ends))) == (made.demand.kind, made.demand.met_by)
    assert [rung.debtor for rung in made.demand.ladder] == ["exchange", "accountable"]
    assert Then.AGAIN is made.demand.then


def test_what_events_start_is_met_by_the_events_that_are_said() -> None:
    """Both by their stored names."""
    made = clock(**on("contact-received", "human-requested", owed="an-answer"))

    assert made.covers == ""
    assert {e.ContactReceived, e.HumanRequested} == set(made.on)
    assert (made.demand.kind, made.demand.met_by) == ("an-answer", ("reply-sent",))


def test_a_right_lapses_and_nothing_meets_it() -> None:
    """It is used or it is not."""
    demand = clock(**on("notice-sent", met_by=(), right=True)).demand

    assert (demand.right, demand.then, demand.met_by) == (True, Then.LAPSE, ())


@pytest.mark.parametrize(
    ("term", "within"),
    [
        (THREE_DAYS, Within(count=3, unit=Unit.DAYS)),
        (Term(count=0, unit=Unit.DAYS), Within(count=1, unit=Unit.DAYS)),
        (Yearly(month=9, day=30), Within(count=1, unit=Unit.YEARS)),
        (
            Either(
                pick=Pick.LATER,
                of=(Term(count=24, unit=Unit.HOURS, start=Start.MOMENT), THREE_DAYS),
            ),
            Within(count=24, unit=Unit.HOURS),
        ),
    ],
)
def test_the_first_rung_says_the_term_in_plain_words(term: Terms, within: Within) -> None:
    """As near as they come; what counts is the term."""
    made = clock(term)

    assert within == made.demand.ladder[0].within
    assert term == made.term


def test_a_target_of_the_house_is_never_told_as_law() -> None:
    """The source says so, wherever the clock is shown."""
    binding = Binding(covers="acknowledgement", debtor="exchange")
    made = rule(pace="promptly", house=THREE_DAYS, bound=binding, unbound="")

    assert clock_of(made, binding, THREE_DAYS).source == (
        "Act 1, section 1: promptly; "
        "3 days after the day of receipt is a target of the house, and no law"
    )


# --- when it starts ------------------------------------------------------------------------------


def test_without_conditions_it_always_starts() -> None:
    """Its event, or its wait, is reason enough."""
    assert starts(clock())
    assert starts(clock(**on("notice-sent")), event=NOTICE)


def test_it_may_start_only_on_some_grounds() -> None:
    """A rule on sanctions has nothing to say of a forgotten password."""
    made = clock(grounds=[Ground.SANCTIONS_MATCH])

    for ground, expected in ((Ground.SANCTIONS_MATCH, True), (Ground.SELF_LOCK, False)):
        assert expected is starts(made, attrs.evolve(STATE, ground=ground))


@pytest.mark.parametrize(("of", "expected"), [("freeze-imposed", True), ("renewal", False)])
def test_it_may_start_only_on_what_is_about_one_thing(of: str, expected: bool) -> None:
    """One notice among several, or one subject of a wait."""
    assert expected is starts(clock(**on("notice-sent", of=of)), event=NOTICE)
    assert expected is starts(clock(covers="notice", of=of), subject="freeze-imposed")


@pytest.mark.parametrize(
    ("when", "appeal", "expected"),
    [
        (When.HEARD_INSIDE, INSIDE, True),
        (When.HEARD_INSIDE, OUTSIDE, False),
        (When.HEARD_OUTSIDE, OUTSIDE, True),
        (When.HEARD_OUTSIDE, INSIDE, False),
        (When.HEARD_OUTSIDE, None, False),
    ],
)
def test_it_may_ask_who_hears_the_appeal(when: When, appeal: Appeal, expected: bool) -> None:
    """The exchange owes nothing that a body outside decides."""
    assert expected is starts(clock(when=[when]), attrs.evolve(STATE, appeal=appeal))


@pytest.mark.parametrize("level", [AppealLevel.EXTERNAL_BODY, None])
def test_it_may_ask_whether_an_appeal_is_left(level: AppealLevel | None) -> None:
    """A window that leads nowhere is not opened."""
    made = clock(when=[When.CONTESTABLE])

    assert (level is not None) is starts(made, attrs.evolve(STATE, next_level=level))


def test_it_may_ask_whether_it_is_named_as_the_basis() -> None:
    """A legal hold says under which law it stands; a contact says nothing of the kind."""
    made = clock(**on("legal-hold-placed", when=[When.NAMED]))

    assert starts(made, event=HOLD)
    assert not starts(made, event=EVENTS[e.LegalHoldPlaced])
    assert not starts(made, event=EVENTS[e.ContactReceived])


# --- about what ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "occasion", "subject"),
    [
        ({"covers": "notice"}, Occasion(STATE, None, "freeze-imposed"), "freeze-imposed"),
        (on("legal-hold-placed"), Occasion(STATE, HOLD), ""),
        (on("legal-hold-placed", each=True), Occasion(STATE, HOLD), "order-7"),
        (on("contact-received", each=True), Occasion(STATE, EVENTS[e.ContactReceived]), ""),
    ],
)
def test_it_is_owed_once_or_for_each_thing(
    bound: dict[str, Any], occasion: Occasion, subject: str
) -> None:
    """What covers a wait is about what is waited for."""
    assert subject == clock(**bound).about(occasion)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "refused"),
    [
        ({"covers": "patience"}, "Binding.covers .*something a case waits for: enforcement, "),
        (
            {"on": ["reply-sent"]},
            r"Binding.on cannot be `\('reply-sent',\)`: kinds of event, or else what it `covers`$",
        ),
        (
            {"covers": None},
            r"Binding.on cannot be `\(\)`: kinds of event, or else what it `covers`$",
        ),
        (on("freeze-melted"), "Binding.on .*each a kind of event as `appeal-filed`"),
        (on("notice-sent", met_by=["cheer"]), "Binding.met_by .*each a kind of event"),
        (on("notice-sent", met_by=()), "Binding.met_by .*that meet a duty that `on` starts"),
        (on("notice-sent", right=True), "Binding.met_by .*that meet a duty that `on` starts"),
        (
            {"met_by": ["reply-sent"]},
            r"Binding.met_by cannot be `\('reply-sent',\)`: "
            "kinds of event that meet a duty that `on` starts, and nothing else$",
        ),
        ({"when": ["never"]}, "Binding.when .*one of `heard-inside`"),
        ({"after": ["soon"]}, "a rung cannot be `'soon'`"),
    ],
)
def test_what_nothing_could_start_or_meet_is_refused(bound: dict[str, Any], refused: str) -> None:
    """A duty that can only be missed is a trap."""
    with pytest.raises(InvalidValue, match=refused):
        clock(**bound)
