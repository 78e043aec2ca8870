"""Seal and open one section, against the bare cipher on the same bytes; and the keys for it."""

from collections.abc import Iterator
from contextlib import closing
from hmac import digest
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from freezecase.app.clock import fresh_bytes
from freezecase.app.custody.key_store import open_key_store
from freezecase.core.values import Audience
from freezecase.seal.kek import FileKek
from freezecase.seal.keys import KeyStore
from freezecase.seal.sections import NONCE, Place, Section, open_section, seal_section, section_key
from tests.benchmarks.harness import Row, compare, repeat

PLACE = Place(UUID("36f6c1d2-0b1e-4c55-8a7e-0f6f7d1f2a3b"), 7, "appeal-filed.v1")
TEXTS = {"event.statement": "I was on holiday, and that was my new phone. " * 8}
TIMES = 500
WANTED = ("acct-4711", Audience.CUSTOMER)


def rows() -> Iterator[Row]:
    """Measure sections, and the key store in a file."""
    yield from sections()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "keys.db"
        with open_key_store(f"sqlite:///{file}", FileKek(fresh_bytes(32))) as keys:
            yield from key_store(keys, file)


def sections() -> Iterator[Row]:
    """Each section has a key of its own, so the bare cipher takes a new one each time, too."""
    secret = fresh_bytes(32)
    sealed = seal_section(secret, "0" * 32, PLACE, WANTED[1], TEXTS, fresh_bytes(NONCE))
    key, spelt = section_key(secret, PLACE, WANTED[1]), sealed.spelt()
    plain, bound = bytes(len(sealed.ciphertext) - 16), bytes(150)
    bare = AESGCM(key).encrypt(sealed.nonce, plain, bound)
    size = f"{len(plain)} B"

    def seal() -> None:
        seal_section(secret, "0" * 32, PLACE, WANTED[1], TEXTS, fresh_bytes(NONCE)).spelt()

    def opened() -> None:
        section = Section.read(spelt)
        open_section(section_key(secret, PLACE, section.audience), section, PLACE)

    yield compare(
        f"seal one section of {size}, as stored",
        floor=repeat(TIMES, lambda: AESGCM(key).encrypt(fresh_bytes(NONCE), plain, bound)),
        ours=repeat(TIMES, seal),
        units=TIMES,
        note="a key from a key, a commitment, JSON, base64",
    )
    yield compare(
        f"open one section of {size}, as stored",
        floor=repeat(TIMES, lambda: AESGCM(key).decrypt(sealed.nonce, bare, bound)),
        ours=repeat(TIMES, opened),
        units=TIMES,
        note="base64 in its one spelling, both hashes, JSON",
    )
    yield compare(
        "two of its hashes: a section key, a commitment",
        floor=repeat(TIMES, lambda: AESGCM(key).encrypt(sealed.nonce, plain, bound)),
        ours=repeat(TIMES, lambda: digest(section_key(secret, PLACE, WANTED[1]), b"x", "sha256")),
        units=TIMES,
        note="floor: the bare cipher once",
    )


def key_store(keys: KeyStore, file: Path) -> Iterator[Row]:
    """What a record pays for the key of its sections."""
    keys.keys_for([WANTED])
    with closing(connect(file)) as connection:
        yield compare(
            "a subject key that is remembered (SQLite)",
            floor=repeat(TIMES, lambda: connection.execute("SELECT 1").fetchone()),
            ours=repeat(TIMES, lambda: keys.keys_for([WANTED])),
            units=TIMES,
            note="floor: ask SQLite for nothing; ours asks whether any was destroyed",
        )
    made = iter(range(10**9))
    yield compare(
        "make the keys of 500 people (SQLite), each",
        floor=repeat(TIMES, lambda: fresh_bytes(48)),
        ours=lambda: keys.keys_for(
            [(f"acct-{next(made)}", Audience.CUSTOMER) for _ in range(TIMES)]
        ),
        units=TIMES,
        note="floor: the random bytes alone; ours is durable, in one transaction",
    )
