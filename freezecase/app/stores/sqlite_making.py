"""Opening a SQLite file as a store: made if there is nothing yet, refused if it is another's."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from freezecase.app.stores import sqlite_statements as say
from freezecase.app.stores.recorder import check_format, signed
from freezecase.errors import StoreError

if TYPE_CHECKING:
    from freezecase.app.stores.sqlite_connections import Connections

__all__ = ["make", "opened"]

UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def opened(datastore: Connections) -> dict[str, str]:
    """Return what the store says of itself, in its `store_meta`, once it is sure to be one."""
    path, create, where = datastore.path, datastore.settings.create, datastore.where
    if path is not None and not path.parent.is_dir():
        raise StoreError(f"{where}: there is no folder `{path.parent}`: make it first")
    if path is not None and path.is_dir():
        raise StoreError(f"{where} is a folder: name a file in it")
    if path is not None and not create and not path.exists():
        raise StoreError(f"{where}: there is no such file: check the path")
    try:
        return _established(datastore, create=create)
    except StoreError as error:
        if getattr(error, "code", None) not in UNWRITABLE or not datastore.freeze():
            raise
        return _established(datastore, create=False)


def _established(datastore: Connections, *, create: bool) -> dict[str, str]:
    """Look before touching: a file of somebody else's is left as it was."""
    with datastore.reading() as connection:
        empty = not _tables(connection)
        if empty and not create:
            raise StoreError(f"{datastore.where} is empty: open it with `create=True`")
        if empty:
            datastore.use_wal(connection)
    if empty:
        make(datastore)
    with datastore.reading() as connection:
        ours = "store_meta" in _tables(connection)
        meta = dict(connection.execute(say.META)) if ours else {}
        check_format(meta, datastore.where)
        datastore.use_wal(connection)
    return meta


def make(datastore: Connections) -> None:
    """Make the tables, unless another process has just made them."""
    with datastore.writing() as connection:
        if not _tables(connection):
            for statement in say.TABLES_MADE:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {say.APPLICATION_ID}")
            meta = signed(datastore.settings)
            connection.executemany("INSERT INTO store_meta VALUES (?, ?)", meta.items())


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute(say.TABLES)}
