"""Signed notes as others read and write them: published ones, and every way to spoil one."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import EMPTY_ROOT
from freezecase.seal.note import Held, Kind, NoteKey, Opened, Signer, open_note
from tests.laws.settings import LAW

# golang.org/x/mod/sumdb/note, example_test.go
GO_SECRET: Final = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_KEY: Final = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT: Final = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE: Final = (
    f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgK"
    "vqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# c2sp.org/signed-note
C2SP_KEY: Final = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE: Final = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXpp"
    "zi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

TEXT: Final = "bank.example/log\n7\nroot\n"
AT: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LOG: Final = Signer.of_seed("bank.example/log", bytes(32))
WITNESS: Final = Signer.of_seed("regulator.example/w1", bytes([1] * 32), Kind.COSIGNATURE)
NOTE: Final = LOG.signed(TEXT)


# --- published -----------------------------------------------------------------------------------


@pytest.mark.parametrize("spelt", [GO_KEY, C2SP_KEY])
def test_a_published_key_is_read_and_spelt(spelt: str) -> None:
    """As Go spells it, and the document of the format."""
    assert str(NoteKey.read(spelt)) == spelt


def test_a_published_secret_signs_the_published_note() -> None:
    """To the byte: Ed25519 leaves nothing to chance."""
    signer = Signer.of_seed("PeterNeumann", b64decode(GO_SECRET)[1:])
    assert str(signer.key) == GO_KEY
    assert signer.signed(GO_TEXT) == GO_NOTE


@pytest.mark.parametrize(
    ("note", "key", "name"),
    [(GO_NOTE, GO_KEY, "PeterNeumann"), (C2SP_NOTE, C2SP_KEY, "example.com/foo")],
)
def test_a_published_note_holds(note: str, key: str, name: str) -> None:
    """Also as bytes, which is how it comes."""
    text = note.partition("\n\n")[0] + "\n"
    assert open_note(note, [NoteKey.read(key)]) == Opened(text, (Held(name, None),))
    assert open_note(note.encode(), [NoteKey.read(key)]).text == text


def test_every_other_spelling_of_a_published_key_is_refused() -> None:
    """Every part of it, and every character raised by one (as in Go's own tests)."""
    parts = {GO_KEY[i:j] for i in range(len(GO_KEY)) for j in range(i, len(GO_KEY) + 1)}
    bumped = {GO_KEY[:n] + chr(ord(char) + 1) + GO_KEY[n + 1 :] for n, char in enumerate(GO_KEY)}
    for spelt in (parts | bumped) - {GO_KEY}:
        with pytest.raises(InvalidValue):
            NoteKey.read(spelt)


# --- our own -------------------------------------------------------------------------------------


def test_several_sign_one_text() -> None:
    """The log, and a witness who says when."""
    note = NOTE + WITNESS.line(TEXT, at=AT)
    opened = open_note(note, [LOG.key, WITNESS.key])
    assert opened == Opened(TEXT, (Held(LOG.key.name, None), Held(WITNESS.key.name, AT)))


def test_who_is_not_known_is_passed_over() -> None:
    """Nothing can be said of their signature; of the text, only what others vouch for."""
    note = NOTE + WITNESS.line(TEXT, at=AT)
    assert open_note(note, [WITNESS.key]).held == (Held(WITNESS.key.name, AT),)
    assert open_note(note, []) == Opened(TEXT, ())


def test_a_key_counts_once() -> None:
    """However often it signs; the second line is not even looked at."""
    broken = NOTE.splitlines()[-1][:-4] + "AAA=\n"
    assert len(open_note(NOTE + broken, [LOG.key]).held) == 1


def test_a_cosignature_is_over_its_time_as_well() -> None:
    """Whoever changes the time spoils it (c2sp.org/tlog-cosignature)."""
    line = WITNESS.line(TEXT, at=AT)
    blob = bytearray(b64decode(line.split()[-1]))
    blob[11] ^= 1
    note = f"{TEXT}\n— {WITNESS.key.name} {b64encode(blob).decode()}\n"
    with pytest.raises(InvalidValue, match="a signature of `regulator"):
        open_note(note, [WITNESS.key])


@LAW
@given(st.data())
def test_a_note_with_one_bit_changed_does_not_hold(data: st.DataObject) -> None:
    """In the text, in the signature, or anywhere between."""
    spelt = bytearray(NOTE.encode())
    place, bit = data.draw(st.integers(0, len(spelt) - 1)), data.draw(st.integers(0, 7))
    spelt[place] ^= 1 << bit
    try:
        held = open_note(bytes(spelt), [LOG.key]).held
    except InvalidValue:
        return
    assert held == ()


def test_a_signer_does_not_tell_its_secret() -> None:
    """Not when it is printed, as it will be in some log."""
    assert repr(LOG) == f"Signer(key={LOG.key!r})"


# --- what is refused -----------------------------------------------------------------------------

NO_NOTES: Final = {
    "no signature": TEXT,
    "no empty line": NOTE.replace("\n\n", "\n"),
    "an unfinished line": NOTE[:-1],
    "no dash": NOTE.replace("— ", "- "),
    "no name": NOTE.replace("bank.example/log ", " "),
    "not base64": NOTE.replace(NOTE.split()[-1], "!!!!"),
    "only an id": NOTE.replace(NOTE.split()[-1], b64encode(LOG.key.id).decode()),
    "another spelling of base64": NOTE.replace(NOTE.split()[-1], NOTE.split()[-1] + "===="),
    "a control character": NOTE.replace("root", "ro\tot"),
    "too many signatures": f"{TEXT}\n" + LOG.line(TEXT) * 101,
    "too long": "x" * 1_000_001,
    "a shorter signature": NOTE.replace(
        NOTE.split()[-1], b64encode(b64decode(NOTE.split()[-1])[:-1]).decode()
    ),
}


@pytest.mark.parametrize("note", NO_NOTES.values(), ids=NO_NOTES)
def test_what_is_no_note_is_refused(note: str) -> None:
    """Each in its own words; nothing of it is believed."""
    with pytest.raises(InvalidValue, match=r"^(note|text) cannot be"):
        open_note(note, [LOG.key])


def test_a_note_in_another_encoding_is_refused() -> None:
    """It is text in UTF-8."""
    with pytest.raises(InvalidValue, match="text in UTF-8"):
        open_note(b"\xff\n\n\xff\n", [])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u200bb"])
def test_a_name_that_could_be_taken_for_something_else_is_refused(name: str) -> None:
    """Blanks of any kind, plus signs, and what cannot be seen."""
    with pytest.raises(InvalidValue, match="name"):
        Signer.of_seed(name, bytes(32))


def test_half_a_key_is_refused() -> None:
    """And half a seed; the error does not tell the secret."""
    with pytest.raises(InvalidValue, match="32 bytes"):
        NoteKey("a", Kind.ED25519, bytes(31))
    with pytest.raises(InvalidValue, match=r"seed cannot be `31`: 32 bytes"):
        Signer.of_seed("a", bytes(31))


@pytest.mark.parametrize(("signer", "at"), [(LOG, AT), (WITNESS, None)])
def test_only_a_witness_says_when(signer: Signer, at: datetime | None) -> None:
    """And a witness has to."""
    with pytest.raises(InvalidValue, match="an instant for a cosignature"):
        signer.signed(TEXT, at=at)


@pytest.mark.parametrize("text", ["", "no end", "a\rb\n"])
def test_a_text_that_is_no_text_is_not_signed(text: str) -> None:
    """Whoever reads it would refuse it."""
    with pytest.raises(InvalidValue, match="lines, each ended"):
        LOG.signed(text)


# --- checkpoints ---------------------------------------------------------------------------------


def test_a_checkpoint_is_read_as_it_is_spelt() -> None:
    """Origin, size, root; and what else the log says."""
    text = "bank.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nday 7\n"
    checkpoint = Checkpoint("bank.example/log", 0, EMPTY_ROOT, ("day 7",))
    assert (checkpoint.text, Checkpoint.read(text)) == (text, checkpoint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        "log\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
        "log\none\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n1\n47DE\n",
        "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """Also one that is spelt in another way: what is signed is read in one way only."""
    with pytest.raises(InvalidValue, match="an origin, a size and a root"):
        Checkpoint.read(text)


@pytest.mark.parametrize(
    ("checkpoint", "allowed"),
    [
        (("", 1, EMPTY_ROOT), "lines that are not empty"),
        (("log\nlog", 1, EMPTY_ROOT), "can be printed"),
        (("log", -1, EMPTY_ROOT), "0 or more"),
        (("log", 1, b"short"), "32 bytes"),
        (("log", 1, EMPTY_ROOT, ("",)), "lines that are not empty"),
    ],
)
def test_a_checkpoint_that_could_be_read_otherwise_is_not_made(
    checkpoint: tuple[str, int, bytes], allowed: str
) -> None:
    """The error says what it takes."""
    with pytest.raises(InvalidValue, match=allowed):
        Checkpoint(*checkpoint)
