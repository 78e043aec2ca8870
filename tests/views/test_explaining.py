"""Why something happened: one turn of a case as a tree, for staff."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from freezecase import Actor, Casebook, Channel, NoSuchCase, PolicyForbids, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.checked import replace
from freezecase.core.explanation import Explanation
from freezecase.core.obligations import Demand, Rung, Unit, Within
from freezecase.core.values import Ground
from freezecase.policy.book import PolicyBook
from freezecase.policy.calendar import Calendar
from freezecase.policy.clock import Clock, Occasion
from freezecase.policy.policy import UTC_DAYS, Policy
from freezecase.policy.standard import standard
from freezecase.policy.term import Start, Term
from freezecase.testing.contracts import StoryClock
from freezecase.views.explaining import explanation
from freezecase.wire.shapes import Asked, Source
from tests.app.books import ANA, OWNER
from tests.core.samples import CASE, DEMAND, EVENTS, LATER
from tests.views.records import owing, record

FREEZE = do.ImposeFreeze(
    account=OWNER.id, ground=Ground.TERMS_BREACH, scope=Scope.withdrawals(), reason="resold"
)


class Book:
    """A case under a policy, and the clock that its book reads."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", policy=policy, clock=self.clock)
        self.case = self.book.execute(FREEZE, by=ANA).case.id

    def then(self, command: Any, by: Actor = ANA, **more: Any) -> "Book":
        """Somebody asks for something; a refusal is part of the story."""
        try:
            self.book.execute(replace(command, case=self.case), by=by, **more)
        except PolicyForbids:
            return self
        return self

    def explained(self, version: int | None = None) -> Explanation:
        """Why it came to this version."""
        return explanation(self.book.history(self.case), self.book.policies, version)


NO_CASE = UUID(int=0)
TELL = do.SendNotice(NO_CASE, notice="freeze-imposed", channel=Channel.EMAIL)


@pytest.fixture
def played() -> Iterator[Book]:
    """A fresh case under the standard policy."""
    one = Book()
    yield one
    one.book.close()


def branch(tree: Explanation, *path: str) -> Explanation:
    """What stands below these words, each the beginning of a line."""
    for words in path:
        (tree,) = [one for one in tree.because if one.said.startswith(words)]
    return tree


def said(tree: Explanation) -> list[str]:
    """What stands directly below."""
    return [one.said for one in tree.because]


def test_a_turn_is_explained_from_the_command_to_what_is_owed(played: Book) -> None:
    """Who asked what and when; how it was ruled; what happened; what is owed since."""
    told = played.explained()

    assert told.said == "version 1: `impose-freeze` by `staff:ana` at 2026-01-05 09:00"
    assert said(told) == [
        "allowed: a rule allows it, and none stands in the way",
        "what happened",
        "what is owed since",
    ]
    assert said(branch(told, "what happened")) == [
        'ana froze withdrawals and transfers because of terms breach: "resold"'
    ]
    assert [line.partition(" by 2026")[0] for line in said(branch(told, "what is owed"))] == [
        "`customer` may use `appeal-window`",
        "`@owner` owes `update`",
        "`exchange` owes `enforcement`",
        "`exchange` owes `notice` about `freeze-imposed`",
        "`reviewer` owes `review`",
    ]


def test_each_rule_is_explained_in_its_own_words(played: Book) -> None:
    """What the policy at hand knows of a rule stands below what the rule said."""
    played.then(do.ProposeRelease(NO_CASE, reason="cleared")).then(do.ApproveRelease(NO_CASE))

    told = played.explained()

    assert told.because[0].said == "refused: a rule forbids it, whatever others allow"
    assert said(branch(told, "refused", "rule `four-eyes`")) == [
        "Whoever proposed or already signed a release may not approve it."
    ]
    assert said(branch(told, "what happened")) == [
        "ana tried to approve the release; refused by `four-eyes` "
        "(whoever proposed or already signed a release may not approve it)"
    ]
    assert said(branch(told, "what is owed")) == ["nothing new"]


@pytest.mark.parametrize(
    ("owed", "counted", "then"),
    [
        (
            "`customer` may use `appeal-window` by 2026-07-06 00:00",
            "counted: 2026-07-05 in UTC: 6 months after the day of the trigger",
            "if not, the right lapses",
        ),
        (
            "`@owner` owes `update` by 2026-01-13 00:00",
            "counted: 2026-01-12 in UTC: 5 business days after the day of the trigger, "
            "without 2 days of weekend",
            "if not, `lead` owes it",
        ),
        (
            "`exchange` owes `enforcement` by 2026-01-05 09:10",
            "counted: 10 minutes from then",
            "if not, `lead` owes it",
        ),
    ],
)
def test_each_day_is_explained_as_it_was_counted(
    played: Book, owed: str, counted: str, then: str
) -> None:
    """Which rule, how it was counted on the days that the ruling keeps, and what follows."""
    kind = owed.split("`")[3]

    assert branch(played.explained(), "what is owed", owed) == Explanation.of(
        owed, (f"by rule `{kind}-clock`", counted, then)
    )


def test_a_turn_is_found_by_any_of_its_versions(played: Book) -> None:
    """What follows belongs to the turn that it follows from; no version means the newest turn."""
    played.then(TELL)
    last = played.book.case(played.case).version

    assert played.explained(1) == played.explained(6)
    assert played.explained() == played.explained(7) == played.explained(last)
    assert played.explained().said.startswith("version 7: `send-notice`")


def test_what_was_met_is_told_as_done(played: Book) -> None:
    """A deed ends what was owed for it, and begins what comes next."""
    owed = said(branch(played.then(TELL).explained(), "what is owed"))

    assert owed == [
        "`update` is done",
        "`notice` about `freeze-imposed` is done",
        "`@owner` owes `update` by 2026-01-13 00:00",
    ]


def test_a_version_that_is_not_there_is_said_to_be_so(played: Book) -> None:
    """The error says which versions there are."""
    with pytest.raises(NoSuchCase, match=r"version 99.*it has versions 1 to 6"):
        played.explained(99)


def test_a_miss_says_who_owes_it_next(played: Book) -> None:
    """Time asks nobody's leave; after the last rung the accountable role owes again and again."""
    for _ in range(3):
        played.book.run_due(played.clock.later(days=1.5))
    reviews = [
        one.version
        for one in played.book.history(played.case)
        if isinstance(one.event, e.ObligationMissed) and one.event.obligation == "review"
    ]

    trees = [played.explained(version) for version in reviews]

    assert {tree.because[0].said for tree in trees} == {"allowed: time asks nobody's leave"}
    assert [branch(tree, "what is owed").because[0].because[-1].said for tree in trees] == [
        "if not, `accountable` owes it",
        "if not, `accountable` owes it again, and again",
        "if not, `accountable` owes it again, and again",
    ]


def test_after_the_last_rung_another_duty_may_follow(played: Book) -> None:
    """Nobody who waits for evidence waits for ever."""
    played.then(do.RequestChecks(NO_CASE, checks=["device"]))
    for _ in range(2):
        played.book.run_due(played.clock.later(days=8))
    found = [
        one
        for version in range(1, played.book.case(played.case).version + 1)
        for one in branch(played.explained(version), "what is owed").because
        if one.said.startswith("`@owner` owes `evidence`")
    ]

    assert "if not, `reviewer` owes `decide-without-evidence`" in said(found[0])


def test_what_somebody_asked_for_happened_and_is_owed(played: Book) -> None:
    """A duty by command is told as what happened, and its time was named, not counted."""
    opened = do.OpenObligation(NO_CASE, demand=DEMAND, due=LATER, basis="house")

    told = played.then(opened).explained()

    words = "owes `reply` by 2026-01-06 09:00"
    assert said(branch(told, "what happened")) == [
        f"ana noted that reviewer {words}, under `house`"
    ]
    assert branch(told, "what is owed", f"`reviewer` {words}") == Explanation.of(
        f"`reviewer` {words}",
        (
            "by rule `house`",
            "not counted in 2 hours: the time was named, or its rule counts by a term of its own",
            "if not, `reviewer` owes it again, and again",
        ),
    )
    met = played.then(do.MeetObligation(NO_CASE, obligation="reply")).explained()
    assert said(branch(met, "what happened")) == ["ana met `reply`, due 2026-01-06 09:00"]
    assert said(branch(met, "what is owed")) == ["`reply` is done"]


def within(count: int, unit: Unit, calendar: str | None = None) -> tuple[Rung, ...]:
    """A ladder of one rung."""
    return (Rung(debtor="front", within=Within(count=count, unit=unit, calendar=calendar)),)


def calling(*rungs: Rung, **more: Any) -> Clock:
    """A clock that lets the front desk call back."""
    demand = Demand(kind="call-back", ladder=rungs, met_by=("reply-sent",))
    return Clock(id="call-clock", on=[e.FreezeImposed], demand=demand, **more)


def fails(_occasion: Occasion) -> bool:
    """Fail as code does."""
    raise KeyError("balance")


NAMED = "the time was named, or its rule counts by a term of its own"
FAR = Calendar(id="far", zone="Pacific/Auckland")
REASONS: list[tuple[Policy, str, list[str]]] = [
    # under which policy | what is owed | why
    (
        standard().without("review-clock"),
        "`accountable` owes `review`",
        [
            "by the law of coverage: no clock speaks of it",
            "counted: 24 hours from then",
            "if not, `accountable` owes it again, and again",
        ],
    ),
    (
        standard().adding(calling(*within(3, Unit.BUSINESS_DAYS), when=fails)),
        "`exchange` owes `repair` about `call-clock`",
        ["rule `call-clock` broke", "counted: 4 hours from then", "if not, `accountable` owes it"],
    ),
    (
        standard().adding(
            calling(
                *within(3, Unit.BUSINESS_DAYS),
                term=Term(count=40, unit=Unit.DAYS, start=Start.SAME_DAY),
            )
        ),
        "`front` owes `call-back`",
        [
            "by rule `call-clock`",
            f"not counted in 3 business days: {NAMED}",
            "if not, `front` owes it again, and again",
        ],
    ),
    (
        standard().adding(calling(*within(3, Unit.HOURS), at=lambda _: LATER)),
        "`front` owes `call-back`",
        [
            "by rule `call-clock`",
            f"not counted in 3 hours: {NAMED}",
            "if not, `front` owes it again, and again",
        ],
    ),
    (
        standard(calendars=(UTC_DAYS, FAR)).adding(calling(*within(3, Unit.BUSINESS_DAYS, "far"))),
        "`front` owes `call-back`",
        [
            "by rule `call-clock`",
            "counted: 2026-01-08 in Pacific/Auckland: 3 business days after the day of the trigger",
            "if not, `front` owes it again, and again",
        ],
    ),
    (
        standard(calendars=(UTC_DAYS, Calendar(id="near", zone="Europe/London"))).adding(
            calling(*within(3, Unit.BUSINESS_DAYS, "near"))  # in winter the same by either
        ),
        "`front` owes `call-back`",
        [
            "by rule `call-clock`",
            "counted: 2026-01-08 in Europe/London: 3 business days after the day of the trigger",
            "if not, `front` owes it again, and again",
        ],
    ),
    (
        standard(calendars=(FAR, UTC_DAYS)).adding(
            calling(*within(8, Unit.MONTHS, "utc"))  # beyond the days that the other was asked of
        ),
        "`front` owes `call-back`",
        [
            "by rule `call-clock`",
            "counted: 2026-09-05 in UTC: 8 months after the day of the trigger",
            "if not, `front` owes it again, and again",
        ],
    ),
]


@pytest.mark.parametrize(("policy", "owed", "reasons"), REASONS)
def test_the_reason_of_a_duty_is_told(policy: Policy, owed: str, reasons: list[str]) -> None:
    """The law of coverage, a rule that broke, a clock by its count or by a time that it names."""
    played = Book(policy)

    assert reasons == said(branch(played.explained(), "what is owed", owed))
    played.book.close()


def test_days_that_the_ruling_does_not_keep_are_not_made_up() -> None:
    """A count that its own calendars cannot repeat is not told as one."""
    played = Book()
    (first, *others) = played.book.history(played.case)
    ruling = first.ruling
    assert ruling is not None
    short = tuple(replace(one, last=one.first + timedelta(days=3)) for one in ruling.calendars)
    asked = Asked(command=FREEZE, ruling=replace(ruling, calendars=short))
    history = (attrs.evolve(first, entry=attrs.evolve(first.entry, asked=asked)), *others)

    told = explanation(history, played.book.policies)

    assert said(branch(told, "what is owed", "`@owner` owes `update`"))[1] == (
        f"not counted in 5 business days: {NAMED}"
    )
    played.book.close()


def test_without_the_code_of_its_policy_the_rules_are_named_alone(played: Book) -> None:
    """What cannot be said to the letter is not said; the stored ruling is told in any case."""
    history = played.book.history(played.case)
    other = PolicyBook.of(Policy(name="standard", version=1, rules=()))

    told = explanation(history, other).because[0]

    assert told.because[0] == Explanation("rule `within-reach` allows it")
    assert told.because[-1].said == (
        "its code is not at hand as it was then: the rules are named without their sentences"
    )


def test_what_was_taken_in_from_elsewhere_was_ruled_there() -> None:
    """An imported record says where it came from; nothing is invented about why."""
    source = Source(log="old.csv", id="r-1", row=7, digest=f"sha256:{'0' * 64}")
    book = PolicyBook.of(standard())
    imported = record(EVENTS[e.FreezeImposed], source=source)

    assert explanation([imported], book) == Explanation.of(
        "version 1: freeze-imposed",
        ["taken in from old.csv row 7: it was ruled there, not here"],
    )
    assert said(explanation([record(EVENTS[e.FreezeImposed])], book)) == [
        "taken in from elsewhere: it was ruled there, not here"
    ]


def test_where_time_lets_somebody_owe_nothing_else_happened() -> None:
    """Of a case from elsewhere, the clock finds that nobody owes what it waits for."""
    imported = record(EVENTS[e.FreezeImposed])
    passing = record(owing("review", "reviewer"), version=2, command=do.LetTimePass(CASE))

    told = explanation([imported, passing], PolicyBook.of(standard()))

    assert said(branch(told, "what happened")) == ["nothing"]
    assert said(branch(told, "what is owed")) == ["`reviewer` owes `review` by 2026-01-06 09:00"]
