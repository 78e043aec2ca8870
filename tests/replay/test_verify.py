"""Which part of a store is looked at, what is out of reach, and what a report comes to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import attrs
import pytest

from freezecase import Casebook, Ground, Scope
from freezecase import commands as do
from freezecase.app.clock import instant_of
from freezecase.app.stores.opening import open_store
from freezecase.app.stores.store import Head, Store
from freezecase.errors import InvalidValue, StoreError
from freezecase.policy.book import PolicyBook
from freezecase.policy.standard import standard
from freezecase.replay.assurance import Level
from freezecase.replay.finding import Severity
from freezecase.replay.findings import VERIFY_CODES, Outcome, Report
from freezecase.replay.verify import OneCase, Part, Sample, Since, verify
from freezecase.seal.merkle import Frontier, leaf_hash
from freezecase.seal.note import Signer
from freezecase.seal.trust import Trust
from tests.benchmarks.material import Ticking
from tests.replay.ledgers import (
    ANA,
    LOG,
    ORIGIN,
    TRUST,
    WITNESSES,
    Insider,
    Ledger,
    SQLiteInsider,
    World,
    note_of,
    small,
    verified,
)


def found(report: Report) -> dict[str, int]:
    """How often each code was found."""
    return dict(report.found)


# --- what is out of reach ------------------------------------------------------------------------


def test_without_a_key_nothing_is_shown(insider: Insider, world: World) -> None:
    """The notes are there, and nobody is trusted who could have signed them."""
    report = verified(insider, world.ledger, world.notes, trust=None)

    assert (report.outcome, report.exit_code) == (Outcome.COULD_NOT, 2)
    assert report.why_not == ("no key of the log is trusted: name whom you trust",)
    assert report.assurance is None


def test_without_a_checkpoint_from_outside_nothing_is_shown(insider: Insider, world: World) -> None:
    """The copies in the database are sound, and vouch for nothing."""
    report = verified(insider, world.ledger, [])

    assert (report.outcome, found(report)) == (Outcome.COULD_NOT, {})
    expected = "no checkpoint from outside the store: name where they are kept"
    assert (expected,) == report.why_not
    assert (report.anchored, report.window) == (None, 42)


def test_anchors_that_cannot_be_read_are_out_of_reach(insider: Insider, world: World) -> None:
    """And what they would have said is not made up."""

    def unreadable() -> Iterator[str]:
        yield world.notes[0]
        raise StoreError("folder `far` cannot be read: no such folder")

    insider.write(world.ledger)
    report = verify(insider.store, TRUST, unreadable())

    assert report.exit_code == 2
    assert report.why_not[0].startswith("the anchors cannot be read: folder `far`")


def test_a_finding_counts_though_something_is_out_of_reach(insider: Insider, world: World) -> None:
    """Who takes away the anchors does not turn what was found into what could not be."""
    ledger = world.ledger.copy()
    ledger.records[23].state += b" "

    report = verified(insider, ledger, [])

    assert (report.outcome, report.exit_code) == (Outcome.FINDINGS, 1)
    assert found(report) == {"EVENT_ALTERED": 1}


def test_a_newest_checkpoint_that_nobody_cosigned_is_told(insider: Insider, world: World) -> None:
    """It moves no anchor, and the one before it holds."""
    root = Frontier().adding(map(leaf_hash, world.ledger.leaves.values())).root
    alone = note_of(42, root, instant_of(world.ledger.head[1]), WITNESSES[:1])

    report = verified(insider, world.ledger, [*world.notes, alone])

    assert found(report) == {"QUORUM": 1}
    assert (
        report.findings[0].severity,
        report.findings[0].said,
    ) == (Severity.WARNING, "cosigned by `regulator.example/w1`")
    assert report.anchored is not None
    assert (report.anchored.size, report.exit_code) == (37, 1)


def test_cosignatures_over_one_text_add_up_over_several_notes(
    insider: Insider, world: World
) -> None:
    """What counts is who signed it, not in which copy."""
    root = Frontier().adding(map(leaf_hash, world.ledger.leaves.values())).root
    at = instant_of(world.ledger.head[1])
    halves = [note_of(42, root, at, [witness]) for witness in WITNESSES]

    report = verified(insider, world.ledger, [*world.notes, *halves])

    assert found(report) == {}
    assert report.anchored is not None
    assert (report.anchored.size, report.window) == (42, 0)


def test_a_trust_that_asks_for_no_witness_claims_less(insider: Insider, world: World) -> None:
    """It is anchored by the log's own word, kept outside."""
    alone = Trust.of([LOG.key], [], 0)

    report = verified(insider, world.ledger, world.notes, trust=alone)

    assert report.anchored is not None
    assert (report.anchored.size, report.anchored.since) == (37, None)
    assert report.assurance is not None
    assert report.assurance.level == Level.L1


def test_a_store_under_another_name_than_the_trusted_log_is_found(
    insider: Insider, world: World
) -> None:
    """Whatever it calls itself, it is held against what is trusted."""
    other = Signer.of_seed("other.example/log", bytes([7] * 32))

    report = verified(insider, world.ledger, [], trust=Trust.of([other.key], [], 0))

    assert report.exit_code == 1
    assert found(report) == {"CHECKPOINT_ORIGIN": 1, "ROW_MISMATCH": 42, "HEAD_STALE": 5}


# --- parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [8, 20, 37, 1000])
def test_since_a_size_only_what_came_after_it_is_looked_at(
    insider: Insider, world: World, size: int
) -> None:
    """It begins at the largest vouched size that is no larger."""
    begun = max(one for one in world.sizes if one <= size)

    report = verified(insider, world.ledger, world.notes, part=Since(size))

    assert found(report) == {}
    assert (42 - begun, 42) == (report.records, report.leaves)
    assert f"index {begun + 1} and later" == report.looked_at
    assert report.anchored is not None
    assert report.anchored.size == 37


def test_since_a_size_that_nothing_vouches_for_all_headers_are_read(
    insider: Insider, world: World
) -> None:
    """Nothing smaller than the first checkpoint can be begun at."""
    report = verified(insider, world.ledger, world.notes, part=Since(7))

    assert (report.records, found(report)) == (42, {})
    assert report.looked_at == "all headers: nothing vouches for a size up to 7"


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        (Since(16), {"EVENT_ALTERED": 1}),
        (Since(24), {}),
        (Sample(1.0, "1"), {"EVENT_ALTERED": 1}),
        (OneCase(UUID("3c6ef372-fe94-f82b-e739-80c0b9db906a")), {"EVENT_ALTERED": 1}),
    ],
    ids=["since-before", "since-after", "sample", "case"],
)
def test_a_part_finds_what_is_in_it(
    insider: Insider, world: World, part: Part, codes: dict[str, int]
) -> None:
    """And nothing else."""
    ledger = world.ledger.copy()
    ledger.records[23].state += b" "

    assert codes == found(verified(insider, ledger, world.notes, part=part))


@pytest.mark.parametrize(
    "part",
    [Since(24), Sample(1.0, "1"), OneCase(UUID("3c6ef372-fe94-f82b-e739-80c0b9db906a"))],
    ids=["since", "sample", "case"],
)
def test_a_part_of_a_history_that_was_written_anew_is_in_no_vouched_tree(
    insider: Insider, world: World, part: Part
) -> None:
    """Everything in it agrees with itself, and with no checkpoint."""
    ledger = world.ledger.copy()
    ledger.records[2].state = ledger.records[2].state.replace(b"0", b"1", 1)
    ledger.recomputed()

    report = verified(insider, ledger, world.notes, part=part)

    assert {"ROOT_MISMATCH"} == found(report).keys()
    assert report.exit_code == 1


@pytest.mark.parametrize("part", [Since(24), Sample(1.0, "1")], ids=["since", "sample"])
def test_a_part_sees_that_the_end_is_gone(insider: Insider, world: World, part: Part) -> None:
    """A checkpoint reaches further than the ledger."""
    ledger = world.ledger.copy()
    ledger.cut(30)

    assert found(verified(insider, ledger, world.notes, part=part)) == {"TRUNCATED": 1}


def drop_record(ledger: Ledger) -> None:
    """Its header stays."""
    del ledger.records[23]


def drop_leaf(ledger: Ledger) -> None:
    """Its record stays."""
    del ledger.leaves[23]


def drop_both(ledger: Ledger) -> None:
    """Nothing stays."""
    drop_record(ledger)
    drop_leaf(ledger)


def misshape(ledger: Ledger) -> None:
    """No header can be so."""
    ledger.leaves[23] = b"{}"


def unlink(ledger: Ledger) -> None:
    """Its header says that it follows something else."""
    at = ledger.leaves[23].index(b'"p":"') + 5
    header = ledger.leaves[23]
    ledger.leaves[23] = header[:at] + b"A" * 42 + header[at + 42 :]


@pytest.mark.parametrize(
    ("attack", "sample", "case"),
    [
        (drop_record, {"EVENT_MISSING": 1}, {"STREAM_GAP": 1}),
        (drop_leaf, {"UNLEDGERED": 1, "ROOT_MISMATCH": 36}, {"UNLEDGERED": 1, "ROOT_MISMATCH": 18}),
        (drop_both, {"LEAF_GAP": 1, "ROOT_MISMATCH": 36}, {"STREAM_GAP": 1, "ROOT_MISMATCH": 18}),
        (misshape, {"HEADER_SHAPE": 1, "ROOT_MISMATCH": 37}, None),
        (unlink, {"ROOT_MISMATCH": 37}, None),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_single_records_are_held_against_their_headers_and_the_tree(
    insider: Insider, world: World, attack: Any, sample: dict[str, int], case: Any
) -> None:
    """Each for itself: whatever is wrong beside it breaks its proof."""
    ledger = world.ledger.copy()
    attack(ledger)
    insider.write(ledger)

    assert sample == found(verify(insider.store, TRUST, world.notes, part=Sample(1.0, "1")))
    if case is not None:
        first = OneCase(UUID(world.ledger.records[1].case))
        assert case == found(verify(insider.store, TRUST, world.notes, part=first))


def test_a_case_that_does_not_follow_itself_is_found(insider: Insider, world: World) -> None:
    """A link that leads elsewhere, though everything after it was hashed anew."""
    ledger = world.ledger.copy()
    unlink(ledger)
    case = OneCase(UUID(world.ledger.records[23].case))

    report = verified(insider, ledger, [], part=case)

    assert found(report) == {"STREAM_LINK": 2}


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another(
    insider: Insider, world: World
) -> None:
    """So that somebody else can look at the very same records."""
    insider.write(world.ledger)
    counts = [
        verify(insider.store, TRUST, world.notes, part=Sample(0.5, seed)).records
        for seed in ("1", "1", "2", "3", "4")
    ]

    assert counts[0] == counts[1]
    assert all(0 < count < 42 for count in counts)
    assert len({*counts}) > 1


def test_a_case_of_which_there_is_no_record_cannot_be_verified(
    insider: Insider, world: World
) -> None:
    """It may never have been, or all of it may be gone: look at the whole."""
    nobody = UUID(int=99)

    report = verified(insider, world.ledger, world.notes, part=OneCase(nobody))

    assert (2, (f"there is no record of case `{nobody}`",)) == (report.exit_code, report.why_not)


@pytest.mark.parametrize(
    "make",
    [lambda: Since(-1), lambda: Sample(0.0, "1"), lambda: Sample(1.1, "1")],
    ids=["since", "none", "more"],
)
def test_a_part_that_cannot_be_is_refused(make: Any) -> None:
    """Before anything is read."""
    with pytest.raises(InvalidValue):
        make()


# --- a tall tree, and what is kept of it ---------------------------------------------------------


@pytest.fixture(scope="module")
def tall() -> World:
    """So many records that a node of the tree is kept."""
    return small(140)


def test_since_a_size_is_begun_at_by_the_nodes_that_are_kept(insider: Insider, tall: World) -> None:
    """They are no evidence: they have to lead to the root that is vouched for."""
    (size,) = tall.sizes
    report = verified(insider, tall.ledger, tall.notes, part=Since(size))

    assert (found(report), report.records) == ({}, 1)


@pytest.mark.parametrize("part", [Since(279), None], ids=["since", "whole"])
def test_a_node_that_was_changed_is_found(insider: Insider, tall: World, part: Any) -> None:
    """Where it is begun at it leads to another root; in the whole it is merely stale."""
    ledger = tall.ledger.copy()
    ledger.nodes[8, 0] = bytes(32)

    report = verified(insider, ledger, tall.notes, **({"part": part} if part else {}))

    assert ({"ROOT_MISMATCH": 1} if part else {"HEAD_STALE": 1}) == found(report)


def test_nodes_too_many_and_too_few_are_found(insider: Insider, tall: World) -> None:
    """One that no tree of that size has, and none where there should be one."""
    more, fewer = tall.ledger.copy(), tall.ledger.copy()
    more.nodes[8, 1] = bytes(32)
    fewer.nodes.clear()

    assert found(verified(insider, more, tall.notes)) == {"HEAD_STALE": 1}
    assert found(verified(insider, fewer, tall.notes)) == {"HEAD_STALE": 1}


def test_headers_missing_below_where_it_begins_lead_to_no_root(
    insider: Insider, tall: World
) -> None:
    """What should vouch for the beginning is not there any more."""
    ledger = tall.ledger.copy()
    del ledger.leaves[270]

    report = verified(insider, ledger, tall.notes, part=Since(279))

    assert report.exit_code == 1
    assert "ROOT_MISMATCH" in found(report)


# --- beside writers, and on the way --------------------------------------------------------------


class _Instead:
    """A store that does one thing otherwise."""

    def __init__(self, store: Any, **instead: Any) -> None:
        self._store = store
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.parametrize("reading", ["scan", "headers", "scan_cases"])
def test_what_is_written_meanwhile_is_no_finding(reading: str) -> None:
    """Between the two readings of the ledger, after both, or while the cases are folded."""
    with open_store("memory:", origin=ORIGIN) as store:
        book = Casebook(store, PolicyBook.of(standard()), Ticking())
        freeze = do.ImposeFreeze(
            account="a", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
        )
        case = book.execute(freeze, by=ANA).case.id
        asked = [do.ConfirmEnforcement(case)]
        begun, whole = store.size(), getattr(store, reading)

        def read_while_writing(*given: Any) -> Iterator[Any]:
            yield from whole(*given)
            while asked:
                book.execute(asked.pop(), by=ANA)

        beside = cast("Store", _Instead(store, **{reading: read_while_writing}))
        report = verify(beside, Trust.of([LOG.key], [], 0), [])

    assert asked == []
    assert found(report) == {}
    assert (report.records > begun) is (reading != "scan_cases")


def test_progress_is_told_and_ends_where_it_should(tall: World) -> None:
    """Each record counts twice: with its header, and with its case."""
    with open_store("memory:", origin=ORIGIN) as store:
        SQLiteInsider(store).write(tall.ledger)
        told: list[tuple[int, int]] = []
        verify(store, TRUST, tall.notes, progress=lambda done, of: told.append((done, of)))

    assert told
    assert all(done <= of for done, of in told)
    assert told[-1] == (560, 560)


def test_a_store_that_gives_up_half_way_is_out_of_reach(insider: Insider, world: World) -> None:
    """What was found until then is still told."""
    ledger = world.ledger.copy()
    ledger.records[1].state += b" "
    insider.write(ledger)
    whole = insider.store.headers

    def broken(after: int = 0, until: int | None = None) -> Any:
        for index, header in whole(after, until):
            if index == 20:
                raise StoreError("the medium cannot be read")
            yield index, header

    report = verify(cast("Store", _Instead(insider.store, headers=broken)), TRUST, world.notes)

    assert found(report) == {"EVENT_ALTERED": 1}
    assert report.why_not == ("the store could not be read to its end: the medium cannot be read",)
    assert 18 <= report.records <= 20


def test_an_empty_store_has_nothing_to_be_found_in(insider: Insider, world: World) -> None:
    """And nothing that could vouch for it."""
    empty = attrs.evolve(
        world.ledger, records={}, leaves={}, nodes={}, head=(0, 0, b""), copies=[], cases={}
    )

    report = verified(insider, empty, [])

    assert (found(report), report.leaves, report.newest_recorded_at) == ({}, 0, None)


def test_clocks_may_be_apart_as_far_as_is_said(insider: Insider, world: World) -> None:
    """A witness that is behind makes no finding within the skew."""
    behind = instant_of(world.ledger.head[1]) - timedelta(minutes=10)
    root = Frontier().adding(map(leaf_hash, world.ledger.leaves.values())).root
    note = note_of(42, root, behind)

    strict = verified(insider, world.ledger, [note])
    patient = verified(insider, world.ledger, [note], skew=timedelta(minutes=11))

    assert found(strict) == {"FUTURE": 1}
    assert found(patient) == {}


def test_more_findings_than_are_told_are_counted(insider: Insider, world: World) -> None:
    """So that memory stays flat, whatever was done."""
    ledger = world.ledger.copy()
    for one in ledger.records.values():
        one.state += b" "

    report = verified(insider, ledger, world.notes, keep=3)

    assert found(report) == {"EVENT_ALTERED": 42}
    assert len(report.findings) == 3


def test_findings_come_in_the_order_of_the_table(insider: Insider, world: World) -> None:
    """The gravest first, each with what to do about it."""
    ledger = world.ledger.copy()
    ledger.records[41].state += b" "
    ledger.records[2].recorded_at -= 1
    ledger.recomputed()
    ledger.records[42].name = "case-reopened.v1"

    codes = [one.code for one in verified(insider, ledger, world.notes).findings]

    order = [*VERIFY_CODES]
    assert sorted(codes, key=order.index) == codes
    assert len({*codes}) > 1


def test_values_of_another_kind_than_was_written_are_found_on_sqlite(world: World) -> None:
    """SQLite keeps what it is given: half a microsecond, text for bytes, bytes for text."""
    odd = {
        "UPDATE stored_events SET recorded_at = recorded_at + 0.5 WHERE rowid = 41": "ROW_MISMATCH",
        "UPDATE stored_events SET originator_version = 'nine' WHERE rowid = 41": "ROW_MISMATCH",
        "UPDATE stored_events SET originator_id = x'00' WHERE rowid = 41": "ROW_MISMATCH",
        "UPDATE stored_events SET originator_id = upper(originator_id) WHERE rowid = 41": (
            "ROW_MISMATCH"
        ),
        "UPDATE stored_events SET topic = CAST(topic AS BLOB) WHERE rowid = 41": "EVENT_RETYPED",
        "UPDATE stored_events SET state = CAST(state AS TEXT) WHERE rowid = 41": "EVENT_ALTERED",
        "UPDATE ledger_leaves SET header = CAST(header AS TEXT) WHERE leaf_index = 41": (
            "HEADER_SHAPE"
        ),
        "UPDATE ledger_head SET size = 'many'": "HEAD_STALE",
        "UPDATE ledger_head SET recorded_at = 'late'": "HEAD_STALE",
        "UPDATE ledger_head SET frontier = 'none'": "HEAD_STALE",
        "UPDATE ledger_checkpoints SET note = CAST(note AS BLOB)": "HEAD_STALE",
        "UPDATE ledger_checkpoints SET size = 'all' WHERE size = 8": "HEAD_STALE",
        "UPDATE cases SET alarm = 'soon' WHERE opened = 7": "HEAD_STALE",
        "UPDATE cases SET case_id = 'nobody' WHERE opened = 7": "HEAD_STALE",
        "INSERT INTO ledger_nodes VALUES (8, 0, 'text')": "HEAD_STALE",
    }
    for statement, code in odd.items():
        with open_store("memory:", origin=ORIGIN, verify=False) as store:
            insider = SQLiteInsider(store)
            insider.write(world.ledger)
            insider.sql(statement)
            report = verify(store, TRUST, world.notes)

        assert code in report.found, statement
        assert report.exit_code == 1, statement


@pytest.mark.parametrize(
    "moved",
    [
        {"head": lambda: Head(43, 0)},
        {"frontier": lambda: Frontier(43, tuple(bytes(32) for _ in range((43).bit_count())))},
    ],
    ids=["before", "between"],
)
def test_a_head_that_moved_on_is_not_compared(
    insider: Insider, world: World, moved: dict[str, Any]
) -> None:
    """Somebody wrote after the last look: what is compared has to be of one moment."""
    insider.write(world.ledger)
    later = _Instead(
        insider.store, **moved, header=lambda index: insider.store.header(min(index, 42))
    )

    assert found(verify(cast("Store", later), TRUST, world.notes)) == {}


def test_an_alarm_that_was_moved_is_found(insider: Insider, world: World) -> None:
    """Later, or away: nobody would be called; and one where nothing is due."""
    for alarm in (None, 0, 2**61):
        ledger = world.ledger.copy()
        case, account, _alarm = ledger.cases[7]
        ledger.cases[7] = case, account, alarm

        report = verified(insider, ledger, world.notes)

        assert found(report) == {"HEAD_STALE": 1}
        assert f"the alarm of case `{UUID(case)}`" == report.findings[0].where


def test_progress_is_told_on_the_way() -> None:
    """Every thousand records, in both readings."""
    many = small(1100)
    told: list[tuple[int, int]] = []
    with open_store("memory:", origin=ORIGIN) as store:
        SQLiteInsider(store).write(many.ledger)
        report = verify(store, TRUST, many.notes, progress=lambda done, of: told.append((done, of)))

    assert found(report) == {}
    assert [done for done, _ in told] == [1000, 2000, 2200, 3200, 4200, 4400]
