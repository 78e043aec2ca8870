"""Erasing a person: who has to agree, what stands in the way, and what is on record of it."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from freezecase import Actor, Casebook
from freezecase import commands as do
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Row
from freezecase.core.checked import replace
from freezecase.core.custody import ErasureBlocked
from freezecase.core.erasure import ErasureStage
from freezecase.errors import (
    Conflict,
    ErasureRefused,
    InvalidValue,
    NotAllowedNow,
)
from freezecase.policy.retention import FIVE_YEARS, Begins, Retention
from freezecase.seal.keys import KeyStore
from freezecase.testing.contracts import StoryClock
from freezecase.testing.contracts.stage import interrupted
from freezecase.wire.codec import encode
from freezecase.wire.shapes import Source
from tests.app.books import ANA, ENGINE, ROB, freeze
from tests.app.custody.erasures import (
    ACCOUNT,
    ASKED,
    OWNER,
    approved,
    erasing,
    event_of,
    gone,
    over,
    recorded,
    shredder,
)


def refused(book: Casebook, keys: KeyStore, left: datetime | None = None) -> ErasureRefused:
    """Why a request is refused now."""
    with pytest.raises(ErasureRefused) as blocked:
        erasing(book).request(ACCOUNT, by=OWNER, basis=ASKED, left=left)
    return blocked.value


# --- who has to agree ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requester", "approver"),
    [
        (ANA, ANA),
        (ANA, OWNER),
        (ANA, ENGINE),
        (OWNER, Actor.staff(ACCOUNT)),
        (ANA, replace(ROB, on_behalf_of="staff:ana")),
    ],
    ids=["the requester", "the subject", "a machine", "the subject as staff", "a deputy"],
)
def test_a_second_person_approves_and_speaks_for_nobody_else(
    book: Casebook, keys: KeyStore, left: datetime, requester: Actor, approver: Actor
) -> None:
    erase = erasing(book)
    erase.request(ACCOUNT, by=requester, basis=ASKED, left=left)
    with pytest.raises(NotAllowedNow) as refusal:
        erase.approve(ACCOUNT, by=approver)

    assert refusal.value.allowed == {"a second person of the staff"}
    assert recorded(book) == ["erasure-requested"]


def test_nothing_is_approved_that_nobody_asked_for(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    with pytest.raises(NotAllowedNow, match="the erasure is `unasked`"):
        erasing(book).approve(ACCOUNT, by=ROB)
    assert recorded(book) == []


def test_nothing_is_carried_out_that_nobody_approved(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    erase = erasing(book)
    erase.request(ACCOUNT, by=OWNER, basis=ASKED, left=left)
    with pytest.raises(NotAllowedNow, match="allows `approved`, `begun`, `destroyed`"):
        shredder(book, keys).carry_out(ACCOUNT)

    assert not gone(keys)


def test_what_is_approved_is_not_asked_for_again(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """Or an approval could be given to another request than was seen."""
    approved(book, left)
    with pytest.raises(NotAllowedNow, match="the erasure is `approved`"):
        erasing(book).request(ACCOUNT, by=ANA, basis="another", left=left)


# --- what stands in the way ----------------------------------------------------------------------


def test_an_open_case_keeps_everything(book: Casebook, keys: KeyStore) -> None:
    """No clock says when it ends, and so no date is named."""
    book.execute(freeze(), by=ENGINE)
    blocked = refused(book, keys)

    assert blocked.why == ("open-case", "relationship-goes-on")
    assert blocked.until is None
    assert str(blocked) == (
        "the personal data of `acct-4711` must be kept while that stands: `open-case`, "
        "`relationship-goes-on`: the request stands"
    )


def test_until_five_years_have_passed_the_answer_is_a_date(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """From the end of the last case, if that came after the customer left."""
    left = clock.now()
    clock.later(days=20)
    over(book)
    blocked = refused(book, keys, left)

    assert blocked.why == (FIVE_YEARS.rule,)
    assert blocked.until == datetime(2031, 1, 25, 23, tzinfo=UTC)
    assert event_of(book, 2) == ErasureBlocked(why=blocked.why, until=blocked.until)


def test_who_asks_again_in_vain_leaves_nothing_more_on_record(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """A flood of requests is no flood of records; a changed reason is one more."""
    over(book)
    left = clock.now() - timedelta(days=1)
    for _ in range(3):
        refused(book, keys, left)
    assert recorded(book) == ["erasure-requested", "erasure-blocked"]

    book.execute(freeze(), by=ENGINE)
    refused(book, keys, left)
    assert recorded(book) == ["erasure-requested", "erasure-blocked", "erasure-blocked"]


def test_a_request_outlives_its_block_and_is_owed_on_the_day(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """Nobody has to ask again: from that day on the house owes it, and a list says so."""
    over(book)
    until = refused(book, keys, clock.now()).until
    erase = erasing(book)
    assert [*erase.owed(until - timedelta(microseconds=1))] == []
    assert [one.account for one in erase.owed(until)] == [ACCOUNT]

    with pytest.raises(ErasureRefused):
        erase.approve(ACCOUNT, by=ROB)
    clock.instant = until
    assert erase.approve(ACCOUNT, by=ROB).stage is ErasureStage.APPROVED
    assert shredder(book, keys).carry_out(ACCOUNT).stage is ErasureStage.VERIFIED
    assert [*erase.owed(until)] == []


def test_a_legal_hold_comes_between_and_a_second_person_has_to_agree_anew(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    approved(book, left)
    (case,) = book.store.cases_of(ACCOUNT)
    hold = do.PlaceLegalHold(case, hold="court", basis="order-7")
    book.execute(hold, by=Actor.authority("court"))
    with pytest.raises(ErasureRefused) as blocked:
        shredder(book, keys).carry_out(ACCOUNT)

    assert "legal-hold" in blocked.value.why
    assert not gone(keys)
    with pytest.raises(NotAllowedNow, match="the erasure is `blocked`"):
        shredder(book, keys).carry_out(ACCOUNT)


def test_a_new_case_comes_between(book: Casebook, keys: KeyStore, left: datetime) -> None:
    approved(book, left)
    book.execute(freeze(), by=ENGINE)
    with pytest.raises(ErasureRefused) as blocked:
        shredder(book, keys).carry_out(ACCOUNT)

    assert "open-case" in blocked.value.why
    assert not gone(keys)


def test_an_authority_may_demand_more_even_before_anybody_asks(
    book: Casebook, keys: KeyStore, left: datetime, clock: StoryClock
) -> None:
    until = clock.now() + timedelta(days=100)
    court = Actor.authority("fiu")
    erasing(book).extend(ACCOUNT, until=until, basis="order-7", by=court)
    blocked = refused(book, keys, left)
    assert (blocked.why, blocked.until) == (("extended-by-authority",), until)

    clock.instant = until
    approved(book, left)
    assert recorded(book)[:3] == ["retention-extended", "erasure-requested", "erasure-blocked"]


def test_a_house_may_have_duties_of_its_own(book: Casebook, keys: KeyStore, left: datetime) -> None:
    erase = erasing(book, duties=lambda _: ["tax-audit"])
    with pytest.raises(ErasureRefused) as blocked:
        erase.request(ACCOUNT, by=OWNER, basis=ASKED, left=left)

    assert (blocked.value.why, blocked.value.until) == (("tax-audit",), None)


def test_a_retention_of_the_house_governs_instead(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    """Settable, as rule packs are; without any the cases alone decide."""
    over(book)
    none = erasing(book, retention=())
    assert none.request(ACCOUNT, by=OWNER, basis=ASKED).stage is ErasureStage.REQUESTED

    of_records = Retention(rule="house", term=FIVE_YEARS.term, begins=Begins.RECORD)
    with pytest.raises(ErasureRefused) as blocked:
        erasing(book, retention=(of_records,)).approve(ACCOUNT, by=ROB)
    assert blocked.value.why == ("house",)


def test_a_relationship_that_the_exchange_ended_needs_nobody_to_say_so(
    book: Casebook, keys: KeyStore, clock: StoryClock
) -> None:
    case = book.execute(freeze(), by=ENGINE).case.id
    book.execute(do.UpholdFreeze(case, reason="seen"), by=ANA)
    book.execute(do.OffboardAccount(case, reason="terms"), by=Actor.staff("eve", "officer"))
    book.execute(do.CloseCase(case, outcome="confirmed"), by=ANA)
    blocked = refused(book, keys)

    assert blocked.why == (FIVE_YEARS.rule,)
    assert blocked.until == datetime(2031, 1, 5, 23, tzinfo=UTC)

    clock.later(days=1)
    over(book)  # they came back: that relationship goes on
    assert refused(book, keys).why == ("relationship-goes-on",)


def test_what_was_imported_is_as_old_as_it_says_and_not_as_its_record(
    book: Casebook, clock: StoryClock
) -> None:
    """The time of keeping began when it happened, not when somebody took it in."""
    now, long_ago = clock.now(), datetime(2015, 3, 2, 12, tzinfo=UTC)
    clock.instant = long_ago
    with Casebook.open("memory:", clock=clock) as old:
        case = over(old)
        history = old.history(case)
    clock.instant = now
    source = Source(log="old-system", id="7", row=1, digest=f"sha256:{'0' * 64}")
    entries = [attrs.evolve(record.entry, source=source) for record in history]
    rows = [Row(case, version, *encode(entry)) for version, entry in enumerate(entries, 1)]
    book.store.append(rows, now=micros_of(now), opened=[(case, ACCOUNT)])
    taken = erasing(book).request(ACCOUNT, by=OWNER, basis=ASKED, left=long_ago)

    assert taken.stage is ErasureStage.REQUESTED


def test_what_cannot_be_asked_leaves_no_trace(book: Casebook, keys: KeyStore) -> None:
    with pytest.raises(InvalidValue):
        erasing(book).request("ana@mail.example", by=OWNER, basis=ASKED)
    with pytest.raises(InvalidValue):
        erasing(book).request(ACCOUNT, by=OWNER, basis="because I want it")

    assert book.store.size() == 0


# --- two at once ----------------------------------------------------------------------------------


def test_two_who_take_the_same_step_take_it_once(
    book: Casebook, keys: KeyStore, left: datetime
) -> None:
    """One goes first; the other looks again, and finds it done."""
    erase = erasing(book)

    def first() -> None:
        erase.request(ACCOUNT, by=ANA, basis="retention-ended", left=left)

    second = erasing(interrupted(book, first))
    second.request(ACCOUNT, by=OWNER, basis=ASKED, left=left)
    assert erase.erasure(ACCOUNT).requesters == {ANA.person, OWNER.person}

    other = erasing(interrupted(book, lambda: erase.approve(ACCOUNT, by=ROB)))
    with pytest.raises(NotAllowedNow, match="the erasure is `approved`"):
        other.approve(ACCOUNT, by=Actor.staff("eve"))


def test_who_always_comes_too_late_is_told(
    book: Casebook, keys: KeyStore, left: datetime, clock: StoryClock
) -> None:
    def first() -> None:
        until = clock.later(days=1)
        erasing(book).extend(ACCOUNT, until=until, basis="order", by=Actor.authority("fiu"))

    late = erasing(interrupted(book, first, times=99))
    with pytest.raises(Conflict, match="others wrote first 16 times"):
        late.request(ACCOUNT, by=OWNER, basis=ASKED, left=left)
