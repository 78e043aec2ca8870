"""A candidate is tried on foreign histories, read by the roles that are declared for them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.app.intake import Mapping
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.casebook import Casebook
from freezecase.cli.stories import STORIES, Stage, StoryClock
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.leads import LEADS
from freezecase.core.obligations import Demand, Then
from freezecase.core.values import Channel
from freezecase.policy.book import PolicyBook
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.gate import SILENT, forbid, gate, require
from freezecase.policy.policy import Policy
from freezecase.policy.standard import standard
from freezecase.replay.whatif import (
    Backtest,
    Effect,
    Gap,
    Role,
    RoleRule,
    Roles,
    Shift,
    Why,
    histories,
    whatif,
)
from freezecase.replay.whatif.imports import command_of
from tests.app.intake.logs import STEPS, desk, log, row, take
from tests.policy.some_rules import says
from tests.replay.whatif.desk import the_row
from tests.replay.whatif.foreign import as_ever

MORE = """
[step.ask]
[[step.ask.events]]
is = "contact-received"
with.channel = "chat"
actor = { kind = "customer", id = { from = "account" } }

[step.answer]
[[step.answer.events]]
is = "reply-sent"
with = { channel = "chat", human = true }

[step.appeal]
[[step.appeal.events]]
is = "appeal-filed"
with.contests = { from = "decision" }
with.route = "appeal"
with.level = "internal-review"
with.statement = "it was me"
actor = { kind = "customer", id = { from = "account" } }

[step.charge]
[[step.charge.events]]
is = "harm-recorded"
with.harm = "charged"
"""
DESK: Mapping = desk(steps=STEPS + MORE)
END = datetime(2025, 1, 3, tzinfo=UTC)
ROLES = Roles(name="desk", until=END)


def hour(number: float) -> datetime:
    """The instant at which a row of that number happened."""
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=number)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'cases.db'}", synchronous="NORMAL") as opened:
        yield opened


def imported(store: Store, *lines: str) -> None:
    """Import some rows."""
    folder = Path(store.where.strip("`").removeprefix("sqlite:///")).parent
    take(store, log(folder, *lines), DESK)


def tries(
    store: Store, lines: list[str], *rules: Any, roles: Roles = ROLES, **options: Any
) -> Backtest:
    """Import some rows, and try a policy on them that allows whatever these rules do not forbid."""
    imported(store, *lines)
    candidate = Policy(name="candidate", version=1, rules=(as_ever, *rules))
    return whatif(store, PolicyBook.of(candidate), roles=roles, **options)


def figure(report: Backtest, name: str) -> tuple[Any, Any, Any]:
    """What a figure was in history, and what it would have been at least and at most."""
    found = report.whole.figures[name]
    return found.history, found.least, found.most


# --- what an import is ---------------------------------------------------------------------------


def test_a_policy_that_allows_everything_differs_nowhere(store: Store) -> None:
    lines = [row(1, "freeze"), row(2, "ask"), row(3, "free"), row(4, "freeze", "a2")]

    report = tries(store, lines)

    assert (report.whole.cases, report.whole.same, report.roles) == (2, 2, "desk")
    assert figure(report, "frozen hours") == (2 + 44, 46, 46)
    assert figure(report, "deadlines missed") == (0, 0, 0)


def test_nor_does_one_whose_duties_the_log_cannot_tell_of(store: Store) -> None:
    """The standard policy owes a notice; that no row says so does not say that none was sent."""
    imported(store, row(1, "freeze"))
    (known,) = histories(store, roles=ROLES)

    report = whatif(store, PolicyBook.of(standard()), roles=ROLES)

    assert (report.whole.cases, report.whole.same) == (1, 1)
    assert known.told == frozenset()


def test_nor_one_by_which_a_right_lapsed_that_the_log_cannot_tell_of(store: Store) -> None:
    """An appeal after eight months is late by the standard policy, unless its time was extended."""
    late = 24 * 240
    roles = attrs.evolve(ROLES, until=hour(late + 1))
    lines = [row(1, "freeze"), row(late, "appeal")]
    imported(store, *lines)

    report = whatif(store, PolicyBook.of(standard()), roles=roles)
    telling = attrs.evolve(roles, tells=frozenset({"appeal-window"}))

    assert report.whole.same == 1
    assert "requires" in whatif(store, PolicyBook.of(standard()), roles=telling).why


def test_nobody_misses_what_no_clock_of_the_candidate_asks_for(store: Store) -> None:
    """Though somebody would owe it in a case of ours, since the case waits for it."""
    telling = attrs.evolve(ROLES, tells=frozenset({"notice", "review"}))

    assert tries(store, [row(1, "freeze")], roles=telling).whole.same == 1


def test_what_is_told_of_is_counted_and_nothing_else(store: Store) -> None:
    answer = Clock(
        id="answer-clock",
        on=[e.ContactReceived],
        demand=Demand(
            kind="answer", ladder=ladder("front 2 hours"), met_by=("reply-sent",), then=Then.LAPSE
        ),
    )
    lines = [row(1, "freeze"), row(2, "ask"), row(3, "answer"), row(4, "ask"), row(8, "answer")]

    silent = tries(store, lines, answer)
    telling = tries(store, [], answer, roles=attrs.evolve(ROLES, tells=frozenset({"answer"})))

    assert silent.whole.same == 1
    assert the_row(telling, "decided").effects == (Effect(hour(6), "missed", "answer"),)
    assert figure(telling, "deadlines missed") == (0, 1, 1)


def test_a_case_that_begins_in_the_middle_is_not_evaluable(store: Store) -> None:
    report = tries(store, [row(1, "free"), row(2, "freeze", "a2")])

    assert (report.whole.same, the_row(report, "not-evaluable").because) == (
        1,
        (Why.BEGINS_IN_THE_MIDDLE,),
    )


def test_what_broke_the_life_cycle_then_is_kept_as_it_happened(store: Store) -> None:
    """A freeze of what is frozen, and a release of what is free: no candidate is to blame."""
    lines = [row(1, "freeze"), row(2, "freeze"), row(3, "free"), row(4, "free")]

    report = tries(store, lines)

    assert report.whole.same == 1
    assert figure(report, "freezes") == (2, 2, 2)
    assert figure(report, "frozen hours") == (2, 2, 2)


def test_and_may_meet_what_is_owed(store: Store) -> None:
    """A release of what is free is no release, but somebody did what they owed."""
    freed = Clock(
        id="freed-clock",
        on=[e.ContactReceived],
        demand=Demand(
            kind="freed",
            ladder=ladder("front 2 hours"),
            met_by=("release-ordered",),
            then=Then.LAPSE,
        ),
    )
    lines = [row(1, "freeze"), row(2, "free"), row(3, "ask"), row(4, "free")]

    report = tries(store, lines, freed, roles=attrs.evolve(ROLES, tells=frozenset({"freed"})))

    assert report.whole.same == 1


def test_what_is_dated_backwards_happens_with_what_stands_before_it(store: Store) -> None:
    lines = [row(3, "freeze"), row(4, "free", time=hour(2).isoformat()), row(5, "ask")]

    report = tries(store, lines)

    assert report.whole.same == 1
    assert figure(report, "frozen hours") == (0, 0, 0)
    assert figure(report, "frozen hours of people later cleared") == (0, 0, 0)


def test_what_follows_a_miss_counts_if_the_log_tells_of_it(store: Store) -> None:
    lead = Demand(kind="look", ladder=ladder("lead 2 hours"), met_by=(), then=Then.LAPSE)
    first = Demand(kind="show", ladder=ladder("front 2 hours"), met_by=(), then=lead)
    clock = Clock(id="show-clock", on=[e.FreezeImposed], demand=first)

    some = tries(
        store, [row(1, "freeze")], clock, roles=attrs.evolve(ROLES, tells=frozenset({"show"}))
    )
    both = tries(store, [], clock, roles=attrs.evolve(ROLES, tells=frozenset({"show", "look"})))

    assert figure(some, "deadlines missed") == (0, 1, 1)
    assert figure(both, "deadlines missed") == (0, 2, 2)


def test_what_others_miss_is_no_deadline_of_ours(store: Store) -> None:
    theirs = Clock(
        id="theirs-clock",
        on=[e.FreezeImposed],
        demand=Demand(kind="show", ladder=ladder("customer 2 hours"), met_by=(), then=Then.LAPSE),
    )

    report = tries(
        store, [row(1, "freeze")], theirs, roles=attrs.evolve(ROLES, tells=frozenset({"show"}))
    )

    assert the_row(report, "decided").effects == (Effect(hour(3), "missed-by-others", "show"),)
    assert figure(report, "deadlines missed") == (0, 0, 0)


def test_a_freeze_that_ends_by_itself_ends_in_every_world(store: Store) -> None:
    """In the log no row says so; a later freeze of the account begins anew."""
    lapses = attrs.evolve(ROLES, lapses=True)
    lines = [
        row(1, "freeze", until=hour(5).isoformat()),
        row(3, "free"),
        row(9, "freeze", until=hour(11).isoformat()),
    ]
    lead = says(require("a lead"), "lead", on=[do.OrderRelease])

    report = tries(store, lines, lead, roles=lapses)

    assert figure(report, "freezes") == (2, 2, 2)
    assert figure(report, "frozen hours") == (2 + 2, 4, 4 + 2)
    assert figure(report, "stuck") == (0, 0, 0)


def test_a_freeze_after_the_end_of_another_is_judged_like_the_first(store: Store) -> None:
    lines = [row(1, "freeze", until=hour(5).isoformat()), row(9, "freeze")]
    never = says(forbid("never"), "never", on=[do.ImposeFreeze])

    report = tries(store, lines, never, roles=attrs.evolve(ROLES, lapses=True))

    assert figure(report, "freezes") == (2, 0, 0)
    assert figure(report, "frozen hours") == (4 + 39, 0, 0)


# --- roles ---------------------------------------------------------------------------------------


def test_what_a_clock_did_is_compared_and_never_fed_in(store: Store) -> None:
    """The log's own clock charged an account ten hours after the freeze; so does the candidate."""
    charged = RoleRule(
        label="charge",
        kind="harm-recorded",
        where={"actor": "staff:ana", "harm": "charged"},
        role=Role.MANDATED,
        effect=("lapsed", "grace"),
    )
    roles = attrs.evolve(ROLES, rules=(charged,), tells=frozenset({"grace"}))
    lines = [row(1, "freeze"), row(11, "charge")]

    def grace(hours: int) -> Clock:
        return Clock(
            id="grace-clock",
            on=[e.FreezeImposed],
            demand=Demand(
                kind="grace",
                ladder=ladder(f"customer {hours} hours"),
                met_by=(),
                then=Then.LAPSE,
                right=True,
            ),
        )

    same = tries(store, lines, grace(10), roles=roles)
    longer = tries(store, [], grace(20), roles=roles)
    never = tries(store, [], roles=roles)

    assert same.whole.same == 1
    assert [one.at for one in the_row(longer, "decided").effects] == [hour(11), hour(21)]
    assert the_row(longer, "decided").because == (Why.MANDATED,)
    assert figure(never, "rights lapsed") == (1, 0, 0)


@pytest.mark.parametrize(
    ("days", "at"), [(False, hour(11)), (True, hour(24))], ids=["exact", "days"]
)
def test_a_log_of_days_says_by_when_its_clocks_did_it(days: bool, at: datetime) -> None:
    assert attrs.evolve(ROLES, days=days).by_day_end(hour(11)) == at


def test_the_first_rule_that_fits_says_what_an_event_is() -> None:
    one = RoleRule(label="one", kind="notice-sent", where={"notice": "a", "channel": "letter"})
    other = RoleRule(label="other", kind="notice-sent")
    roles = attrs.evolve(ROLES, rules=(one, other))
    ana = Actor.staff("ana")

    found = [
        roles.rule(e.NoticeSent(notice=notice, channel=Channel.LETTER), ana)
        for notice in ("a", "b")
    ]

    assert found == [one, other]
    assert roles.rule(e.ReleaseEnforced(), ana) is None


def test_what_answers_an_attempt_that_is_refused_does_not_happen(store: Store) -> None:
    rules = (
        RoleRule(label="answer", kind="reply-sent"),
        RoleRule(label="ask", kind="contact-received", answers="answer"),
        RoleRule(label="charge", kind="harm-recorded", answers="answer"),
    )
    lines = [row(1, "freeze"), row(2, "answer"), row(3, "ask"), row(4, "charge")]

    report = tries(
        store,
        lines,
        says(forbid("no"), "no-answers", on=[do.SendReply]),
        says(forbid("no"), "no-contacts", on=[do.ImposeFreeze]),
        roles=attrs.evolve(ROLES, rules=rules),
    )

    whys = [(one.n, one.why) for one in the_row(report, "decided").why]
    assert whys == [(1, Why.REFUSED), (2, Why.STALE), (3, Why.ORPHAN), (4, Why.WITHHELD)]


@pytest.mark.parametrize(
    ("shift", "missed"),
    [
        (Shift.ABSOLUTE, [[hour(7)]]),
        (Shift.DELAY, [[hour(15)]]),
        (Shift.EITHER, [[hour(7)], [hour(15)]]),
    ],
    ids=["absolute", "delay", "either"],
)
def test_what_answers_an_attempt_that_comes_later_moves_as_its_rule_says(
    store: Store, shift: Shift, missed: list[list[datetime]]
) -> None:
    """The answer of hour 3 waits until hour 11; the customer wrote again two hours after it."""
    rules = (
        RoleRule(label="answer", kind="reply-sent"),
        RoleRule(label="ask", kind="contact-received", answers="answer", shift=shift),
    )
    roles = attrs.evolve(ROLES, rules=rules, tells=frozenset({"quiet", "call"}))
    quiet = Clock(
        id="quiet-clock",
        on=[e.FreezeImposed],
        demand=Demand(
            kind="quiet", ladder=ladder("customer 10 hours"), met_by=(), then=Then.LAPSE, right=True
        ),
    )
    call = Clock(
        id="call-clock",
        on=[e.ContactReceived],
        demand=Demand(kind="call", ladder=ladder("front 2 hours"), met_by=(), then=Then.LAPSE),
    )

    @gate("no-answers-yet", on=[do.SendReply])
    def no_answers_yet(question: Any) -> Any:
        """Nobody answers while the time is quiet."""
        return require("later") if ("quiet", "") in question.state.obligations else SILENT

    lines = [row(1, "freeze"), row(3, "answer"), row(5, "ask")]
    report = tries(
        store,
        lines,
        *(quiet, call, no_answers_yet),
        roles=roles,
        assume={"requirements-are-not-met"},
    )

    (told,) = [one for rows in report.told.values() for one in rows]
    calls = sorted(one.at for one in told.effects if one.about == "call")
    assert calls == sorted(at for several in missed for at in several)
    assert told.worlds == len(missed)


# --- what the log leaves out ---------------------------------------------------------------------

ASKED = RoleRule(label="ask", kind="contact-received")
ANSWERED = RoleRule(label="answer", kind="reply-sent", answers="ask")
GAP = Gap(
    missing="answer",
    after="ask",
    at_least=timedelta(hours=1),
    event=e.ReplySent(channel=Channel.CHAT, human=True),
    actor=Actor.staff("ana"),
)
CALL = Clock(
    id="answer-clock",
    on=[e.ContactReceived],
    demand=Demand(
        kind="answer", ladder=ladder("front 2 hours"), met_by=("reply-sent",), then=Then.LAPSE
    ),
)


@pytest.mark.parametrize(
    ("gap", "options", "missed", "whys"),
    [
        (GAP, {}, (0, 1), (Why.MANDATED, Why.MAYBE)),
        (attrs.evolve(GAP, maybe=False), {}, (0, 1), (Why.MANDATED, Why.UNCERTAIN_TIME)),
        (GAP, {"assume": {"nothing-is-left-out"}}, (1, 1), (Why.MANDATED, Why.MAYBE)),
        (GAP, {"assume": {"what-is-missing-happened"}}, (0, 0), ()),
        (attrs.evolve(GAP, after="answer"), {}, (1, 1), (Why.MANDATED,)),
        (attrs.evolve(GAP, missing="ask"), {}, (1, 1), (Why.MANDATED,)),
        (attrs.evolve(GAP, past=("last",)), {}, (1, 1), (Why.MANDATED, Why.MAYBE)),
    ],
    ids=["maybe", "undated", "assumed-not", "assumed", "nothing-before", "there", "too-late"],
)
def test_what_the_log_may_have_left_out_happened_or_not(
    store: Store,
    gap: Gap,
    options: dict[str, Any],
    missed: tuple[int, int],
    whys: tuple[Why, ...],
) -> None:
    rules = (ASKED, ANSWERED, RoleRule(label="last", kind="harm-recorded"))
    roles = attrs.evolve(ROLES, rules=rules, gaps=(gap,), tells=frozenset({"answer"}))
    lines = [row(1, "freeze"), row(2, "ask"), row(9, "charge")]

    report = tries(store, lines, CALL, roles=roles, **options)

    assert figure(report, "deadlines missed") == (0, *missed)
    assert tuple(sorted(Why(one) for one in report.why)) == whys


# --- commands out of events ----------------------------------------------------------------------


def test_every_command_of_the_stories_is_found_again_from_what_it_led_to() -> None:
    """But for one that promised another day, which only the promise after it tells."""
    clock, found = StoryClock(), 0
    with Casebook.open("memory:", clock=clock) as book:
        for _title, story in STORIES:
            case = story(Stage(book, clock))
            asked = [one for one in book.history(case) if one.ruling and one.ruling.allowed]
            for record in asked:
                kind = type(record.command)
                if kind in LEADS.keys() - {do.SupersedePromise}:
                    assert type(command_of(record.event, case)) is kind
                    found += 1

    assert found > 30


def test_what_nobody_could_ask_for_is_no_command() -> None:
    case = UUID(int=1)

    assert command_of(e.ObligationMissed(obligation="reply", subject=""), case) is None
    assert command_of(e.ReleaseEnforced(), case) == do.ConfirmRelease(case)
    assert command_of(e.ReleaseOrdered(by="staff:ana"), case) == do.OrderRelease(
        case, reason="the record does not say"
    )


def test_figures_are_exact(store: Store) -> None:
    report = tries(store, [row(1, "freeze", time="2025-01-01T01:00:00.000001+00:00")])

    assert figure(report, "frozen hours")[0] == Fraction(47) - Fraction(1, 3_600_000_000)
