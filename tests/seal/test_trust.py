"""Whom an auditor trusts: read to the letter, and what a note is worth by it."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.note import Kind, NoteKey, Signer
from freezecase.seal.trust import MOST_BYTES, Group, Known, Trust, judge
from tests.laws.settings import LAW

ORIGIN: Final = "bank.example/log"
AT: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TEXT: Final = Checkpoint(ORIGIN, 7, sha256(b"7").digest()).text


def witness(number: int) -> Signer:
    """The witness of a number: its key follows from it."""
    return Signer.of_seed(f"w{number}.example", bytes([number] * 32), Kind.COSIGNATURE)


LOG: Final = Signer.of_seed(ORIGIN, bytes(32))
NEW: Final = Signer.of_seed(ORIGIN, bytes([200] * 32))
CYRILLIC: Final = Signer.of_seed("b\u0430nk.example/log", bytes(32))
OTHER: Final = Signer.of_seed("other.example/log", bytes([201] * 32))
W: Final = tuple(map(witness, range(1, 6)))
LINES: Final = [f"log {LOG.key}", *(f"witness w{n} {one.key}" for n, one in enumerate(W, 1))]
THREE: Final = Trust.of([LOG.key, OTHER.key], [one.key for one in W[:3]], needs=2)


def document(*lines: str) -> str:
    """These lines, as a document."""
    return "".join(f"{line}\n" for line in lines)


def cosigned(*witnesses: Signer, log: Signer = LOG, text: str = TEXT) -> str:
    """The checkpoint with their signatures, a minute apart from one another."""
    lines = (one.line(text, at=AT + timedelta(minutes=n)) for n, one in enumerate(witnesses))
    return log.signed(text) + "".join(lines)


# --- reading the document ------------------------------------------------------------------------


EXAMPLE: Final = [
    "# an example",
    "",
    f"\tlog  {LOG.key}\thttps://log.example/ ",
    f"witness X1 {W[0].key}",
    f"witness X2 {W[1].key} https://x2.example/",
    f"witness X3 {W[2].key}",
    "group X-witnesses 2 X1 X2 X3",
    f"witness Y1 {W[3].key}",
    f"witness Y2 {W[4].key}",
    "group Y-witnesses any Y1 Y2",
    "group X-and-Y all X-witnesses Y-witnesses",
    "  # as of today",
    "quorum X-and-Y",
]


def test_the_document_of_the_specification_is_read() -> None:
    """Its own example, with keys: two of the one organisation and any of the other."""
    text = document(*EXAMPLE)

    trust = Trust.read(text)

    assert (Known(LOG.key, "https://log.example/"),) == trust.logs
    assert Known(W[1].key, "https://x2.example/") == trust.witnesses["X2"]
    assert Known(W[0].key, "") == trust.witnesses["X1"]
    assert Group(2, ("X1", "X2", "X3")) == trust.groups["X-witnesses"]
    assert Group(1, ("Y1", "Y2")) == trust.groups["Y-witnesses"]
    assert Group(2, ("X-witnesses", "Y-witnesses")) == trust.groups["X-and-Y"]
    assert trust.quorum == "X-and-Y"
    assert Trust.read(text.encode()) == trust


@pytest.mark.parametrize(
    ("present", "enough"),
    [
        ((), False),
        (("X1", "X2"), False),
        (("X1", "Y1"), False),
        (("X1", "X3", "Y2"), True),
        (("X1", "X2", "X3", "Y1", "Y2"), True),
        (("X-and-Y",), False),
        (("X1", "X2", "Z"), False),
    ],
    ids=lambda value: str(value) if isinstance(value, bool) else "+".join(value) or "nobody",
)
def test_a_quorum_takes_what_it_says(present: tuple[str, ...], *, enough: bool) -> None:
    """Groups within groups; the name of a group or of a stranger counts for nobody."""
    trust = Trust.read(document(*EXAMPLE))

    assert trust.enough(present) is enough
    assert trust.enough(present, "Y-witnesses") is bool({"Y1", "Y2"}.intersection(present))


def test_a_quorum_may_be_one_witness_or_nobody() -> None:
    """Which is said in so many words."""
    one = Trust.read(document(*LINES, "quorum w1"))
    nobody = Trust.read(document("quorum none"))

    assert [one.enough(["w1"]), one.enough(["w2"]), one.enough([])] == [True, False, False]
    assert [nobody.enough([]), nobody.logs] == [True, ()]


def test_names_are_compared_letter_by_letter() -> None:
    """The Kelvin sign of the specification is no K, and a blank of another kind ends no word."""
    text = document(f"witness K {W[0].key}", f"witness \u212a {W[1].key}", "quorum \u212a")

    trust = Trust.read(text)

    assert [trust.enough(["K"]), trust.enough(["\u212a"])] == [False, True]


def test_a_comment_may_be_in_any_encoding() -> None:
    """Nobody reads it; but a name that cannot be printed is refused."""
    assert Trust.read(b"# \xe9\n# \xc2\x85 no line\nquorum none\n").quorum == "none"
    with pytest.raises(InvalidValue, match=r"trust, line 1 cannot be .*can be printed"):
        Trust.read(b"witness \xe9 " + str(W[0].key).encode() + b"\nquorum none\n")


BAD: Final = {
    "nothing": ("", "is it cut off"),
    "cut off": (document(*LINES, "quorum w1")[:-1], "is it cut off"),
    "no quorum": (document(*LINES), "one line `quorum NAME`"),
    "two quorums": (document(*LINES, "quorum w1", "quorum w2"), "line 8 .*one line"),
    "quorum of nobody": (document("quorum"), "line 1 .*one line"),
    "quorum of two": (document(*LINES, "quorum w1 w2"), "line 7 .*one line"),
    "quorum of a stranger": (document(*LINES, "quorum w9"), "line 7 .*from above"),
    "quorum before its group": (
        document(*LINES, "quorum g", "group g any w1"),
        "line 7 .*from above",
    ),
    "another word": (document("logs x"), "line 1 .*`group`|`log`, `witness`"),
    "log without a key": (document("log"), "line 1 .*`log KEY"),
    "log with too much": (document(f"log {LOG.key} a b"), "line 1 .*`log KEY"),
    "log that is no key": (document("log x"), "line 1 .*`name.id.key`"),
    "log with a witness's key": (document(f"log {W[0].key}"), "line 1 .*kind 1, not of 4"),
    "log twice": (document(f"log {LOG.key}", f"log {LOG.key}"), "line 2 .*each key once"),
    "log in Cyrillic": (document(f"log {CYRILLIC.key}"), "line 1 .*in ASCII"),
    "witness without a name": (document(f"witness {W[0].key}"), "line 1 .*`witness NAME"),
    "witness with too much": (document(f"witness a {W[0].key} b c"), "line 1 .*`witness NAME"),
    "witness with a log's kind": (document(f"witness a {LOG.key}"), "line 1 .*kind 4, not of 1"),
    "witness twice": (document(*LINES, f"witness w9 {W[0].key}"), "line 7 .*each key once"),
    "witness that is the log": (
        document(*LINES, f"witness w9 {NoteKey('w9', Kind.COSIGNATURE, LOG.key.public)}"),
        "line 7 .*each key once",
    ),
    "name twice": (document(*LINES, f"witness w1 {witness(9).key}"), "line 7 .*not taken"),
    "witness called none": (document(f"witness none {W[0].key}"), "line 1 .*not taken"),
    "group without members": (document(*LINES, "group g all"), "line 7 .*`group NAME"),
    "group called none": (document(*LINES, "group none all w1"), "line 7 .*not taken"),
    "group called like a witness": (document(*LINES, "group w1 all w2"), "line 7 .*not taken"),
    "group of none": (document(*LINES, "group g all none"), "line 7 .*from above"),
    "group of itself": (document(*LINES, "group g all g"), "line 7 .*from above"),
    "group of a stranger": (document(*LINES, "group g all w9"), "line 7 .*from above"),
    "member twice in a group": (document(*LINES, "group g 2 w1 w1"), "in no group yet"),
    "member of two groups": (
        document(*LINES, "group g all w1", "group h all w1"),
        "line 8 .*in no group yet",
    ),
    "group of 0": (document(*LINES, "group g 0 w1"), "line 7 .*from 1 to 1"),
    "group of 01": (document(*LINES, "group g 01 w1"), "line 7 .*from 1 to 1"),
    "group of too many": (document(*LINES, "group g 3 w1 w2"), "line 7 .*from 1 to 2"),
    "group of some": (document(*LINES, "group g some w1"), "line 7 .*`all`, `any`"),
    "another alphabet's digit": (document(*LINES, "group g \uff11 w1"), "line 7 .*`all`"),
    "a carriage return": ("quorum none\r\n", "line 1 .*no control"),
    "a delete": ("# \x7f\nquorum none\n", "line 1 .*no control"),
    "too long": ("#" * 1_000_001, "at most 1000000"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_document_that_could_be_misread_is_refused(name: str) -> None:
    """The error says in which line, and what would be taken."""
    text, words = BAD[name]

    with pytest.raises(InvalidValue, match=words):
        Trust.read(text)


def test_a_deep_nest_of_groups_is_read() -> None:
    """However deep: nothing is asked of the stack."""
    nest = ["group g0 all w1", *(f"group g{n} all g{n - 1}" for n in range(1, 3000))]

    trust = Trust.read(document(*LINES, *nest, "quorum g2999"))

    assert [trust.enough(["w1"]), trust.enough(["w2"])] == [True, False]


def test_so_many_of_some_keys_need_no_document() -> None:
    """As a log says whom it asks."""
    nobody = Trust.of([LOG.key], [], needs=0)

    assert [THREE.enough(["w1.example"]), THREE.enough(["w1.example", "w3.example"])] == [
        False,
        True,
    ]
    assert nobody.enough([])
    with pytest.raises(InvalidValue, match="from 1 to 1"):
        Trust.of([LOG.key], [W[0].key], needs=2)


# --- judging a note ------------------------------------------------------------------------------


def test_a_note_says_who_vouches_for_it_and_since_when() -> None:
    """The quorum stands when the second of the two came; the third changes nothing."""
    vouched = judge(cosigned(*W[:3]), THREE)

    assert Checkpoint(ORIGIN, 7, sha256(b"7").digest()) == vouched.checkpoint
    assert (LOG.key,) == vouched.signed_by
    assert {f"w{n + 1}.example": AT + timedelta(minutes=n) for n in range(3)} == vouched.cosigned
    assert [vouched.quorum, vouched.since] == [True, AT + timedelta(minutes=1)]
    assert vouched == judge(cosigned(*W[:3]).encode(), THREE)


def test_fewer_than_the_quorum_do_not_spoil_a_note() -> None:
    """It is still what the log says of itself, and may one day prove a fork."""
    vouched = judge(cosigned(W[2], W[3]), THREE)

    assert [*vouched.cosigned] == ["w3.example"]
    assert [vouched.quorum, vouched.since] == [False, None]


def test_one_witness_under_two_keys_is_still_one() -> None:
    """Two signatures of one witness are one; who is not trusted is passed over."""
    vouched = judge(cosigned(W[0], W[0], W[4]), THREE)

    assert [[*vouched.cosigned], vouched.quorum] == [["w1.example"], False]


def test_where_it_takes_nobody_there_is_a_quorum_of_no_time() -> None:
    """Who cosigned is said all the same."""
    trust = Trust.read(document(*LINES, "quorum none"))

    vouched = judge(cosigned(W[0]), trust)

    assert [vouched.quorum, vouched.since, [*vouched.cosigned]] == [True, None, ["w1"]]


def test_a_log_that_changes_its_key_signs_with_both() -> None:
    """Either is enough for somebody who trusts it."""
    both = LOG.signed(TEXT) + NEW.signed(TEXT).removeprefix(f"{TEXT}\n")

    assert (LOG.key, NEW.key) == judge(both, Trust.of([LOG.key, NEW.key], [], 0)).signed_by
    assert (NEW.key,) == judge(both, Trust.of([NEW.key], [], 0)).signed_by
    assert (LOG.key,) == judge(both, Trust.of([LOG.key], [], 0)).signed_by


LOOKALIKES: Final = {
    "Cyrillic": "b\u0430nk.example/log",
    "full width": "\uff42ank.example/log",
    "combined": "bank.exa\u0301mple/log",
    "capital": "Bank.example/log",
    "longer": "bank.example/log2",
}


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_an_origin_that_looks_alike_is_another_log(kind: str) -> None:
    """Even signed by the key of the log itself, which may be in a thief's hands."""
    text = Checkpoint(LOOKALIKES[kind], 7, sha256(b"7").digest()).text

    with pytest.raises(InvalidValue, match=f"trusted are `{ORIGIN}`, `{OTHER.key.name}`") as found:
        judge(LOG.signed(text), THREE)
    assert found.value.field == "origin"


def test_an_origin_with_a_blank_that_is_not_seen_is_no_checkpoint() -> None:
    """It cannot even be spelt."""
    note = LOG.signed(TEXT.replace(ORIGIN, f"{ORIGIN}\u200b"))

    with pytest.raises(InvalidValue, match="an origin, a size and a root"):
        judge(note, THREE)


def test_a_log_that_is_trusted_does_not_sign_for_another() -> None:
    """Each for its own origin, though both keys are in the document."""
    with pytest.raises(InvalidValue, match="a signature by a trusted key of its log") as found:
        judge(cosigned(*W[:3], log=OTHER), THREE)
    assert found.value.field == "note"


def test_where_no_log_is_trusted_none_is() -> None:
    """The error says that there is none."""
    with pytest.raises(InvalidValue, match="trusted are none"):
        judge(cosigned(), Trust.read("quorum none\n"))


def test_a_note_that_is_too_long_is_not_looked_at() -> None:
    """Whoever keeps notes for others is not to be drowned."""
    note = cosigned() + "\u2014 a AAAAAAAA\n" * (MOST_BYTES // 13)

    with pytest.raises(InvalidValue, match=f"at most {MOST_BYTES}"):
        judge(note, THREE)


def test_a_signature_of_somebody_trusted_that_does_not_hold_spoils_the_note() -> None:
    """C2SP's signed-note says so; that of a stranger is passed over."""
    spoilt = cosigned() + W[0].line(TEXT.replace("7", "8"), at=AT)
    strange = cosigned() + W[4].line(TEXT.replace("7", "8"), at=AT)

    with pytest.raises(InvalidValue, match="over this very text"):
        judge(spoilt, THREE)
    assert judge(strange, THREE).cosigned == {}


def test_a_witness_that_signs_as_of_no_time_spoils_the_note() -> None:
    """What no calendar holds is no time, however well it is signed: it is refused, not crashed."""
    seconds = (2**63).to_bytes(8)
    over = f"cosignature/v1\ntime {2**63}\n{TEXT}".encode()
    blob = W[0].key.id + seconds + W[0]._private.sign(over)
    note = cosigned() + f"\u2014 w1.example {b64encode(blob).decode()}\n"

    with pytest.raises(InvalidValue, match="over this very text"):
        judge(note, THREE)


@LAW
@given(st.sets(st.integers(0, 4)), st.integers(1, 5))
def test_a_quorum_is_a_matter_of_counting(signers: set[int], needs: int) -> None:
    """So many of five, whoever they are; and its time is that of the one who made it enough."""
    trust = Trust.of([LOG.key], [one.key for one in W], needs)
    here = [W[n] for n in sorted(signers)]

    vouched = judge(cosigned(*here), trust)

    assert vouched.quorum is (len(signers) >= needs)
    when = AT + timedelta(minutes=needs - 1) if len(signers) >= needs else None
    assert when == vouched.since


@LAW
@given(st.data())
def test_a_note_with_one_byte_changed_is_worth_no_more(data: st.DataObject) -> None:
    """It is refused, or fewer vouch for the very same checkpoint."""
    note = cosigned(*W[:3])
    spelt = bytearray(note.encode())
    place = data.draw(st.integers(0, len(spelt) - 1))
    spelt[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != spelt[place]))
    whole = judge(note, THREE)
    try:
        vouched = judge(bytes(spelt), THREE)
    except InvalidValue:
        return
    assert whole.checkpoint == vouched.checkpoint
    assert vouched.cosigned.items() < whole.cosigned.items()


pieces: Final = st.sampled_from(
    [
        *LINES,
        "quorum w1",
        "quorum none",
        "group g any w1 w2",
        "group g 1",
        "log",
        "#",
        "\u212a",
        "\t",
    ]
)


@LAW
@given(st.lists(pieces).map(lambda lines: document(*lines)) | st.text() | st.binary())
def test_any_document_is_read_or_refused(given_document: str | bytes) -> None:
    """Nothing else is raised, whatever it is; and what is read takes only who is in it."""
    try:
        trust = Trust.read(given_document)
    except InvalidValue:
        return
    assert trust.quorum in {"none", *trust.witnesses, *trust.groups}
    assert trust.enough([*trust.witnesses])


@LAW
@given(st.text() | st.binary())
def test_any_note_is_judged_or_refused(note: str | bytes) -> None:
    """Nothing else is raised."""
    with pytest.raises(InvalidValue):
        judge(note, THREE)
