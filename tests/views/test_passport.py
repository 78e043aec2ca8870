"""Evidence that was accepted is reused while it holds, and never when it does not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from freezecase import Actor, Casebook, Evidence, Ground, PolicyForbids, Scope
from freezecase import commands as do
from freezecase import events as e
from freezecase.core.commands import Command
from freezecase.core.evolve import fold, unopened
from freezecase.core.state import CheckStage
from freezecase.core.values import Verification
from freezecase.testing.contracts import StoryClock
from freezecase.views.passport import (
    PRESENCE,
    UNSAID,
    Passport,
    facts,
    passport,
    read_passport,
    reuse,
)
from tests.app.books import ANA, ENGINE, OWNER, ROB
from tests.core.samples import CASE, NOW
from tests.laws.settings import QUICK
from tests.views.records import records

DAY = timedelta(days=1)
MONTH = 30 * DAY
DIGEST: Final = "sha256:" + "1" * 64
DOCUMENT: Final = Evidence(reference="doc-1", digest=DIGEST, size=10, media_type="image/png")
ADDRESS: Final = Verification(kind="address", instead=("identity",))
ERASE: Final = {"subject": "customer", "basis": "art-17-gdpr"}


class Story:
    """An account with several cases, in a book with a clock set by hand."""

    def __init__(self) -> None:
        self.clock = StoryClock()
        self.book = Casebook.open("memory:", clock=self.clock)

    def open(self) -> UUID:
        """One more case of the account."""
        freeze = do.ImposeFreeze(
            account=OWNER.id, ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        return self.book.execute(freeze, by=ENGINE).case.id

    def does(self, *commands: Command, days: float = 0) -> None:
        """Ana asks for all of it, so many days from now."""
        self.clock.later(days=days)
        for command in commands:
            self.book.execute(command, by=ANA)

    def passes(self, case: UUID, check: str = "identity", days: float | None = 30) -> None:
        """A check is asked for, shown and passed, for so many days."""
        until = None if days is None else self.clock.instant + days * DAY
        self.does(
            do.RequestChecks(case, checks=[check]),
            do.SubmitEvidence(case, check=check, evidence=[DOCUMENT]),
            do.PassCheck(case, check=check, valid_until=until),
        )

    def passport(self) -> Passport:
        """The passport of the account now."""
        return read_passport(self.book.store, OWNER.id)

    def reused(self, case: UUID) -> tuple[do.PassCheck, ...]:
        """What can be settled in a case now without being shown again."""
        return reuse(self.passport(), self.book.case(case), self.clock.instant)

    def held(self, case: UUID, *checks: Verification | str) -> bool:
        """Whether any of it was shown and holds."""
        said = facts(self.passport(), checks, case=case, at=self.clock.instant)
        return said == {"held": "yes"}


@pytest.fixture
def story() -> Story:
    """An account without cases."""
    return Story()


# --- what was accepted ---------------------------------------------------------------------------


def test_it_says_what_was_shown_for_which_case_and_who_passed_it(story: Story) -> None:
    """Each entry has the check, the digests, the case, its day, and who passed it as what."""
    case = story.open()
    story.does(do.AssignCase(case, to=ANA.person))
    story.passes(case)
    [one] = story.passport().accepted

    assert (one.check, one.shown, one.case, one.digests) == (
        "identity",
        "identity",
        case,
        (DIGEST,),
    )
    assert (one.by, one.relation) == (ANA.person, "@owner")
    assert one.valid_until == one.passed_at + MONTH
    assert story.book.history(case)[one.version - 1].kind == "check-passed"


@pytest.mark.parametrize(("by", "relation"), [(ROB, "staff"), (ENGINE, "system")])
def test_whoever_does_not_look_after_the_case_is_known_by_kind(
    story: Story, by: Actor, relation: str
) -> None:
    """A colleague, a machine or a vendor passes a check as what they are."""
    case = story.open()
    story.does(do.RequestChecks(case, checks=["identity"]))
    story.book.execute(do.PassCheck(case, check="identity"), by=by)

    assert [one.relation for one in story.passport().accepted] == [relation]


def test_it_covers_all_cases_of_the_account_and_no_other(story: Story) -> None:
    """Closed cases count, and those of somebody else do not."""
    first, second = story.open(), story.open()
    story.passes(first)
    story.passes(second, "address")
    freeze = do.ImposeFreeze(
        account="acct-9", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
    )
    story.passes(story.book.execute(freeze, by=ENGINE).case.id, "source-of-funds")

    found = story.passport()
    assert [(one.check, one.case) for one in found.accepted] == [
        ("identity", first),
        ("address", second),
    ]
    assert found.account == OWNER.id


def test_an_account_without_cases_has_an_empty_passport(story: Story) -> None:
    """Nothing was shown, so nothing holds, and everything may be asked for."""
    found = story.passport()

    assert (found.account, found.accepted, found.insisted) == (OWNER.id, (), frozenset())
    assert facts(found, ["identity"], case=CASE, at=story.clock.instant) == {"held": "no"}


# --- what still holds ----------------------------------------------------------------------------


def test_it_holds_until_its_day_and_not_on_it(story: Story) -> None:
    """From the instant of its day on it is too old."""
    story.passes(story.open())
    [one] = story.passport().accepted

    instants = (one.passed_at - DAY, one.passed_at, one.passed_at + MONTH - DAY / 10**6)
    assert [one.holds(at) for at in instants] == [False, True, True]
    assert not one.holds(one.passed_at + MONTH)


def test_what_has_no_day_holds_as_long_as_the_house_says(story: Story) -> None:
    """Where nobody said how long, it is a year, or what the host says."""
    story.passes(story.open(), days=None)
    [one] = story.passport().accepted

    assert (one.holds(one.passed_at + UNSAID - DAY), one.holds(one.passed_at + UNSAID)) == (
        True,
        False,
    )
    assert not one.holds(one.passed_at + 2 * DAY, unsaid=DAY)


ENDS: Final[dict[str, Callable[[UUID], Command]]] = {
    "check-expired": lambda case: do.ExpireCheck(case, check="identity"),
    "checks-requested": lambda case: do.RequestChecks(
        case, checks=["identity"], reason="it looks forged"
    ),
    "personal-data-erased": lambda case: do.ErasePersonalData(case, **ERASE),
}
"""Everything that ends what was accepted, before its day."""


@pytest.mark.parametrize("kind", ENDS)
def test_it_ends_before_its_day(story: Story, kind: str) -> None:
    """What expired, was asked for anew or was erased holds no more, and is reused nowhere."""
    first, second = story.open(), story.open()
    story.passes(first)
    story.does(do.RequestChecks(second, checks=["identity"]))
    assert len(story.reused(second)) == 1
    if kind == "personal-data-erased":
        free(story, first)
    story.does(ENDS[kind](first), days=1)

    [one] = story.passport().accepted
    assert one.ended_by == kind
    assert not one.holds(story.clock.instant)
    assert one.holds(story.clock.instant - DAY / 2)
    assert story.reused(second) == ()


def free(story: Story, case: UUID) -> None:
    """The case ends, so that its personal data may be erased."""
    story.does(do.ProposeRelease(case, reason="cleared"))
    story.book.execute(do.ApproveRelease(case), by=ROB)
    story.does(do.ConfirmRelease(case), do.CloseCase(case, outcome="cleared"))


def test_what_failed_after_it_passed_holds_no_more() -> None:
    """In a history from elsewhere a check may fail after it passed; then it does not hold."""
    told: list[e.CaseEvent] = [
        e.CheckPassed(check="identity", by=ANA.person),
        e.CheckFailed(check="identity", by=ANA.person, reason="forged", remedy="a new one"),
    ]
    [one] = passport([records(told)]).accepted

    assert (one.ended_by, one.holds(one.passed_at + DAY)) == ("check-failed", False)


# --- what is asked for -----------------------------------------------------------------------


def test_what_is_held_is_asked_for_again_only_with_a_reason(story: Story) -> None:
    """The passport tells the rule that it is held, and the rule requires a reason."""
    first, second = story.open(), story.open()
    story.passes(first)
    said = facts(story.passport(), ["identity"], case=second, at=story.clock.instant)
    asked = do.RequestChecks(second, checks=["identity"])
    with pytest.raises(PolicyForbids, match="shown-is-not-asked-for-again"):
        story.book.execute(asked, by=ANA, facts=said)

    again = do.RequestChecks(second, checks=["identity"], reason="the name has changed")
    story.book.execute(again, by=ANA, facts=said)
    assert story.book.case(second).checks["identity"].stage is CheckStage.REQUESTED
    assert story.reused(second) == ()


def test_what_may_be_shown_instead_is_held_as_well(story: Story) -> None:
    """A check that an earlier document would settle is held; another one is not."""
    first, second = story.open(), story.open()
    story.passes(first)

    assert story.held(second, ADDRESS)
    assert not story.held(second, "address", "source-of-funds")


def test_what_shows_who_is_there_now_is_asked_for_in_every_case(story: Story) -> None:
    """A face that was there last month says nothing of who logs in today."""
    first, second = story.open(), story.open()
    for check in sorted(PRESENCE):
        story.passes(first, check)
    story.does(do.RequestChecks(second, checks=sorted(PRESENCE)))

    assert not story.held(second, *PRESENCE)
    assert story.held(first, "liveness")
    assert story.reused(second) == ()


# --- what is reused --------------------------------------------------------------------------


def test_open_checks_are_settled_by_what_was_shown_before(story: Story) -> None:
    """Each is passed with the case it comes from, and lasts no longer than it did there."""
    first, second = story.open(), story.open()
    story.passes(first)
    until = story.clock.instant + MONTH
    story.does(do.RequestChecks(second, checks=[ADDRESS, "source-of-funds"]), days=3)

    commands = story.reused(second)
    assert commands == (
        do.PassCheck(second, check="address", valid_until=until, reused_from=first),
    )
    story.does(*commands)
    check = story.book.case(second).checks["address"]
    assert (check.stage, check.valid_until) == (CheckStage.PASSED, until)
    assert story.reused(second) == ()


def test_what_is_reused_again_comes_from_where_it_was_shown(story: Story) -> None:
    """Reusing what was reused would hide where it was shown, and outlive an erasure there."""
    cases = [story.open() for _ in range(3)]
    story.passes(cases[0])
    for case in cases[1:]:
        story.does(do.RequestChecks(case, checks=["identity"]), days=1)
        [command] = story.reused(case)
        assert command.reused_from == cases[0]
        story.does(command)


def test_of_several_the_one_that_holds_longest_is_reused(story: Story) -> None:
    """Two passports that both hold: the customer gets the later day."""
    first, second, third = story.open(), story.open(), story.open()
    story.passes(first, days=30)
    story.passes(second, days=20)
    story.does(do.RequestChecks(third, checks=["identity"]))

    assert [one.reused_from for one in story.reused(third)] == [first]


def test_what_the_customer_has_shown_anew_is_looked_at(story: Story) -> None:
    """What came in for this case is not passed unseen because of another; nor what failed here."""
    first, second, third = story.open(), story.open(), story.open()
    story.passes(first)
    for case in (second, third):
        story.does(
            do.RequestChecks(case, checks=["identity"]),
            do.SubmitEvidence(case, check="identity", evidence=[DOCUMENT]),
        )
    story.does(
        do.FailCheck(third, check="identity", reason="not them", remedy="another"),
        do.RequestChecks(third, checks=["identity"]),
    )

    assert story.book.case(third).checks["identity"].stage is CheckStage.REQUESTED
    assert (story.reused(second), story.reused(third)) == ((), ())


# --- said twice ----------------------------------------------------------------------------------

AT: Final = 30
"""The minute at which it is asked what can be reused; each record is a minute after the other."""
IDENTITY: Final = (Verification(kind="identity"),)
HAPPENS: Final[dict[str, e.CaseEvent]] = {
    "ask": e.ChecksRequested(checks=IDENTITY, by=ANA.person),
    "insist": e.ChecksRequested(checks=IDENTITY, by=ANA.person, reason="it looks forged"),
    "show": e.EvidenceSubmitted(check="identity", shown="identity", evidence=(DOCUMENT,)),
    "pass": e.CheckPassed(check="identity", by=ANA.person),
    "pass till 20": e.CheckPassed(
        check="identity", by=ANA.person, valid_until=NOW + timedelta(minutes=20)
    ),
    "pass till 50": e.CheckPassed(
        check="identity", by=ANA.person, valid_until=NOW + timedelta(minutes=50)
    ),
    "pass again": e.CheckPassed(check="identity", by=ANA.person, reused_from=UUID(int=3)),
    "fail": e.CheckFailed(check="identity", by=ANA.person, reason="blurred", remedy="sharper"),
    "expire": e.CheckExpired(check="identity"),
    "erase": e.PersonalDataErased(by=ANA.person, **ERASE),
}
UNTIL: Final = {
    "pass": NOW + UNSAID,  # and the minute at which it passed
    "pass till 50": NOW + timedelta(minutes=50),
}
words = st.lists(st.sampled_from(sorted(HAPPENS)), max_size=8)


def to_be_reused(here: list[str], there: list[str]) -> datetime | None:
    """Until when what was shown there settles the check here; nothing if it does not."""
    asked = [word for word in here if word != "erase"]
    if not asked or asked[-1] != "ask" or "fail" in here:
        return None
    longest = None
    for minute, word in enumerate(there):
        if word in UNTIL and {*there[minute + 1 :]} <= {"show", *PASSES}:
            until = UNTIL[word] + (word == "pass") * timedelta(minutes=minute)
            longest = max(longest or until, until)
    return longest


PASSES: Final = frozenset(word for word in HAPPENS if word.startswith("pass"))


@QUICK
@example(["ask"], ["pass till 50", "pass till 20", "show"])
@given(words, words)
def test_only_what_holds_is_reused_and_only_where_it_is_asked(
    here: list[str], there: list[str]
) -> None:
    """Whatever happened in two cases, what is reused is what a plain reading of both says."""
    told = records([HAPPENS[word] for word in here])
    elsewhere = [
        attrs.evolve(record, case=UUID(int=2))
        for record in records([HAPPENS[word] for word in there])
    ]
    case = fold((record.event for record in told), unopened(CASE))
    found = reuse(passport([told, elsewhere]), case, NOW + timedelta(minutes=AT))

    until = to_be_reused(here, there)
    assert [(one.valid_until, one.reused_from) for one in found] == (
        [] if until is None else [(until, UUID(int=2))]
    )
