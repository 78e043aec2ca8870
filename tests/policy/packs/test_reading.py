"""Reading a pack: strict, and every refusal names the pack, the rule and the field."""

from datetime import date
from pathlib import Path

import pytest

from freezecase.core.obligations import Unit
from freezecase.core.resolved import DayOff, Weekday
from freezecase.errors import BadPolicy
from freezecase.policy import packs
from freezecase.policy.calendar import MarketHolidays
from freezecase.policy.packs.reading import pack_of
from freezecase.policy.term import Either, Pick, Start, Term, Yearly
from tests.policy.packs.samples import BOUND, HEAD, RULE, TERM, UNBOUND, pack, said


def test_a_pack_is_read_as_it_is_written() -> None:
    """What a rule leaves out, the pack says for all of them."""
    found = pack(TERM, UNBOUND)
    one = found.rule("xx.answer")

    assert found.not_legal_advice.startswith("Not legal advice")
    assert (found.id, found.checked_on) == ("made-up", date(2026, 11, 21))
    assert (one.jurisdiction, one.zone, one.version) == ("XX", "Europe/Lisbon", 1)
    assert Term(count=3, unit=Unit.DAYS, trigger="receipt") == one.term


def test_a_rule_may_hold_elsewhere_than_its_pack() -> None:
    """A state within a federation."""
    one = pack(TERM, UNBOUND, 'jurisdiction = "XX-YY"\nzone = "Asia/Tokyo"\n').rules[0]

    assert (one.jurisdiction, one.zone) == ("XX-YY", "Asia/Tokyo")


def test_a_term_has_any_shape() -> None:
    """Its keys say which."""
    yearly = 'term = { month = 9, day = 30, trigger = "the holdings" }\n'
    either = """
term.pick = "later"
term.of = [
    { count = 24, unit = "hours", start = "moment" },
    { month = 1, day = 31 },
]
"""

    assert Yearly(month=9, day=30, trigger="the holdings") == (pack(yearly, UNBOUND).rules[0].term)
    assert Either(
        pick=Pick.LATER,
        of=(
            Term(count=24, unit=Unit.HOURS, start=Start.MOMENT),
            Yearly(month=1, day=31),
        ),
    ) == (pack(either, UNBOUND).rules[0].term)


def test_a_term_may_name_a_calendar_of_its_pack() -> None:
    """Another one than the rest, wherever those are counted."""
    named = 'term = { count = 3, unit = "days", calendar = "elsewhere" }\n'
    term = pack(named, UNBOUND).rules[0].term

    assert isinstance(term, Term)
    assert term.calendar == "elsewhere"


def test_the_calendars_of_a_pack_are_calendars() -> None:
    """With weekends and holidays of their own."""
    places = """
    { id = "a", zone = "Asia/Dubai", holidays = { country = "AE" }, weekends = [
        { days = ["friday", "saturday"] }, { days = ["saturday", "sunday"], since = 2022-01-01 },
    ] },
"""
    text = HEAD.partition("places")[0] + f"places = [{places}]\n"
    (found,) = pack_of(text, "made-up").places

    assert found.holidays is not None
    assert found.holidays.code == "AE"
    assert found.weekends[0].days == (Weekday.FRIDAY, Weekday.SATURDAY)
    assert date(2022, 1, 1) == found.weekends[1].since


def test_a_place_may_go_by_a_market_and_by_days_off_of_its_own() -> None:
    """For what no list of public holidays knows."""
    market = 'id = "a", zone = "Asia/Hong_Kong", holidays = { market = "XHKG" }'
    days = 'worked = [2026-12-26], closed = [{ day = 2026-12-28, name = "the move" }]'
    places = f"{{ {market}, {days} }}"
    text = HEAD.partition("places")[0] + f"places = [{places}]\n"
    (found,) = pack_of(text, "made-up").places

    assert found.holidays == MarketHolidays(market="XHKG")
    assert found.closed == (DayOff(day=date(2026, 12, 28), name="the move"),)
    assert found.worked == (date(2026, 12, 26),)


# --- refusals ------------------------------------------------------------------------------------

HERE = "pack `made-up`, rule `xx.answer`"
REFUSED = {
    "not toml": ("id = ", "pack `made-up` is no TOML: Invalid value"),
    "nothing": ("", "does not begin with `not_legal_advice`"),
    "legal advice": ('id = "xx"\n' + HEAD.replace("\nid", "\nname"), "does not begin with `not_le"),
    "too short a line": (HEAD.replace(": a pack that the tests made up, for no country", ""), "40"),
    "no rules, but a word": (HEAD + "rules = 3", "pack `made-up`, rule is `3`: it takes a list"),
    "a rule that is a word": (
        HEAD + "rules = [3]",
        "pack `made-up`, rule `1` is `3`: it takes a table",
    ),
    "a rule without a name": (
        said(UNBOUND).replace('id = "xx.answer"\n', ""),
        "pack `made-up`, rule `1`: `id` is missing: it takes `id`, `jurisdiction`",
    ),
    "a word for a table": (said(UNBOUND, 'dates = "today"\n'), f"{HERE}, dates is `'today'`"),
    "a word for a term": (said(UNBOUND, 'term = "3 days"\n'), f"{HERE}, term is `'3 days'`"),
    "a key that is none": (
        said(UNBOUND, TERM.replace("unit", "units")),
        f"{HERE}, term: `units` is no field of it: it takes `count`, `unit`, `start`",
    ),
    "a unit that is none": (
        said(UNBOUND, TERM.replace('"days"', '"moons"')),
        f"{HERE}, term: Term.unit cannot be `'moons'`: it takes one of `minutes`",
    ),
    "a term within another": (
        said(
            UNBOUND, 'term = { pick = "later", of = [{ count = 1, unit = "days" }, { count = 2 }] }'
        ),
        f"{HERE}, term, term `2`: `unit` is missing",
    ),
    "an hour for a day": (
        said(UNBOUND, "dates = { since = 2026-01-01T00:00:00Z }\n"),
        f"{HERE}, dates: Dates.since .*it takes a `date`",
    ),
    "another term": (
        said(UNBOUND, 'otherwise = [{ where = "new", term = { count = 1 } }]\n'),
        f"{HERE}, otherwise `1`, term: `unit` is missing",
    ),
    "an upper-case id": (
        said(UNBOUND).replace("xx.answer", "XX"),
        "rule `XX`: PackRule.id cannot be `'XX'`: lower-case words joined by `-` or `.`",
    ),
    "a wait that is none": (
        said(TERM, BOUND.replace("appeal-decision", "patience")),
        f"{HERE}, bound: Binding.covers cannot be `'patience'`: something a case waits for: enfo",
    ),
    "a rung that is none": (
        said(TERM, BOUND.replace("2 days", "soon")),
        f"{HERE}, bound: a rung cannot be `'accountable soon'`: .*such as `reviewer 24 hours`",
    ),
    "a rule twice": (said(UNBOUND, RULE, UNBOUND), "pack `made-up`: rule `xx.answer` is there twi"),
    "a place twice": (
        HEAD.replace("elsewhere", "there"),
        "pack `made-up`: place `there` is there twice",
    ),
    "days twice": (
        HEAD + 2 * '[[days]]\nid = "opening"\n',
        "pack `made-up`: days `opening` is there twice",
    ),
    "a number for a term": (said(UNBOUND, "term = 3\n"), f"{HERE}, term is `3`: it takes a table"),
    "no place": (HEAD.partition("places")[0] + "places = []", "Pack.places .*at least one"),
    "unknown days": (
        said(UNBOUND, 'days = "opening"\n'),
        f"{HERE}, days: there is no `opening`: there is none",
    ),
    "an unknown calendar": (
        said(UNBOUND, 'term = { count = 1, unit = "days", calendar = "mars" }\n'),
        f"{HERE}, calendar: there is no `mars`: there is `elsewhere`, `there`",
    ),
    "superseding nothing": (
        said(UNBOUND, 'supersedes = ["xx.answer"]\n'),
        f"{HERE}, supersedes: there is no `xx.answer`: there is none",
    ),
    "part of nothing": (
        said(UNBOUND, 'part_of = "xx.other"\n'),
        f"{HERE}, part_of: there is no `xx.other`",
    ),
    "an unknown zone": (
        said(TERM, UNBOUND, "dates = { since = 2026-01-01 }\n").replace("Lisbon", "Lisboa"),
        f"{HERE}, dates: Calendar.zone cannot be `'Europe/Lisboa'`",
    ),
}


@pytest.mark.parametrize(("text", "refused"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_pack_is_refused_with_its_place(text: str, refused: str) -> None:
    """The pack, the rule and the field are named, and what would be allowed."""
    with pytest.raises(BadPolicy, match=refused):
        pack_of(text, "made-up")


# --- files ---------------------------------------------------------------------------------------


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    """It is a pack like those that ship."""
    path = tmp_path / "made-up.toml"
    path.write_text(said(TERM, UNBOUND), encoding="utf-8")

    assert pack(TERM, UNBOUND) == packs.read(path)
    assert pack(TERM, UNBOUND) == packs.read(str(path))


def test_errors_name_the_file(tmp_path: Path) -> None:
    """Whichever of many it is."""
    path = tmp_path / "made-up.toml"
    path.write_text(said(TERM), encoding="utf-8")

    with pytest.raises(BadPolicy, match=r"^pack `made-up.toml`, rule `xx.answer`: PackRule.unbou"):
        packs.read(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """It is not there, or is no text."""
    path = tmp_path / "latin.toml"
    path.write_bytes(b"\xff")

    for bad in (path, tmp_path / "absent.toml"):
        with pytest.raises(BadPolicy, match=rf"pack file `.*{bad.name}` cannot be read"):
            packs.read(bad)


def test_a_pack_that_does_not_ship_is_refused_with_those_that_do() -> None:
    """And with the way to one's own."""
    with pytest.raises(BadPolicy, match=r"there is no pack `xx`: there is `ae`, `au`, .*`read`"):
        packs.load("xx")
