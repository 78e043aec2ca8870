"""The erasure of one account: every move, every refusal, and a fold that never fails."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from freezecase.core import custody as c
from freezecase.core.custody import STORED_AS, CustodyEvent, kind_of
from freezecase.core.erasure import (
    MOVES,
    Erasure,
    ErasureStage,
    evolve,
    fold,
    stream_of,
    unasked,
    why_not,
)
from freezecase.core.values import Audience
from freezecase.errors import NotAllowedNow

ACCOUNT = "acct-4711"
LATER = datetime(2036, 1, 1, tzinfo=UTC)
OF_ERASURES = tuple(kind for kind in STORED_AS if kind is not c.SectionsOpened)

ASKED = c.ErasureRequested(account=ACCOUNT, basis="asked", by="customer:acct-4711", left=LATER)
EXTENDED = c.RetentionExtended(account=ACCOUNT, until=LATER, basis="art-77-3", by="authority:fiu")
BLOCKED = c.ErasureBlocked(why=["legal-hold", "retention"], until=LATER)
APPROVED = c.ErasureApproved(by="staff:rob")
BEGUN = c.ErasureBegun(keys=["k1", "k2"], basis="asked")
DESTROYED = c.SubjectKeyDestroyed(keys=["k1", "k2"], basis="asked")
VERIFIED = c.ErasureVerified(upto=9, records=3, sections=4, keys=2)
OPENED = c.SectionsOpened(
    case=stream_of("other"),
    versions=[1],
    audiences=[Audience.CUSTOMER],
    reader="staff:ana",
    purpose="appeal",
)
EVENTS: dict[type[CustodyEvent], CustodyEvent] = {
    type(one): one for one in (ASKED, EXTENDED, BLOCKED, APPROVED, BEGUN, DESTROYED, VERIFIED)
}
BY_THE_BOOK = (ASKED, APPROVED, BEGUN, DESTROYED, VERIFIED)


def after(*events: CustodyEvent) -> Erasure:
    """The erasure after these events."""
    return fold(events, unasked(ACCOUNT))


def refusal(erasure: Erasure, event: CustodyEvent) -> NotAllowedNow:
    """Why that cannot happen now."""
    found = why_not(erasure, event)
    assert found is not None
    return found


def test_an_account_has_one_stream_for_all_its_erasures() -> None:
    """So two people who ask at once meet at one version, and one of them asks again."""
    assert stream_of(ACCOUNT) == stream_of(ACCOUNT) == unasked(ACCOUNT).id
    assert stream_of(ACCOUNT) != stream_of("acct-4712")


def test_every_stage_has_a_row_and_every_kind_a_place() -> None:
    assert set(MOVES) == set(ErasureStage)
    assert {kind for row in MOVES.values() for kind in row} == {*OF_ERASURES}


TABLE = """
at          request    extend     block    approve   begin  destroyed  verify
unasked     requested  unasked    -        -         -      -          -
requested   requested  requested  blocked  approved  -      requested  -
blocked     requested  blocked    blocked  approved  -      blocked    -
approved    -          approved   blocked  -         begun  approved   verified
begun       -          -          -        -         -      destroyed  -
destroyed   -          -          -        -         begun  destroyed  verified
verified    requested  verified   -        -         -      destroyed  -
"""


def test_the_table_of_moves_is_this_one() -> None:
    """Said once more, to be read; a move that is not here is not made."""
    _head, *rows = (line.split() for line in TABLE.strip().splitlines())
    said = {
        stage: {kind: to for kind, to in zip(OF_ERASURES, cells, strict=True) if to != "-"}
        for stage, *cells in rows
    }

    assert {stage.value: {**row} for stage, row in MOVES.items()} == said


def test_every_stage_can_be_reached_and_left() -> None:
    """Nothing is a dead end, not even the last stage: whoever comes back may leave again."""
    reached = {ErasureStage.UNASKED}
    for _ in MOVES:
        reached |= {landing for stage in reached for landing in MOVES[stage].values()}

    assert reached == set(ErasureStage)
    assert all(any(to is not stage for to in row.values()) for stage, row in MOVES.items())


def test_by_the_book_each_move_is_legal_and_the_keys_are_gone_in_the_end() -> None:
    erasure = unasked(ACCOUNT)
    for event in BY_THE_BOOK:
        assert why_not(erasure, event) is None
        erasure = evolve(erasure, event)

    assert erasure.stage is ErasureStage.VERIFIED
    assert erasure.version == len(BY_THE_BOOK)
    assert erasure.going == frozenset()
    assert erasure.gone == {"k1", "k2"}


@pytest.mark.parametrize("stage", ErasureStage)
@pytest.mark.parametrize("kind", OF_ERASURES, ids=kind_of)
def test_what_is_not_in_the_table_is_refused_and_says_what_is(
    stage: ErasureStage, kind: type[CustodyEvent]
) -> None:
    erasure = Erasure(id=stream_of(ACCOUNT), account=ACCOUNT, stage=stage, gone=frozenset({"k1"}))
    legal = kind in MOVES[stage]
    found = why_not(erasure, EVENTS[kind])

    assert legal or (
        found is not None
        and found.position == f"the erasure is `{stage}`"
        and len(found.allowed) == len(MOVES[stage])
    )


def test_a_refusal_says_what_somebody_wanted_and_what_they_may_do() -> None:
    assert str(refusal(after(), APPROVED)) == (
        "cannot approve the erasure while the erasure is `unasked`: "
        "it allows `extend the retention`, `request an erasure`"
    )
    assert str(refusal(after(ASKED), OPENED)).startswith("cannot sections-opened while")


def test_no_key_goes_before_two_people_agreed_and_it_is_on_record() -> None:
    """Neither from a request, nor from a block, nor from an approval alone."""
    for erasure in (after(), after(ASKED), after(ASKED, BLOCKED), after(ASKED, APPROVED)):
        assert why_not(erasure, DESTROYED) is not None


@pytest.mark.parametrize(
    ("requester", "approver", "position"),
    [
        ("staff:ana", "staff:ana", "`staff:ana` asked for it"),
        ("staff:ana", "system:sweep", "`system:sweep` is not of the staff"),
        ("staff:ana", "customer:acct-4711", "`customer:acct-4711` is not of the staff"),
        ("staff:ana", "staff:acct-4711", "`staff:acct-4711` is whose data it is"),
    ],
)
def test_neither_the_requester_nor_the_subject_nor_a_machine_approves(
    requester: str, approver: str, position: str
) -> None:
    asked = c.ErasureRequested(account=ACCOUNT, basis="asked", by=requester)
    refused = refusal(after(asked), c.ErasureApproved(by=approver))

    assert refused.position == position
    assert refused.allowed == {"a second person of the staff"}


def test_a_customer_asks_for_themselves_alone() -> None:
    other = c.ErasureRequested(account=ACCOUNT, basis="asked", by="customer:acct-4712")

    assert refusal(after(), other).position == (
        "`customer:acct-4712` is not the customer of `acct-4711`"
    )
    for asker in ("staff:ana", "system:sweep", "authority:dpa", "vendor:broker"):
        asked = c.ErasureRequested(account=ACCOUNT, basis="asked", by=asker)
        assert why_not(after(), asked) is None


def test_whoever_asked_first_stays_somebody_who_asked() -> None:
    """Else two could ask in turn, and the first of them approve."""
    first = c.ErasureRequested(account=ACCOUNT, basis="asked", by="staff:rob", left=LATER)
    second = c.ErasureRequested(account=ACCOUNT, basis="asked", by="system:sweep")
    erasure = after(first, second)

    assert why_not(erasure, APPROVED) is not None
    assert erasure.left == LATER
    assert why_not(after(first, *BY_THE_BOOK, second), APPROVED) is None


def test_a_block_keeps_the_request_and_says_until_when() -> None:
    erasure = after(ASKED, BLOCKED)

    assert (erasure.stage, erasure.until) == (ErasureStage.BLOCKED, LATER)
    assert erasure.why == ("legal-hold", "retention")
    assert why_not(erasure, APPROVED) is None


def test_a_hold_may_come_between_the_approval_and_the_keys() -> None:
    """Then a second person has to agree anew."""
    erasure = after(ASKED, APPROVED, BLOCKED)

    assert erasure.approver is None
    assert why_not(erasure, BEGUN) is not None


def test_once_begun_nothing_holds_it_up() -> None:
    """Some keys may be gone already: to stop there would be to lie about them."""
    assert why_not(after(ASKED, APPROVED, BEGUN), BLOCKED) is not None


def test_an_extension_is_remembered_before_anybody_asks_and_never_shortened() -> None:
    erasure = after(EXTENDED)
    sooner = c.RetentionExtended(
        account=ACCOUNT, until=LATER - timedelta(days=1), basis="art-77-3", by="authority:fiu"
    )

    assert (erasure.stage, erasure.extended) == (ErasureStage.UNASKED, LATER)
    assert after(EXTENDED, ASKED).extended == LATER
    assert refusal(erasure, sooner).allowed == {"a later instant"}
    assert why_not(erasure, EXTENDED) is None


def test_only_keys_that_were_to_go_can_be_gone() -> None:
    other = c.SubjectKeyDestroyed(keys=["k1", "k9"], basis="asked")

    assert refusal(after(ASKED, APPROVED, BEGUN), other).allowed == {
        "keys that `erasure-begun` named"
    }


def test_it_is_not_verified_while_a_key_is_still_to_go() -> None:
    half = c.SubjectKeyDestroyed(keys=["k1"], basis="asked")
    erasure = after(ASKED, APPROVED, BEGUN, half)

    assert erasure.going == {"k2"}
    assert refusal(erasure, VERIFIED).position == "some keys are still to be destroyed"


def test_where_no_key_was_ever_made_there_is_only_something_to_verify() -> None:
    assert why_not(after(ASKED, APPROVED), VERIFIED) is None
    assert why_not(after(ASKED), VERIFIED) is not None


def test_a_key_that_came_back_is_destroyed_again_and_all_is_verified_again() -> None:
    erasure = after(*BY_THE_BOOK, DESTROYED)

    assert why_not(after(*BY_THE_BOOK), DESTROYED) is None
    assert erasure.stage is ErasureStage.DESTROYED
    assert why_not(erasure, VERIFIED) is None


def test_a_key_that_came_back_goes_again_whatever_was_asked_since() -> None:
    """And the new request stays where it stood."""
    for events in ((ASKED,), (ASKED, BLOCKED), (ASKED, APPROVED)):
        before = after(*BY_THE_BOOK, *events)

        assert why_not(before, DESTROYED) is None
        assert evolve(before, DESTROYED).stage is before.stage


def test_whoever_comes_back_can_be_erased_again() -> None:
    """With the person's new keys; the old ones stay gone."""
    again = (ASKED, APPROVED, c.ErasureBegun(keys=["k3"], basis="asked"))
    erasure = after(*BY_THE_BOOK, *again, c.SubjectKeyDestroyed(keys=["k3"], basis="asked"))

    assert erasure.gone == {"k1", "k2", "k3"}


def test_an_opening_in_the_stream_changes_nothing_but_the_version() -> None:
    assert fold([OPENED], after(ASKED)) == fold([ASKED], after(OPENED))


@given(some.lists(some.sampled_from([*EVENTS.values(), OPENED]), max_size=12))
def test_the_fold_is_total_and_counts_every_event(events: list[CustodyEvent]) -> None:
    """Whatever order is on record, it happened; and where it is legal the table says where."""
    erasure = unasked(ACCOUNT)
    for event in events:
        before = erasure
        erasure = evolve(before, event)
        if type(event) in MOVES[before.stage]:
            assert erasure.stage is MOVES[before.stage][type(event)]

    assert erasure.version == len(events)
    assert fold(events, unasked(ACCOUNT)) == erasure


@given(some.lists(some.sampled_from([*EVENTS.values()]), max_size=20))
def test_on_every_legal_way_a_key_goes_only_after_a_second_person_agreed(
    events: list[CustodyEvent],
) -> None:
    """The table and its needs hold together, whatever is tried in whatever order."""
    erasure, agreed = unasked(ACCOUNT), False
    for event in events:
        if why_not(erasure, event) is not None:
            continue
        agreed |= isinstance(event, c.ErasureApproved)
        assert agreed or not isinstance(event, c.ErasureBegun | c.SubjectKeyDestroyed)
        erasure = evolve(erasure, event)

    assert not erasure.gone or agreed


def test_a_muddled_record_lands_where_its_last_event_leads() -> None:
    """A table that was broken long ago keeps nobody from reading what happened."""
    assert after(VERIFIED).stage is ErasureStage.VERIFIED
    assert after(DESTROYED).gone == {"k1", "k2"}
    assert after(ASKED, APPROVED, BEGUN, BLOCKED).stage is ErasureStage.BLOCKED
    assert after(ASKED, APPROVED, BEGUN, EXTENDED).stage is ErasureStage.BEGUN
