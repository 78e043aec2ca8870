"""A candidate is tried on histories that our own casebook wrote."""

import pickle
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.app.stores.store import HIGHEST, LOWEST, Head, Scanned, Store
from freezecase.casebook import Casebook
from freezecase.cli.stories import STORIES, Stage, StoryClock
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.appeals import AppealLevel
from freezecase.core.checked import replace
from freezecase.core.obligations import Demand, Then
from freezecase.core.resolved import DayOff
from freezecase.core.status import Status
from freezecase.core.values import Amount, Capability, Channel, Ground, Scope
from freezecase.errors import InvalidValue
from freezecase.policy import calendar, reckon
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.clock import Clock, ladder
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.gate import SILENT, forbid, gate, require
from freezecase.policy.standard import standard
from freezecase.replay.whatif import ASSUMPTIONS, Backtest, Effect, Why, merged, trying, whatif
from tests.benchmarks.material import Ticking, a_case
from tests.policy.some_rules import breaks, says
from tests.replay.whatif.desk import (
    ANA,
    ENGINE,
    HORIZON,
    MONDAY,
    OWNER,
    ROB,
    Desk,
    a_desk,
    ends,
    named,
    the_row,
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with a_desk() as opened:
        yield opened


def counts(report: Backtest) -> tuple[int, int, int, int]:
    """Same, decided, open, not evaluable; they are all cases."""
    whole = report.whole
    found = whole.same, whole.decided, whole.open, whole.not_evaluable
    assert sum(found) == whole.cases
    return found


def figure(report: Backtest, name: str) -> tuple[Any, Any, Any]:
    """What a figure was in history, and what it would have been at least and at most."""
    found = report.whole.figures[name]
    return found.history, found.least, found.most


def day(number: float) -> Any:
    """The instant at which a day of the history begins."""
    return MONDAY + timedelta(days=number)


# --- nothing differs -----------------------------------------------------------------------------


def test_a_policy_tried_on_its_own_past_differs_nowhere() -> None:
    """The stories have refusals, misses, a broken promise and an appeal."""
    clock = StoryClock()
    with Casebook.open("memory:", clock=clock) as book:
        for _title, story in STORIES:
            story(Stage(book, clock))
        report = whatif(book.store, PolicyBook.of(standard()))

    assert counts(report) == (3, 0, 0, 0)
    assert report.why == {}
    assert all(one.history == one.least == one.most for one in report.whole.figures.values())
    assert figure(report, "deadlines missed")[0] == 2
    assert figure(report, "promises broken")[0] == 1


@pytest.mark.parametrize("late", [0, 0.1, 2], ids=["on-time", "late", "days-late"])
def test_nor_where_somebody_looked_too_late_at_what_was_due(desk: Desk, late: float) -> None:
    """When a miss was noticed is the host's doing, and is left as it was."""
    case = desk.freeze(0)
    desk.until(3, late=late)
    desk.does(3.5, OWNER, do.RequestHuman(case, channel=Channel.CHAT))
    desk.until(6, late=late)
    desk.releases(case, 7)
    ends(desk)

    report = desk.tries(standard())

    assert counts(report) == (2, 0, 0, 0)
    assert figure(report, "deadlines missed")[0] > 3


def test_a_rule_that_nobody_ever_met_changes_nothing(desk: Desk) -> None:
    desk.releases(desk.freeze(0), 3)
    ends(desk)

    report = desk.tries(named(says(forbid("never"), "no-forfeits", on=[do.ForfeitFunds])))

    assert counts(report) == (2, 0, 0, 0)


# --- refused: decided ----------------------------------------------------------------------------

NO_ALERTS = gate("no-alerts", on=[do.ImposeFreeze])(
    lambda question: (
        forbid("not on an alert alone")
        if getattr(question.command, "ground", None) is Ground.AML_ALERT
        else SILENT
    )
)


def test_a_freeze_that_is_refused_is_avoided_and_so_is_all_that_followed(desk: Desk) -> None:
    """What the customer did answers something that is not there; nobody attempts the rest."""
    case = desk.freeze(0)
    desk.does(1, OWNER, do.RecordContact(case, channel=Channel.CHAT))
    desk.does(1, OWNER, do.FileAppeal(case, contests=1, statement="it was me"))
    desk.releases(case, 3)
    ends(desk)

    report = desk.tries(named(NO_ALERTS))

    assert counts(report) == (1, 1, 0, 0)
    assert report.whole.differs == 1
    assert figure(report, "freezes") == (2, 1, 1)
    assert figure(report, "frozen hours of people later cleared") == (72, 0, 0)
    assert figure(report, "confirmed fraud let through") == (0, 0, 0)
    row = the_row(report, "decided")
    assert (row.case, row.worlds, [*row.rules]) == (str(case), 1, ["no-alerts"])
    assert {*row.because} >= {Why.REFUSED, Why.ORPHAN, Why.STALE}
    assert Effect(day(0), "freeze-imposed", "transfer withdraw-crypto withdraw-fiat") in row.effects


@pytest.mark.parametrize(
    "ends_as",
    [do.CloseCase, do.OffboardAccount],
    ids=["closed-as-fraud", "offboarded"],
)
def test_confirmed_fraud_is_let_through_where_the_freeze_is_refused(
    desk: Desk, ends_as: type[do.Command]
) -> None:
    case = desk.freeze(0)
    if ends_as is do.OffboardAccount:
        officer = replace(ANA, roles=("officer",))
        desk.does(5, officer, do.OffboardAccount(case, reason="two identities"))
    else:
        desk.releases(case, 3)
        desk.does(5, ANA, do.CloseCase(case, outcome="scam"))
    ends(desk)

    report = desk.tries(named(NO_ALERTS), confirmed={"scam"})

    history = 0 if ends_as is do.OffboardAccount else 1
    assert figure(report, "confirmed fraud let through") == (history, 1, 1)
    assert figure(report, "frozen hours of people later cleared")[0] == 0


def test_what_was_held_of_people_later_cleared_is_told_by_asset(desk: Desk) -> None:
    amount = Amount(units="12.50", asset="EUR")
    scope = Scope(capabilities=(Capability.WITHDRAW_FIAT,), assets=("EUR",), amount=amount)
    desk.releases(desk.freeze(0, scope=scope), 2)
    ends(desk)

    report = desk.tries(named(NO_ALERTS))

    name = "held of people later cleared, EUR hours"
    assert figure(report, name) == (48 * Fraction("12.50"), 0, 0)


def test_what_somebody_else_asked_for_is_refused_as_an_effect_of_its_own(desk: Desk) -> None:
    case = desk.freeze(0)
    appeal = do.FileAppeal(case, statement="it was me")
    desk.does(1, OWNER, appeal)
    ends(desk)

    report = desk.tries(named(says(forbid("no appeals"), "no-appeals", on=[do.FileAppeal])))

    row = the_row(report, "decided")
    assert {*row.because} >= {Why.REFUSED}
    assert Effect(day(1), "refused", "file-appeal") in row.effects


def test_what_was_refused_and_is_allowed_now_happens(desk: Desk) -> None:
    case = desk.freeze(0)
    desk.does(3, ANA, do.ProposeRelease(case, reason="verified"))
    desk.does(3, ANA, do.ApproveRelease(case))
    ends(desk)

    report = desk.tries(named(without=("four-eyes",)))

    row = the_row(report, "decided")
    assert Effect(day(3), "release-ordered") in row.effects
    assert Why.ALLOWED in row.because
    assert {*row.rules} >= {"within-reach"}


# --- required: open, with bounds -----------------------------------------------------------------


def test_what_is_required_may_have_been_there_or_not_and_the_figures_have_bounds(
    desk: Desk,
) -> None:
    case = desk.freeze(0)
    desk.releases(case, 3)
    ends(desk)

    report = desk.tries(named(says(require("a call"), "call-first", on=[do.ApproveRelease])))

    assert counts(report) == (1, 0, 1, 0)
    assert report.whole.differs == 0
    assert figure(report, "frozen hours of people later cleared") == (72, 72, HORIZON * 24)
    assert figure(report, "stuck") == (0, 0, 1)
    row = the_row(report, "open")
    assert (row.certain, row.worlds, [*row.rules]) == (False, 2, ["call-first"])
    assert report.why["requires"] == 1
    assert report.by_rule["call-first"].open == 1


def test_of_several_rules_each_may_be_content_or_not(desk: Desk) -> None:
    """A rule that is content once is content whenever it is asked: worlds do not multiply."""
    case = desk.freeze(0)
    for number in range(1, 9):
        desk.does(number, ANA, do.ContactCustomer(case, channel=Channel.PHONE, reached=False))
    desk.releases(case, 9)
    ends(desk)
    rules = (
        says(require("a lead"), "lead-calls", on=[do.ContactCustomer]),
        says(require("a call"), "call-first", on=[do.ApproveRelease]),
    )

    report = desk.tries(named(*rules))

    assert the_row(report, "open").worlds == 4


def test_an_attempt_that_has_to_wait_is_made_as_soon_as_it_may_be(desk: Desk) -> None:
    """A cooling-off time is a right that lapses: until then a release waits, step by step."""
    case = desk.freeze(0)
    desk.releases(case, 3)
    ends(desk)
    cooling = Clock(
        id="cooling-clock",
        on=[e.FreezeImposed],
        demand=Demand(
            kind="cooling",
            ladder=ladder("customer 240 hours"),
            met_by=(),
            then=Then.LAPSE,
            right=True,
        ),
    )

    @gate("cool-first", on=[do.ProposeRelease])
    def cool_first(question: Any) -> Any:
        """Nobody is released before the time is over."""
        open_still = ("cooling", "") in question.state.obligations
        return require("the cooling-off time is over") if open_still else SILENT

    report = desk.tries(named(cooling, cool_first), assume={"requirements-are-not-met"})

    row = the_row(report, "decided")
    assert report.assumed == ("requirements-are-not-met",)
    assert Effect(day(10), "lapsed", "cooling") in row.effects
    assert any(one.why is Why.SHIFTED and one.at == day(3) for one in row.why)
    assert figure(report, "rights lapsed") == (0, 1, 1)
    assert figure(report, "frozen hours of people later cleared") == (72, 240, 240)


def test_another_signature_may_have_come_at_once_or_never(desk: Desk) -> None:
    desk.releases(desk.freeze(0), 3)
    ends(desk)

    report = desk.tries(named(signatures=2))
    signed = desk.tries(named(signatures=2), assume={"others-sign"})
    unsigned = desk.tries(named(signatures=2), assume={"nobody-else-signs"})

    assert counts(report) == (1, 0, 1, 0)
    assert figure(report, "frozen hours of people later cleared") == (72, 72, HORIZON * 24)
    assert counts(signed) == (2, 0, 0, 0)
    assert counts(unsigned) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("said", "verdict", "worlds"),
    [(None, "open", 3), ("high", "decided", 1)],
    ids=["not-said", "said"],
)
def test_a_fact_that_was_not_recorded_may_have_been_anything(
    said: str | None, verdict: str, worlds: int
) -> None:
    """One that was recorded is what it was."""

    @gate("by-risk", on=[do.ApproveRelease], reads={"danger": ("low", "middle", "high")})
    def by_risk(question: Any) -> Any:
        """At high risk nobody is released."""
        return forbid("risk") if question.fact("danger") == "high" else SILENT

    with a_desk() as desk:
        case = desk.freeze(0)
        facts = {} if said is None else {"danger": said}
        desk.does(3, ANA, do.ProposeRelease(case, reason="verified"))
        desk.does(3, ROB, do.ApproveRelease(case), **facts)
        desk.does(3, ENGINE, do.ConfirmRelease(case))
        ends(desk)

        report = desk.tries(named(by_risk))

    row = the_row(report, verdict)
    assert (row.worlds, row.certain) == (worlds, said is not None)
    assert (Why.FACT_MISSING in row.because) is (said is None)


# --- clocks --------------------------------------------------------------------------------------

LOOK_AGAIN = Clock(
    id="look-again-clock",
    on=[e.FreezeImposed],
    demand=Demand(
        kind="look-again",
        ladder=ladder("reviewer 24 hours", "lead 24 hours"),
        met_by=("release-ordered", "reply-sent"),
        then=Then.LAPSE,
        moot_in=(Status.RELEASED, Status.CLOSED),
    ),
)


def test_a_deadline_that_nobody_had_is_missed_on_its_day(desk: Desk) -> None:
    """Both rungs, when they are due, though nobody looked at that moment in history."""
    case = desk.freeze(0)
    desk.releases(case, 9)
    ends(desk)

    report = desk.tries(named(LOOK_AGAIN))

    row = the_row(report, "decided")
    (at, next_at) = (one.at for one in row.effects)
    assert (at, next_at) == (day(1), day(2))
    assert {(one.what, one.about, one.rule) for one in row.effects} == {
        ("missed", "look-again", "look-again-clock")
    }
    assert (row.case, [*row.because], [*row.rules]) == (
        str(case),
        [Why.MANDATED],
        ["look-again-clock"],
    )
    history, least, most = figure(report, "deadlines missed")
    assert least == most == history + 2


def test_what_differs_in_every_world_and_in_each_otherwise_is_open_and_certain(desk: Desk) -> None:
    desk.releases(desk.freeze(0), 3)
    ends(desk)
    call_first = says(require("a call"), "call-first", on=[do.ApproveRelease])

    report = desk.tries(named(LOOK_AGAIN, call_first))

    row = the_row(report, "open")
    assert (row.worlds, row.certain, report.whole.differs) == (2, True, 1)


def test_a_deadline_that_was_kept_is_kept(desk: Desk) -> None:
    desk.releases(desk.freeze(0), 0.5)
    ends(desk)

    assert counts(desk.tries(named(LOOK_AGAIN))) == (2, 0, 0, 0)


def test_what_falls_due_after_the_horizon_is_nobodys(desk: Desk) -> None:
    case = desk.freeze(HORIZON - 1.5)
    ends(desk)

    row = the_row(desk.tries(named(LOOK_AGAIN)), "decided")

    assert (row.case, [one.at for one in row.effects]) == (str(case), [day(HORIZON - 0.5)])


def test_days_are_counted_on_what_calendars_said_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holiday that was declared since moves nothing that was due then, or climbed when missed."""
    case = desk.freeze(0)
    desk.does(1, OWNER, do.RecordContact(case, channel=Channel.CHAT))
    ends(desk)
    declared = tuple(
        DayOff(day=MONDAY.date() + timedelta(days=number), name="declared") for number in range(60)
    )
    monkeypatch.setattr(calendar, "_holidays", lambda _calendar, _years: declared)
    forget()

    report = desk.tries(standard())

    forget()
    assert counts(report) == (2, 0, 0, 0)
    assert figure(report, "deadlines missed")[0] > 3


def forget() -> None:
    """Forget what was counted on other days."""
    vars(calendar)["_resolved"].cache_clear()
    vars(reckon)["_counted"].cache_clear()


# --- what cannot be evaluated --------------------------------------------------------------------


def lost(report: Backtest) -> tuple[Why, str]:
    """Why the one case could not be evaluated."""
    row = the_row(report, "not-evaluable")
    (why,) = row.because
    return why, row.detail


def test_more_worlds_than_the_budget_are_said_not_guessed(desk: Desk) -> None:
    desk.releases(desk.freeze(0), 3)
    ends(desk)
    rules = [
        says(require(f"{number}"), f"rule-{number}", on=[do.ProposeRelease]) for number in range(3)
    ]

    few, many = (desk.tries(named(*rules), budget=budget) for budget in (7, 8))

    assert lost(few) == (Why.BUDGET, "more than 7 possible worlds")
    assert few.budget == 7
    assert the_row(many, "open").worlds == 8
    assert few.whole.figures["freezes"].history == 1


def test_a_rule_of_the_candidate_that_breaks_is_named(desk: Desk) -> None:
    desk.releases(desk.freeze(0), 3)
    ends(desk)
    bug = attrs.evolve(says(SILENT, "bug", on=[do.ApproveRelease]), ask=breaks)

    assert lost(desk.tries(named(bug))) == (Why.RULE_BROKEN, "rule `bug` at version 24")


def test_a_candidate_that_was_in_force_for_nobody_judges_nobody(desk: Desk) -> None:
    desk.freeze(0)
    later = Edition(named(), Effective(since=day(5), anchor=Anchor.RECORD))
    ends(desk)

    why, detail = lost(desk.tries(PolicyBook.of(later)))

    assert (why, "there is no policy in force" in detail) == (Why.NO_POLICY, True)


def test_a_fact_that_no_rule_of_the_candidate_expects_is_told(desk: Desk) -> None:
    case = desk.freeze(0)
    desk.does(3, ANA, do.ProposeRelease(case, reason="verified"), danger="extreme")
    ends(desk)
    reads = says(SILENT, "reads", on=[do.ProposeRelease], reads={"danger": ("low", "high")})

    why, detail = lost(desk.tries(named(reads)))

    assert (why, "facts.danger" in detail) == (Why.FAILED, True)


def test_only_known_assumptions_are_made(desk: Desk) -> None:
    with pytest.raises(InvalidValue, match=r"assume.*all-is-well.*`others-sign`"):
        desk.tries(named(), assume={"all-is-well"})
    with pytest.raises(InvalidValue, match="one of two that exclude each other"):
        desk.tries(named(), assume={"others-sign", "nobody-else-signs"})
    assert "others-sign" in ASSUMPTIONS


# --- the report ----------------------------------------------------------------------------------


def test_minutes_are_derived_only_where_they_are_given(desk: Desk) -> None:
    """Of what was really done in each world: what is refused takes nobody's time."""
    desk.releases(desk.freeze(0), 3)
    ends(desk)
    candidate = named(says(forbid("never"), "never", on=[do.ApproveRelease]))

    without = desk.tries(candidate)
    report = desk.tries(candidate, minutes={"approve-release": 20, "propose-release": 5})

    assert "staff minutes" not in without.whole.figures
    assert "how long it took" in without.derivable["staff minutes"]
    assert figure(report, "staff minutes") == (25, 5, 5)
    assert report.derivable == {}


def test_cases_are_told_apart_by_ground_and_by_jurisdiction(desk: Desk) -> None:
    for number, place in enumerate(["DE", "CH", "CH"]):
        case = desk.freeze(number, account=f"acct-{number}")
        desk.does(number, ANA, do.ProposeRelease(case, reason="verified"), jurisdiction=place)
    ends(desk)

    report = desk.tries(named(NO_ALERTS))

    places = {place: part.decided for place, part in report.by_jurisdiction.items()}
    grounds = {ground: part.same for ground, part in report.by_ground.items()}
    assert places == {"": 0, "CH": 2, "DE": 1}
    assert grounds == {"aml-alert": 0, "incident": 1}
    assert report.by_rule["no-alerts"].decided == 3


def many(book: Casebook) -> None:
    for number in range(8):
        a_case(book, f"acct-{number}", contacts=2)


def test_parts_add_up_to_the_whole_in_any_order_and_travel() -> None:
    candidate = PolicyBook.of(named(signatures=2))
    cuts = [None, *(UUID(int=2**126 * n) for n in (1, 2, 3)), None]
    with Casebook.open("memory:", clock=Ticking()) as book:
        many(book)
        whole = whatif(book.store, candidate, keep=3)
        parts = [
            whatif(book.store, candidate, after=after, upto=upto, keep=3)
            for after, upto in pairwise(cuts)
        ]

    travelled = [pickle.loads(pickle.dumps(part)) for part in parts]

    assert merged(parts, keep=3) == whole
    assert merged(reversed(travelled), keep=3) == whole
    assert sum(1 for part in parts if part.whole.cases) > 1
    assert len(whole.told["open"]) == 3
    assert whole.whole.open == 8


def test_progress_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "STEP", 100)
    told: list[tuple[int, int | None]] = []
    with Casebook.open("memory:", clock=Ticking()) as book:
        many(book)
        report = whatif(book.store, PolicyBook.of(standard()), progress=lambda *at: told.append(at))
        size = book.store.size()

    assert report.records == size
    assert len(told) == size // 100
    assert {of for _done, of in told} == {size}


@attrs.frozen
class ReadOnly:
    """As much of a store as a backtest needs: two ways to read."""

    _store: Store

    def scan_cases(self, first: UUID = LOWEST, last: UUID = HIGHEST) -> Iterator[Scanned]:
        return self._store.scan_cases(first, last)

    def head(self) -> Head:
        return self._store.head()


def test_it_needs_nothing_that_could_write(desk: Desk) -> None:
    """So it is enough to hand it something that has no `append`; and no record is added."""
    desk.releases(desk.freeze(0), 3)
    ends(desk)
    before = [*desk.book.store.scan()]

    report = whatif(ReadOnly(desk.book.store), PolicyBook.of(named(NO_ALERTS)))

    assert not hasattr(ReadOnly, "append")
    assert report == desk.tries(named(NO_ALERTS))
    assert [*desk.book.store.scan()] == before


def test_a_store_without_cases_is_an_empty_report(desk: Desk) -> None:
    report = desk.tries(standard())

    assert (report.whole.cases, report.records, report.until, report.complete) == (0, 0, None, True)


def test_an_appeal_contests_the_same_decision_under_its_version_here(desk: Desk) -> None:
    """Another clock shifts the versions; the second decision stays the one that is contested."""
    case = desk.freeze(0)
    renewal = do.RenewFreeze(case, reason="still open", until=day(90))
    desk.does(1, ANA, renewal)
    desk.does(2, ANA, do.UpholdFreeze(case, reason="it stands"))
    renewed = max(desk.book.case(case).deciders)
    desk.does(3, OWNER, do.FileAppeal(case, contests=renewed, statement="it was me"))
    desk.does(4, ANA, do.RejectAppeal(case, reason="no", next_level=AppealLevel.SECOND_INSTANCE))
    desk.does(5, ROB, do.RejectAppeal(case, reason="no", next_level=AppealLevel.SECOND_INSTANCE))
    ends(desk)

    report = desk.tries(named(LOOK_AGAIN))

    assert {one.about for one in the_row(report, "decided").effects} == {"look-again"}
    assert report.why == {"mandated": 1}
