"""
Judging the past again.

A store that nobody touched comes out identical, to the letter. Each change of a policy, and each
damage, is found where it is, and whatever happens the counts add up.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase.app.clock import fresh_bytes
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Scanned
from freezecase.casebook import Casebook
from freezecase.cli.stories import StoryClock
from freezecase.core import commands as do
from freezecase.core import events as e
from freezecase.core.actors import Actor
from freezecase.core.checked import replace
from freezecase.core.resolved import DayOff
from freezecase.core.ruling import Lane, Ruling, Telling
from freezecase.core.values import Ground, Scope
from freezecase.errors import StoreError
from freezecase.policy import calendar, reckon
from freezecase.policy.book import Edition, PolicyBook
from freezecase.policy.effective import Anchor, Effective
from freezecase.policy.gate import ALLOW, SILENT, forbid
from freezecase.policy.standard import standard
from freezecase.replay.judged_again import PARTS, Change
from freezecase.replay.parts import ALL, CaseRange
from freezecase.replay.rejudge import rejudge, rejudge_in_parts
from freezecase.replay.rejudged import RejudgeReport, merged
from freezecase.seal.keys import FileKek
from freezecase.wire.names import BESIDE
from freezecase.wire.shapes import Asked, Entry, Source
from tests.benchmarks.material import Ticking, a_case
from tests.policy.some_rules import plans, routes, says, tells
from tests.replay.damaged import Damaged

STANDARD = PolicyBook.of(standard())
TAKE_OVER = "7e9a95d3-0e4c-5115-9a71-ce4be1601cf0"


def again(path: Path, *books: PolicyBook, **options: Any) -> RejudgeReport:
    """Judge what is there again; whatever comes of it, nothing is left out, nor in parts."""
    with open_store(f"sqlite:///{path}", create=False, verify=False) as opened:
        report = rejudge(opened, *(books or [STANDARD]), **options)
        if report.complete and "progress" not in options:
            assert report == in_parts(path, books or (STANDARD,), **options)
        if report.complete and not options:
            counted = report.decisions + report.following + report.imported + report.beside
            assert sum(1 for _ in opened.scan_cases()) == counted
    assert report.decisions == report.identical + report.differs + report.not_evaluable
    assert report.decisions == sum(sum(one.values()) for one in report.by_policy.values())
    return report


BOOKS: dict[str, PolicyBook] = {}
"""What the workers find: they are threads of this process."""


def in_parts(
    path: Path, books: tuple[PolicyBook, ...], *, keep: int = 1000, **ends: UUID
) -> RejudgeReport:
    """Judge it again as several workers do, in parts as small as can be."""
    names = [f"{len(BOOKS) + number}" for number in range(len(books))]
    BOOKS.update(zip(names, books, strict=True))
    with ThreadPoolExecutor(2) as threads:
        return rejudge_in_parts(
            f"sqlite:///{path}",
            *(partial(_found, name) for name in names),
            executor=threads,
            within=CaseRange(**ends),
            keep=keep,
            part=1,
        )


def _found(name: str) -> PolicyBook:
    return BOOKS[name]


def changed(*rules: Any) -> PolicyBook:
    """The standard policy with other rules, and still under its name and version."""
    known = {one.id for one in rules} & {one.id for one in standard().rules}
    return PolicyBook.of(standard().without(*known).adding(*rules))


# --- what nobody touched -------------------------------------------------------------------------


def test_the_stories_of_the_demonstration_come_out_identical(told: Path) -> None:
    report = again(told)

    assert report.clean
    assert (report.cases, report.decisions, report.identical) == (3, 47, 47)
    assert list(report.by_policy.values()) == [{"identical": 47}]


@pytest.mark.parametrize("sealed", [False, True], ids=["clear", "sealed"])
def test_a_store_of_many_cases_comes_out_identical(tmp_path: Path, sealed: bool) -> None:
    """Also one whose texts nobody here can read: no rule ever saw them."""
    with open_key_store("memory:", FileKek(fresh_bytes(32))) as keys:
        where: dict[str, Any] = {"keys": keys} if sealed else {}
        with Casebook.open(f"sqlite:///{tmp_path}/many.db", clock=Ticking(), **where) as book:
            cases = [a_case(book, f"acct-{number}") for number in range(5)]
            book.freeze_many(
                ["x-1", "x-2"],
                ground=Ground.INCIDENT,
                scope=Scope.withdrawals(),
                by=Actor.system("risk-engine"),
                batch=UUID(int=5),
                reason="a wallet was drained",
            )
            decided = sum(one.ruling is not None for case in cases for one in book.history(case))

    report = again(tmp_path / "many.db")

    assert report.clean
    assert (7, decided + 2) == (report.cases, report.identical)


def test_a_store_without_records_is_clean(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/none.db").close()

    report = again(tmp_path / "none.db")

    assert report.clean
    assert (report.cases, report.decisions, report.left) == (0, 0, ())


# --- a policy that changed -----------------------------------------------------------------------


def test_a_rule_that_changed_under_the_same_version_is_named_by_the_first_that_differs(
    told: Path,
) -> None:
    four_eyes = says(SILENT, "four-eyes", on=[do.ApproveRelease])

    report = again(told, changed(four_eyes))

    (found,) = report.changed
    first = report.first_differing
    assert first is not None
    assert not report.clean
    assert (47, 1, first) == (found.decisions, found.differing, found.first)
    assert found.known not in found.recorded
    assert (first.case, first.version, first.command) == (TAKE_OVER, 23, "approve-release")
    assert first.changes[:2] == (
        Change(
            "answer",
            "refused by `four-eyes` whoever proposed or already signed a release may not "
            "approve it",
            "allowed by `within-reach`",
        ),
        Change(
            "rule `four-eyes`",
            "forbid: whoever proposed or already signed a release may not approve it",
            "nothing",
        ),
    )
    assert Change("what follows", "`attempt-refused`", "nothing") in first.changes


def test_a_change_that_no_decision_shows_is_reported_all_the_same(told: Path) -> None:
    report = again(told, changed(says(SILENT, "mute")))

    assert (report.identical, report.differs) == (47, 0)
    assert not report.clean
    assert [(one.decisions, one.differing, one.first) for one in report.changed] == [(47, 0, None)]


@pytest.mark.parametrize(
    ("rule", "what", "said"),
    [
        (plans(["selfie"], "p"), "checks that are planned", "device, liveness, selfie"),
        (
            routes(Lane(queue="vip", skill="arabic", priority=1), "r"),
            "whose work follows",
            "queue `vip`, skill `arabic`, priority 1",
        ),
        (tells(Telling.NOTHING, "t"), "what the customer may be told", "nothing"),
        (says(forbid("never"), "n"), "rule `n`", "forbid: never"),
        (says(ALLOW, "y"), "rule `y`", "allow"),
    ],
    ids=["plan", "route", "disclosure", "gate", "allowing"],
)
def test_whatever_else_is_said_is_told_in_words(
    told: Path, rule: Any, what: str, said: str
) -> None:
    report = again(told, changed(rule))

    assert report.differs
    assert report.first_differing is not None
    assert said in {one.again for one in report.first_differing.changes if one.what == what}


def test_every_part_of_a_ruling_has_its_words() -> None:
    """Beside the answer, the rules and the policy, which are told apart."""
    fields = {field.name for field in attrs.fields(Ruling)}  # type: ignore[arg-type]

    assert fields - {"allowed", "opinions", "policy"} == set(PARTS)


def test_the_earliest_are_told_and_all_are_counted(told: Path) -> None:
    whole = again(told, changed(tells(Telling.NOTHING, "t")))

    few = again(told, changed(tells(Telling.NOTHING, "t")), keep=2)

    assert whole.differs == few.differs == len(whole.differing)
    assert whole.differing[:2] == few.differing
    assert [one.index for one in whole.differing] == sorted(one.index for one in whole.differing)


# --- which policy judges -------------------------------------------------------------------------


def a_freeze(book: Casebook, account: str) -> UUID:
    """Impose a freeze, and let the exchange enforce it."""
    engine, scope = Actor.system("risk-engine"), Scope.withdrawals()
    freeze = do.ImposeFreeze(account=account, ground=Ground.ACCOUNT_TAKEOVER, scope=scope)
    case = book.execute(freeze, by=engine).case.id
    book.execute(do.ConfirmEnforcement(case), by=engine)
    return case


def a_house(path: Path) -> tuple[PolicyBook, list[UUID]]:
    """Write a case before and one after the day on which a stricter policy came into force."""
    clock = StoryClock()
    strict = standard().adding(says(forbid("not any more"), "no-renewal", on=[do.RenewFreeze]))
    policies = PolicyBook.of(
        standard(),
        Edition(
            strict.named("strict", 2),
            Effective(since=datetime(2026, 7, 1, tzinfo=UTC), anchor=Anchor.RECORD),
        ),
    )
    with Casebook.open(f"sqlite:///{path}", clock=clock, policy=policies) as book:
        cases: list[UUID] = []
        for month in (6, 7):
            clock.at = datetime(2026, month, 3, tzinfo=UTC)
            cases.append(a_freeze(book, f"acct-{month}"))
    return policies, cases


def test_a_decision_is_judged_by_the_policy_of_its_day(tmp_path: Path) -> None:
    policies, _cases = a_house(tmp_path / "house.db")

    report = again(tmp_path / "house.db", policies)

    assert report.clean
    assert [" ".join(name.split()[:2]) for name in report.by_policy] == ["standard v1", "strict v2"]


def test_a_policy_that_is_not_known_is_said_to_be_so(tmp_path: Path) -> None:
    """What the other policy decided is judged all the same, and books may be given one by one."""
    policies, cases = a_house(tmp_path / "house.db")

    report = again(tmp_path / "house.db")

    assert not report.clean
    assert report.identical
    assert {"policy-unknown": report.not_evaluable} == report.why
    assert {str(cases[1])} == {one.case for one in report.unjudged}
    strict = PolicyBook.of(policies.editions[1].policy)
    assert again(tmp_path / "house.db", STANDARD, strict).clean


def test_a_rule_is_in_force_by_the_dates_of_then(tmp_path: Path) -> None:
    """A rule that began later says nothing to a decision of before."""
    late = says(
        forbid("since May"), "late", effective=Effective(since=datetime(2026, 5, 1, tzinfo=UTC))
    )
    policies = PolicyBook.of(standard().adding(late).named("dated"))
    clock = Ticking()
    with Casebook.open(f"sqlite:///{tmp_path}/d.db", clock=clock, policy=policies) as book:
        a_case(book)

    assert again(tmp_path / "d.db", policies).clean


# --- calendars -----------------------------------------------------------------------------------


def test_days_are_counted_on_what_calendars_said_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holiday that was declared since moves no due time of then."""
    with Casebook.open(f"sqlite:///{tmp_path}/c.db", clock=Ticking()) as book:
        counted = [one for one in book.history(a_case(book)) if one.ruling and one.ruling.calendars]
    assert counted
    declared = tuple(
        DayOff(day=date(2026, 1, 1) + timedelta(days=day), name="declared") for day in range(60)
    )
    monkeypatch.setattr(calendar, "_holidays", lambda _calendar, _years: declared)
    monkeypatch.setattr(calendar, "_tz_version", lambda: "2099z")
    _forget()

    report = again(tmp_path / "c.db")

    _forget()
    assert report.clean


def _forget() -> None:
    """Forget what was counted on other days."""
    vars(calendar)["_resolved"].cache_clear()
    vars(reckon)["_counted"].cache_clear()


# --- damage --------------------------------------------------------------------------------------


def index_of(path: Path, version: int) -> int:
    with open_store(f"sqlite:///{path}", create=False) as opened:
        return opened.read(UUID(TAKE_OVER))[version - 1][3]


def test_a_record_that_cannot_be_read_and_what_comes_after_it_are_counted(damaged: Damaged) -> None:
    index = index_of(damaged.path, 15)

    report = again(
        damaged.sql(("UPDATE stored_events SET state = ? WHERE rowid = ?", (b"{", index))).path
    )

    assert report.why == {"history-broken": 6, "unreadable": 1}
    assert (report.decisions, report.identical, report.not_evaluable) == (47, 40, 7)
    assert tuple(getattr(report.unjudged[0], name) for name in ("case", "version", "command")) == (
        TAKE_OVER,
        15,
        "",
    )


@pytest.mark.parametrize(
    ("version", "differs", "why"),
    [
        (1, 0, {"history-broken": 10, "ruling-missing": 5}),
        (14, 1, {"history-broken": 7}),
    ],
    ids=["first", "between"],
)
def test_after_a_gap_what_was_known_is_not_known(
    damaged: Damaged, version: int, differs: int, why: dict[str, int]
) -> None:
    """What followed from a decision that is gone is counted; a turn that lost some differs."""
    index = index_of(damaged.path, version)

    report = again(damaged.sql(f"DELETE FROM stored_events WHERE rowid = {index}").path)

    assert (report.differs, report.why) == (differs, why)


def test_a_decision_whose_ruling_was_taken_away_is_not_lost(damaged: Damaged) -> None:
    index = index_of(damaged.path, 15)

    report = again(damaged.rewritten(index, lambda entry: attrs.evolve(entry, asked=None)).path)

    assert {"ruling-missing"} == set(report.why)
    assert report.unjudged[0].version == 15


def test_an_altered_ruling_differs(damaged: Damaged) -> None:
    def signed_twice(entry: Entry) -> Entry:
        assert entry.asked is not None
        ruling = replace(entry.asked.ruling, signatures=2)
        return attrs.evolve(entry, asked=Asked(command=entry.asked.command, ruling=ruling))

    report = again(damaged.rewritten(index_of(damaged.path, 7), signed_twice).path)

    (found,) = report.differing
    assert (found.case, found.version) == (TAKE_OVER, 7)
    assert (Change("signatures that a release takes", "2", "1"),) == found.changes


def ruled(entry: Entry, **other: Any) -> Entry:
    """Return a record whose ruling says something else."""
    assert entry.asked is not None
    ruling = replace(entry.asked.ruling, **other)
    return attrs.evolve(entry, asked=Asked(command=entry.asked.command, ruling=ruling))


def test_what_was_due_before_and_was_not_done_is_told(damaged: Damaged) -> None:
    """A decision said to be of a year later would have found much overdue."""
    late = datetime(2027, 3, 2, tzinfo=UTC)

    report = again(
        damaged.rewritten(index_of(damaged.path, 7), lambda entry: ruled(entry, at=late)).path
    )

    assert report.first_differing is not None
    assert "what was due and not done" in {one.what for one in report.first_differing.changes}


def test_a_decision_that_the_case_was_in_no_position_for_differs(damaged: Damaged) -> None:
    def asks_otherwise(entry: Entry) -> Entry:
        assert entry.asked is not None
        command = do.ApproveRelease(UUID(TAKE_OVER))
        return attrs.evolve(entry, asked=Asked(command=command, ruling=entry.asked.ruling))

    report = again(damaged.rewritten(index_of(damaged.path, 7), asks_otherwise).path)

    assert report.first_differing is not None
    (change,) = report.first_differing.changes
    assert change.what == "answer"
    assert change.again.startswith("no turn at all: cannot approve-release")


def test_what_cannot_be_asked_again_is_told_with_its_error(damaged: Damaged) -> None:
    def to_come(entry: Entry) -> Entry:
        return attrs.evolve(entry, occurred_at=entry.occurred_at + timedelta(days=1))

    report = again(damaged.rewritten(index_of(damaged.path, 7), to_come).path)

    assert report.why == {"failed": 1}
    assert report.unjudged[0].detail.startswith("InvalidValue: ")


def test_an_altered_due_time_is_told_field_by_field(damaged: Damaged) -> None:
    def later(entry: Entry) -> Entry:
        assert isinstance(entry.event, e.ObligationOpened)
        owed = entry.event.obligation
        moved = replace(owed, due=owed.due + timedelta(days=1))
        return attrs.evolve(entry, event=replace(entry.event, obligation=moved))

    with open_store(f"sqlite:///{damaged.path}", create=False) as opened:
        index = next(row[3] for row in opened.read(UUID(TAKE_OVER)) if "opened" in row[1])
    report = again(damaged.rewritten(index, later).path)

    assert report.first_differing is not None
    (change,) = report.first_differing.changes
    assert change.what.endswith(", due")
    assert change.recorded > change.again


def test_streams_beside_the_cases_are_passed_by(damaged: Damaged) -> None:
    name, case = min(BESIDE), UUID(TAKE_OVER).hex

    report = again(
        damaged.sql(
            ("UPDATE stored_events SET topic = ? WHERE originator_id = ?", (name, case))
        ).path
    )

    assert (report.cases, report.beside, report.identical) == (2, 32, 36)
    assert report.clean


def test_an_id_that_is_none_stops_the_run_and_is_named(damaged: Damaged) -> None:
    report = again(
        damaged.sql("UPDATE stored_events SET originator_id = '0z' WHERE rowid = 3").path
    )

    assert not report.complete
    assert "`'0z'`" in report.stopped


def test_what_came_from_another_log_was_decided_by_nobody_here(damaged: Damaged) -> None:
    source = Source(log="old", id="1", row=1, digest=f"sha256:{'0' * 64}")
    index = index_of(damaged.path, 32)

    report = again(
        damaged.rewritten(
            index, lambda entry: attrs.evolve(entry, asked=None, cause=None, source=source)
        ).path
    )

    assert (report.imported, report.decisions, report.identical) == (1, 46, 46)


def test_a_store_that_cannot_be_read_is_said_to_be_so(damaged: Damaged) -> None:
    report = again(damaged.sql("DROP TABLE stored_events").path)

    assert not report.complete
    assert not report.clean
    assert report.stopped
    assert report.left == (ALL,)


def test_where_it_could_not_read_on_it_says_what_is_left(damaged: Damaged) -> None:
    """A case is judged whole or not at all, so what is left can be judged later."""
    damaged.sql(("UPDATE stored_events SET originator_id = ? WHERE rowid = 128", ("8" * 31 + "x",)))
    whole = again(damaged.path)

    (left,) = whole.left

    assert left.after is not None
    assert left.upto is None
    assert again(damaged.path, upto=left.after).decisions == whole.decisions


def test_a_case_that_could_not_be_read_whole_is_left(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far it was read: judged later, none of its decisions counts twice."""
    with open_store(f"sqlite:///{told}", create=False) as opened:
        rows = [*opened.scan_cases()]
        monkeypatch.setattr(opened, "scan_cases", lambda *_ends: gives_up_after(rows[:100]))

        report = rejudge(opened, STANDARD)

    (left,) = report.left
    assert rows[99][2] == rows[100][2]
    assert left.after is not None
    assert report.stopped == "the disk is gone"
    rest = again(told, after=left.after, upto=left.upto)
    assert (report.cases + rest.cases, report.decisions + rest.decisions) == (3, 47)


def gives_up_after(rows: list[Scanned]) -> Iterator[Scanned]:
    yield from rows
    raise StoreError("the disk is gone")


# --- in parts ------------------------------------------------------------------------------------


def test_what_is_judged_in_parts_adds_up_to_the_whole(told: Path) -> None:
    policies = changed(tells(Telling.NOTHING, "t"))
    whole = again(told, policies)
    cases = sorted(UUID(one) for one in {one.case for one in whole.differing})

    parts = [
        again(told, policies, upto=cases[0]),
        again(told, policies, after=cases[0], upto=cases[1]),
        again(told, policies, after=cases[1]),
    ]

    assert [part.cases for part in parts] == [1, 1, 1]
    assert whole == merged(parts)
    assert whole == merged(reversed(parts))


def test_progress_is_told_to_the_end(told: Path) -> None:
    heard: list[tuple[int, int | None]] = []

    again(told, progress=lambda done, of: heard.append((done, of)))

    assert heard == [(128, 128)]
