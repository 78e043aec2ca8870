"""A foreign log held against a policy: every step judged in its place, none left out."""

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest

from freezecase import Actor, Casebook, Ground, Scope
from freezecase import commands as do
from freezecase.app.intake import Mapping, import_log, load_mapping
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Store
from freezecase.core import events as e
from freezecase.core.obligations import Demand, Then
from freezecase.errors import InvalidValue
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.clock import Clock, Occasion, ladder
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.gate import ALLOW, SILENT, forbid, gate
from freezecase.policy.policy import Policy
from freezecase.policy.question import Question
from freezecase.policy.standard.hearing import appeal_in_time
from freezecase.replay.conformance import NOBODY, conformance
from freezecase.replay.conformed import ConformanceReport, Why
from tests.app.intake.logs import CLOCK, STEPS, desk, log, row, take
from tests.app.intake.test_real_logs import DATA, LOGS, ROOT

real = pytest.mark.skipif(not DATA.exists(), reason="the folder of real histories is absent")
BEGIN: Final = datetime(2025, 1, 1, tzinfo=UTC)


@gate("anybody")
def anybody(_question: Question) -> Any:
    """Everybody may do anything."""
    return ALLOW


@gate("another-undoes-it", on=[do.OrderRelease])
def another_undoes_it(question: Question) -> Any:
    """Whoever made the newest decision may not undo it."""
    state = question.state
    same = question.actor.person == state.deciders.get(state.decision)
    return forbid("whoever froze it may not undo it") if same else SILENT


@gate("risk-is-known", on=[do.OrderRelease], reads={"risk": ("low", "high")})
def risk_is_known(question: Question) -> Any:
    """A release takes a low risk."""
    return SILENT if question.fact("risk") == "low" else forbid("the risk is high")


@gate("bug", on=[do.ForfeitFunds])
def bug(_question: Question) -> Any:
    """Fail as code does."""
    raise KeyError("balance")


REVIEW: Final = Clock(
    id="review-clock",
    covers="review",
    demand=Demand(
        kind="review",
        ladder=ladder("reviewer 2 hours", "lead 1 hours"),
        met_by=("release-ordered",),
    ),
)


def policy(*rules: Any) -> Policy:
    """A policy under which anybody may do anything, but for these rules."""
    return Policy(name="house", version=1, rules=(anybody, *rules))


def fines(limit: str = "customer 60 days") -> Policy:
    """A motorist may appeal within 60 days of the notification."""

    def delivered(occasion: Occasion) -> bool:
        return bool(occasion.event.notice == "fine-delivered")

    window = Demand(
        kind="appeal-window", ladder=ladder(limit), met_by=(), then=Then.LAPSE, right=True
    )
    clock = Clock(id="window-clock", on=(e.NoticeSent,), when=delivered, demand=window)
    return policy(appeal_in_time, clock)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("memory:") as opened:
        yield opened


def held(
    store: Store, tmp_path: Path, rows: list[str], *rules: Any, **more: Any
) -> ConformanceReport:
    """Take some rows in, and hold them against a policy of some rules."""
    take(store, log(tmp_path, *rows))
    return conformance(store, PolicyBook.of(policy(*rules)), **more)


def test_what_a_policy_allows_conforms(store: Store, tmp_path: Path) -> None:
    rows = [row(1, "freeze"), row(2, "free", who="rob")]

    report = held(store, tmp_path, rows, another_undoes_it)

    assert (report.cases, report.steps, report.conforming) == (1, 3, 3)
    assert (report.breaches, report.unjudged) == ((), ())


def test_a_broken_rule_is_named_with_its_row(store: Store, tmp_path: Path) -> None:
    """By rule, ground and kind of actor; each example says row (1 is the header) and person."""
    rows = [row(1, "freeze"), row(2, "free"), row(3, "freeze", "a2"), row(4, "free", "a2")]

    report = held(store, tmp_path, rows, another_undoes_it, keep=1)

    (breach,) = report.breaches
    assert (breach.rule, breach.ground, breach.actor) == ("another-undoes-it", "aml-alert", "staff")
    assert breach.steps == report.breaking == 2
    (example,) = breach.examples
    assert (example.row, example.source, example.what) == (3, "2", "release-ordered")
    assert (example.by, example.at) == ("staff:ana", BEGIN + timedelta(hours=2))
    assert example.words == "refused by `another-undoes-it` whoever froze it may not undo it"
    assert not report.clean


def test_a_later_step_is_judged_by_what_was(store: Store, tmp_path: Path) -> None:
    """A freeze that should not have been lifted was lifted: the next one is a new case."""
    rows = [row(1, "freeze"), row(2, "free"), row(3, "freeze"), row(4, "free", who="rob")]

    report = held(store, tmp_path, rows, another_undoes_it)

    assert (report.cases, report.steps, report.breaking) == (2, 6, 1)


def test_a_missing_fact_is_not_judged_and_not_dropped(store: Store, tmp_path: Path) -> None:
    """It neither conforms nor breaks a rule, until somebody says the fact."""
    rows = [row(1, "freeze"), row(2, "free")]

    report = held(store, tmp_path, rows, risk_is_known)
    high = conformance(store, PolicyBook.of(policy(risk_is_known)), facts={"risk": "high"})
    low = conformance(store, PolicyBook.of(policy(risk_is_known)), facts={"risk": "low"})

    (unjudged,) = report.unjudged
    assert (unjudged.why, unjudged.detail, unjudged.steps) == (Why.FACT_MISSING, "`risk`", 1)
    assert (report.conforming, report.breaking, report.not_judged) == (2, 0, 1)
    assert dict(report.unsaid) == {"risk": 1}
    assert (high.breaking, high.not_judged, dict(high.unsaid)) == (1, 0, {})
    assert (low.breaking, low.not_judged, low.conforming) == (0, 0, 3)


def test_a_rule_that_surely_forbids_needs_no_other_facts(store: Store, tmp_path: Path) -> None:
    rows = [row(1, "freeze"), row(2, "free")]

    report = held(store, tmp_path, rows, risk_is_known, another_undoes_it)

    assert [one.rule for one in report.breaches] == ["another-undoes-it"]
    assert report.unjudged == ()


def test_a_rule_that_breaks_is_not_a_step_that_does(store: Store, tmp_path: Path) -> None:
    report = held(store, tmp_path, [row(1, "freeze"), row(2, "take", amount="7")], bug)

    (unjudged,) = report.unjudged
    assert (unjudged.why, unjudged.detail) == (Why.RULE_BROKE, "bug")
    assert (report.breaking, report.not_judged) == (0, 1)


def test_what_no_rule_allows_breaks_the_first_of_all_rules(store: Store, tmp_path: Path) -> None:
    """Nothing is allowed unless a rule allows it."""
    held(store, tmp_path, [row(1, "freeze")])

    nothing = Policy(name="nothing", version=1)

    (breach,) = conformance(store, PolicyBook.of(nothing)).breaches
    assert breach.rule == NOBODY


def test_a_broken_life_cycle_is_said_apart_from_the_rules(store: Store, tmp_path: Path) -> None:
    """The policy was never asked."""
    report = held(store, tmp_path, [row(1, "free"), row(2, "freeze", "a2"), row(3, "freeze", "a2")])

    assert [(one.why, one.detail, one.steps) for one in report.unjudged] == [
        (Why.NO_POSITION, "freeze-imposed", 1),
        (Why.NO_POSITION, "release-ordered", 1),
    ]
    assert report.unjudged[0].examples[0].words == (
        "cannot impose-freeze while the case is `in_force`"
    )
    assert report.misfits == 2


def test_a_deadline_that_was_kept_and_one_that_was_not(store: Store, tmp_path: Path) -> None:
    """A duty is missed once, however many rungs were climbed and however late it was done."""
    rows = [
        *(row(1, "freeze"), row(2, "free")),
        *(row(3, "freeze", "a2"), row(9, "freeze", "a2"), row(20, "freeze", "a2")),
        row(50, "free", "a2"),
    ]

    report = held(store, tmp_path, rows, REVIEW)

    review = next(one for one in report.deadlines if one.rule == "review-clock")
    assert (review.owed, review.ground, review.right) == ("review", "aml-alert", False)
    assert (review.opened, review.met, review.missed) == (2, 1, 1)
    assert review.examples[0].words == "`reviewer` had `review` until 2025-01-01T05:00:00Z"


def test_what_a_log_never_shows_is_missed_if_it_goes_on_for_so_long(
    store: Store, tmp_path: Path
) -> None:
    """Where nobody says up to when it goes on, it is open."""
    silent = held(store, tmp_path, [row(1, "freeze")], REVIEW)
    book = PolicyBook.of(policy(REVIEW))
    soon = conformance(store, book, until=BEGIN + timedelta(hours=2))
    late = conformance(store, book, until=BEGIN + timedelta(hours=3))

    def missed(report: ConformanceReport) -> int:
        return sum(one.missed for one in report.deadlines if one.owed == "review")

    assert (missed(silent), missed(soon), missed(late)) == (0, 0, 1)


def test_every_step_is_judged_by_the_policy_of_its_day(store: Store, tmp_path: Path) -> None:
    """Here by the day on which the case was opened."""
    rows = [row(1, "freeze"), row(50, "freeze", "a2"), row(51, "free", "a2"), row(60, "free")]
    held(store, tmp_path, rows)
    later = Effective(since=BEGIN + timedelta(hours=40), anchor=Anchor.RECORD)
    strict = Policy(name="house", version=2, rules=(anybody, another_undoes_it))

    report = conformance(store, PolicyBook.of(policy(), Edition(strict, later)))

    assert [(one.steps, one.examples[0].row) for one in report.breaches] == [(1, 4)]


def test_a_rule_may_hold_by_the_day_on_which_the_customer_called(
    store: Store, tmp_path: Path
) -> None:
    call = '[step.call]\n[[step.call.events]]\nis = "contact-received"\nwith.channel = "phone"\n'
    rows = [row(1, "freeze"), row(50, "call"), row(60, "free")]
    path = log(tmp_path, *rows, row(3, "freeze", "a2"), row(61, "free", "a2"))
    take(store, path, desk(steps=STEPS + call))
    later = Effective(since=BEGIN + timedelta(hours=40), anchor=Anchor.REPORT)
    strict = Policy(name="house", version=2, rules=(anybody, another_undoes_it))

    report = conformance(store, PolicyBook.of(policy(), Edition(strict, later)))

    assert [(one.steps, one.examples[0].row) for one in report.breaches] == [(1, 4)]


def test_a_fact_that_no_rule_expects_is_refused(store: Store, tmp_path: Path) -> None:
    held(store, tmp_path, [row(1, "freeze")])

    with pytest.raises(InvalidValue, match="`low`, `high`"):
        conformance(store, PolicyBook.of(policy(risk_is_known)), facts={"risk": "odd"})


def test_what_was_decided_here_is_counted_apart(tmp_path: Path) -> None:
    """A record of ours was judged when it was made."""
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    with Casebook.open(url) as book:
        freeze = do.ImposeFreeze(account="a", ground=Ground.INCIDENT, scope=Scope.withdrawals())
        book.execute(freeze, by=Actor.system("engine"))
    with open_store(url) as store:
        report = conformance(store, PolicyBook.of(policy()))

    assert (report.cases, report.steps, report.clean) == (0, 0, True)
    assert report.native > 0


def test_nothing_is_written(store: Store, tmp_path: Path) -> None:
    held(store, tmp_path, [row(1, "freeze"), row(2, "free")])
    before = store.size()

    conformance(store, PolicyBook.of(policy()))

    assert store.size() == before


# --- real histories ------------------------------------------------------------------------------


def of_log(name: str, rows: int, tmp_path: Path, *rules: Policy) -> ConformanceReport:
    """Hold the first rows of a real log against a policy."""
    path, mapping = tmp_path / f"{name}.csv", _mapping(name)
    with _opened(LOGS[name]) as lines:
        path.write_text("".join(islice(lines, rows + 1)), encoding="utf-8")
    with open_store("memory:") as store:
        import_log(store, mapping, path, strict=False, clock=CLOCK)
        return conformance(store, PolicyBook.of(*rules))


def _mapping(name: str) -> Mapping:
    return load_mapping(ROOT / "examples" / "imports" / f"{name}.toml")


def _opened(path: Path) -> Any:
    return gzip.open(path, "rt", encoding="utf-8", newline="")


def _rows(name: str, rows: int) -> list[dict[str, str]]:
    with _opened(LOGS[name]) as lines:
        return list(islice(csv.DictReader(lines), rows))


@real
def test_who_undid_their_own_block(tmp_path: Path) -> None:
    """As many as a count over the rows alone: the last to block or change it is who unblocks."""
    newest: dict[str, str] = {}
    own = 0
    for one in _rows("wikipedia", 5000):
        if one["action"] == "unblock":
            own += newest.pop(one["account"], None) == one["actor"]
        else:
            newest[one["account"]] = one["actor"]

    report = of_log("wikipedia", 5000, tmp_path, policy(another_undoes_it))

    assert {one.rule for one in report.breaches} == {"another-undoes-it"}
    assert report.breaking == own > 100


@real
def test_who_appealed_too_late(tmp_path: Path) -> None:
    """As many as a count over the rows alone: more than 60 local days after the notification."""
    notified: dict[str, datetime] = {}
    late = 0
    for one in _rows("road-traffic", 12000):
        day = datetime.fromisoformat(one["time:timestamp"][:10])
        case = one["case:concept:name"]
        if one["concept:name"] == "Insert Fine Notification":
            notified[case] = day
        elif one["concept:name"] == "Insert Date Appeal to Prefecture" and case in notified:
            late += (day - notified[case]).days > 60

    report = of_log("road-traffic", 12000, tmp_path, fines())

    (breach,) = report.breaches
    assert (breach.rule, breach.actor) == ("appeal-in-time", "customer")
    assert breach.steps == late > 5
