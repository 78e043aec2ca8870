"""Checkpoints of every kind of store: when they are made, and what happens when one is refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from freezecase import Actor, Casebook
from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.app.anchoring.checkpoint_draft import signed_by
from freezecase.app.anchoring.checkpoint_ports import Reply
from freezecase.app.anchoring.checkpoint_schedule import Occasion, Schedule, Standing
from freezecase.app.anchoring.checkpointing import Checkpointer
from freezecase.app.anchoring.key_rotation import rotations
from freezecase.app.anchoring.proving import Prover
from freezecase.app.clock import micros_of
from freezecase.app.stores.store import Row
from freezecase.core.manifest import LogKeyRotated
from freezecase.errors import CannotVerify, InvalidValue, StoreError, WitnessRefused
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import Signer, open_note
from freezecase.seal.trust import Trust, judge
from freezecase.seal.witness import Request
from freezecase.testing.contracts import StoryClock
from tests.app.anchoring.witnesses import (
    ListAnchor,
    Moody,
    answering,
    checkpointer,
    down,
    log_key,
    size_of,
    witness,
)
from tests.app.books import ENGINE, freeze, opened

BY = Actor.system("key-ceremony")


@pytest.fixture
def moody(book: Casebook, tmp_path: Path) -> Callable[..., Moody]:
    """A witness of the book's log; of several, by their numbers."""

    def made(number: int = 1, *more: Signer) -> Moody:
        keys = [signer.key for signer in (log_key(book), *more)]
        return Moody(witness(tmp_path, number, *keys))

    return made


Maker = Callable[..., Moody]


def rows(book: Casebook, count: int, name: str = "freeze-imposed.v1") -> None:
    """Append so many records, of streams of their own, that nobody reads."""
    clock = book.clock
    appended = [Row(clock.new_id(), 1, name, b"{}") for _ in range(count)]
    book.store.append(appended, now=micros_of(clock.now()))


# --- what a checkpoint says ----------------------------------------------------------------------


def test_a_checkpoint_covers_all_and_everybody_has_it(
    book: Casebook, moody: Maker, tmp_path: Path
) -> None:
    """The witnesses sign it, the anchors keep it, and the store has a copy."""
    opened(book)
    folder, listed = FolderAnchor(tmp_path), ListAnchor()
    asks = checkpointer(book, moody(1), moody(2), anchors=[folder, listed])

    made = asks.make()

    store, frontier = book.store, book.store.frontier()
    assert Checkpoint(store.origin, frontier.size, frontier.root) == made.vouched.checkpoint
    assert [made.size, made.occasion] == [store.size(), Occasion.ASKED]
    assert {"w1.example", "w2.example"} == {*made.vouched.cosigned}
    assert [made.vouched.quorum, made.kept, {}] == [
        True,
        (folder.name, "the list"),
        {**made.failed},
    ]
    assert [made.note] == listed.notes == [*folder.fetch_all()]
    assert [(made.size, made.note)] == [*store.checkpoints()]
    assert asks.last == made


def test_a_checkpoint_says_that_the_ledger_only_grew(book: Casebook, moody: Maker) -> None:
    """A witness that is asked a second time is given a proof from where it was."""
    asked = moody()
    asks = checkpointer(book, asked)
    sizes = list[int]()
    for _ in range(4):
        rows(book, 3)
        sizes.append(asks.make().size)

    assert sizes == [3, 6, 9, 12]
    assert [request.old for request in asked.asked] == [0, 3, 6, 9]


def test_a_ledger_of_hundreds_is_proved_from_the_nodes_that_are_kept(
    book: Casebook, moody: Maker
) -> None:
    """The store keeps one node in 256; proofs go across them."""
    asked = moody()
    asks = checkpointer(book, asked)
    for count in (200, 300, 12, 1):
        rows(book, count)
        assert asks.make().vouched.quorum

    assert [request.old for request in asked.asked] == [0, 200, 500, 512]


def test_an_empty_ledger_has_a_checkpoint(book: Casebook, moody: Maker) -> None:
    """Nothing is due for it; but whoever wants to say that it was empty may."""
    asked = moody()
    asks = checkpointer(book, asked)

    assert [asks.due(), asks.make().size, asks.due()] == [None, 0, None]
    rows(book, 1)
    assert asks.make().vouched.quorum
    assert [request.old for request in asked.asked] == [0, 0]


def test_nothing_new_asks_nobody(book: Casebook, moody: Maker) -> None:
    """The same checkpoint is not signed, cosigned or kept again."""
    rows(book, 2)
    asked, anchor = moody(), ListAnchor()
    asks = checkpointer(book, asked, anchors=[anchor])

    first, again = asks.make(), asks.make(Occasion.EXPORT)

    assert first.note == again.note
    assert [len(asked.asked), len(anchor.notes), len([*book.store.checkpoints()])] == [1, 1, 1]
    assert again.occasion == Occasion.EXPORT


# --- when one is due -----------------------------------------------------------------------------


def test_it_is_due_a_minute_after_the_oldest_new_record(
    book: Casebook, clock: StoryClock, moody: Maker
) -> None:
    """However many came since; and then not until something is new."""
    asks = checkpointer(book, moody())
    rows(book, 1)
    clock.later(seconds=40)
    rows(book, 1)

    before = asks.due()
    clock.later(seconds=20)

    assert [before, asks.due()] == [None, Occasion.TIME]
    made = asks.tick()
    assert made is not None
    assert [made.size, made.occasion] == [2, Occasion.TIME]
    clock.later(days=1)
    assert [asks.due(), asks.tick()] == [None, None]


@pytest.mark.parametrize(
    ("schedule", "count", "expected"),
    [
        (Schedule(), 999, None),
        (Schedule(), 1000, Occasion.RECORDS),
        (Schedule(records=3), 2, None),
        (Schedule(records=3), 3, Occasion.RECORDS),
    ],
    ids=["999 of 1000", "1000 of 1000", "2 of 3", "3 of 3"],
)
def test_it_is_due_when_enough_is_new(
    book: Casebook, schedule: Schedule, count: int, expected: Occasion | None
) -> None:
    """A thousand, unless somebody says otherwise."""
    asks = checkpointer(book, schedule=schedule)
    rows(book, 2)
    asks.make()
    rows(book, count)

    assert expected == asks.due()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("case-closed.v1", Occasion.CASE_CLOSED),
        ("stream-heads.v1", Occasion.DAY_END),
        ("case-reopened.v1", None),
    ],
)
def test_it_is_due_at_once_after_what_matters(
    book: Casebook, name: str, expected: Occasion | None
) -> None:
    """A case was closed, or the day was; also if others came before and after."""
    asks = checkpointer(book)
    rows(book, 1)
    assert asks.due() is None
    rows(book, 1, name)
    rows(book, 1)

    assert [expected, expected] == [asks.due(), asks.due()]
    if expected is not None:
        assert asks.tick() is not None
    rows(book, 1)
    assert asks.due() is None


def test_what_matters_is_a_table_that_can_be_set(book: Casebook) -> None:
    """By stored names; and it is asked before the others."""
    upon = {"freeze-imposed.v1": Occasion.EXPORT}
    asks = checkpointer(book, schedule=Schedule(records=2, upon=upon))
    rows(book, 1)
    assert asks.due() == Occasion.EXPORT

    rows(book, 1)
    assert asks.due() == Occasion.EXPORT
    plain = checkpointer(book, schedule=Schedule(records=2, upon={}))
    assert plain.due() == Occasion.RECORDS


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("after", timedelta(), "more than no time"),
        ("alarm_after", timedelta(seconds=-1), "more than no time"),
        ("records", 0, "1 or more"),
        ("alarm_records", -1, "1 or more"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_refused(field: str, value: Any, allowed: str) -> None:
    """The error says of which field."""
    with pytest.raises(InvalidValue, match=rf"Schedule\.{field} cannot be .*{allowed}"):
        Schedule(**{field: value})


# --- when somebody is down -----------------------------------------------------------------------


def test_a_witness_that_is_down_stops_nothing(
    book: Casebook, clock: StoryClock, moody: Maker
) -> None:
    """Records are appended; what is unanchored grows; from a limit on somebody is called."""
    well, ill = moody(1), moody(2)
    asks = checkpointer(book, well, ill)
    rows(book, 5)
    assert asks.make().vouched.quorum
    ill.mood = down
    clock.later(minutes=1)
    rows(book, 2)
    since = clock.now()
    clock.later(minutes=14)

    made = asks.make()

    assert [
        made.size,
        made.vouched.quorum,
        (*made.vouched.cosigned,),
    ] == [7, False, ("w1.example",)]
    assert {**made.failed} == {"w2.example": "TimeoutError: timed out"}
    assert Standing(size=7, anchored=5, since=since, alarm="") == asks.standing()
    clock.later(minutes=1)
    rows(book, 1)
    standing = asks.standing()
    assert standing.unanchored == 3
    assert "3 records are unanchored for 0:15:00: w2.example: TimeoutError: timed" in standing.alarm


def test_each_witness_is_asked_from_where_it_is(book: Casebook, moody: Maker) -> None:
    """Not from where the quorum is: one that is well need not say how far it saw."""
    well, ill = moody(1), moody(2)
    asks = checkpointer(book, well, ill)
    for count in (5, 2, 2):
        rows(book, count)
        asks.make()
        ill.mood = down

    assert [request.old for request in well.asked] == [0, 5, 7]
    assert [request.old for request in ill.asked] == [0, 5, 5]


def test_what_did_not_work_is_tried_again_and_the_rest_is_not(
    book: Casebook, clock: StoryClock, moody: Maker
) -> None:
    """A minute later, though nothing is new; those who signed are not asked twice."""
    well, ill, anchor = moody(1), moody(2), ListAnchor()
    ill.mood = answering(503)
    asks = checkpointer(book, well, ill, anchors=[anchor])
    rows(book, 5)
    assert "it answers 503: 'no'" in asks.make().failed["w2.example"]
    ill.mood = None
    clock.later(seconds=59)
    before = asks.tick()
    clock.later(seconds=1)

    made = asks.tick()

    assert before is None
    assert made is not None
    assert [made.vouched.quorum, {**made.failed}] == [True, {}]
    assert [len(well.asked), len(ill.asked), len(anchor.notes)] == [1, 2, 2]
    assert [size for size, _ in book.store.checkpoints()] == [5, 5]
    assert asks.standing().anchored == 5
    assert anchor.notes[-1] == made.note


def test_an_anchor_that_is_down_is_handed_the_note_again(
    book: Casebook, clock: StoryClock, moody: Maker
) -> None:
    """The witnesses vouch for it meanwhile."""
    asked, anchor = moody(), ListAnchor(up=False)
    asks = checkpointer(book, asked, anchors=[anchor])
    rows(book, 5)

    made = asks.make()
    anchor.up = True
    clock.later(minutes=1)
    again = asks.tick()

    assert [made.kept, made.failed["the list"]] == [(), "OSError: the share is gone"]
    assert again is not None
    assert [again.kept, {**again.failed}] == [("the list",), {}]
    assert [len(asked.asked), len(anchor.notes)] == [1, 1]
    assert asks.due() is None


def test_what_only_the_store_has_is_not_anchored(book: Casebook, clock: StoryClock) -> None:
    """A log that signs for itself, in its own database, has shown nothing to anybody."""
    asks = checkpointer(book)
    rows(book, 2)

    made = asks.make()

    clock.later(hours=1)
    why = "2 records are unanchored for 1:00:00: nobody outside the database has a checkpoint"
    assert made.vouched.quorum
    assert asks.standing().unanchored == 2
    assert asks.standing().alarm.startswith(why)
    assert asks.due() is None


def test_a_copy_elsewhere_is_enough_where_no_witness_is_asked_for(book: Casebook) -> None:
    """An anchor keeps it: that is what there is."""
    asks = checkpointer(book, anchors=[ListAnchor()])
    rows(book, 2)
    asks.make()

    assert Standing(size=2, anchored=2, since=None, alarm="") == asks.standing()


def test_so_many_unanchored_records_are_an_alarm_at_once(book: Casebook) -> None:
    """Whatever the time."""
    asks = checkpointer(book, schedule=Schedule(alarm_records=3))
    rows(book, 2)
    assert asks.standing().alarm == ""
    rows(book, 1)

    assert asks.standing().alarm == "3 records are unanchored for 0:00:00: no checkpoint was made"


ANSWERS = {
    "no cosignature": (answering(200, "hello\n"), "it answers no cosignature: "),
    "nothing": (answering(200, ""), "it answers no cosignature: "),
    "somebody else's": (
        lambda request: Reply(200, request.note.split("\n\n")[1]),
        "it answers no cosignature by its key `w1.example+",
    ),
    "no size": (answering(409, "many\n"), "it answers 409 without a size: 'many'"),
    "a size that is none": (answering(409, "9" * 20), "it answers 409 without a size: "),
    "always the same": (answering(409, "0\n"), "it answers 409 again and again"),
    "unknown": (answering(404, "who?\n"), "it answers 404: 'who?'"),
    "letters to a terminal": (answering(500, "\x1b[31m"), r"it answers 500: '\x1b[31m'"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_witness_that_does_not_do_what_a_witness_does_is_down(
    book: Casebook, moody: Maker, name: str
) -> None:
    """What it answers is said, and nothing of it is taken."""
    asked = moody()
    asked.mood, words = ANSWERS[name]
    asks = checkpointer(book, asked)
    rows(book, 3)

    made = asks.make()

    assert words in made.failed["w1.example"]
    assert [made.vouched.quorum, {**made.vouched.cosigned}] == [False, {}]


def test_a_cosignature_over_another_text_is_not_taken(book: Casebook, moody: Maker) -> None:
    """By the very key, but not of this."""
    asked = moody()
    other = Checkpoint(book.store.origin, 3, bytes(32)).text
    line = asked.well.signer.line(other, at=book.clock.now())
    asked.mood = answering(200, line)
    rows(book, 3)

    made = checkpointer(book, asked).make()

    assert "over this very text" in made.failed["w1.example"]


# --- the fork alarm ------------------------------------------------------------------------------


def grown(book: Casebook, asks: Checkpointer) -> None:
    """A ledger of some records, with a checkpoint."""
    rows(book, 7)
    assert asks.make().vouched.quorum


@pytest.mark.parametrize(
    ("asked_before", "status", "words"),
    [(9, 409, "there are only 7 now"), (5, 422, "they are not those we have now")],
    ids=["more records", "other records"],
)
def test_a_witness_that_saw_another_history_stops_everything(
    book: Casebook,
    moody: Maker,
    tmp_path: Path,
    asked_before: int,
    status: int,
    words: str,
) -> None:
    """Nothing is signed after it; records are appended all the same."""
    asked, anchor = moody(), ListAnchor()
    with Casebook.open("memory:", clock=StoryClock(), origin=book.store.origin) as other:
        rows(other, asked_before, "case-closed.v1")
        assert checkpointer(other, asked).make().vouched.quorum
    rows(book, 7)
    asks = checkpointer(book, asked, anchors=[anchor])

    with pytest.raises(
        WitnessRefused, match=f"witness `w1.example` saw {asked_before} .*{words}"
    ) as found:
        asks.make()

    assert found.value.status == status
    asked.mood = down
    rows(book, 1)
    for again in (asks.make, asks.tick, asks.due):
        with pytest.raises(WitnessRefused, match="no checkpoint is signed any more"):
            again()
    assert [anchor.notes, [*book.store.checkpoints()]] == [[], []]
    assert "verify the store" in asks.standing().alarm


def test_a_store_put_back_from_a_backup_is_found_out_by_its_anchor(
    book: Casebook, tmp_path: Path
) -> None:
    """Before anything is signed: the folder knows more than the store."""
    folder = FolderAnchor(tmp_path)
    grown(book, checkpointer(book, anchors=[folder]))
    with Casebook.open("memory:", clock=StoryClock(), origin=book.store.origin) as restored:
        rows(restored, 3)
        asks = checkpointer(restored, anchors=[folder])

        with pytest.raises(
            WitnessRefused, match=r"folder .* saw 7 records, .* only 3 now"
        ) as found:
            asks.tick()

    assert found.value.status == 409


def test_a_history_that_was_made_anew_is_found_out_by_its_anchor(
    book: Casebook, tmp_path: Path
) -> None:
    """As long as the one before, with every hash made again."""
    folder = FolderAnchor(tmp_path)
    grown(book, checkpointer(book, anchors=[folder]))
    with Casebook.open("memory:", clock=StoryClock(), origin=book.store.origin) as forged:
        opened(forged)
        rows(forged, 9)

        with pytest.raises(WitnessRefused, match="saw 7 records, and they are not those") as found:
            checkpointer(forged, anchors=[folder]).make()

    assert found.value.status == 422


def test_the_stores_own_copy_is_held_against_it_as_well(book: Casebook) -> None:
    """Nobody should trust it; but if it says that the store was changed, it was."""
    text = Checkpoint(book.store.origin, 2, bytes(32)).text
    rows(book, 5)
    book.store.keep_checkpoint(2, log_key(book).signed(text))

    with pytest.raises(WitnessRefused, match="own copy of a checkpoint saw 2 records"):
        checkpointer(book).due()


def test_what_nobody_signed_is_passed_over(book: Casebook) -> None:
    """A stranger can put a note into a folder, and stops nobody by it."""
    thief = Signer.of_seed(book.store.origin, bytes([9] * 32))
    forged = thief.signed(Checkpoint(book.store.origin, 99, bytes(32)).text)
    rows(book, 5)
    book.store.keep_checkpoint(99, forged)
    asks = checkpointer(book, anchors=[ListAnchor(notes=[forged])])

    assert asks.make().kept == ("the list",)


def test_an_anchor_that_was_down_at_first_is_held_against_the_store_later(
    book: Casebook,
) -> None:
    """As soon as it can be read."""
    anchor = ListAnchor(up=False)
    anchor.notes.append(log_key(book).signed(Checkpoint(book.store.origin, 99, bytes(32)).text))
    asks = checkpointer(book, anchors=[anchor])
    rows(book, 2)
    assert asks.make().failed == {"the list": "OSError: the share is gone"}
    anchor.up = True

    with pytest.raises(WitnessRefused, match="the list saw 99 records"):
        asks.due()


@attrs.define
class Shrinking:
    """A prover and a store of which somebody takes records away while we look."""

    store: Any
    frontiers: list[Any]

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's."""
        return getattr(self.store, name)

    def frontier(self) -> Any:
        """The next of those that are given."""
        return self.frontiers.pop(0)


@pytest.mark.parametrize("size", [3, 5], ids=["fewer records", "other records"])
def test_a_store_that_is_changed_under_a_running_program_is_found_out(
    book: Casebook, size: int
) -> None:
    """It remembers what it signed."""
    rows(book, 5)
    now = book.store.frontier()
    with Casebook.open("memory:") as other:
        rows(other, size)
        store: Any = Shrinking(book.store, [now, other.store.frontier()])
        asks = Checkpointer(
            store=store, prover=Prover(book.store), signer=log_key(book), clock=book.clock
        )
        asks.make()

        with pytest.raises(WitnessRefused, match="this program saw 5 records"):
            asks.make()


def test_a_ledger_that_has_lost_a_part_is_no_fault_of_the_witness(
    book: Casebook, moody: Maker
) -> None:
    """It is said, and not written down as somebody's being down."""

    @attrs.define
    class Lost:
        def root(self, size: int | None = None) -> bytes:
            raise CannotVerify("lost")

        def consistency(self, before: int, size: int | None = None) -> tuple[bytes, ...]:
            raise CannotVerify("lost")

    asks = checkpointer(book, moody())
    rows(book, 3)
    asks.make()
    rows(book, 3)
    asks.prover = Lost()

    with pytest.raises(CannotVerify, match="lost"):
        asks.make()


@pytest.mark.parametrize("header", [None, b"{}"], ids=["none", "another"])
def test_a_header_that_somebody_took_away_is_no_reason_to_be_silent(
    book: Casebook, header: bytes | None
) -> None:
    """Else whoever can remove a row could stop the checkpoints, and the alarm."""

    @attrs.define
    class Without:
        store: Any

        def __getattr__(self, name: str) -> Any:
            """Everything else is the store's."""
            return getattr(self.store, name)

        def header(self, index: int) -> bytes | None:
            """It is gone."""
            return header

    asks = checkpointer(book)
    rows(book, 3)
    store: Any = Without(book.store)
    asks.store = store

    with pytest.raises(CannotVerify, match="has lost the header of record 1"):
        asks.tick()
    assert "has lost the header of record 1: verify the store" in asks.standing().alarm


# --- several at once -----------------------------------------------------------------------------


def test_another_program_that_is_faster_is_no_alarm(book: Casebook, moody: Maker) -> None:
    """The witness saw more than we are about to sign, and so does the store by then."""
    asked = moody()
    ours, theirs = checkpointer(book, asked), checkpointer(book, asked)
    rows(book, 5)
    well, times = asked.well, list[int]()

    def late(request: Request) -> Reply:
        asked.mood = None
        rows(book, 2)
        times.append(theirs.make().size)
        return well.add_checkpoint(request)

    asked.mood = late
    made = ours.make()

    assert [times, made.size, made.vouched.quorum] == [[7], 7, True]


def test_another_program_that_is_always_faster_is_no_alarm_either(
    book: Casebook, moody: Maker
) -> None:
    """It is told as what it is; our note is not cosigned, and theirs is."""
    asked = moody()
    ours = checkpointer(book, asked)

    def always(request: Request) -> Reply:
        rows(book, 1)
        return Reply(409, f"{book.store.size()}\n")

    asked.mood = always
    rows(book, 1)

    made = ours.make()

    assert made.failed == {"w1.example": "somebody else's checkpoints came first, again and again"}
    assert len(asked.asked) == 4


def test_a_program_that_begins_again_goes_on_where_it_was(book: Casebook, moody: Maker) -> None:
    """What is anchored is read from the copies; the witness is asked from there."""
    first = moody()
    grown(book, checkpointer(book, first))
    rows(book, 2)
    second = Moody(first.well)

    asks = checkpointer(book, second)

    assert [asks.standing().anchored, asks.standing().unanchored] == [7, 2]
    assert asks.make().vouched.quorum
    assert [request.old for request in second.asked] == [7]


@attrs.define
class Asked(ListAnchor):
    """An anchor that remembers from where it was read."""

    reads: list[int] = attrs.field(factory=list)

    def fetch_all(self, after: int = 0) -> Any:
        """Remember it."""
        self.reads.append(after)
        return super().fetch_all(after)


@pytest.mark.parametrize("witnessed", [True, False], ids=["with a witness", "without"])
def test_a_program_that_begins_again_reads_no_more_than_it_has_to(
    book: Casebook, moody: Maker, *, witnessed: bool
) -> None:
    """From what the store knows to be anchored on; years of checkpoints are not read again."""
    witnesses = [moody()] if witnessed else []
    anchor = ListAnchor()
    first = checkpointer(book, *witnesses, anchors=[anchor])
    for _ in range(3):
        rows(book, 2)
        first.make()
    book.store.keep_checkpoint(99, "no note")
    asked = Asked(notes=anchor.notes)

    again = checkpointer(book, *witnesses, anchors=[asked])

    assert again.standing().anchored == 6
    assert asked.reads == [6 if witnessed else 5]


def test_a_copy_without_its_witnesses_is_not_anchored(book: Casebook, moody: Maker) -> None:
    """The one before it is."""
    asked = moody()
    grown(book, checkpointer(book, asked))
    asked.mood = down
    rows(book, 2)
    checkpointer(book, asked).make()

    assert [
        next(book.store.checkpoints())[0],
        checkpointer(book, asked).standing().anchored,
    ] == [9, 7]


# --- keys ----------------------------------------------------------------------------------------


def test_another_key_takes_over_under_both_signatures(book: Casebook, moody: Maker) -> None:
    """On record first; from then on it signs alone, and the history goes on."""
    old, new = log_key(book), log_key(book, 1)
    asked = moody(1, new)
    asks = checkpointer(book, asked)
    grown(book, asks)
    both = Trust.of([old.key, new.key], [asked.key], 1)

    made = asks.rotate(new, trust=both, by=BY)

    assert [(old.key, new.key), True] == [made.vouched.signed_by, made.vouched.quorum]
    assert [made.size, made.occasion] == [8, Occasion.KEY_ROTATED]
    assert (LogKeyRotated(old=str(old.key), new=str(new.key)),) == rotations(book.store)
    assert [judge(made.note, Trust.of([key], [], 0)).signed_by for key in (old.key, new.key)] == [
        (old.key,),
        (new.key,),
    ]
    assert asks.make().note == made.note
    rows(book, 1)
    after = asks.make()
    assert [(new.key,), True] == [after.vouched.signed_by, after.vouched.quorum]


def test_a_change_of_keys_that_was_cut_off_is_done_again(book: Casebook, moody: Maker) -> None:
    """It stands on record once."""
    old, new = log_key(book), log_key(book, 1)
    asked = moody(1, new)
    both = Trust.of([old.key, new.key], [asked.key], 1)
    asked.mood = answering(422)
    with pytest.raises(WitnessRefused):
        checkpointer(book, asked).rotate(new, trust=both, by=BY)
    asked.mood = None
    asks = checkpointer(book, asked)

    made = asks.rotate(new, trust=both, by=BY)

    assert [made.size, len(rotations(book.store))] == [1, 1]
    assert asks.signer is new


def test_a_change_of_keys_is_signed_by_both_though_nothing_came_since(book: Casebook) -> None:
    """The new device was down; the old key signed once more; then both sign that very size."""
    asks, new = checkpointer(book), log_key(book, 1)
    both = Trust.of([asks.signer.key, new.key], [], 0)

    @attrs.define
    class Device:
        up: bool = False
        key = new.key

        def signed(self, text: str) -> str:
            if not self.up:
                raise ConnectionError("the device is locked")
            return new.signed(text)

    device = Device()
    with pytest.raises(ConnectionError, match="locked"):
        asks.rotate(device, trust=both, by=BY)
    alone = asks.make()
    device.up = True

    made = asks.rotate(device, trust=both, by=BY)

    assert [alone.size, made.size] == [1, 1]
    assert [len(alone.vouched.signed_by), len(made.vouched.signed_by)] == [1, 2]


def test_keys_may_change_more_than_once(book: Casebook) -> None:
    """Each change stands on record."""
    asks = checkpointer(book)
    keys = [log_key(book, number) for number in range(3)]
    trust = Trust.of([signer.key for signer in keys], [], 0)
    for signer in keys[1:]:
        asks.rotate(signer, trust=trust, by=BY)

    assert [str(signer.key) for signer in keys[1:]] == [one.new for one in rotations(book.store)]


def test_a_key_that_could_not_take_over_is_refused(book: Casebook) -> None:
    """Of another log, one that nobody trusts, or the same; nothing is put on record."""
    asks, new = checkpointer(book), log_key(book, 1)
    old = asks.signer
    foreign = Signer.of_seed("other.example/log", bytes(32))
    with pytest.raises(InvalidValue, match="a key of the name of the log"):
        asks.rotate(foreign, trust=asks.trust, by=BY)
    with pytest.raises(InvalidValue, match="a key that the trust document names"):
        asks.rotate(new, trust=asks.trust, by=BY)
    with pytest.raises(InvalidValue, match="a key that the trust document names"):
        asks.rotate(new, trust=Trust.of([new.key], [], 0), by=BY)
    with pytest.raises(InvalidValue, match="another key than the old one"):
        asks.rotate(asks.signer, trust=asks.trust, by=BY)

    assert [(), old] == [rotations(book.store), asks.signer]


def test_a_checkpointer_that_could_not_work_is_not_made(book: Casebook, moody: Maker) -> None:
    """Its key is another log's, or nobody would believe it; two have one name."""
    with pytest.raises(InvalidValue, match=f"a key of the name of the log, `{book.store.origin}`"):
        checkpointer(book, signer=Signer.of_seed("other.example/log", bytes(32)))
    with pytest.raises(InvalidValue, match="a key that the trust document names"):
        checkpointer(book, trust=Trust.read("quorum none\n"))
    with pytest.raises(InvalidValue, match="once, by its name"):
        checkpointer(book, anchors=[ListAnchor(), ListAnchor()])
    with pytest.raises(InvalidValue, match="a name that is not taken"):
        checkpointer(book, moody(), moody())


def test_a_device_that_signs_something_else_is_found_out(book: Casebook) -> None:
    """Another text, by the right key; or the right text, by another."""
    right = log_key(book)

    @attrs.define
    class Device:
        signs: str
        signer: Signer = right

        @property
        def key(self) -> Any:
            return right.key

        def signed(self, text: str) -> str:
            return self.signer.signed(self.signs or text)

    rows(book, 1)
    for device in (Device("another\n"), Device("", log_key(book, 1))):
        with pytest.raises(InvalidValue, match="one that signs the text it is given"):
            checkpointer(book, signer=device).make()
    assert signed_by("a\n", [right, log_key(book, 1)]).count("\u2014") == 2


# --- a real case ---------------------------------------------------------------------------------


def test_what_a_book_does_is_what_a_checkpoint_covers(book: Casebook, moody: Maker) -> None:
    """Every record of a case is in the tree of the note."""
    case = opened(book)
    book.execute(freeze("acct-2"), by=ENGINE)
    made = checkpointer(book, moody()).make()

    assert made.size == book.store.size() > len(book.history(case.id))
    assert size_of(made.note) == made.size
    assert open_note(made.note, [log_key(book).key]).held


def test_a_store_that_cannot_be_read_is_no_fork(book: Casebook) -> None:
    """It is what it is; the next call tries again."""
    asks = checkpointer(book)
    rows(book, 1)
    broken: Any = Broken()
    asks.store = broken
    with pytest.raises(StoreError, match="gone"):
        asks.tick()
    asks.store = book.store

    assert asks.make().size == 1


class Broken:
    """A store of which nothing can be read."""

    def __getattr__(self, name: str) -> Any:
        """Nothing works."""
        raise StoreError("gone")
