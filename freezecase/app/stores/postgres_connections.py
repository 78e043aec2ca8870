"""
The connections of one store to one PostgreSQL database, and what its errors mean.

What a URL leaves out libpq takes from the environment (`PGHOST`, `PGOPTIONS`, ...;
https://www.postgresql.org/docs/current/libpq-envars.html), so that the same program could write
to another database on another day. Which database it is and how it behaves is therefore pinned
here; only secrets and encryption (`PGPASSWORD`, `PGPASSFILE`, `PGSSL...`) may come from there,
because that is how secrets are kept out of URLs.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import ConnectionPool

from freezecase.app.stores.postgres_columns import take_columns
from freezecase.errors import NotOurStore, StoreBusy, StoreError, StoreFull, StoreReadOnly

if TYPE_CHECKING:
    from collections.abc import Generator

    from freezecase.app.stores.store import Settings

__all__ = ["Connections", "Place", "explain"]

PINNED: dict[str, str] = {
    "host": "",  # libpq's own default: the socket
    "hostaddr": "",
    "port": "5432",
    "options": "",
    "application_name": "freezecase",
    "connect_timeout": "10",
    "target_session_attrs": "any",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by code or by its class
MEANS: dict[str, tuple[type[StoreError], str]] = {
    "55P03": (StoreBusy, "another writer held it too long: repeat the command"),
    "57014": (StoreBusy, "the statement ran into a time limit: nothing was stored, repeat it"),
    "40": (StoreBusy, "it was busy: nothing was stored, repeat the command"),
    "53300": (StoreBusy, "it takes no more connections: repeat later, or use a smaller pool"),
    "25006": (StoreReadOnly, "it may be read, not written: is this a replica"),
    "42501": (
        StoreReadOnly,
        "this user may not do that: see `GRANTS` in freezecase.app.stores.postgres",
    ),
    "53100": (StoreFull, "no room is left: nothing was stored, make room and repeat"),
    "53200": (StoreFull, "it is out of memory: nothing was stored, repeat with fewer rows"),
    "PoolTimeout": (StoreBusy, "no connection was free in time: is it down, or the pool too small"),
    "DataError": (StoreError, "it cannot hold such a value: nothing was stored"),
    "PoolClosed": (StoreError, "it was closed: open it again"),
    "22": (StoreError, "it cannot hold such a value: nothing was stored"),
    "28": (StoreError, "it does not let this user in: check user and password"),
    "3D000": (StoreError, "there is no such database: make it first"),
    "3F000": (StoreError, "there is no such schema: make it first"),
    "42": (NotOurStore, "its tables are not those of a store: name another"),
}
UNREAD = "the connection was lost: ask again"
UNSURE = (
    "the connection was lost: the command may or may not have been stored, repeat it with the "
    "same id"
)
# What a session may have been set to from outside is set to what `append` is written for. Where
# the server waits for a standby as well, it still does.
# Every statement of ours finds its rows in the order of an index, so there is one plan to make, and
# it is made once. Left alone, PostgreSQL plans some of them again each time, and keeps for others a
# plan that reads whole what was small when it was made: 100,000 cases were opened before the table
# was analysed again, and each append of an alarm took 25 ms.
SESSION = """
SELECT set_config('lock_timeout', %s, false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('search_path', 'pg_catalog', false),
       set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('enable_seqscan', 'off', false),
       set_config('enable_bitmapscan', 'off', false),
       set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false),
       set_config('jit', 'off', false),
       set_config('synchronous_commit', CASE
           WHEN %s THEN 'off'
           WHEN current_setting('synchronous_commit') = 'off' THEN 'on'
           ELSE current_setting('synchronous_commit') END, false)
"""


def explain(error: psycopg.Error, where: str, unclear: str = UNREAD) -> StoreError:
    """Say in our words what PostgreSQL said, and what to do; *unclear* if it did not say."""
    code = error.sqlstate or type(error).__name__
    kind, advice = MEANS.get(code) or MEANS.get(code[:2]) or (StoreError, unclear)
    return kind(f"{where}: {advice} ({str(error).strip()})", code=code)


class Place:
    """Where a store is: what libpq needs to get there, the schema, and a name to show."""

    def __init__(self, url: str) -> None:
        """Read a URL; what stands after `?` goes to libpq, but for `schema`."""
        try:
            base, _, query = url.partition("?")
            pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
            self.schema = dict(pairs).get("schema", "public")
            others = urlencode([pair for pair in pairs if pair[0] != "schema"], quote_via=quote)
            given = conninfo_to_dict(f"{base}?{others}")
        except (psycopg.Error, ValueError):
            # What libpq and urllib say about a URL they cannot read quotes it, password and all.
            raise StoreError(f"this URL cannot be read: {TAKES}") from None
        if not given.get("user") or not given.get("dbname"):
            raise StoreError(f"this URL names no user or no database: {TAKES}")
        self.conninfo: dict[str, Any] = {**PINNED, **given, "client_encoding": "UTF8"}
        at = self.conninfo["host"] or "localhost"
        self.where = f"`postgresql://{given['user']}@{at}/{given['dbname']}?schema={self.schema}`"


TAKES = (
    "it takes `postgresql://user:password@host:port/database?schema=...&sslmode=...`, with what is "
    "special in a password written as `%40`"
)


class Connections(PostgresDatastore):
    """The engine's datastore, over a pool of our own that takes every libpq setting."""

    def __init__(self, url: str, settings: Settings) -> None:
        """Make a pool; `open` connects it."""
        # Not calling super: it takes five separate fields, so no socket without a password, and
        # no setting beyond those; its methods try again ten times, which hides a lock timeout.
        place = Place(url)
        self.where, self.schema, self.settings = place.where, place.schema, settings
        self._conninfo = make_conninfo(**place.conninfo)
        self.originator_id_type, self.single_row_tracking = "uuid", True
        self.lock_timeout, self.enable_db_functions = 0, False
        self.db_type_names, self.psycopg_type_adapters = set[str](), {}
        self.pool = ConnectionPool(  # type: ignore[assignment]  # the engine's adds nothing to it
            conninfo=self._conninfo,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=settings.pool_size,
            timeout=settings.busy_timeout,
            configure=self._configure,
            open=False,
            name="freezecase",
        )

    def open(self) -> None:
        """Connect once to see why it cannot be done; the pool would only say that it took long."""
        try:
            psycopg.connect(self._conninfo).close()
        except psycopg.Error as error:
            # libpq gives no code for a refused connection, only words.
            raise StoreError(f"{self.where}: no connection ({str(error).strip()})") from error
        self.pool.open()

    def _configure(self, connection: psycopg.Connection[Any]) -> None:
        patience = f"{max(1, int(self.settings.busy_timeout * 1000))}ms"
        take_columns(connection)
        connection.execute(SESSION, (patience, self.settings.synchronous == "NORMAL"))

    @contextmanager
    def connection(self, unclear: str = UNREAD) -> Generator[psycopg.Connection[Any]]:
        """Lend a connection; every statement on it is a transaction of its own."""
        try:
            with self.pool.connection() as connection:
                yield connection
        except psycopg.IntegrityError:
            raise
        except psycopg.Error as error:
            self._sweep(error)
            raise explain(error, self.where, unclear) from error

    def _sweep(self, error: psycopg.Error) -> None:
        """After a lost connection, let the pool find out which others were lost with it."""
        if type(error) is psycopg.OperationalError or (error.sqlstate or "").startswith("57P"):
            self.pool.check()

    @contextmanager
    def get_connection(self) -> Generator[psycopg.Connection[Any]]:
        """Lend the engine a connection with rows by name: how its own selects read our table."""
        with self.connection() as connection:
            connection.row_factory = dict_row
            try:
                yield connection
            finally:
                connection.row_factory = tuple_row

    def register_type_adapters(self) -> None:
        """Do nothing: our statements take arrays, not a composite type of the engine's."""
