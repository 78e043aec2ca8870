"""
What an insider can do who owns the database and knows the code, and what is found of it.

The numbers are those of the threat model. Each attack is written into a SQLite and a PostgreSQL
store past the library, and the findings are compared whole: not one more, not one less. A5 stays as
the stated limit: a tail that is cut off inside the window after the last checkpoint cannot be seen.
"""

import json
from collections.abc import Callable

import attrs
import pytest

from freezecase.app.clock import instant_of
from freezecase.replay.findings import Outcome, Report
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import Frontier, consistency_proof, leaf_hash
from freezecase.seal.note import Signer
from freezecase.seal.witness import Request, Seen, answered
from tests.replay.ledgers import (
    LOG,
    ORIGIN,
    WINDOW,
    WITNESSES,
    Insider,
    Ledger,
    World,
    note_of,
    verified,
)

TWO_HOURS = 2 * 3600 * 10**6
Attack = Callable[[Ledger], None]


def found(report: Report) -> dict[str, int]:
    """How often each code was found."""
    return dict(report.found)


def place(report: Report, code: str) -> tuple[str, ...]:
    """Where a code was found."""
    return tuple(one.where for one in report.findings if one.code == code)


# --- what is done to the tables -----------------------------------------------------------------


def untouched(ledger: Ledger) -> None:
    """A0."""


def edit_a_row(ledger: Ledger) -> None:
    """A1: say that somebody else proposed the release."""
    ledger.records[23].state = ledger.records[23].state.replace(b"ana", b"eve")


def edit_a_row_and_recompute(ledger: Ledger) -> None:
    """A2."""
    edit_a_row(ledger)
    ledger.recomputed()


def delete_a_middle_event(ledger: Ledger) -> None:
    """A3."""
    del ledger.records[24]


def delete_a_middle_event_and_recompute(ledger: Ledger) -> None:
    """A3b."""
    delete_a_middle_event(ledger)
    ledger.recomputed()


def cut_the_tail(ledger: Ledger) -> None:
    """A4: with the head, the list and the alarms repaired."""
    ledger.cut(30)


def insert_past_the_library(ledger: Ledger) -> None:
    """A6: one row more, as if the case had gone on."""
    last = ledger.records[41]
    ledger.records[43] = attrs.evolve(last, version=10, recorded_at=last.recorded_at + 1)


def swap_two_payloads(ledger: Ledger) -> None:
    """A7: between two cases, under the same name."""
    one, other = ledger.records[19], ledger.records[21]
    one.state, other.state = other.state, one.state


def swap_two_leaves(ledger: Ledger) -> None:
    """A8: of two cases."""
    ledger.leaves[18], ledger.leaves[19] = ledger.leaves[19], ledger.leaves[18]


def back_date_and_recompute(ledger: Ledger) -> None:
    """A9: an old record, by two hours."""
    ledger.records[23].recorded_at -= TWO_HOURS
    ledger.recomputed()


def change_the_type(ledger: Ledger) -> None:
    """A14: a refusal becomes an approval, as far as the column goes."""
    ledger.records[24].name = "release-refused.v1"


def write_every_payload_anew(ledger: Ledger) -> None:
    """A15: by a migration that means well."""
    for one in ledger.records.values():
        one.state = json.dumps(json.loads(one.state), indent=1).encode()


def replace_the_newest_row(ledger: Ledger) -> None:
    """A20: under the same index, as SQLite gives it out again."""
    newest = ledger.records.pop(42)
    ledger.records[42] = attrs.evolve(newest, state=newest.state.replace(b"cleared", b"bribery"))


def use_a_stream_again(ledger: Ledger) -> None:
    """To add: forget a case, and open another under its id, as the library then allows."""
    begun = ledger.records[13]
    ledger.records = {at: one for at, one in ledger.records.items() if one.case != begun.case}
    del ledger.cases[13]
    ledger.append(attrs.evolve(begun, recorded_at=ledger.head[1]))
    ledger.cases[43] = begun.case, "acct-3", ledger.alarm(begun.case)


def swell_a_leaf(ledger: Ledger) -> None:
    """To add: a header of more than 65,535 bytes, which no tile of c2sp.org/tlog-tiles can hold."""
    ledger.leaves[20] = ledger.leaves[20].replace(b'"t":"', b'"t":"' + b"x" * 65_536)


def swell_a_name_and_recompute(ledger: Ledger) -> None:
    """To add: the same, and the record says so too."""
    ledger.records[20].name = "x" * 65_536
    ledger.recomputed()


def forget_a_leaf(ledger: Ledger) -> None:
    """To add: a header, and not its record."""
    del ledger.leaves[20]


def forget_the_newest_record_and_leaf(ledger: Ledger) -> None:
    """To add: in the window, and without repairing the head."""
    del ledger.records[42], ledger.leaves[42]


def approve_alone(ledger: Ledger) -> None:
    """To add: whoever proposed the release approves it, and everything is written by the book."""
    ledger.records[30].state = ledger.records[30].state.replace(b"rob", b"ana")
    ledger.recomputed()


ATTACKS: list[tuple[Attack, dict[str, int]]] = [
    # what is done | what is found, and how often
    (untouched, {}),
    (edit_a_row, {"EVENT_ALTERED": 1}),
    (edit_a_row_and_recompute, {"ROOT_MISMATCH": 1}),
    (delete_a_middle_event, {"EVENT_MISSING": 1}),
    (delete_a_middle_event_and_recompute, {"ROOT_MISMATCH": 1, "STREAM_GAP": 1}),
    (cut_the_tail, {"TRUNCATED": 1}),
    (insert_past_the_library, {"UNLEDGERED": 1}),
    (swap_two_payloads, {"EVENT_ALTERED": 2}),
    (swap_two_leaves, {"ROOT_MISMATCH": 1, "ROW_MISMATCH": 2}),
    (back_date_and_recompute, {"ROOT_MISMATCH": 1, "TIME_BACKWARDS": 1, "BACKDATED": 1}),
    (change_the_type, {"EVENT_RETYPED": 1}),
    (write_every_payload_anew, {"EVENT_ALTERED": 42}),
    (replace_the_newest_row, {"EVENT_ALTERED": 1}),
    (use_a_stream_again, {"STREAM_GAP": 1, "EVENT_MISSING": 9}),
    (swell_a_leaf, {"ROOT_MISMATCH": 1, "HEADER_SHAPE": 1, "STREAM_LINK": 1}),
    (swell_a_name_and_recompute, {"ROOT_MISMATCH": 1, "HEADER_SHAPE": 1}),
    (forget_a_leaf, {"ROOT_MISMATCH": 1, "LEAF_GAP": 1, "STREAM_GAP": 1, "UNLEDGERED": 1}),
    (forget_the_newest_record_and_leaf, {"HEAD_STALE": 2}),
    (approve_alone, {"ROOT_MISMATCH": 1, "RULE_BROKEN": 1}),
]


@pytest.mark.parametrize(
    ("attack", "codes"), [pytest.param(*one, id=one[0].__name__) for one in ATTACKS]
)
def test_an_attack_on_the_tables_is_found_for_what_it_is(
    insider: Insider, world: World, attack: Attack, codes: dict[str, int]
) -> None:
    """Every attack has its findings, and an untouched ledger has none."""
    ledger = world.ledger.copy()
    attack(ledger)

    report = verified(insider, ledger, world.notes)

    assert codes == found(report)
    assert (1 if codes else 0) == report.exit_code


def test_an_untouched_ledger_is_vouched_for_up_to_its_window(
    insider: Insider, world: World
) -> None:
    """A0: clean, anchored at the last checkpoint, with the records after it told apart."""
    report = verified(insider, world.ledger, world.notes)

    assert report.outcome is Outcome.CLEAN
    assert (report.records, report.leaves, report.streams) == (42, 42, 3)
    assert report.anchored is not None
    assert (report.anchored.size, report.window) == (37, WINDOW)
    assert report.anchored.witnesses == ("audit.example/w2", "regulator.example/w1")


def test_the_change_is_bracketed_by_the_checkpoints_around_it(
    insider: Insider, world: World
) -> None:
    """A2: between the last checkpoint that agrees and the first that does not."""
    ledger = world.ledger.copy()
    edit_a_row_and_recompute(ledger)

    report = verified(insider, ledger, world.notes)

    assert place(report, "ROOT_MISMATCH") == ("index 17 to 24",)
    assert report.anchored is not None
    assert report.anchored.size == 16


def test_what_was_cut_off_is_counted(insider: Insider, world: World) -> None:
    """A4: as far as a checkpoint reaches, so many records are gone at least."""
    ledger = world.ledger.copy()
    cut_the_tail(ledger)

    report = verified(insider, ledger, world.notes)

    (finding,) = report.findings
    assert finding.said == "the ledger ends with index 30: 7 or more are gone"


def test_a_tail_that_is_cut_off_inside_the_window_cannot_be_seen(
    insider: Insider, world: World
) -> None:
    """A5: the stated limit. Nothing outside says that there ever was more."""
    ledger = world.ledger.copy()
    ledger.cut(37)

    report = verified(insider, ledger, world.notes)

    assert found(report) == {}
    assert report.window == 0


def test_whoever_holds_a_receipt_sees_the_cut_inside_the_window(
    insider: Insider, world: World
) -> None:
    """A5: a checkpoint that a caller was given for one record shows that it is gone."""
    ledger = world.ledger.copy()
    whole = Frontier().adding(map(leaf_hash, ledger.leaves.values()))
    receipt = note_of(42, whole.root, instant_of(ledger.head[1]))
    ledger.cut(37)

    report = verified(insider, ledger, [*world.notes, receipt])

    assert found(report) == {"TRUNCATED": 1}


def test_an_app_that_writes_in_the_past_is_found_though_honestly_witnessed(
    insider: Insider, world: World
) -> None:
    """A10: the roots agree; the times lie before what the witnesses saw before."""
    ledger = world.ledger.copy()
    for index in (40, 41, 42):
        ledger.records[index].recorded_at -= TWO_HOURS
    ledger.recomputed()
    whole = Frontier().adding(map(leaf_hash, ledger.leaves.values()))
    newest = note_of(42, whole.root, instant_of(ledger.head[1]))

    report = verified(insider, ledger, [*world.notes, newest])

    assert found(report) == {"TIME_BACKWARDS": 3, "BACKDATED": 3}


def test_an_app_whose_clock_is_ahead_is_found_by_the_next_cosignature(
    insider: Insider, world: World
) -> None:
    """What a witness saw cannot be newer than its cosignature."""
    ledger = world.ledger.copy()
    seen = instant_of(ledger.head[1])
    ledger.records[42].recorded_at += TWO_HOURS
    ledger.recomputed()
    whole = Frontier().adding(map(leaf_hash, ledger.leaves.values()))

    report = verified(insider, ledger, [*world.notes, note_of(42, whole.root, seen)])

    assert found(report) == {"FUTURE": 1}
    assert place(report, "FUTURE")[0].endswith("version 21, ledger index 42")


def test_a_record_from_the_future_is_told_once_however_often_it_is_cosigned(
    insider: Insider, world: World
) -> None:
    """The next cosignature is over it too, and says nothing new of it."""
    ledger = world.ledger.copy()
    ledger.records[41].recorded_at += TWO_HOURS
    ledger.recomputed()
    leaves = [leaf_hash(ledger.leaves[index]) for index in range(1, 43)]
    seen = instant_of(world.ledger.head[1])
    newest = [note_of(size, Frontier().adding(leaves[:size]).root, seen) for size in (41, 42)]

    report = verified(insider, ledger, [*world.notes, *newest])

    assert found(report) == {"FUTURE": 1, "TIME_BACKWARDS": 1}


# --- another history ----------------------------------------------------------------------------


def forked(world: World) -> Ledger:
    """The ledger as it was at 24, gone on otherwise."""
    ledger = world.ledger.copy()
    ledger.records[26].state = ledger.records[26].state.replace(b"ana", b"eve")
    ledger.recomputed()
    return ledger


def own_note(ledger: Ledger, size: int) -> str:
    """What the log signs for its fork, with its real key, and nobody cosigns."""
    leaves = (leaf_hash(ledger.leaves[index]) for index in range(1, size + 1))
    at = instant_of(ledger.records[size].recorded_at)
    return note_of(size, Frontier().adding(leaves).root, at, witnesses=())


def test_a_fork_from_a_backup_is_not_the_history_that_was_vouched_for(
    insider: Insider, world: World
) -> None:
    """A11: with the real key of the log."""
    report = verified(insider, forked(world), world.notes)

    assert found(report) == {"ROOT_MISMATCH": 1}


@pytest.mark.parametrize(("size", "where"), [(32, "size 32"), (35, "sizes 32 and 35")])
def test_a_fork_is_proved_when_the_notes_of_both_histories_meet(
    insider: Insider, world: World, size: int, where: str
) -> None:
    """A11: also where the two signed different sizes, since no history has both roots."""
    ledger = forked(world)

    report = verified(insider, ledger, [*world.notes, own_note(ledger, size)])

    assert found(report) == {"FORK": 1, "ROOT_MISMATCH": 1}
    assert (where,) == place(report, "FORK")


@pytest.mark.parametrize(
    ("old", "size", "status"),
    [
        pytest.param(24, 32, 409, id="as-if-it-had-seen-less"),
        pytest.param(37, 42, 422, id="as-if-it-had-seen-the-fork"),
        pytest.param(37, 32, 400, id="back-to-a-smaller-size"),
        pytest.param(0, 42, 409, id="as-if-it-were-new"),
    ],
)
def test_a_witness_cosigns_no_fork_and_does_not_go_back(
    world: World, old: int, size: int, status: int
) -> None:
    """A11, and a rollback: it remembers how far it saw the log, whatever it is told."""
    ledger, keys = forked(world), [LOG.key, *(one.key for one in WITNESSES)]
    leaves = [leaf_hash(ledger.leaves[index]) for index in range(1, size + 1)]
    proof = consistency_proof(leaves, old) if 0 < old < size else ()

    answer = answered(
        Request(old, proof, own_note(ledger, size)).body.encode(),
        signer=WITNESSES[0],
        logs=[LOG.key],
        seen=lambda _origin: Seen.read(world.notes[-1], keys),
        now=lambda: instant_of(ledger.head[1]),
    )

    assert status == answer.status
    assert answer.keep is None


def test_a_backup_that_was_put_back_ends_too_soon(insider: Insider, world: World) -> None:
    """A12: everything in it is true, and later was more."""
    backup = world.ledger.copy()
    backup.cut(24)

    report = verified(insider, backup, world.notes)

    assert found(report) == {"TRUNCATED": 1}


def test_a_fork_shown_with_its_own_note_alone_has_no_quorum(insider: Insider, world: World) -> None:
    """A13: nothing contradicts it, and nobody vouches for it."""
    ledger = forked(world)
    ledger.copies = []

    report = verified(insider, ledger, [own_note(ledger, 42)])

    assert found(report) == {"QUORUM": 1}
    assert (report.outcome, report.exit_code) == (Outcome.COULD_NOT, 2)
    assert report.anchored is None


def test_a_fork_whose_copies_were_left_is_proved_by_them(insider: Insider, world: World) -> None:
    """A copy never vouches for anything; that the log signed it counts against the log."""
    ledger = forked(world)

    report = verified(insider, ledger, [own_note(ledger, 32)])

    assert found(report).keys() >= {"FORK"}


# --- notes that are none of ours ----------------------------------------------------------------


def strangers_note(origin: str) -> str:
    """A checkpoint of another log, rightly signed by its own key."""
    signer = Signer.of_seed(origin, bytes([9] * 32))
    return signer.signed(Checkpoint(origin, 42, bytes(32)).text)


@pytest.mark.parametrize(
    ("note", "code"),
    [
        pytest.param(
            strangers_note("bank.example/freezec\N{CYRILLIC SMALL LETTER A}se"),
            "CHECKPOINT_ORIGIN",
            id="alike",
        ),
        pytest.param(strangers_note("other.example/log"), "CHECKPOINT_ORIGIN", id="another"),
        pytest.param(strangers_note(ORIGIN), "CHECKPOINT_INVALID", id="another-key"),
        pytest.param("no note", "CHECKPOINT_INVALID", id="no-note"),
        pytest.param("x" * 2_000_000, "CHECKPOINT_INVALID", id="too-long"),
        pytest.param(LOG.signed("a text\n"), "CHECKPOINT_INVALID", id="no-checkpoint"),
    ],
)
def test_a_note_that_is_none_of_ours_is_found_and_vouches_for_nothing(
    insider: Insider, world: World, note: str, code: str
) -> None:
    """A look-alike of the name in other letters is another name."""
    report = verified(insider, world.ledger, [*world.notes, note])

    assert {code: 1} == found(report)
    assert report.anchored is not None
    assert report.anchored.size == 37
