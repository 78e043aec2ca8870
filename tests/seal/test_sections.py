"""Sealed sections: what opens, and everything that does not."""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from freezecase.core.values import Audience
from freezecase.errors import InvalidValue, SectionForged
from freezecase.seal.sections import (
    NONCE,
    Place,
    Section,
    open_section,
    seal_section,
    section_key,
)
from tests.laws.settings import LAW
from tests.seal.salamander import salamander

SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
PLACE = Place(UUID("36f6c1d2-0b1e-4c55-8a7e-0f6f7d1f2a3b"), 7, "appeal-filed.v1")
FOR = Audience.CUSTOMER
TEXTS = {"event.statement": "Ich war im Urlaub, das war mein neues Telefon.", "command.reason": "x"}
CHANCE = bytes(range(100, 100 + NONCE))
SECTION = seal_section(SECRET, "key-1", PLACE, FOR, TEXTS, CHANCE)
KEY = section_key(SECRET, PLACE, FOR)


# --- the format ----------------------------------------------------------------------------------


def by_the_book() -> dict[str, str]:
    """Open `SECTION` as a stranger would who has the document of the format and a library."""
    spelt = SECTION.spelt()
    where = PLACE.stream.bytes + (7).to_bytes(8, "big") + b"customer"
    key = hmac.new(SECRET, b"fc-section/1\x00" + where, hashlib.sha256).digest()
    commitment = hmac.new(key, b"fc-commit/1", hashlib.sha256).digest()
    assert commitment == b64decode(spelt["kc"])
    bound = (
        '{"a":"customer","c":"36f6c1d2-0b1e-4c55-8a7e-0f6f7d1f2a3b","k":"key-1",'
        '"t":"appeal-filed.v1","v":7}'
    )
    plain = AESGCM(key).decrypt(b64decode(spelt["n"]), b64decode(spelt["ct"]), bound.encode())
    assert len(plain) % 64 == 0
    assert plain.rstrip(b" ").endswith(b"}")
    texts: dict[str, str] = json.loads(plain)
    return texts


def test_a_stranger_opens_it_from_the_document() -> None:
    """The format is what is written down, said twice."""
    assert by_the_book() == TEXTS


def test_it_is_spelt_in_one_way() -> None:
    """The keys in order, and each value as it was when the format was made."""
    spelt = SECTION.spelt()
    assert list(spelt) == ["a", "ct", "k", "kc", "n"]
    assert spelt == {
        "a": "customer",
        "ct": (
            "8e4YHyM36p1syyTS1hz1ZUo6t4TviRz5qH23X2idctXIKU7yx/ozHA7Bke0Hd2PuRRgc26lnF+Im4IMfUyqv"
            "UYyJoQTatzuhQjXzVA26RCar/+T8NXTYb+RAwGTjkFpuv1fFQJYHiuitTce8RG+XI9CVNoC+YuBFccIWeigaQB"
            "+j/96dLGV/FVsoDZi6F2gZ"
        ),
        "k": "key-1",
        "kc": "O2lJJUwOxMLWvEzP3MrONUPLehoKQjzFDYWphFIQg9A=",
        "n": "ZGVmZ2hpamtsbW5v",
    }
    assert Section.read(spelt) == SECTION


def test_texts_are_in_order_and_padded() -> None:
    """One set of texts has one plaintext, whoever hands it in, and its length says little."""
    turned = dict(reversed(TEXTS.items()))
    assert seal_section(SECRET, "key-1", PLACE, FOR, turned, CHANCE) == SECTION
    lengths = {
        len(seal_section(SECRET, "key-1", PLACE, FOR, {"p": "x" * n}, CHANCE).ciphertext)
        for n in range(120)
    }
    assert lengths == {64 + 16, 128 + 16}


@LAW
@given(
    st.dictionaries(st.text(), st.text(), max_size=4),
    st.integers(1, 2**53 - 1),
    st.sampled_from(Audience),
)
def test_whatever_is_sealed_is_opened(
    texts: dict[str, str], version: int, audience: Audience
) -> None:
    """Every text, at every version, for every audience."""
    place = Place(PLACE.stream, version, "x.v1")
    section = Section.read(seal_section(SECRET, "k", place, audience, texts, CHANCE).spelt())
    assert open_section(section_key(SECRET, place, audience), section, place) == texts


def test_no_two_places_share_a_key() -> None:
    """Each section has its own: handing one on opens no other."""
    places = [PLACE, PLACE._replace(version=8), PLACE._replace(stream=UUID(int=1))]
    keys = {section_key(SECRET, place, audience) for place in places for audience in Audience}
    assert len(keys) == 3 * len(Audience)
    assert {len(key) for key in keys} == {32}


def test_a_nonce_of_another_length_is_refused() -> None:
    """GCM hashes such a nonce down, and may meet one that was used before."""
    with pytest.raises(InvalidValue, match=r"nonce cannot be `16`: 12 bytes"):
        seal_section(SECRET, "key-1", PLACE, FOR, TEXTS, bytes(16))


# --- what does not open --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        (PLACE._replace(stream=UUID(int=1)), SECTION),
        (PLACE._replace(version=8), SECTION),
        (PLACE._replace(name="appeal-filed.v2"), SECTION),
        (PLACE, SECTION._replace(key="key-2")),
        (PLACE, SECTION._replace(audience=Audience.OPERATIONS)),
        (PLACE, SECTION._replace(nonce=bytes(NONCE))),
        (PLACE, SECTION._replace(nonce=b"")),
        (PLACE, SECTION._replace(ciphertext=SECTION.ciphertext[:-1])),
        (PLACE, SECTION._replace(ciphertext=b"")),
        (PLACE, SECTION._replace(commitment=bytes(32))),
        (PLACE, SECTION._replace(commitment=SECTION.commitment[:-1])),
    ],
)
def test_what_was_moved_or_altered_does_not_open(place: Place, changed: Section) -> None:
    """Not in another place, not for another audience, not under another name; nor for its key."""
    with pytest.raises(SectionForged, match="verify the store") as forged:
        open_section(KEY, changed, place)
    assert forged.value.__cause__ is None
    assert "Urlaub" not in str(forged.value)


def test_every_bit_of_it_counts() -> None:
    """Flip any bit of the nonce, the ciphertext or the commitment: it does not open."""
    audience, key, *parts = SECTION
    for which, data in enumerate(parts):
        for place in range(8 * len(data)):
            flipped = bytearray(data)
            flipped[place // 8] ^= 1 << place % 8
            changed = [*parts[:which], bytes(flipped), *parts[which + 1 :]]
            with pytest.raises(SectionForged):
                open_section(KEY, Section(audience, key, *changed), PLACE)


@pytest.mark.parametrize(
    "key",
    [OTHER, section_key(OTHER, PLACE, FOR), KEY[:31], KEY + b"\x00", SECRET, b""],
    ids=["other-subject", "other-section", "cut", "longer", "subject-key", "none"],
)
def test_another_key_does_not_open_it(key: bytes) -> None:
    """Nor one that HMAC takes for the same, as it does with zeros in the end."""
    with pytest.raises(SectionForged, match="its commitment stands for another key"):
        open_section(key, SECTION, PLACE)


@pytest.mark.parametrize("plain", [b"[]", b'{"a":1}', b'{"a":"b"', b"", b"\xff" * 64])
def test_what_holds_no_texts_does_not_open(plain: bytes) -> None:
    """Whoever had the key may have sealed something else; it is no section."""
    bound = json.dumps(
        {"a": FOR, "c": str(PLACE.stream), "k": "key-1", "t": PLACE.name, "v": PLACE.version},
        separators=(",", ":"),
    )
    sealed = AESGCM(KEY).encrypt(CHANCE, plain, bound.encode())
    with pytest.raises(SectionForged, match="altered"):
        open_section(KEY, SECTION._replace(ciphertext=sealed), PLACE)


# --- key commitment (S1) -------------------------------------------------------------------------


def test_a_ciphertext_of_two_keys_is_refused_by_its_commitment() -> None:
    """GCM opens it under both, to two texts: an insider could show an auditor whichever suits."""
    keys = KEY, section_key(OTHER, PLACE, FOR)
    texts = b"the account was frozen for fraud", b"it was a mistake"
    bound = json.dumps(
        {"a": FOR, "c": str(PLACE.stream), "k": "key-1", "t": PLACE.name, "v": PLACE.version},
        separators=(",", ":"),
    ).encode()
    two = salamander(keys, CHANCE, bound, texts)
    opened = [AESGCM(key).decrypt(CHANCE, two, bound) for key in keys]
    assert opened[0].startswith(texts[0])
    assert opened[1][len(texts[0]) :].startswith(texts[1])
    with pytest.raises(InvalidTag):
        AESGCM(SECRET).decrypt(CHANCE, two, bound)
    for key, other in (keys, keys[::-1]):
        commitment = hmac.digest(key, b"fc-commit/1", "sha256")
        section = SECTION._replace(ciphertext=two, commitment=commitment)
        with pytest.raises(SectionForged, match="its commitment stands for another key"):
            open_section(other, section, PLACE)


def test_the_commitment_is_looked_at_before_anything_is_decrypted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that no text of a wrong key is ever made, and nobody can learn keys by asking."""

    class Never:
        def __init__(self, key: bytes) -> None:
            raise AssertionError(key)

    monkeypatch.setattr("freezecase.seal.sections.AESGCM", Never)
    with pytest.raises(SectionForged, match="commitment"):
        open_section(section_key(OTHER, PLACE, FOR), SECTION, PLACE)


# --- reading -------------------------------------------------------------------------------------


def spelt(**changes: Any) -> dict[str, Any]:
    """A section as it is stored, with something changed."""
    return {**SECTION.spelt(), **changes}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        spelt(a="everybody"),
        spelt(k=""),
        spelt(k=7),
        spelt(n="AAAA"),
        spelt(n="AAAAAAAAAAAAAAAA\n"),
        spelt(n="AAAAAAAAAAAAAAA="),
        spelt(n="ä"),
        spelt(n=None),
        spelt(ct="AAAA"),
        spelt(ct="A" * 20 + "AA=="),
        spelt(kc="AAAA"),
        spelt(kc=7),
        spelt(more=""),
        {key: value for key, value in SECTION.spelt().items() if key != "kc"},
    ],
)
def test_what_is_spelt_otherwise_is_no_section(wrong: dict[str, Any]) -> None:
    """One section has one spelling; whatever else is there is somebody's mistake, or work."""
    with pytest.raises(InvalidValue, match="section cannot be"):
        Section.read(wrong)


Change = Callable[[str], str]


@pytest.mark.parametrize("field", ["ct", "kc", "n"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: f" {text}",
        lambda text: f"{text}=",
        lambda text: text.replace("A", "-", 1) + "-",
    ],
    ids=["blank", "sign", "alphabet"],
)
def test_base64_has_one_spelling(field: str, change: Change) -> None:
    """Decoders pass over what they do not know; then two texts would be one section."""
    with pytest.raises(InvalidValue):
        Section.read(spelt(**{field: change(SECTION.spelt()[field])}))
