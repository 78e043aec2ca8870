"""The packs say what the research found, to the word, where that is at hand; and keep a form."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from freezecase.core.obligations import Unit
from freezecase.core.resolved import Weekday
from freezecase.policy import packs
from freezecase.policy.packs.pack import Days, Pack
from freezecase.policy.packs.rule import Force, PackRule
from freezecase.policy.term import Either, Outcome, Roll, Start, Term, Yearly
from tests.house.source import PACKAGE, ROOT

RESEARCH = ROOT.parent / "shared" / "rules" / "rules.json"
NOTED: list[dict[str, Any]] = (
    json.loads(RESEARCH.read_text(encoding="utf-8"))["rules"] if RESEARCH.exists() else []
)
FOLDER = PACKAGE / "policy" / "packs"

WORDS = {
    "citation": "citation",
    "url": "url",
    "evidence": "evidence",
    "binds": "binds",
    "trigger": "trigger",
    "extension_or_pause": "extension",
    "duty": "duty",
    "tell_customer": "tell",
    "must_not_tell": "must_not_tell",
    "records": "records",
}
CLOSED = {
    "kind": "kind",
    "tipping_off_regime": "tipping_off",
    "disclosure_carve_out": "carve_out",
}
UNITS = {
    **{unit.value: unit for unit in Unit},
    "calendar_days": Unit.DAYS,
    "working_days": Unit.BUSINESS_DAYS,
    "business_days": Unit.BUSINESS_DAYS,
    "same_day": Unit.DAYS,
    "same_time": Unit.MINUTES,
}
OUTCOMES = {
    "minimum_window": Outcome.WINDOW_CLOSED,
    "prior_notice": Outcome.WINDOW_CLOSED,
    "hold_then_may_execute": Outcome.DEEMED_CONSENT,
    "deemed_consent_if_silent": Outcome.DEEMED_CONSENT,
    "deemed_consent_at_expiry": Outcome.DEEMED_CONSENT,
    "wait_then_may_terminate": Outcome.DEEMED_CONSENT,
    "max": Outcome.HOLD_LAPSED,
    "max_delay": Outcome.HOLD_LAPSED,
    "max_freeze_without_order": Outcome.HOLD_LAPSED,
}
AS_ABOVE = ("same", "as above")
WEEK = tuple(Weekday)


@cache
def known() -> dict[str, tuple[Pack, PackRule]]:
    """Every rule that ships, with its pack."""
    every = map(packs.load, packs.available())
    return {rule.id: (pack, rule) for pack in every for rule in pack.rules}


def told(noted: dict[str, Any]) -> PackRule:
    """The rule of the packs that says what was noted."""
    return known()[_id(noted)][1]


def _id(noted: dict[str, Any]) -> str:
    return str(noted["id"]).lower().replace("_", "-")


def _spelt_out() -> Iterator[dict[str, Any]]:
    """What was noted, where `same` and `as above` say what stands above."""
    above: dict[str, Any] = {}
    for noted in NOTED:
        above = {key: above[key] if said in AS_ABOVE else said for key, said in noted.items()}
        yield above


each_noted = pytest.mark.parametrize("noted", list(_spelt_out()), ids=_id)


@pytest.mark.skipif(not NOTED, reason="the research is not here")
def test_every_rule_that_was_noted_is_there_and_no_other() -> None:
    """Beside them stand earlier editions, and steps of one rule."""
    noted = {_id(one) for one in NOTED}
    more = [rule for id, (_, rule) in known().items() if id not in noted]

    assert len(NOTED) == 75
    assert noted <= known().keys()
    for rule in more:
        pack, _ = known()[rule.id]
        assert rule.part_of in noted or pack.superseding(rule.id), rule.id


@each_noted
def test_no_word_is_lost(noted: dict[str, Any]) -> None:
    """Nor is one added."""
    rule = told(noted)

    for theirs, ours in WORDS.items():
        assert (noted[theirs] if noted[theirs] != "-" else "") == getattr(rule, ours), ours
    for theirs, ours in CLOSED.items():
        assert (noted[theirs] and noted[theirs].replace("_", "-")) == getattr(rule, ours), ours
    assert noted["jurisdiction"] == rule.jurisdiction


@each_noted
def test_no_number_is_lost(noted: dict[str, Any]) -> None:
    """Nor is one added: how many of what, the date of the year, what the end of it means."""
    rule, clock = told(noted), noted["clock"] or {}
    term = rule.term.of[0] if isinstance(rule.term, Either) else rule.term

    if "annual" in clock:
        assert isinstance(term, Yearly)
        assert clock["annual"] == f"{term.month:02}-{term.day:02}"
    elif clock.get("n") is None or clock["unit"] == "hours_per_day_open":
        many = f"{clock['n']} " if clock.get("n") else ""
        assert term is None
        assert f"{many}{clock.get('unit', '').replace('_', ' ')}" == rule.pace
    else:
        assert isinstance(term, Term)
        assert (clock["n"], UNITS[clock["unit"]]) == (term.count, term.unit)


@each_noted
def test_what_the_end_of_a_number_means_is_kept(noted: dict[str, Any]) -> None:
    """And how it is counted: where it rolls, and every remark on it."""
    rule, clock = told(noted), noted["clock"] or {}
    term = rule.term

    assert clock.get("bound", "").replace("_", " ") == rule.sense
    for remark in ("note", "alt"):
        assert clock.get(remark, "") in rule.counting
    if "bound" in clock:
        assert isinstance(term, Term)
        assert OUTCOMES[clock["bound"]] is term.outcome
    if "roll" in clock:
        assert isinstance(term, Term)
        assert Roll.NEXT_BUSINESS_DAY is term.roll
        assert re.sub(r"next_working_day ?\(?|\)", "", clock["roll"]) in rule.counting


@each_noted
def test_its_dates_are_kept(noted: dict[str, Any]) -> None:
    """As days where they are days, and in words where they are not."""
    dates, noted_dates = told(noted).dates, noted["effective"]
    since, said = noted_dates["from"] or "", dates.said

    assert since == (said or (dates.since.isoformat() if dates.since else ""))
    assert dates.since is None or not said or dates.since.isoformat()[:4] in said
    if "to" in noted_dates:
        assert dates.until is not None
        assert date.fromisoformat(noted_dates["to"]).toordinal() + 1 == dates.until.toordinal()
    for key in ("scope", "prior", "superseded_by"):
        assert noted_dates.get(key, "") == getattr(dates, key)


@each_noted
def test_its_days_are_kept(noted: dict[str, Any]) -> None:
    """Whose holidays, which weekend, and on which basis."""
    pack, rule = known()[_id(noted)]
    calendar = noted["calendar"] or {}

    assert calendar.get("kind", "").replace("_", "-") == (rule.days or "")
    assert calendar.get("note", "") == rule.days_note
    if calendar:
        days = next(one for one in pack.days if one.id == rule.days)
        assert (
            Days(
                id=calendar["kind"].replace("_", "-"),
                own=calendar["kind"] == "institution",
                holidays=calendar.get("holidays", ""),
                part=calendar.get("subdiv", ""),
                weekend=[WEEK[number] for number in calendar.get("weekend", ())],
                basis=calendar.get("basis", ""),
                warning=calendar.get("warning", ""),
            )
            == days
        )


@pytest.mark.skipif(not NOTED, reason="the research is not here")
def test_stages_and_alternatives_have_numbers_too() -> None:
    """One week, four, eight; a day where terror is financed; a day, or twenty-four hours."""
    one, four, eight = (
        known()[id][1].term for id in ("ae.vara.complaints", *["ae.vara.complaints.resolve"] * 2)
    )
    stages = next(noted["clock"] for noted in NOTED if noted["id"] == "ae.vara.complaints")

    assert isinstance(one, Term)
    assert isinstance(four, Term)
    assert isinstance(eight, Term)
    assert (stages["n"], stages["stage2"]["n"], stages["stage3"]["n"]) == (
        one.count,
        four.count,
        eight.longest,
    )
    for id, number in (("au.austrac.41", "24 hours"), ("sg.mas.str", "1 business day")):
        noted = next(noted["clock"]["alt"] for noted in NOTED if noted["id"] == id)
        assert noted.startswith(number)
        assert known()[id][1].otherwise[0].term.in_words().startswith(number)


# --- the form ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", packs.available())
def test_a_file_begins_with_what_it_is_not(name: str) -> None:
    """Whoever opens it reads that first, and the pack keeps it."""
    first, *_ = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()

    assert first == f'not_legal_advice = "{packs.load(name).not_legal_advice}"'
    assert "Not legal advice" in first


@pytest.mark.parametrize("name", packs.available())
def test_a_rule_is_named_after_its_pack(name: str) -> None:
    """So that an id says where to look; the world's rules say whose they are."""
    heads = {rule.id.partition(".")[0] for rule in packs.load(name).rules}

    assert heads == ({"fatf", "ind"} if name == "world" else {name})


def test_only_law_and_guidance_bind_where_they_bind() -> None:
    """The practice of the trade holds nowhere in particular."""
    for _, rule in known().values():
        practice = rule.kind in {Force.INDUSTRY_TARGET, Force.INDUSTRY_METRIC}
        assert practice is (rule.jurisdiction == "*"), rule.id


def test_what_takes_the_place_of_a_rule_begins_when_it_ends() -> None:
    """Neither both hold for one day, nor none."""
    pairs = [(pack, rule, old) for pack, rule in known().values() for old in rule.supersedes]

    assert len(pairs) == 8
    for pack, rule, old in pairs:
        assert pack.rule(old).dates.until == rule.dates.since, rule.id
        assert pack.rule(old).dates.anchor is rule.dates.anchor, rule.id


def test_what_waits_for_an_authority_is_a_minimum() -> None:
    """Of two such rules the later end holds, and nothing may be done before."""
    waiting = [
        rule.id
        for _, rule in known().values()
        if isinstance(rule.term, Term) and rule.term.outcome is Outcome.DEEMED_CONSENT
    ]

    assert sorted(waiting) == [
        "ch.amla.9b",
        "eu.amlr.71.refrain",
        "uk.poca.335.moratorium",
        "uk.poca.335.notice",
    ]


def test_what_must_stay_secret_starts_no_clock_in_a_case() -> None:
    """The name of a deadline is a leak: whoever reads the case would learn of the report."""
    secret = """
    au.austrac.41 ch.amla.10 ch.amla.9b eu.amld4.35-39-40 eu.amlr.69.fiu-request eu.amlr.69.str
    eu.amlr.71.refrain sg.mas.str sg.mas.str.15bd uk.poca.335.moratorium uk.poca.335.notice
    us.fincen.1022-320.sar us.fincen.314
    """

    assert [id for id in secret.split() if known()[id][1].bound is not None] == []


def test_elapsed_time_runs_from_the_moment() -> None:
    """And days from the next one, unless the text says which day is the first."""
    first = {
        rule.id: rule.term.start
        for _, rule in known().values()
        if isinstance(rule.term, Term) and rule.term.start is not Start.NEXT_DAY
    }

    assert first == {
        "eu.p2b.4.restrict": Start.MOMENT,
        "uk.poca.335.notice": Start.NEXT_BUSINESS_DAY,
        "uk.poca.335.moratorium": Start.SAME_DAY,
        "uk.dpa.164a": Start.SAME_DAY,
        "ind.first-reply.chat": Start.MOMENT,
    }


@pytest.mark.parametrize("name", packs.available())
def test_the_first_place_of_a_pack_is_the_whole_of_it(name: str) -> None:
    """The parts follow; their ids begin with its own."""
    first, *parts = (one.id for one in packs.load(name).places)

    assert first in {name, "utc"}
    assert [one for one in parts if not one.startswith(f"{name}-")] == []
