"""Time stamps over a note: those of an authority of our own hold, and no others."""

import json
import sys
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from freezecase.errors import CannotVerify, InvalidValue
from freezecase.seal.timestamp import MOST_BYTES, Stamp, request_for, stamped

pytest.importorskip("rfc3161_client", reason="the extra `timestamps` is not installed")

MADE: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("stamped.json").read_text(encoding="utf-8")
)
"""A note, an authority's two replies over it, and roots, as `openssl ts` made them."""
NOTE: Final[str] = MADE["note"]
ROOT: Final = MADE["root"].encode()
REPLY: Final = b64decode(MADE["reply"])
BARE: Final = b64decode(MADE["reply without accuracy"])
AT: Final = datetime(2026, 11, 22, 6, 54, 28, tzinfo=UTC)


def test_a_stamp_says_when_and_how_exactly() -> None:
    """1.5001 s either way, so the note was there a second and a half later for certain."""
    stamp = stamped(NOTE, REPLY, [ROOT])

    assert Stamp(AT, timedelta(seconds=1, milliseconds=500, microseconds=100), 2) == stamp
    assert datetime(2026, 11, 22, 6, 54, 29, 500100, tzinfo=UTC) == stamp.latest


def test_a_stamp_that_does_not_say_how_exact_it_is_is_taken_at_its_word() -> None:
    """RFC 3161 leaves it to the policy of the authority then."""
    assert Stamp(AT, timedelta(), 3) == stamped(NOTE, BARE, [ROOT])


def test_several_roots_may_be_trusted() -> None:
    """In one file, or in several."""
    other = MADE["another root"].encode()

    assert stamped(NOTE, BARE, [other + ROOT]) == stamped(NOTE, BARE, [other, ROOT])


def test_we_ask_as_openssl_does() -> None:
    """`openssl ts -query -sha256 -no_nonce -cert`, to the byte."""
    assert b64decode(MADE["query"]) == request_for(NOTE)


BAD: Final = {
    "another note": (NOTE.replace("\n7\n", "\n8\n"), REPLY, [ROOT], "Mismatch between messages"),
    "another root": (NOTE, REPLY, [MADE["another root"].encode()], "verify certificates|verifying"),
    "no root": (NOTE, REPLY, [], "certificates in PEM"),
    "no certificate": (NOTE, REPLY, [b"-----"], "certificates in PEM"),
    "no reply": (NOTE, b"", [ROOT], "over this very note"),
    "another format": (NOTE, b"<html>", [ROOT], "over this very note"),
    "cut off": (NOTE, REPLY[:-1], [ROOT], "over this very note"),
    "too long": (NOTE, REPLY + bytes(MOST_BYTES), [ROOT], f"at most {MOST_BYTES}"),
    "refused by the authority": (NOTE, b"0\x050\x03\x02\x01\x02", [ROOT], "over this very note"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_stamp_that_does_not_hold_is_refused(name: str) -> None:
    """Whatever is wrong with it."""
    note, reply, roots, words = BAD[name]

    with pytest.raises(InvalidValue, match=words):
        stamped(note, reply, roots)


def test_no_bit_of_a_stamp_can_be_changed_to_say_something_else() -> None:
    """Each is refused, or is one that no signature covers and that means nothing to us."""
    expected, refused = stamped(NOTE, BARE, [ROOT]), 0
    for place in range(len(BARE)):
        changed = bytearray(BARE)
        changed[place] ^= 1 << (place % 8)
        try:
            assert expected == stamped(NOTE, bytes(changed), [ROOT])
        except InvalidValue:
            refused += 1
    assert refused > 0.9 * len(BARE)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither asked for nor checked."""
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)

    with pytest.raises(CannotVerify, match=r"pip install 'freezecase\[timestamps\]'"):
        stamped(NOTE, REPLY, [ROOT])
    with pytest.raises(CannotVerify, match="time stamps need `rfc3161_client`"):
        request_for(NOTE)
