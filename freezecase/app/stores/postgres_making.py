"""Opening a schema as a store: made if there is nothing yet, refused if it is another's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freezecase.app.stores.recorder import check_format, signed
from freezecase.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from freezecase.app.stores.postgres_connections import Connections

__all__ = ["make", "opened"]


def opened(datastore: Connections, sql: Mapping[str, bytes]) -> dict[str, str]:
    """Return what the store says of itself, in its `store_meta`, once it is sure to be one."""
    if not _tables(datastore, sql):
        if not datastore.settings.create:
            raise StoreError(f"{datastore.where} is empty: open it with `create=True`")
        make(datastore, sql)
    ours = "store_meta" in _tables(datastore, sql)
    with datastore.connection() as connection:
        meta = dict(connection.execute(sql["meta"]).fetchall()) if ours else {}
    check_format(meta, datastore.where)
    return meta


def make(datastore: Connections, sql: Mapping[str, bytes]) -> None:
    """
    Make the tables, unless another process has just made them.

    Two that make them at once would fail with "tuple concurrently updated": the advisory lock lets
    the second see what the first has done.
    """
    with datastore.connection() as connection, connection.transaction():
        schema = (datastore.schema,)
        connection.execute(sql["alone"], schema)
        if not connection.execute(sql["tables"], schema).fetchall():
            connection.execute(sql["schema"])
            for said in signed(datastore.settings).items():
                connection.execute(sql["sign"], said)


def _tables(datastore: Connections, sql: Mapping[str, bytes]) -> set[str]:
    with datastore.connection() as connection:
        found = connection.execute(sql["tables"], (datastore.schema,)).fetchall()
    return {name for (name,) in found}
