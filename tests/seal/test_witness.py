"""A witness answers as its specification says, and never signs two histories of one log."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freezecase.errors import InvalidValue
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.merkle import EMPTY_ROOT, root_of
from freezecase.seal.note import Signer, open_note
from freezecase.seal.witness import (
    MOST_BYTES,
    SIZE_TYPE,
    Answer,
    Request,
    Seen,
    answered,
    origin_hash,
    signature_lines,
)
from tests.laws.settings import LAW
from tests.seal.logs import (
    AT,
    FORKED,
    HISTORIES,
    HONEST,
    LOG,
    ORIGIN,
    PARTING,
    SIZE,
    WITNESS,
    checkpoint,
    proof,
    request,
)

NEW: Final = Signer.of_seed(ORIGIN, bytes([200] * 32))
OTHER: Final = Signer.of_seed("other.example/log", bytes([201] * 32))
THIEF: Final = Signer.of_seed(ORIGIN, bytes([202] * 32))
KEYS: Final = (LOG.key, NEW.key, OTHER.key)

ask: Final = partial(answered, signer=WITNESS, logs=KEYS, now=lambda: AT)


@attrs.define
class Memory:
    """What a witness remembers, in a dictionary."""

    seen: dict[str, Seen] = attrs.field(factory=dict)

    def ask(self, asked: Request | bytes) -> Answer:
        """Ask the witness, and remember what it says that it must."""
        body = asked if isinstance(asked, bytes) else asked.body.encode()
        answer = ask(body, seen=self.seen.get)
        if answer.keep is not None:
            self.seen[answer.origin] = answer.keep
        return answer


def at(size: int) -> Memory:
    """The memory of a witness that saw the honest log so far."""
    memory = Memory()
    assert memory.ask(request(HONEST, 0, size)).status == 200
    return memory


# --- the statuses --------------------------------------------------------------------------------

GOOD: Final = request(HONEST, 4, 9)
EMPTY: Final = LOG.signed(checkpoint(HONEST, 0).text)
FULL_OF_NOTHING: Final = LOG.signed(Checkpoint(ORIGIN, 0, HONEST[0]).text)
HUGE: Final = LOG.signed(Checkpoint(ORIGIN, 2**63, HONEST[0]).text)
SPOILT: Final = GOOD.note.replace(GOOD.note.split()[-1], request(HONEST, 0, 8).note.split()[-1])

STATUSES: Final[dict[str, tuple[int, Request | bytes, int, str]]] = {
    # name: how far the witness saw the log, the request, the status, the body's beginning
    "grown": (4, GOOD, 200, "\u2014 regulator.example/w1 "),
    "grown by one": (4, request(HONEST, 4, 5), 200, "\u2014 "),
    "grown from a power of two": (8, request(HONEST, 8, 11), 200, "\u2014 "),
    "not grown": (9, request(HONEST, 9, 9), 200, "\u2014 "),
    "never seen": (0, request(HONEST, 0, 9), 200, "\u2014 "),
    "empty": (0, Request(0, (), EMPTY), 200, "\u2014 "),
    "no bytes": (4, b"", 400, "request cannot be"),
    "no note": (4, b"old 4\n\n", 400, "checkpoint cannot be"),
    "no signatures": (4, attrs.evolve(GOOD, note=GOOD.note.split("\n\n")[0]), 400, "checkpoint"),
    "signed in a way that nobody can read": (
        4,
        attrs.evolve(GOOD, note=f"{GOOD.note[:-2]}!\n"),
        403,
        "note cannot be",
    ),
    "no old size": (4, GOOD.body.encode().removeprefix(b"old 4\n"), 400, "request cannot be"),
    "old size with a zero": (4, GOOD.body.encode().replace(b"d 4", b"d 04"), 400, "request"),
    "old size below nothing": (4, GOOD.body.encode().replace(b"d 4", b"d -4"), 400, "request"),
    "old size of another alphabet": (
        4,
        GOOD.body.replace("old 4", "old \uff14").encode(),
        400,
        "request cannot be",
    ),
    "old size twice": (4, b"old 4\n" + GOOD.body.encode(), 400, "request cannot be"),
    "a proof of no hashes": (4, GOOD.body.encode().replace(b"old 4\n", b"old 4\nAAAA\n"), 400, ""),
    "a proof of no base64": (
        4,
        GOOD.body.encode().replace(b"old 4\n", b"old 4\n\xc3\xa9\n"),
        400,
        "",
    ),
    "no UTF-8": (4, b"\xff" + GOOD.body.encode(), 400, "request cannot be"),
    "64 lines of proof": (4, attrs.evolve(GOOD, proof=(EMPTY_ROOT,) * 64), 400, "request"),
    "too long": (4, b"old 4\n" + b"\n" * MOST_BYTES, 400, "request cannot be"),
    "no checkpoint": (4, Request(4, (), LOG.signed("a text\n")), 400, "checkpoint cannot be"),
    "old size after the new": (4, Request(10, (), GOOD.note), 400, "old size 10 is larger"),
    "larger than sizes are": (4, Request(4, (), HUGE), 400, "old size 4 is larger"),
    "signed by nobody": (
        4,
        Request(4, GOOD.proof, THIEF.signed(GOOD.note.split("\n\n")[0] + "\n")),
        403,
        "no key of `bank.example/log`",
    ),
    "signed as another text": (4, attrs.evolve(GOOD, note=SPOILT), 403, "note cannot be"),
    "signed by another log": (
        4,
        Request(4, GOOD.proof, OTHER.signed(checkpoint(HONEST, 9).text)),
        403,
        "no key of `bank.example/log`",
    ),
    "of a log that nobody watches": (
        4,
        request(HONEST, 4, 9, Signer.of_seed("bank.example/log2", bytes(32))),
        404,
        "this witness does not watch `bank.example/log2`",
    ),
    "seen less far": (4, request(HONEST, 6, 9), 409, "4\n"),
    "seen further": (9, request(HONEST, 4, 11), 409, "9\n"),
    "seen further than it is now": (9, request(HONEST, 4, 6), 409, "9\n"),
    "asked for the first time": (9, request(HONEST, 0, 11), 409, "9\n"),
    "never seen, and says so": (0, request(HONEST, 3, 9), 409, "0\n"),
    "empty with a root": (0, Request(0, (), FULL_OF_NOTHING), 422, "a tree without leaves"),
    "a proof from nothing": (0, attrs.evolve(GOOD, old=0), 422, "nothing can be proved"),
    "no proof": (4, attrs.evolve(GOOD, proof=()), 422, "the proof does not show"),
    "a proof too long": (4, attrs.evolve(GOOD, proof=(*GOOD.proof, EMPTY_ROOT)), 422, "the proof"),
    "another order": (4, attrs.evolve(GOOD, proof=GOOD.proof[::-1]), 422, "the proof"),
    "a proof though not grown": (9, attrs.evolve(GOOD, old=9), 422, "the proof does not show"),
    "another history": (8, request(FORKED, 8, 11), 422, "the proof does not show"),
    "another history of that size": (8, request(FORKED, 8, 8), 422, "the proof does not show"),
}


@pytest.mark.parametrize("name", STATUSES)
def test_a_request_has_the_answer_that_the_specification_says(name: str) -> None:
    """And nothing but a 200 changes what the witness remembers."""
    seen, asked, status, begins = STATUSES[name]
    memory = at(seen) if seen else Memory()
    before = dict(memory.seen)

    answer = memory.ask(asked)

    assert (status, answer.body[: len(begins)]) == (answer.status, begins)
    assert (answer.content_type == SIZE_TYPE) is (status == 409)
    assert (answer.keep is None) is (status != 200)
    assert status == 200 or before == memory.seen
    assert answer.body.endswith("\n")


def test_a_cosignature_says_when_and_holds() -> None:
    """It is over the log's own text, and the client may join it to the note."""
    answer = at(4).ask(GOOD)

    opened = open_note(GOOD.note + answer.body, [LOG.key, WITNESS.key])
    assert [held.at for held in opened.held] == [None, AT]
    assert answer.origin == ORIGIN


def test_what_is_kept_says_all_that_a_witness_shows() -> None:
    """The log's signature that it verified, and its own; nothing that others added."""
    others = THIEF.line(checkpoint(HONEST, 9).text) + NEW.line(checkpoint(HONEST, 9).text)
    asked = attrs.evolve(GOOD, note=GOOD.note + others)

    kept = at(4).ask(asked).keep

    assert kept is not None
    assert (9, root_of(HONEST[:9])) == (kept.size, kept.root)
    lines = kept.note.split("\n\n")[1].splitlines()
    assert [ORIGIN, ORIGIN, WITNESS.key.name] == [line.split()[1] for line in lines]
    assert Seen.read(kept.note, [WITNESS.key]) == kept
    assert len(open_note(kept.note, [LOG.key, NEW.key, WITNESS.key]).held) == 3


def test_what_was_kept_and_is_damaged_is_not_believed() -> None:
    """Neither one bit of another text, nor what nobody known signed."""
    kept = at(4).ask(GOOD).keep
    assert kept is not None

    with pytest.raises(InvalidValue, match="over this very text"):
        Seen.read(kept.note.replace("\n9\n", "\n8\n"), [WITNESS.key])
    with pytest.raises(InvalidValue, match="one of the known keys"):
        Seen.read(kept.note, [OTHER.key])


def test_logs_do_not_get_in_each_others_way() -> None:
    """Each is remembered by its own name."""
    memory = at(9)

    assert memory.ask(request(FORKED, 0, 7, OTHER)).status == 200
    assert {ORIGIN: 9, OTHER.key.name: 7} == {name: one.size for name, one in memory.seen.items()}


def test_a_log_may_change_its_key() -> None:
    """Who watches it knows both; its history goes on."""
    memory = at(4)

    assert memory.ask(request(HONEST, 4, 9, NEW)).status == 200
    assert memory.ask(request(FORKED, 9, 11, NEW)).status == 422


def test_a_request_is_read_as_it_is_spelt() -> None:
    """The published example of the specification: its shape, to the byte."""
    body = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY"
        "N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )

    read = Request.read(body.encode())

    assert body == read.body
    assert (read.old, len(read.proof)) == (20852014, 2)
    assert Checkpoint.read(open_note(read.note, ()).text).size == 20852163


def test_what_is_shown_is_found_by_the_hash_of_the_name() -> None:
    """As `printf %s bank.example/log | sha256sum` has it."""
    expected = "8a5e83ae2ec181a5d5aab10a69d25d8c8d9a4222f64fa5f0883406381b0fe295"

    assert expected == origin_hash(ORIGIN)


def test_lines_are_found_whatever_else_stands_there() -> None:
    """A name may hold what other programs take for the end of a line."""
    text = checkpoint(HONEST, 9).text
    odd = LOG.line(text).replace(f" {ORIGIN} ", " a\u2028b\x85 ")

    found = signature_lines(LOG.signed(text) + odd + WITNESS.line(text, at=AT), [WITNESS.key])

    assert (WITNESS.line(text, at=AT),) == found


# --- the law -------------------------------------------------------------------------------------

Steps = list[tuple[str, int, int, bool, str]]
steps: Final = st.lists(
    st.tuples(
        st.sampled_from([*HISTORIES]),
        st.integers(0, SIZE),
        st.integers(0, SIZE),
        st.booleans(),
        st.sampled_from(["answered", "answer lost", "crashed before it was kept"]),
    ),
    max_size=30,
)


@LAW
@given(steps)
def test_a_witness_never_cosigns_two_histories(taken: Steps) -> None:
    """Whatever is asked in whatever order, and wherever it crashes.

    A program that crashes before its state is on disk answers nothing; one that crashes after it
    may not have answered, either. So what went out is part of what was kept.
    """
    memory: dict[str, Seen] = {}
    signed: list[Checkpoint] = []
    for history, guess, size, knows, outcome in taken:
        leaves = HISTORIES[history]
        old = memory[ORIGIN].size if knows and ORIGIN in memory else guess
        asked = Request(old, proof(leaves, old, size), LOG.signed(checkpoint(leaves, size).text))
        answer = ask(asked.body.encode(), seen=memory.get)
        if answer.keep is None or outcome == "crashed before it was kept":
            continue
        memory[answer.origin] = answer.keep
        if outcome == "answered":
            signed.append(Checkpoint.read(open_note(asked.note + answer.body, ()).text))

    sizes = [one.size for one in signed]
    assert sorted(sizes) == sizes
    assert any(
        all(one == checkpoint(leaves, one.size) for one in signed) for leaves in HISTORIES.values()
    )


def test_the_law_would_see_a_witness_that_forgets() -> None:
    """A witness that comes back with an old memory signs both: the law is not empty."""
    memory = at(PARTING)
    old = dict(memory.seen)
    first = memory.ask(request(HONEST, PARTING, 9)).status
    memory.seen = old  # as if put back from a backup

    assert [first, memory.ask(request(FORKED, PARTING, 9)).status] == [200, 200]
    assert checkpoint(HONEST, 9) != checkpoint(FORKED, 9)


def test_an_older_request_that_comes_late_does_not_roll_a_witness_back() -> None:
    """The race at the end of the specification: A for 6 and B for 9, both from 4; B is first."""
    memory = at(4)
    late, first = request(HONEST, 4, 6), request(HONEST, 4, 9)

    answers = [memory.ask(first), memory.ask(late), memory.ask(first)]

    assert [(answer.status, "" if answer.status == 200 else answer.body) for answer in answers] == [
        (200, ""),
        (409, "9\n"),
        (409, "9\n"),
    ]
    assert memory.seen[ORIGIN].size == 9


@LAW
@given(st.binary(max_size=300))
def test_any_bytes_have_an_answer(body: bytes) -> None:
    """Whoever sends rubbish is told so; nothing is kept."""
    answer = ask(body, seen=Memory().seen.get)

    assert [answer.status, answer.keep] == [400, None]


def mutated(body: bytes, draw: Callable[[Any], Any]) -> bytes:
    """The body with a piece cut out, put in or changed."""
    place = draw(st.integers(0, len(body)))
    length = draw(st.integers(0, 40))
    put: bytes = draw(st.binary(max_size=4))
    return body[:place] + put + body[place + length :]


@LAW
@given(st.data())
def test_a_request_that_was_tampered_with_gets_no_other_signature(data: st.DataObject) -> None:
    """It is refused, or what is signed is what the log itself signed."""
    body = mutated(GOOD.body.encode(), data.draw)
    answer = ask(body, seen=at(4).seen.get)

    assert answer.status in (200, 400, 403, 404, 409, 422)
    if answer.status == 200:
        assert answer.body == WITNESS.line(checkpoint(HONEST, 9).text, at=AT)


def test_a_witness_signs_the_second_in_which_it_is_asked() -> None:
    """Not a fraction of it: the format has whole seconds."""
    late = AT + timedelta(milliseconds=999)
    asked = GOOD.body.encode()

    answer = answered(asked, signer=WITNESS, logs=KEYS, seen=at(4).seen.get, now=lambda: late)

    assert answer.body == WITNESS.line(checkpoint(HONEST, 9).text, at=AT)


def test_a_proof_line_has_one_spelling() -> None:
    """The last character of base64 holds bits that mean nothing: only zeroes are taken."""
    line = b64encode(GOOD.proof[0])
    other = line[:-2] + bytes([line[-2] + 1]) + b"="
    body = GOOD.body.encode().replace(line, other)

    assert b64decode(other) == GOOD.proof[0]
    assert at(4).ask(body).status == 400
