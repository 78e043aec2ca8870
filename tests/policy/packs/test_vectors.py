"""When the rules of the packs end: the vectors that came with the research, a row or more each."""

import pytest

from freezecase.core.checked import replace
from freezecase.errors import BadPolicy
from freezecase.policy import packs
from freezecase.policy.clocks import governing
from freezecase.policy.packs.pack import Pack
from freezecase.policy.packs.rule import PackRule
from freezecase.policy.reckon import Reckoning, reckon
from freezecase.policy.term import Term, extended
from tests.policy.calendars import CALENDARS
from tests.policy.test_clocks import day, noon, rows

TABLE = """
# rule                        | total | place  | begins at noon | last day
uk.poca.335.notice            |       | uk-eng | Mon 2026-12-21 | Mon 2027-01-04  # Christmas
uk.poca.335.notice            |       | uk-sct | Mon 2026-12-21 | Tue 2027-01-05  # and 2 January
uk.poca.335.notice            |       | uk-eng | Sat 2026-12-19 | Thu 2026-12-31
uk.poca.335.moratorium        |       | uk-eng | Wed 2026-12-30 | Fri 2027-01-29
uk.poca.335.moratorium        | 62    | uk-eng | Wed 2026-12-30 | Mon 2027-03-01  # one order
uk.poca.335.moratorium        | 217   | uk-eng | Wed 2026-12-30 | Tue 2027-08-03  # the end of it
uk.disp.8w                    |       | uk-eng | Fri 2026-11-20 | Fri 2027-01-15
uk.disp.15bd                  |       | uk-eng | Fri 2026-11-20 | Fri 2026-12-11
uk.disp.15bd                  | 35    | uk-eng | Fri 2026-11-20 | Wed 2027-01-13
uk.disp.3bd                   |       | uk-eng | Fri 2026-11-20 | Wed 2026-11-25
eu.mica.71.complaint.decision |       | eu-nl  | Sat 2026-10-31 | Thu 2026-12-31
eu.mica.71.complaint.decision |       | eu-nl  | Thu 2026-12-31 | Mon 2027-03-01  # 28: a Sunday
eu.gdpr.12-15.access          |       | eu-ie  | Mon 2026-08-31 | Wed 2026-09-30
eu.gdpr.12-15.access          | 3     | eu-ie  | Mon 2026-08-31 | Mon 2026-11-30
eu.dsa.20.window              |       | eu-nl  | Sat 2026-11-21 | Fri 2027-05-21
us.ofac.501-603.block         |       | us     | Fri 2026-11-20 | Mon 2026-12-07  # Thanksgiving
us.fincen.1022-320.sar        |       | us     | Sat 2026-11-21 | Mon 2026-12-21
eu.amlr.71.refrain            |       | eu-de  | Thu 2027-12-23 | Tue 2027-12-28
au.austrac.41                 |       | au-nsw | Thu 2026-12-24 | Thu 2026-12-31
ch.amla.10                    |       | ch-zh  | Wed 2026-12-23 | Thu 2026-12-31
ch.amla.9b                    |       | ch-zh  | Wed 2026-12-23 | Fri 2027-02-19
sg.mas.str                    |       | sg     | Fri 2026-11-20 | Fri 2026-11-27
uk.psr.86.delay               |       | uk-eng | Thu 2026-12-24 | Mon 2027-01-04
eu.sanctions.269.8            |       | eu-de  | Fri 2026-12-11 | Mon 2026-12-28  # 25 rolls
ae.vara.complaints            |       | ae     | Sat 2026-11-21 | Sat 2026-11-28
ae.vara.complaints.resolve    |       | ae     | Sat 2026-11-21 | Sat 2026-12-19
ae.vara.complaints.resolve    | 8     | ae     | Sat 2026-11-21 | Sat 2027-01-16
# beside them: other numbers, a Saturday in Hong Kong, years
uk.dpa.164a                   |       | uk     | Tue 2026-09-01 | Wed 2026-09-30  # receipt + 29
uk.ofsi.annual                |       | uk     | Wed 2026-09-30 | Mon 2026-11-30
us.ofac.501-603.annual        |       | us     | Tue 2026-06-30 | Wed 2026-09-30
au.rg271.ack                  |       | au-nsw | Fri 2026-11-20 | Mon 2026-11-23  # the later
au.rg271.30d                  |       | au     | Fri 2026-11-20 | Sun 2026-12-20
eu.dsa.17.sor                 |       | eu     | Sat 2026-11-21 | Sat 2026-11-21  # the same day
eu.dsa.21.ods                 | 180   | eu     | Sat 2026-11-21 | Thu 2027-05-20
eu.psd2.101.complaint         |       | eu-de  | Fri 2026-11-20 | Fri 2026-12-11
uk.poca.303z1                 |       | uk     | Mon 2026-11-02 | Thu 2028-11-02
us.ofac.501-601.records       |       | us     | Tue 2028-02-29 | Sun 2038-02-28  # no leap year
"""


def counted(rule: PackRule, total: str, place: str, begins: str) -> Reckoning:
    """When the rule ends, counted by a calendar of its pack."""
    term = rule.term
    assert term is not None
    if total:
        assert isinstance(term, Term)
        term = extended(term, int(total))
    calendar = pack_of(rule).calendar(place)
    return reckon(term, noon(calendar, day(begins)), calendar)


def pack_of(rule: PackRule) -> Pack:
    """The pack that a rule is of, which its id begins with."""
    return packs.load(rule.id.partition(".")[0])


def named(id: str) -> PackRule:
    """The rule of that id, of whichever pack."""
    return packs.load(id.partition(".")[0]).rule(id)


@pytest.mark.parametrize(
    ("rule", "total", "place", "begins", "last"),
    rows(TABLE),
    ids=[" ".join(cells) for cells in rows(TABLE)],
)
def test_every_rule_ends_on_its_day(
    rule: str, total: str, place: str, begins: str, last: str
) -> None:
    """Each row is one rule on one day; a notice counts a new total from the same start."""
    assert day(last) == counted(named(rule), total, place, begins).deadline.day


def test_no_rule_is_extended_beyond_what_it_allows() -> None:
    """217 days, and not one more."""
    with pytest.raises(ValueError, match="31 to 217 days in all"):
        counted(named("uk.poca.335.moratorium"), "218", "uk", "Wed 2026-12-30")


def test_a_saturday_in_hong_kong_is_off_and_so_is_good_friday() -> None:
    """The package holds the Saturday for worked; the pack's calendar does not."""
    hong_kong = packs.load("hk").calendar("hk")
    term = named("sg.mas.str").otherwise[0].term

    for begins, last in (
        ("Fri 2026-11-20", "Mon 2026-11-23"),
        ("Thu 2026-04-02", "Wed 2026-04-08"),
    ):
        assert day(last) == reckon(term, noon(hong_kong, day(begins)), hong_kong).deadline.day


def test_what_several_rules_want_kept_is_kept_for_the_longest() -> None:
    """A duty, on the other hand, is due by the earliest."""
    us = packs.load("us")
    calendar = us.calendar("us")
    start = noon(calendar, day("Fri 2026-11-20"))
    kept = [one.retention for one in us.rules if one.retention is not None]
    ends = [reckon(term, start, calendar).deadline for term in kept]

    assert {5, 10} == {one.count for one in kept if isinstance(one, Term)}
    assert day("Thu 2036-11-20") == governing(ends).day
    duties = [named(id).term for id in ("us.ofac.501-603.block", "us.fincen.1022-320.sar")]
    assert (
        day("Mon 2026-12-07")
        == governing(
            reckon(term, start, calendar).deadline for term in duties if term is not None
        ).day
    )


@pytest.mark.parametrize("name", packs.available())
def test_every_calendar_of_a_pack_can_be_counted_by(name: str) -> None:
    """The country, the part and the zone are known, wherever that is."""
    five = named("sg.mas.str").term
    assert isinstance(five, Term)
    for calendar in packs.load(name).places:
        reckoning = reckon(
            replace(five, calendar=None), noon(calendar, day("Mon 2026-11-16")), calendar
        )

        assert calendar.id == reckoning.resolved.calendar
        assert day("Mon 2026-11-23") <= reckoning.deadline.day <= day("Tue 2026-11-24")


@pytest.mark.parametrize(
    ("here", "there"),
    [
        *(("uk-eng", "gb-eng"), ("uk-sct", "gb-sct"), ("eu-de", "de"), ("eu-nl", "nl")),
        *(("eu-ie", "ie"), ("ch-zh", "ch-zh"), ("us", "us"), ("au-nsw", "au-nsw")),
        *(("sg", "sg"), ("hk", "hk"), ("ae", "ae")),
    ],
)
def test_the_calendars_are_those_that_a_host_would_set_up(here: str, there: str) -> None:
    """As the table of plain terms counts by them."""
    found = packs.load(here.partition("-")[0]).calendar(here)

    assert replace(CALENDARS[there], id=here) == found


def test_a_place_that_a_pack_does_not_know_is_refused() -> None:
    """With those that it does."""
    with pytest.raises(
        BadPolicy, match="pack `uk` has no calendar `gb-eng`: it has 5, such as `uk"
    ):
        packs.load("uk").at("gb-eng")
