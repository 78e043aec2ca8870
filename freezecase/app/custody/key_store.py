"""
The store of subject keys: opened by a URL, in another database than the records that they seal.

    kek = FileKek.read("/run/secrets/kek")
    with open_key_store("sqlite:///keys.db", kek) as keys:
        key = keys.keys_for([("acct-4711", Audience.CUSTOMER)])

What is destroyed here is gone for this database. It is not gone from a backup made before, nor, on
PostgreSQL, from its write-ahead log and from pages that were not vacuumed yet: see what
`key_store_sqlite` and `key_store_postgres` say of themselves. There it lies wrapped; once the key
of the house is changed (`rewrap`) and the old one destroyed, nothing can open it any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from freezecase.app.clock import fresh_bytes
from freezecase.app.custody.key_rows import KeyTable
from freezecase.app.custody.subject_keys import SubjectKeys
from freezecase.app.stores.store import Settings
from freezecase.errors import StoreError
from freezecase.seal.keys import Fresh, Kek, KeyStore

__all__ = ["open_key_store"]

REMEMBERED: Final = 10_000
URLS: Final = (
    "`sqlite:///relative.db`, `sqlite:////absolute.db`, `memory:` or "
    "`postgresql://user:password@host:port/database`"
)


def open_key_store(
    url: str,
    kek: Kek,
    *,
    older: Sequence[Kek] = (),
    fresh: Fresh = fresh_bytes,
    create: bool = True,
    busy_timeout: float = 5.0,
    pool_size: int = 5,
    remembered: int = REMEMBERED,
) -> KeyStore:
    """
    Open the key store that *url* names, and make one there if there is none and *create* is true.

    Args:
        url: another database than that of the records.
        kek: the key of the house, under which new keys are wrapped.
        older: keys of the house before it, for as long as keys are wrapped under them.
        fresh: where keys come from; the tests put their own.
        create: whether to make the tables where there are none.
        busy_timeout: seconds to wait for another writer, or for one of *pool_size* connections.
        pool_size: how many connections to keep.
        remembered: how many opened keys are kept in memory.

    Raises:
        StoreError: it cannot be opened.
        NotOurStore: what is there is no key store; perhaps it is where the records are.

    """
    settings = Settings(
        create=create,
        synchronous="FULL",
        busy_timeout=busy_timeout,
        pool_size=pool_size,
        clock=None,
        origin=None,
        verify=False,
    )
    return SubjectKeys(_table(url, settings), kek, older, fresh, remembered)


def _table(url: str, settings: Settings) -> KeyTable:
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from freezecase.app.custody.key_store_postgres import PostgresKeys  # noqa: PLC0415  # an extra
        except ModuleNotFoundError as missing:
            raise StoreError(
                f"PostgreSQL needs `{missing.name}`: pip install 'freezecase[postgres]'"
            ) from missing
        return PostgresKeys(url, settings)
    path = None if url == "memory:" else unquote(url.removeprefix("sqlite:///"))
    if path in ("", url) or "?" in url:
        raise StoreError(f"that names no key store: it takes {URLS}, and no `?` after it")
    from freezecase.app.custody.key_store_sqlite import SQLiteKeys  # noqa: PLC0415  # as above

    return SQLiteKeys(None if path in (None, ":memory:") else Path(path).absolute(), settings)
