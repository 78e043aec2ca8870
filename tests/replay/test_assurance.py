"""What can be claimed of a history: a table of what was checked, and no more than that."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.replay.assurance import LADDER, Assurance, Level, Proven, assess
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import Kind, Signer
from freezecase.seal.timestamp import Stamp
from freezecase.seal.trust import Trust, judge
from tests.laws.settings import LAW

AT: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LOG: Final = Signer.of_seed("bank.example/log", bytes(32))
W: Final = tuple(
    Signer.of_seed(f"w{n}.example", bytes([n] * 32), Kind.COSIGNATURE) for n in range(1, 5)
)
TRUST: Final = Trust.read(
    f"log {LOG.key}\nwitness regulator {W[0].key}\nwitness auditor {W[1].key}\n"
    f"witness p1 {W[2].key}\nwitness p2 {W[3].key}\n"
    "group public any p1 p2\ngroup own 1 regulator auditor\ngroup any-two any own public\n"
    "quorum any-two\n"
)
NOBODY: Final = Trust.read(f"log {LOG.key}\nquorum none\n")
STAMP: Final = Stamp(AT + timedelta(seconds=5), timedelta(seconds=1), 1)


def proven(
    size: int, who: str = "", *, outside: bool = True, stamped: bool = False, trust: Trust = TRUST
) -> Proven:
    """A checkpoint of that size that these witnesses cosigned, a minute apart."""
    text = Checkpoint(LOG.key.name, size, bytes(32)).text
    lines = (W[int(n) - 1].line(text, at=AT + timedelta(minutes=int(n))) for n in who)
    vouched = judge(LOG.signed(text) + "".join(lines), trust)
    stamps = [STAMP] if stamped else []
    return Proven(size=size, cosigned=vouched.cosigned, outside=outside, stamps=stamps)


TABLE: Final = {
    # what was checked, of a ledger of 100 records: the level, how many are anchored
    "nothing": ([], Level.L0, 0),
    "signed, in the database": ([proven(90, outside=False)], Level.L0, 0),
    "cosigned, but read from the database": ([proven(90, "12", outside=False)], Level.L0, 0),
    "kept outside": ([proven(90)], Level.L1, 90),
    "stamped without a witness": ([proven(90, stamped=True)], Level.L1, 90),
    "witnessed": ([proven(90, "1")], Level.L2, 90),
    "witnessed and stamped": ([proven(90, "1", stamped=True)], Level.L3, 90),
    "public without a stamp": ([proven(90, "3")], Level.L2, 90),
    "public and stamped": ([proven(90, "13", stamped=True)], Level.L4, 90),
    "stamped seldom": ([proven(50, "1", stamped=True), proven(99, "1")], Level.L3, 99),
    "kept outside since": ([proven(90, "1"), proven(100)], Level.L2, 100),
}


@pytest.mark.parametrize("name", TABLE)
def test_no_more_is_claimed_than_was_checked(name: str) -> None:
    """Each level takes all that is below it; the window is what nobody outside saw."""
    checked, level, anchored = TABLE[name]

    found = assess(checked, size=100, trust=TRUST, public="public")

    assert [found.level, found.anchored, found.window] == [level, anchored, 100 - anchored]
    assert found == assess(reversed(checked), size=100, trust=TRUST, public="public")


def test_a_quorum_of_nobody_is_no_witness() -> None:
    """Where the trust document asks for nobody, nobody is claimed."""
    found = assess([proven(9, trust=NOBODY)], size=9, trust=NOBODY)

    assert found.level == Level.L1


def test_a_witness_without_the_quorum_is_not_enough() -> None:
    """The trust document says who is."""
    both = Trust.of([LOG.key], [W[0].key, W[1].key], needs=2)

    levels = [assess([proven(9, who, trust=both)], size=9, trust=both).level for who in ("1", "12")]

    assert levels == [Level.L1, Level.L2]


def test_public_witnesses_are_those_that_somebody_names() -> None:
    """Without a name nobody is; a name that is nobody's is a mistake."""
    checked = [proven(9, "3", stamped=True)]

    assert assess(checked, size=9, trust=TRUST).level == Level.L3
    assert assess(checked, size=9, trust=TRUST, public="p1").level == Level.L4
    with pytest.raises(InvalidValue, match="the name of a witness or a group"):
        assess(checked, size=9, trust=TRUST, public="p3")


def test_a_checkpoint_of_more_than_there_is_was_never_proven() -> None:
    """It is a finding, and no assurance."""
    with pytest.raises(InvalidValue, match="a checkpoint of at most 8 records"):
        assess([proven(9)], size=8, trust=TRUST)


def test_it_is_said_in_words() -> None:
    """How far each level reaches, since when, what is unprotected, and what is missing."""
    checked = [proven(980, "12", stamped=True), proven(1000, "1"), proven(1002, outside=False)]

    said = [*assess(checked, size=1002, trust=TRUST).in_words()]

    assert [line.partition(":")[0] for line in said[:2]] == [
        "L0 up to record 1,002",
        "L1 up to record 1,000, seen 2026-11-22T04",
    ]
    assert said[2].startswith("L2 up to record 1,000, seen 2026-11-22T04:01:00Z: witnesses of")
    assert said[3].startswith("L3 up to record 980, seen 2026-11-22T04:00:06Z: a time-stamping")
    assert said[4:] == [
        "window: nothing outside protects records 1,001 to 1,002",
        f"for L4: {LADDER[Level.L4].lacks}",
    ]


def test_it_is_said_that_there_is_nothing() -> None:
    """Of no records, and of records that nobody signed."""
    assert [*assess([], size=0, trust=TRUST).in_words()] == ["for L0: make a checkpoint"]
    assert [*assess([], size=3, trust=TRUST).in_words()] == [
        "window: nothing outside protects records 1 to 3",
        "for L0: make a checkpoint",
    ]


def test_it_is_said_that_nothing_is_missing() -> None:
    """The next record is in the window all the same."""
    found = assess([proven(9, "13", stamped=True)], size=9, trust=TRUST, public="public")

    *_, last = found.in_words()

    assert [len(found.steps), found.window] == [5, 0]
    assert last == "window: none; what is written from now on is in it until the next checkpoint"


checkpoints: Final = st.lists(
    st.builds(
        proven,
        st.integers(1, 50),
        st.sets(st.sampled_from("1234")).map("".join),
        outside=st.booleans(),
        stamped=st.booleans(),
    ),
    max_size=5,
)


@LAW
@given(checkpoints, st.data())
def test_whatever_is_checked_besides_takes_no_claim_away(
    checked: list[Proven], data: st.DataObject
) -> None:
    """More evidence never claims less; and no level reaches further than the one below."""
    some = [one for one in checked if data.draw(st.booleans())]

    less, more = (assess(these, size=50, trust=TRUST, public="public") for these in (some, checked))

    reach = {step.level: step.size for step in more.steps}
    assert all(reach[step.level] >= step.size for step in less.steps)
    sizes = [step.size for step in more.steps]
    assert sorted(sizes, reverse=True) == sizes
    assert [*reach] == [*Level][: len(reach)]
    assert less.window >= more.window


def test_levels_and_rungs_are_the_same_list() -> None:
    """Each level means something, and says how it is reached."""
    assert [*LADDER] == [*Level]
    assert Assurance(size=0, steps=()).level == Level.L0
