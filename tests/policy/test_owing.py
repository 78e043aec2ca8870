"""What is owed after something happened: met, climbed, opened, covered; and what a bug costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.evolve import fold, unopened
from freezecase.core.obligations import Demand, Obligation, Then, Unit
from freezecase.core.pending import PENDING, uncovered
from freezecase.core.resolved import DayOff
from freezecase.core.status import Status
from freezecase.core.values import Channel, Stated, Verification
from freezecase.errors import PolicyForbids
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.owing import COVERAGE, REPAIR, outline, owing
from freezecase.policy.policy import Policy
from freezecase.policy.term import Start, Term
from freezecase.testing import SOME_DAY, Given
from tests.core.samples import ANA, CASE, COMMANDS, ENGINE, EVENTS, OWNER
from tests.laws.odd_policies import RUBBISH
from tests.policy.some_rules import BUG, YES, plans, policy

FROZEN = EVENTS[e.FreezeImposed]
CALLED = COMMANDS[do.RecordContact]
ENDS = {row.what: tuple(sorted(row.ends)) for row in PENDING}
MONDAY = SOME_DAY  # 5 January 2026, nine in the morning


def at(text: str) -> datetime:
    """Return an instant of January 2026 that is said as `6 10:00`."""
    return datetime.strptime(f"2026-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def call_back(*rungs: str, **more: Any) -> Demand:
    """Return the demand that somebody calls back."""
    given: dict[str, Any] = {"met_by": ("human-joined",), **more}
    return Demand(kind="call-back", ladder=ladder(*rungs or ("front 2 hours",)), **given)


def on_contact(demand: Demand | None = None, id: str = "call-back-clock", **more: Any) -> Clock:
    """Return a clock that starts when the customer gets in touch."""
    return Clock(id=id, on=[e.ContactReceived], demand=demand or call_back(), **more)


def under(*rules: Any, **more: Any) -> Given:
    """Return a frozen case, judged by these rules and one that allows everything."""
    return Given(fold([FROZEN], unopened(CASE)), policy(YES, *rules, **more))


def called(*rules: Any, **more: Any) -> Given:
    """Return a frozen case of which the customer just got in touch."""
    return under(*rules, **more).after(CALLED, by=OWNER)


# --- clocks on what happened -------------------------------------------------------------------


def test_a_clock_opens_what_it_says_when_its_event_happens() -> None:
    """By the name of the clock, from now on, on the first rung."""
    demand = call_back("front 2 hours", "lead 1 days")
    asked = under(on_contact(demand)).when(CALLED, by=OWNER)
    owed = asked.after.obligations["call-back", ""]
    assert owed == Obligation(
        demand=demand,
        subject="",
        rung=0,
        opened_at=MONDAY,
        due=at("5 11:00"),
        basis="call-back-clock",
    )
    assert e.ObligationOpened(obligation=owed) in asked.allowed().owed


def test_a_clock_may_be_about_something() -> None:
    """Of two things, two are owed; of the same, one."""
    clock = Clock(
        id="notice-clock",
        on=[e.NoticeSent],
        about=lambda occasion: occasion.event.notice,
        demand=call_back(),
    )
    letter = replace(COMMANDS[do.SendNotice], notice="letter")
    story = under(clock).after(COMMANDS[do.SendNotice], by=ANA).after(letter, by=ANA)
    story.when(letter, by=ANA).then_owed("call-back", "letter").then_owed(
        "call-back", "freeze-imposed"
    )


@pytest.mark.parametrize(("frozen", "owed"), [(True, 1), (False, 0)])
def test_a_clock_may_look_at_the_case_first(frozen: bool, owed: int) -> None:
    """It sees the case as the event left it."""
    clock = on_contact(when=lambda occasion: occasion.state.reply_owed is frozen)
    owing = [kind for kind, _ in called(clock).state.obligations if kind == "call-back"]
    assert len(owing) == owed


def test_of_two_clocks_for_one_thing_the_one_due_first_holds() -> None:
    """Whatever their order: a law in a pack is never put off by a slower habit of the house."""
    for slow, fast in (("a-clock", "b-clock"), ("b-clock", "a-clock")):
        clocks = (
            on_contact(call_back("desk 3 days"), slow),
            on_contact(call_back("front 1 hours"), fast),
        )
        owed = called(*clocks).state.obligations["call-back", ""]
        assert (owed.debtor, owed.basis) == ("front", fast)


def test_of_two_clocks_that_are_due_together_the_first_by_name_holds() -> None:
    """So that what is owed never depends on chance."""
    clocks = (on_contact(call_back(f"{one} 1 hours"), f"{one}-clock") for one in "ba")
    assert called(*clocks).state.obligations["call-back", ""].debtor == "a"


def test_the_same_once_more_puts_nothing_off() -> None:
    """Whoever calls every hour is called back no later than two hours after the first call."""
    story = called(on_contact())
    again = story.when(CALLED, by=OWNER, at=at("5 10:00"))
    again.then_owed("call-back", due=at("5 11:00"))


def test_the_same_once_more_by_the_same_time_is_not_recorded_again() -> None:
    """It is owed already."""
    again = called(on_contact(at=lambda _: at("9 12:00"))).when(CALLED, by=OWNER)
    assert again.allowed().owed == ()


def test_what_is_shorter_takes_the_place_of_what_is_longer() -> None:
    """Then the new one supersedes: there is at most one of a kind about a subject."""
    story = called(on_contact(call_back("front 9 hours")))
    sooner = story.under(policy(YES, on_contact(call_back("lead 2 hours"))))
    sooner.when(CALLED, by=OWNER, at=at("5 10:00")).then_owed(
        "call-back", by="lead", due=at("5 12:00")
    )


def test_a_right_begins_anew_with_what_it_is_about() -> None:
    """A new decision may be contested for the whole of its own window."""
    window = call_back("customer 5 days", right=True, then=Then.LAPSE, met_by=())
    story = called(on_contact(window))
    story.when(CALLED, by=OWNER, at=at("7 09:00")).then_owed("call-back", due=at("13 00:00"))


def test_the_case_itself_may_name_the_day() -> None:
    """Before any term is asked."""
    clock = on_contact(at=lambda one: at("9 12:00") if one.state.reply_owed else None)
    called(clock).when(CALLED, by=OWNER).then_owed("call-back", due=at("9 12:00"))


def test_a_day_that_is_over_is_missed_at_the_next_look() -> None:
    """It is due an instant from now, so that whoever owes is asked before the next one is."""
    clock = on_contact(at=lambda _: at("1 12:00"))
    story = called(clock)
    story.when(CALLED, by=OWNER).then_owed("call-back", due=MONDAY + timedelta(microseconds=1))
    story.when(CALLED, by=OWNER, at=at("5 10:00")).then_missed("call-back")


TERM = Term(count=2, unit=Unit.DAYS, start=Start.NEXT_DAY)


def test_a_term_of_law_is_counted_from_when_it_happened() -> None:
    """Which may be earlier than it was recorded; the ladder is only asked after it."""
    clock = on_contact(call_back("front 1 hours", "lead 1 days"), term=TERM)
    frozen = fold([FROZEN], unopened(CASE))
    told = EVENTS[e.ContactReceived]
    found = owing(
        policy(clock), frozen, fold([told], frozen), (told,), (), MONDAY, at("4 09:00")
    ).after.obligations["call-back", ""]
    assert found.due == at("7 00:00")
    assert called(clock).later(at("8 00:00")).state.obligations["call-back", ""].debtor == "lead"


def test_what_the_calendar_said_is_kept() -> None:
    """Of days that were counted, and of no others."""
    frozen = fold([FROZEN], unopened(CASE))
    told = EVENTS[e.ContactReceived]

    def calendars(clock: Clock) -> list[str]:
        after = fold([told], frozen)
        found = owing(policy(clock), frozen, after, (told,), (), MONDAY, MONDAY).calendars
        return [one.calendar for one in found]

    # the law of coverage counts in hours
    assert calendars(on_contact()) == []
    assert calendars(on_contact(call_back("front 2 days"))) == ["utc"]


def test_a_rung_may_name_its_calendar() -> None:
    """Of those that the policy has; the first counts for all the others."""
    tuesday = DayOff(day=at("6 00:00").date(), name="shut")
    closed = Calendar(id="shut-on-tuesdays", zone="UTC", closed=[tuesday])
    [rung] = ladder("front 1 business-days")
    there = replace(rung, within=replace(rung.within, calendar="shut-on-tuesdays"))
    usual, other = call_back("front 1 business-days"), replace(call_back(), ladder=(there,))
    story = {"calendars": (Calendar(id="utc", zone="UTC"), closed)}
    called(on_contact(usual), **story).when(CALLED, by=OWNER).then_owed(
        "call-back", due=at("7 00:00")
    )
    called(on_contact(other), **story).when(CALLED, by=OWNER).then_owed(
        "call-back", due=at("8 00:00")
    )


def test_nothing_opens_that_nobody_needs_there() -> None:
    """A demand says where it is moot."""
    clock = on_contact(call_back(moot_in=(Status.IN_FORCE,)))
    asked = under(clock).when(CALLED, by=OWNER).then_not_owed("call-back")
    opened = [one.obligation for one in asked.allowed().owed if isinstance(one, e.ObligationOpened)]
    assert "call-back-clock" not in {owed.basis for owed in opened}


# --- met ---------------------------------------------------------------------------------------


def test_what_was_owed_is_met_by_what_it_asks_for() -> None:
    """And on record, in the same turn."""
    story = called(on_contact())
    joined = story.when(COMMANDS[do.JoinConversation], by=ANA).then_not_owed("call-back")
    assert e.ObligationMet(obligation="call-back") in joined.allowed().owed


def test_it_is_met_only_by_what_is_about_the_same() -> None:
    """A device shown does not settle an identity."""
    story = under().after(do.RequestChecks(CASE, checks=["device", "identity"]), by=ANA)
    shown = story.when(COMMANDS[do.SubmitEvidence], by=OWNER)
    shown.then_not_owed("evidence", "device").then_owed("evidence", "identity")


def test_what_is_opened_by_hand_is_not_met_by_its_own_opening() -> None:
    """But by the next one, if that is what it asks for."""
    odd = Demand(kind="odd", ladder=ladder("desk 1 days"), met_by=("obligation-opened",))
    opening = do.OpenObligation(CASE, demand=odd, due=at("9 09:00"), basis="by-hand")
    story = under().after(opening, by=ANA)
    assert ("odd", "") in story.state.obligations
    story.when(replace(opening, subject="two"), by=ANA).then_not_owed("odd").then_owed("odd", "two")


def test_what_opens_in_a_turn_is_not_met_by_the_turn() -> None:
    """What meets a duty may open the next one of its kind."""
    update = Clock(
        id="update-clock",
        on=[e.ReplySent],
        demand=Demand(kind="update", ladder=ladder("desk 5 days"), met_by=("reply-sent",)),
    )
    reply = COMMANDS[do.SendReply]
    story = under(update).after(reply, by=ANA).when(reply, by=ANA, at=at("7 09:00"))
    story.then_owed("update", due=at("13 00:00"))
    told = [type(event) for event in story.allowed().owed]
    assert told == [e.ObligationMet, e.ObligationOpened]


# --- the ladder --------------------------------------------------------------------------------

LADDER = ("front 2 hours", "lead 4 hours", "head 1 days")


def rungs(story: Given, *until: str) -> list[tuple[str, datetime] | None]:
    """Return who owes the call-back at each of these instants, and until when."""
    found: list[tuple[str, datetime] | None] = []
    for instant in until:
        owed = story.later(at(instant)).state.obligations.get(("call-back", ""))
        found.append((owed.debtor, owed.due) if owed else None)
    return found


def test_a_miss_climbs_from_when_it_is_recorded() -> None:
    """Nobody can climb before they know."""
    story = called(on_contact(call_back(*LADDER)))
    assert rungs(story, "5 10:59", "5 11:00", "5 20:00") == [
        ("front", at("5 11:00")),
        ("lead", at("5 15:00")),
        ("lead", at("6 00:00")),
    ]


def test_at_its_end_the_last_one_owes_again_and_again() -> None:
    """Due from now, each time."""
    story = called(on_contact(call_back("front 2 hours", "head 3 hours")))
    top = story.later(at("5 11:00"))
    assert rungs(top, "5 14:00", "5 17:00") == [("head", at("5 17:00")), ("head", at("5 20:00"))]


def test_at_its_end_another_demand_may_come() -> None:
    """With a ladder of its own, on the basis of the same clock."""
    decide = Demand(kind="decide", ladder=ladder("head 3 hours"), met_by=("freeze-upheld",))
    story = called(on_contact(call_back("front 2 hours", "lead 1 hours", then=decide)))
    in_the_end = story.later(at("5 11:00")).later(at("5 12:00")).state.obligations
    assert ("call-back", "") not in in_the_end
    owed = in_the_end["decide", ""]
    assert (owed.debtor, owed.due, owed.rung) == ("head", at("5 15:00"), 0)
    assert owed.basis == "call-back-clock"


def test_a_right_lapses_and_the_case_knows_that_it_did() -> None:
    """One that was never opened did not."""
    window = call_back("customer 2 hours", right=True, then=Then.LAPSE, met_by=())
    over = called(on_contact(window)).later(at("5 11:00")).state
    assert ("call-back", "") not in over.obligations
    assert over.lapsed == {("call-back", "")}


def test_a_demand_that_no_calendar_can_count_does_not_stop_the_case() -> None:
    """Whatever somebody wrote into it by hand, a miss climbs, and the rest goes on."""
    odd = call_back("front 1 hours", "lead 900 years", "head 9007199254740991 hours")
    opening = do.OpenObligation(CASE, demand=odd, due=at("5 10:00"), basis="by-hand")
    story = under().after(opening, by=ANA).later(at("6 00:00"))
    owed = story.state.obligations["call-back", ""]
    assert (owed.debtor, owed.due.year) == ("lead", 9999)
    story.when(CALLED, by=OWNER, at=at("6 01:00")).then_owed("reply")


# --- coverage ----------------------------------------------------------------------------------


def test_without_any_clock_the_accountable_role_owes_whatever_is_waited_for() -> None:
    """Within a day, by whatever ends the wait; its basis tells that a clock is missing."""
    opened = under(accountable="head-of-compliance").when(CALLED, by=OWNER).after
    assert opened.obligations.keys() == {
        *(("enforcement", ""), ("notice", "freeze-imposed"), ("review", ""), ("reply", "")),
    }
    for (kind, _), owed in opened.obligations.items():
        assert (owed.debtor, owed.basis) == ("head-of-compliance", COVERAGE)
        assert owed.demand.met_by == ENDS[kind]
        assert owed.due == at("6 09:00")
        assert owed.demand.then is Then.AGAIN


def covering(what: str, *rungs: str, **more: Any) -> Clock:
    """Return a clock that covers a row."""
    demand = Demand(kind=more.pop("kind", what), ladder=ladder(*rungs), met_by=ENDS[what])
    return Clock(id=f"{what}-clock", covers=what, demand=demand, **more)


def test_a_clock_that_covers_takes_the_place_of_the_plain_duty() -> None:
    """It opens whenever the case comes to wait for its row, and nobody owes that."""
    story = called(covering("reply", "desk 2 hours"))
    story.when(CALLED, by=OWNER).then_owed("reply", by="desk", due=at("5 11:00"))
    answered = story.after(COMMANDS[do.SendReply], by=ANA)
    again = answered.when(CALLED, by=OWNER, at=at("5 10:00"))
    again.then_owed("reply", by="desk", due=at("5 12:00"))


def test_a_clock_that_covers_may_have_another_name_for_it() -> None:
    """What covers a row is what ends it, whatever it is called."""
    asked = under(covering("reply", "desk 2 hours", kind="answer")).when(CALLED, by=OWNER)
    asked.then_owed("answer", by="desk").then_not_owed("reply")


def test_a_clock_that_covers_sees_the_case_and_what_it_waits_for() -> None:
    """And no event: it may have waited for long."""
    clock = covering(
        *("evidence", "customer 7 days"),
        when=lambda one: one.state.frozen and one.event is None and one.subject == "device",
    )
    tried = under(clock).when(do.RequestChecks(CASE, checks=["device", "identity"]), by=ANA)
    tried.then_owed("evidence", "device", by="customer")
    tried.then_owed("evidence", "identity", by="accountable")


def test_where_a_clock_that_covers_is_silent_the_plain_duty_steps_in() -> None:
    """Or where it speaks of something else."""
    silent = covering("reply", "desk 2 hours", when=lambda _: False)
    astray = covering("reply", "desk 2 hours", about=lambda _: "something else")
    for clock in (silent, astray):
        under(clock).when(CALLED, by=OWNER).then_owed("reply", by="accountable")


def test_a_duty_that_has_the_name_of_another_row_hides_nothing() -> None:
    """Each row is covered in the end, however the duties are named."""
    swapped = (
        covering("reply", "desk 2 hours", kind="review"),
        covering("enforcement", "desk 3 hours", kind="reply"),
        covering("review", "desk 4 hours", kind="enforcement"),
    )
    for rules in (swapped, swapped[:1], swapped[1:], swapped[::2]):
        assert [*uncovered(under(*rules).when(CALLED, by=OWNER).after)] == []


def test_what_only_has_the_name_of_a_duty_does_not_keep_the_clock_from_opening_it() -> None:
    """Somebody wrote `reply` by hand, and it ends by a promise: that is no answer."""
    odd = Demand(kind="reply", ladder=ladder("front 1 hours"), met_by=("promise-made",))
    opening = do.OpenObligation(CASE, demand=odd, due=at("5 10:00"), basis="by-hand")
    story = under(covering("reply", "desk 2 hours")).after(opening, by=ANA)
    story.when(CALLED, by=OWNER).then_owed("reply", by="desk", due=at("5 11:00"))


def test_a_right_covers_nothing() -> None:
    """That the customer may do something does not end a wait for us."""
    right = Clock(
        id="right-clock",
        on=[e.ContactReceived],
        demand=Demand(
            kind="reply", ladder=ladder("customer 2 hours"), met_by=("reply-sent",), right=True
        ),
    )
    under(right).when(CALLED, by=OWNER).then_owed("reply", by="accountable")


def test_what_came_from_elsewhere_is_covered_when_time_passes() -> None:
    """A case whose history knows no obligations, as imported ones do."""
    story = under()
    assert [*uncovered(story.state)] != []
    looked = story.when(do.LetTimePass(CASE), by=ENGINE).then_nothing()
    assert [*uncovered(looked.after)] == []


# --- repairs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [ANA, ENGINE, OWNER], ids=["staff", "system", "customer"])
def test_a_gate_that_breaks_lets_nobody_through_and_is_owed_a_repair(by: Actor) -> None:
    """Even a customer's attempt is on record then: a bug may not stand in their way unseen."""
    tried = under(BUG).when(CALLED, by=by)
    tried.then_refused(PolicyForbids, by_rule="bug")
    tried.then_recorded(e.AttemptRefused(command="record-contact", by=by.person, rules=("bug",)))
    tried.then_owed(REPAIR, "bug", by="exchange", due=at("5 13:00"))


def test_a_repair_is_owed_once_until_it_is_done() -> None:
    """However often the rule breaks, the first one counts; and then the next."""
    first = Given(under(BUG).when(CALLED, by=OWNER).after, policy(YES, BUG))
    again = first.when(CALLED, by=ANA, at=at("5 10:00")).then_owed(REPAIR, "bug", due=at("5 13:00"))
    mended = Given(again.after, policy(YES))
    done = mended.after(do.MeetObligation(CASE, obligation=REPAIR, subject="bug"), by=ANA)
    broken_again = Given(done.state, policy(YES, BUG)).when(CALLED, by=OWNER, at=at("5 11:00"))
    broken_again.then_owed(REPAIR, "bug", due=at("5 15:00"))


def test_a_repair_climbs_to_the_accountable_role() -> None:
    """And stays there until somebody says that it is done."""
    tried = under(BUG, accountable="cto").when(CALLED, by=OWNER)
    story = Given(tried.after, policy(YES, BUG, accountable="cto"))
    climbed = story.later(at("5 13:00")).when(CALLED, by=OWNER, at=at("5 14:00"))
    climbed.then_owed(REPAIR, "bug", by="cto", due=at("6 13:00"))
    assert climbed.after.obligations[REPAIR, "bug"].demand.moot_in == (Status.CLOSED,)


def test_a_rule_that_decides_nothing_is_owed_a_repair_too() -> None:
    """A plan that breaks stops nobody, and is found all the same."""
    tried = under(plans(42, "plan-bug")).when(CALLED, by=OWNER).then_owed("reply")
    tried.then_owed(REPAIR, "plan-bug")


def test_a_freeze_that_breaks_a_rule_opens_no_case() -> None:
    """So there is nothing to owe a repair in: who asked is told."""
    story = Given(unopened(CASE), policy(YES, BUG))
    story.when(COMMANDS[do.ImposeFreeze], by=ENGINE).then_refused(by_rule="bug").then_recorded()


@pytest.mark.parametrize("rubbish", RUBBISH, ids=lambda one: next(iter(one)))
def test_a_clock_that_breaks_opens_nothing_but_a_repair(rubbish: dict[str, Any]) -> None:
    """Raising, looping, or answering what cannot be put on record; what happened, happened."""
    tried = under(on_contact(**rubbish)).when(CALLED, by=OWNER)
    called_by_owner = e.ContactReceived(channel=Channel.PHONE, by=OWNER.person)
    tried.then(called_by_owner).then_not_owed("call-back")
    tried.then_owed(REPAIR, "call-back-clock", by="exchange")


def test_a_clock_that_covers_and_breaks_leaves_the_plain_duty() -> None:
    """Once for all of its subjects, one repair."""

    def fails(occasion: Any) -> bool:
        raise LookupError(occasion.subject)

    clock = covering("evidence", "customer 7 days", when=fails)
    tried = under(clock).when(do.RequestChecks(CASE, checks=["device", "identity"]), by=ANA)
    tried.then_owed("evidence", "device", by="accountable")
    tried.then_owed("evidence", "identity", by="accountable")
    tried.then_owed(REPAIR, "evidence-clock")
    assert [kind for kind, _ in tried.after.obligations].count(REPAIR) == 1


def test_a_clock_that_breaks_on_every_miss_does_not_set_its_own_repair_back() -> None:
    """Or nobody would ever hear of it but those who miss it."""

    def fails(occasion: Any) -> bool:
        raise LookupError(occasion.subject)

    clock = attrs.evolve(on_contact(), on=frozenset({e.ObligationMissed}), when=fails)
    tried = called(on_contact(id="other-clock"), clock).later(at("5 11:00"))
    climbed = tried.later(at("5 15:00"))
    climbed.when(do.LetTimePass(CASE), by=ENGINE, at=at("5 15:00")).then_owed(
        REPAIR, "call-back-clock", by="accountable"
    )


# --- cases that are alike ----------------------------------------------------------------------


def frozen_as(rules: Policy, **change: Any) -> tuple[object, ...]:
    """Return the outline of a freeze."""
    event = replace(FROZEN, **change)
    return outline(rules, fold([event], unopened(CASE)), event)


def test_cases_of_one_outline_are_owed_the_same() -> None:
    """Of thousands frozen at once, one is counted."""
    about_account = Clock(
        id="account-clock",
        on=[e.FreezeImposed],
        about=lambda occasion: occasion.state.account,
        demand=call_back(),
    )
    plain, keen = policy(YES, covering("review", "desk 2 hours")), policy(YES, about_account)
    assert frozen_as(plain) == frozen_as(plain, account="acct-0815")
    assert frozen_as(plain) != frozen_as(policy(YES))
    assert frozen_as(keen) != frozen_as(keen, account="acct-0815")


def test_an_outline_tells_apart_whatever_a_clock_sees() -> None:
    """What happened, the case, and what it waits for."""
    by_event = attrs.evolve(
        on_contact(about=lambda one: one.event.account), on=frozenset({e.FreezeImposed})
    )
    by_case = covering("review", "desk 2 hours", about=lambda one: one.state.account)
    for clock in (by_event, by_case):
        assert frozen_as(policy(clock)) != frozen_as(policy(clock), account="acct-0815")
    evidence, asked = policy(covering("evidence", "customer 7 days")), EVENTS[e.ChecksRequested]
    device, identity = (
        outline(evidence, fold([FROZEN, one], unopened(CASE)), one)
        for one in (asked, replace(asked, checks=[Verification(kind="identity")]))
    )
    assert device != identity


def test_a_clock_that_breaks_is_no_clock_that_says_nothing_particular() -> None:
    """The one is owed a repair, and the other opens what it says."""
    starts, breaks = (
        covering("review", "desk 2 hours", about=about) for about in (lambda _: "", lambda _: None)
    )
    assert frozen_as(policy(YES, starts)) != frozen_as(policy(YES, breaks))


# --- promises of what is owed --------------------------------------------------------------------


def saying(*promises: Stated) -> do.SendReply:
    """Return an answer that says what will happen by when."""
    return do.SendReply(CASE, channel=Channel.PHONE, promises=promises)


CALLING = Stated(promise="we-call", due=at("5 11:00"), duty="call-back")
JOIN = COMMANDS[do.JoinConversation]


def promised(*rules: Any) -> Given:
    """Return a case in which somebody owes a call, and the customer was told so."""
    return called(*(rules or (on_contact(),))).after(saying(CALLING), by=ANA)


def test_a_duty_that_is_met_keeps_what_was_promised_of_it() -> None:
    """In the same turn: nobody has to remember what somebody said."""
    story = promised()
    assert story.state.promises["we-call"].duty == "call-back"
    done = story.when(JOIN, by=ANA).allowed()
    assert e.PromiseKept(promise="we-call") in done.owed
    assert done.after.promises == {}


def test_the_turn_that_promises_does_not_keep() -> None:
    """What an answer meets by being sent is not what it promises."""
    met_by_reply = on_contact(call_back(met_by=("reply-sent",)))
    story = called(met_by_reply).after(saying(CALLING), by=ANA)
    assert set(story.state.promises) == {"we-call"}


def test_a_duty_that_is_missed_keeps_nothing() -> None:
    """The promise is broken when its own time comes."""
    story = promised(on_contact(call_back("front 1 hours", then=Then.LAPSE)))
    later = story.later(at("5 10:30"))
    assert ("call-back", "") not in later.state.obligations
    assert set(later.state.promises) == {"we-call"}
    assert later.later(at("5 11:00")).state.broken == {"we-call"}


def test_a_duty_that_is_let_go_keeps_nothing() -> None:
    """Nobody did what was said."""
    waive = do.WaiveObligation(CASE, obligation="call-back", reason="no number")
    assert set(promised().after(waive, by=ANA).state.promises) == {"we-call"}


def test_a_duty_that_nobody_needs_any_more_keeps_what_was_promised() -> None:
    """The account is free: that is more than a call."""
    moot = call_back(moot_in=(Status.RELEASING,))
    freed = promised(on_contact(moot)).after(COMMANDS[do.OrderRelease], by=ANA)
    assert (freed.state.promises, freed.state.broken) == ({}, frozenset())


def test_a_promise_of_several_duties_is_kept_with_the_last() -> None:
    """Both checks are looked at before what was said of them is true."""
    looked_at = Clock(
        id="look-clock",
        on=[e.EvidenceSubmitted],
        about=lambda occasion: occasion.event.check,
        demand=Demand(kind="look", ladder=ladder("desk 2 hours"), met_by=("check-passed",)),
    )
    story = under(looked_at)
    story = story.after(do.RequestChecks(CASE, checks=["device", "identity"]), by=ANA)
    for check in ("device", "identity"):
        story = story.after(do.SubmitEvidence(CASE, check=check), by=OWNER)
    story = story.after(saying(replace(CALLING, duty="look")), by=ANA)
    story = story.after(do.PassCheck(CASE, check="device"), by=ANA)
    assert set(story.state.promises) == {"we-call"}
    assert story.after(do.PassCheck(CASE, check="identity"), by=ANA).state.promises == {}


def test_a_promise_of_nobodys_duty_is_left_alone() -> None:
    """Its maker says whether it was kept."""
    story = called(on_contact()).after(saying(replace(CALLING, duty=None)), by=ANA)
    assert set(story.after(JOIN, by=ANA).state.promises) == {"we-call"}
