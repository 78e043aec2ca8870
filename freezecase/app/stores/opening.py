"""
Opening a store: what a URL names, made if there is nothing yet, refused if it is another's.

    with open_store("sqlite:///cases.db") as store: ...
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict
from urllib.parse import unquote

from freezecase.app.stores.store import Settings, Store
from freezecase.errors import InvalidValue, StoreError
from freezecase.seal.leaf import check_origin

__all__ = ["StoreOptions", "open_store"]

SYNCHRONOUS = ("FULL", "NORMAL")
URLS = (
    "`sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite:///:memory:`, `memory:`, "
    "`postgresql://user:password@host:port/database` or, to read, `parquet:///folder`"
)


class StoreOptions(TypedDict, total=False):
    """How a store may be opened, where it matters; `open_store` says what each means."""

    create: bool
    synchronous: str
    busy_timeout: float
    pool_size: int
    origin: str | None
    verify: bool


def open_store(
    url: str,
    *,
    create: bool = True,
    synchronous: str = "FULL",
    busy_timeout: float = 5.0,
    pool_size: int = 5,
    clock: Callable[[], int] | None = None,
    origin: str | None = None,
    verify: bool = True,
    sealed: bool = False,
) -> Store:
    """Open the store that *url* names, and make one there if there is none and *create* is true.

    *synchronous* `"FULL"` means durable on return; `"NORMAL"` may lose the last commits (never
    their order) when the power fails. *busy_timeout* (seconds) is how long to wait for another
    writer, or for one of *pool_size* connections. *clock* (us since 1970) is asked only when
    rows come in by the engine's own `insert_events` without a time. *origin* names the log when it
    is made, such as `bank.example/freezecase`; one that nobody named gets a name nobody owns.
    *verify* holds every case that is read against the ledger; without it a damaged one can be
    looked at. *sealed* makes a store that takes texts sealed only, and refuses one that does not.

    Environment variables cannot choose another database or change how it behaves. Of those that
    libpq knows, only the ones for secrets and encryption (`PGPASSWORD`, `PGPASSFILE`, `PGSSL...`)
    fill in what the URL leaves out.

    Raises `StoreError` if it cannot be opened, `NotOurStore` if what is there is another's.
    """
    if synchronous not in SYNCHRONOUS:
        raise InvalidValue("synchronous", synchronous, "it takes `FULL` or `NORMAL`")
    named = None if origin is None else check_origin(origin)
    settings = Settings(create, synchronous, busy_timeout, pool_size, clock, named, verify, sealed)
    if url == "memory:" or url.startswith("sqlite:///"):
        return _open_sqlite(url, settings)
    if url.startswith(("postgresql://", "postgres://")):
        return _open_postgres(url, settings)
    if url.startswith("parquet:///"):
        return _open_parquet(url, settings)
    raise StoreError(f"no kind of store is called {_kind(url)}: it takes {URLS}")


def _kind(url: str) -> str:
    """Name what stands before `://`, and no more: a password may follow it."""
    scheme, found, _ = url.partition("://")
    return f"`{scheme}://`" if found else "that, without `://`"


def _open_sqlite(url: str, settings: Settings) -> Store:
    from freezecase.app.stores.sqlite import SQLiteStore  # noqa: PLC0415  # not every store needs every engine

    path = unquote(url.removeprefix("sqlite:///"))
    if url == "memory:" or path == ":memory:":
        return SQLiteStore(None, settings)
    if not path or "?" in url:
        raise StoreError(f"`{url}` names no file: it takes {URLS}, and no `?` after it")
    return SQLiteStore(Path(path).absolute(), settings)


def _open_postgres(url: str, settings: Settings) -> Store:
    try:
        from freezecase.app.stores.postgres import PostgresStore  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as missing:
        raise StoreError(
            f"PostgreSQL needs `{missing.name}`: pip install 'freezecase[postgres]'"
        ) from missing
    return PostgresStore(url, settings)


def _open_parquet(url: str, settings: Settings) -> Store:
    from freezecase.app.stores.parquet import ParquetStore  # noqa: PLC0415  # as above

    return ParquetStore(Path(unquote(url.removeprefix("parquet:///"))).absolute(), settings)
