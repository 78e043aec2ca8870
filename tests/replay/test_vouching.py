"""What notes say, who vouches for it, and what copies in the database are good for: nothing."""

from datetime import timedelta

import pytest

from freezecase.app.clock import instant_of
from freezecase.replay.finding import Findings
from freezecase.replay.findings import VERIFY_CODES
from freezecase.replay.vouching import marks_of, read_copies, read_notes
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import Signer
from freezecase.seal.trust import Trust
from tests.replay.ledgers import (
    LOG,
    ORIGIN,
    SOON,
    TRUST,
    WITNESSES,
    Insider,
    World,
    note_of,
    verified,
)

AT = instant_of(10**15)
OTHER = Signer.of_seed("other.example/log", bytes([7] * 32))
BOTH = Trust.of([LOG.key, OTHER.key], [one.key for one in WITNESSES], 2)
ROOT, ELSE = bytes(32), bytes([1] * 32)


def noting() -> Findings:
    """Nothing was found yet."""
    return Findings(100, VERIFY_CODES)


def test_a_note_of_another_trusted_log_is_none_of_this_one() -> None:
    """Each log has its own: whose it is stands in it."""
    findings = noting()
    note = OTHER.signed(Checkpoint(OTHER.key.name, 1, ROOT).text)

    assert read_notes([note], BOTH, ORIGIN, findings) == []
    assert findings.counts() == {"CHECKPOINT_ORIGIN": 1}


def test_one_text_in_several_notes_is_one_mark_seen_when_it_was_first_seen() -> None:
    """The quorum is complete when the last came that it took."""
    first, late = (
        note_of(4, ROOT, AT, WITNESSES[:1]),
        note_of(4, ROOT, AT + timedelta(hours=1), WITNESSES),
    )
    findings = noting()
    notes = read_notes([late, first], TRUST, ORIGIN, findings)

    (mark,) = marks_of(notes, [], TRUST, findings)

    assert findings.counts() == {}
    assert mark.quorum
    assert (mark.earliest, mark.since) == (AT + SOON, AT + timedelta(hours=1) + SOON)


def test_a_mark_that_nobody_cosigned_was_seen_by_nobody() -> None:
    """It is what the log says of itself."""
    findings = noting()
    notes = read_notes([note_of(4, ROOT, AT, ())], TRUST, ORIGIN, findings)

    (mark,) = marks_of(notes, [], TRUST, findings)

    assert (mark.quorum, mark.earliest, mark.since) == (False, None, None)
    assert findings.counts() == {"QUORUM": 1}


def test_two_roots_of_one_size_are_a_fork_also_by_a_copy() -> None:
    """The log signed both; the copy vouches for neither."""
    findings = noting()
    notes = read_notes([note_of(4, ROOT, AT)], TRUST, ORIGIN, findings)
    copies = read_copies([(4, note_of(4, ELSE, AT))], TRUST, ORIGIN, notes, findings)

    marks = marks_of(notes, copies, TRUST, findings)

    assert findings.counts() == {"FORK": 1}
    assert [(mark.root, mark.quorum, mark.outside) for mark in marks] == [
        (ROOT, True, True),
        (ELSE, False, False),
    ]


def test_a_copy_of_what_is_kept_outside_adds_nothing() -> None:
    """It is the same note."""
    findings = noting()
    note = note_of(4, ROOT, AT)
    notes = read_notes([note], TRUST, ORIGIN, findings)
    copies = read_copies([(4, note)], TRUST, ORIGIN, notes, findings)

    (mark,) = marks_of(notes, copies, TRUST, findings)

    assert mark.outside
    assert findings.counts() == {}


STRANGER = Signer.of_seed("stranger.example", bytes([8] * 32))


@pytest.mark.parametrize(
    ("size", "note"),
    [
        pytest.param(5, note_of(4, ROOT, AT), id="another-size"),
        pytest.param(1, OTHER.signed(Checkpoint(OTHER.key.name, 1, ROOT).text), id="another-log"),
        pytest.param(4, note_of(4, ROOT, AT) + "\N{EM DASH} x AAAAAAAA\n", id="nobodys-signature"),
        pytest.param(4, STRANGER.signed(Checkpoint(ORIGIN, 4, ROOT).text), id="not-signed"),
        pytest.param(4, "no note", id="no-note"),
        pytest.param(4, b"bytes", id="no-text"),
    ],
)
def test_a_copy_that_is_not_what_it_should_be_is_stale(size: int, note: str) -> None:
    """Every signature in it must be by somebody trusted: another may be one that was damaged."""
    findings = noting()

    assert read_copies([(size, note)], BOTH, ORIGIN, [], findings) == []
    assert findings.counts() == {"HEAD_STALE": 1}


def test_a_note_from_outside_may_carry_signatures_of_strangers(
    insider: Insider, world: World
) -> None:
    """Whoever else signed it is not asked: signed notes are read so."""
    *others, last = world.notes
    text = last.rpartition("\n\n")[0] + "\n"

    report = verified(insider, world.ledger, [*others, last + STRANGER.line(text)])

    assert dict(report.found) == {}
    assert report.anchored is not None
    assert report.anchored.size == 37
