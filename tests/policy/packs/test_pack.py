"""A pack as a value, and what its clocks do in a case."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core.actors import Actor
from freezecase.core.appeals import AppealLevel, AppealRoute
from freezecase.core.checked import replace
from freezecase.core.commands import Command
from freezecase.core.evolve import unopened
from freezecase.core.obligations import Obligation
from freezecase.core.pending import uncovered
from freezecase.core.resolved import DayOff
from freezecase.core.state import CaseState
from freezecase.core.values import Channel, Ground, Scope
from freezecase.errors import BadPolicy
from freezecase.policy import packs
from freezecase.policy.clock import Clock
from freezecase.policy.effective import Anchors
from freezecase.policy.packs.pack import Pack
from freezecase.policy.packs.reading import pack_of
from freezecase.policy.policy import UTC_DAYS, Policy
from freezecase.policy.standard import standard
from freezecase.policy.standard.clocks import APPEAL_WINDOW
from freezecase.policy.term import Either, Term
from freezecase.policy.turn import let_time_pass, take_turn
from tests.core.samples import ANA, CASE, COURT, OWNER, ROB
from tests.policy.calendars import ENGLAND
from tests.policy.packs.samples import BOUND, HEAD, RULE, TERM, UNBOUND, pack

EU = packs.load("eu")
DECISION = "eu.mica.71.complaint.decision"
FRIDAY = datetime(2026, 10, 30, 9, tzinfo=UTC)
COMPLAINT = datetime(2026, 12, 31, 12, tzinfo=UTC)


def appeal(**more: Any) -> do.FileAppeal:
    """The owner contests the freeze."""
    return do.FileAppeal(CASE, contests=1, statement="it was my new phone", **more)


def told(policy: Policy, *story: tuple[Command, Actor, datetime]) -> CaseState:
    """The case after all that was asked, each of which went through."""
    state = unopened(CASE)
    for command, actor, at in story:
        turn = take_turn(policy, state, command, actor, at)
        assert turn.ruling.allowed, turn.ruling.in_words()
        state = turn.after
    return state


def frozen(ground: Ground = Ground.ACCOUNT_TAKEOVER) -> tuple[Command, Actor, datetime]:
    """An account is frozen, on a Friday."""
    freeze = do.ImposeFreeze(
        account="acct-4711", ground=ground, scope=Scope.withdrawals(), reason="looked at it"
    )
    return freeze, ANA, FRIDAY


def owed(state: CaseState, basis: str) -> Iterator[Obligation]:
    """What is owed on this basis."""
    return (one for one in state.obligations.values() if one.basis == basis)


# --- a value -------------------------------------------------------------------------------------


def test_the_packs_that_ship_are_known_by_name() -> None:
    """Nothing is read until somebody asks, and then once."""
    assert packs.available() == ("ae", "au", "ch", "eu", "hk", "sg", "uk", "us", "world")
    assert packs.load("eu") is EU


def test_a_rule_is_found_by_its_id_and_so_is_a_calendar() -> None:
    """What is not there is refused with what comes near."""
    assert EU.rule(DECISION).id == DECISION
    assert EU.calendar("eu-nl").zone == "Europe/Amsterdam"
    with pytest.raises(BadPolicy, match=rf"pack `eu` has no rule `eu.*`: it has 30, .*{DECISION}"):
        EU.rule("eu.mica.71.complaint.decisions")
    near = "`eu.mica.68.records`, `eu.mica.71.language`, `eu.p2b.4.terminate`"
    with pytest.raises(BadPolicy, match=rf"no rule `eu.mica`: it has 30, such as {near}$"):
        EU.rule("eu.mica")
    first = "`eu`, `eu-at`, `eu-be`"
    with pytest.raises(BadPolicy, match=rf"no calendar `xx`: it has 28, such as {first}$"):
        EU.calendar("xx")
    with pytest.raises(BadPolicy, match=r"pack `made-up` has no rule `x`: it has 0, such as none"):
        pack_of(HEAD, "made-up").rule("x")


def test_what_is_only_remembered_is_listed_apart() -> None:
    """Three rules of all that ship."""
    remembered = [one.id for name in packs.available() for one in packs.load(name).unverified]

    assert remembered == ["eu.amld4.35-39-40", "uk.mlr.40", "us.fincen.314"]


def test_a_rule_knows_what_takes_its_place() -> None:
    """The older one stays known: what began under it ends under it."""
    us = packs.load("us")

    assert [us.rule("us.ofac.501-601.records")] == [*us.superseding("us.ofac.501-601.records.5y")]
    assert us.superseding("us.ofac.501-601.records") == ()
    with pytest.raises(BadPolicy, match="pack `us` has no rule `x`"):
        us.superseding("x")


@pytest.mark.parametrize(
    ("name", "day", "there", "gone"),
    [
        ("us", date(2025, 3, 11), "us.ofac.501-601.records.5y", "us.ofac.501-601.records"),
        ("us", date(2025, 3, 12), "us.ofac.501-601.records", "us.ofac.501-601.records.5y"),
        ("sg", date(2025, 6, 30), "sg.mas.str.15bd", "sg.mas.str"),
        ("sg", date(2025, 7, 1), "sg.mas.str", "sg.mas.str.15bd"),
        ("au", date(2025, 3, 30), "au.austrac.123.strict", "au.austrac.123"),
        ("uk", date(2026, 4, 27), "uk.psr.51.terminate.2m", "uk.psr.51.terminate"),
        ("uk", date(2026, 4, 28), "uk.psr.51.terminate", "uk.psr.51.terminate.2m"),
        ("eu", date(2027, 7, 9), "eu.amld4.35-39-40", "eu.amlr.73.tipoff"),
        ("eu", date(2027, 7, 10), "eu.amlr.73.tipoff", "eu.amld4.35-39-40"),
    ],
)
def test_on_a_day_holds_what_is_law_that_day(name: str, day: date, there: str, gone: str) -> None:
    """One edition follows the other without a gap."""
    ids = {rule.id for rule in packs.load(name).on(day).rules}

    assert (there in ids, gone in ids) == (True, False)


def test_a_rule_may_go_by_the_day_of_the_contract() -> None:
    """Whoever signed on 27 April 2026 keeps two months, however long the contract lasts."""
    uk = packs.load("uk")
    old, new = (
        uk.rule(f"uk.psr.51.terminate{tail}").effective.holds(
            attrs.evolve(Anchors.all_at(COMPLAINT), contract=datetime(2026, 4, 27, tzinfo=UTC))
        )
        for tail in (".2m", "")
    )

    assert (old, new) == (True, False)


# --- where days are counted ----------------------------------------------------------------------


def test_a_pack_names_a_calendar_once_somebody_says_where() -> None:
    """Until then it is for whoever counts to say."""
    uk = packs.load("uk")
    there = uk.at("uk-sct")

    assert (counting(uk, "uk.disp.8w"), counting(there, "uk.disp.8w")) == (None, "uk-sct")
    assert (uk.calendars(), tuple(one.id for one in there.calendars())) == ((), ("uk-sct",))
    assert there.places[0].id == "uk-sct"
    assert len(uk.places) == len(there.places)


def test_days_that_each_house_has_for_itself_stay_its_own() -> None:
    """A payment service counts by the days on which it is open."""
    assert counting(packs.load("uk").at("uk-sct"), "uk.psr.86.delay") is None


def test_every_term_of_a_rule_is_counted_there() -> None:
    """The target of the house, the other numbers, the years of keeping."""
    disp, ack = (packs.load("uk").at("uk-sct").rule(f"uk.disp.{one}") for one in ("8w", "ack"))
    several = (disp.term, disp.keep, disp.otherwise[0].term, ack.house)

    assert [one.calendar for one in several if isinstance(one, Term)] == ["uk-sct"] * 4


def counting(found: Pack, id: str) -> str | None:
    """The calendar by which a rule is counted."""
    term = found.rule(id).term
    assert isinstance(term, Term)
    return term.calendar


def test_the_earlier_or_later_of_two_is_counted_there_too() -> None:
    """Both of them."""
    term = packs.load("au").at("au-nsw").rule("au.rg271.ack").term

    assert isinstance(term, Either)
    assert [one.calendar for one in term.of] == ["au-nsw", "au-nsw"]


def test_a_calendar_of_ones_own_may_take_the_place() -> None:
    """With a day off that no package knows."""
    ours = replace(ENGLAND, closed=[DayOff(day=date(2026, 11, 23), name="a royal wedding")])
    uk = packs.load("uk").at(ours)

    assert (ours,) == uk.calendars()
    assert ours is uk.calendar("gb-eng")


# --- clocks --------------------------------------------------------------------------------------

BY_THEMSELVES = {
    "ae": ["ae.vara.complaints", "ae.vara.complaints.resolve"],
    "au": ["au.rg271.ack", "au.rg271.30d"],
    "ch": [],
    "eu": ["eu.mica.71.complaint.ack", DECISION],
    "hk": [],
    "sg": [],
    "uk": ["uk.disp.ack", "uk.disp.8w", "uk.poca.303z1"],
    "us": [],
    "world": [],
}
ONCE_NAMED = {
    "eu": [
        *("eu.dsa.17.sor", "eu.dsa.20.window", "eu.dsa.21.ods"),
        *("eu.amld6.24.suspend-tx", "eu.amld6.24.suspend-account", "eu.psd2.101.complaint"),
    ],
    "uk": ["uk.disp.15bd"],
    "world": ["ind.first-reply.chat"],
}


@pytest.mark.parametrize("name", packs.available())
def test_few_clocks_start_by_themselves(name: str) -> None:
    """Those of rules that were read, and that concern every frozen account of whoever is bound."""
    found = packs.load(name)
    named = [one.id for one in found.rules if one.bound is not None and one.bound.only_named]

    assert BY_THEMSELVES[name] == [clock.id for clock in found.clocks()]
    assert ONCE_NAMED.get(name, []) == named
    assert named == [clock.id for clock in found.clocks(*named)] or not named


def test_what_is_only_remembered_starts_once_it_is_named() -> None:
    """And never by itself."""
    remembered = pack_of(f"{HEAD}{RULE}{TERM}{BOUND}".replace('"V"', '"Mh"'), "made-up")

    assert remembered.clocks() == ()
    assert [clock.id for clock in remembered.clocks("xx.answer")] == ["xx.answer"]


def test_a_rule_that_nothing_in_a_case_starts_has_no_clock() -> None:
    """The error says why."""
    with pytest.raises(
        BadPolicy, match=r"rule `eu.gdpr.12-15.access` .*: what sets it off is no ev"
    ):
        EU.clocks("eu.gdpr.12-15.access")
    with pytest.raises(BadPolicy, match=r"`xx.answer` of pack `made-up` has no clock: nothing"):
        pack(TERM, UNBOUND).clocks("xx.answer")
    with pytest.raises(BadPolicy, match="pack `eu` has no rule `x`"):
        EU.clocks("x")


def test_a_policy_takes_in_a_pack() -> None:
    """Its clocks, the calendar they are counted by, and the house's name for who is accountable."""
    house = standard(accountable="head-of-compliance")
    policy = EU.at("eu-nl").into(house)
    clock = policy.rule(DECISION)

    assert {
        *("eu.mica.71.complaint.ack", DECISION),
        *("eu.amld4.35-39-40", "eu.amlr.73.tipoff"),  # what may not be told comes along
    } == {one.id for one in policy.rules} - {one.id for one in house.rules}
    assert (UTC_DAYS, EU.calendar("eu-nl")) == policy.calendars
    assert isinstance(clock, Clock)
    assert [rung.debtor for rung in clock.demand.ladder] == ["exchange", "head-of-compliance"]


def test_where_nobody_says_the_first_place_goes_in() -> None:
    """It knows no holidays: for a duty that is at worst some days early."""
    policy = EU.into(standard())
    clock = policy.rule(DECISION)

    assert (UTC_DAYS, EU.calendar("eu")) == policy.calendars
    assert isinstance(clock, Clock)
    assert isinstance(clock.term, Term)
    assert clock.term.calendar == "eu"


def test_where_a_rule_says_a_place_only_that_one_goes_in() -> None:
    """What the others are counted by is left to the policy."""
    named = 'term = { count = 3, unit = "days", calendar = "elsewhere" }\n'
    ours = pack(named, BOUND)
    assert (UTC_DAYS, ours.calendar("elsewhere")) == ours.into(standard()).calendars


def test_a_calendar_of_the_policy_stays_the_policys() -> None:
    """It may know more than the pack does."""
    ours = replace(EU.calendar("eu-nl"), closes=15 * 60)
    policy = EU.at("eu-nl").into(standard(calendars=(ours,)), DECISION)

    assert (ours,) == policy.calendars
    assert policy.rule("eu.mica.71.complaint.ack") is None


def test_a_pack_goes_in_once() -> None:
    """Two rules of one id cannot stand side by side."""
    with pytest.raises(BadPolicy, match=r"two rules are named `eu.amld4.35-39-40`"):
        EU.into(EU.into(standard()))


# --- in a case -----------------------------------------------------------------------------------


def test_a_complaint_opens_the_two_months_beside_what_the_house_owes() -> None:
    """Law does not loosen a target: the reviewer's ten business days run as before."""
    policy = standard().adding(*EU.clocks())
    state = told(policy, frozen(), (appeal(), OWNER, COMPLAINT))
    kinds = {one.basis: one.due for one in state.obligations.values()}

    assert datetime(2027, 3, 2, tzinfo=UTC) == kinds[DECISION]  # 28 February is a Sunday
    assert datetime(2027, 1, 5, tzinfo=UTC) == kinds["eu.mica.71.complaint.ack"]
    assert {"appeal-decision-clock", "acknowledgement-clock"} <= kinds.keys()
    assert kinds["appeal-decision-clock"] < kinds[DECISION]


def test_the_days_are_those_of_the_place() -> None:
    """In Amsterdam the day is over an hour earlier, and the 1st of January is off."""
    state = told(EU.at("eu-nl").into(standard()), frozen(), (appeal(), OWNER, COMPLAINT))
    dues = [one.due for one in owed(state, DECISION)]
    acknowledged = [one.due for one in owed(state, "eu.mica.71.complaint.ack")]

    assert [datetime(2027, 3, 1, 23, tzinfo=UTC)] == dues
    assert [datetime(2027, 1, 5, 23, tzinfo=UTC)] == acknowledged


def test_clocks_that_name_a_calendar_need_a_policy_that_has_it() -> None:
    """Counted by another one they would be wrong, and nobody would notice."""
    clocks = EU.at("eu-nl").clocks(DECISION)

    with pytest.raises(BadPolicy, match=f"clock `{DECISION}` counts by calendar `eu-nl`"):
        standard().adding(*clocks)
    policy = standard(calendars=(UTC_DAYS, EU.calendar("eu-nl"))).adding(*clocks)
    assert DECISION in {one.id for one in policy.rules}


def test_the_decision_meets_it() -> None:
    """Whatever ends the wait."""
    policy = EU.into(standard())
    reject = do.RejectAppeal(CASE, reason="it was not you", next_level=AppealLevel.SECOND_INSTANCE)
    state = told(policy, frozen(), (appeal(), OWNER, COMPLAINT), (reject, ROB, COMPLAINT))

    assert [one.basis for one in state.obligations.values() if one.basis.startswith("eu.")] == []


@pytest.mark.parametrize("duty", ["appeal-decision", DECISION, "eu.mica.71.complaint.ack"])
@pytest.mark.parametrize("end", [do.WaiveObligation, do.MeetObligation])
def test_no_duty_is_signed_off_while_the_case_waits_for_the_deed(end: Any, duty: str) -> None:
    """Not the house's, and not the law's beside it, however many cover the same wait."""
    policy = EU.into(standard())
    state = told(policy, frozen(), (appeal(), OWNER, COMPLAINT))
    asked = end(CASE, obligation=duty, **({} if end is do.MeetObligation else {"reason": "late"}))

    refused = take_turn(policy, state, asked, ROB, COMPLAINT)
    assert "the case still waits for it, until" in refused.ruling.in_words()


def test_once_missed_it_is_the_accountable_roles() -> None:
    """The history says who let the law's time pass."""
    policy = EU.into(standard(accountable="head-of-compliance"))
    state = told(policy, frozen(), (appeal(), OWNER, COMPLAINT))
    *_, last = let_time_pass(policy, state, datetime(2027, 3, 3, tzinfo=UTC))
    (climbed,) = owed(last.after, DECISION)

    assert (climbed.debtor, climbed.rung) == ("head-of-compliance", 1)


def test_a_body_outside_has_its_own_time() -> None:
    """While it hears the matter, the exchange owes it no decision."""
    policy = EU.into(standard(), DECISION, "eu.dsa.21.ods")
    opened = do.OpenExternalReview(CASE, body="ombudsman", contests=1)
    state = told(policy, frozen(), (appeal(), OWNER, COMPLAINT), (opened, COURT, COMPLAINT))

    assert [*owed(state, DECISION)] == []
    assert [one.debtor for one in owed(state, "eu.dsa.21.ods")] == ["authority"]


def test_before_it_is_law_nothing_is_owed_under_it() -> None:
    """A complaint of 2024 came before the rule of 2025."""
    policy = EU.into(standard()).on(Anchors.all_at(datetime(2024, 6, 1, tzinfo=UTC)))

    assert policy.rule(DECISION) is None


@pytest.mark.parametrize("ground", [Ground.TERMS_BREACH, Ground.ACCOUNT_TAKEOVER])
def test_reasons_are_owed_the_same_day_where_the_ground_is_the_terms(ground: Ground) -> None:
    """For surfaces that hold what the customer put there; named, or not at all."""
    state = told(EU.into(standard(), "eu.dsa.17.sor"), frozen(ground))
    dues = [one.due for one in owed(state, "eu.dsa.17.sor")]

    breach = ground is Ground.TERMS_BREACH
    assert dues == ([datetime(2026, 10, 30, 23, tzinfo=UTC)] if breach else [])
    assert "notice-clock" in {one.basis for one in state.obligations.values()}


def test_the_window_to_complain_begins_when_the_customer_is_told() -> None:
    """Late telling moves it; telling something else does not."""
    policy = EU.into(standard(), "eu.dsa.20.window")
    later = datetime(2026, 11, 21, 12, tzinfo=UTC)
    news = do.SendNotice(CASE, notice="news", channel=Channel.EMAIL)
    notice = do.SendNotice(CASE, notice="freeze-imposed", channel=Channel.EMAIL)
    before = told(policy, frozen(Ground.TERMS_BREACH), (news, ANA, later))
    after = told(policy, frozen(Ground.TERMS_BREACH), (notice, ANA, later))

    window = (APPEAL_WINDOW, "")
    assert before.obligations[window].basis == "appeal-window-clock"
    assert ("eu.dsa.20.window", datetime(2027, 5, 21, 22, tzinfo=UTC)) == (
        after.obligations[window].basis,
        after.obligations[window].due,
    )


def test_a_hold_that_names_a_rule_lasts_as_long_as_the_rule_allows() -> None:
    """Then somebody decides: nothing unlocks by itself."""
    policy = packs.load("uk").into(standard())
    placed = datetime(2026, 11, 2, 12, tzinfo=UTC)
    holds = (
        (do.PlaceLegalHold(CASE, hold=hold, basis=basis), COURT, placed)
        for hold, basis in (("afo-1", "uk.poca.303z1"), ("other", "court-order"))
    )
    state = told(policy, frozen(), *holds)
    (maximum,) = owed(state, "uk.poca.303z1")

    assert ("afo-1", datetime(2028, 11, 3, tzinfo=UTC)) == (maximum.subject, maximum.due)
    lifted = take_turn(policy, state, do.LiftLegalHold(CASE, hold="afo-1"), COURT, placed)
    assert [*owed(lifted.after, "uk.poca.303z1")] == []


def test_a_reinstatement_is_a_complaint_too() -> None:
    """Whoever asks to be let back in is not content."""
    filed = appeal(route=AppealRoute.REINSTATEMENT)
    state = told(EU.into(standard()), frozen(), (filed, OWNER, COMPLAINT))

    assert [one.demand.kind for one in owed(state, DECISION)] == [DECISION]


@pytest.mark.parametrize("name", packs.available())
def test_law_takes_nothing_from_what_the_house_owes(name: str) -> None:
    """Whatever is bound, by itself or once named: the same is owed as without it, and more."""
    found = packs.load(name)
    every = [one.id for one in found.rules if one.bound is not None]
    policy = found.into(standard(), *every) if every else standard()
    story = (frozen(Ground.TERMS_BREACH), (appeal(), OWNER, COMPLAINT))
    with_law, without = (told(one, *story).obligations for one in (policy, standard()))

    assert {key: one.due for key, one in without.items()}.items() <= (
        {key: one.due for key, one in with_law.items()}.items()
    )
    assert [*uncovered(told(policy, *story))] == []


def test_nothing_is_read_until_somebody_asks() -> None:
    """Whoever needs no pack pays for none."""
    program = "import sys, freezecase; freezecase.standard(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, encoding="utf-8"
    )

    assert {"freezecase.policy.packs", "tomllib"}.isdisjoint(done.stdout.split())
