"""
Print the table: `python -m tests.benchmarks [--quick] [PART ...]`.

The parts are codec, ruling, exploring, sqlite, postgres, due, board, sealing, proving, verifying,
rejudging, start and memory. `--quick` replays 100,000 records instead of a million, verifies,
proves and judges as many again, and looks for what is due among as many open obligations.
"""

import argparse
import platform
import sqlite3
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from freezecase.app.stores.opening import open_store
from tests.benchmarks import (
    board,
    codec,
    due,
    exploring,
    proving,
    rejudging,
    ruling,
    sealing,
    start,
    stores,
    verifying,
)
from tests.benchmarks.harness import Row, table
from tests.benchmarks.material import fill

PARTS = (
    *("codec", "ruling", "exploring", "sqlite", "postgres", "due", "board"),
    *("sealing", "proving", "verifying", "rejudging", "start", "memory"),
)


def main() -> None:
    """Measure what was asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    asked = options.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        options.error(f"no part is called `{min(unknown)}`: there are {', '.join(PARTS)}")
    parts: list[str] = asked.parts or [*PARTS]
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{platform.system()} {platform.machine()}"
    )
    replayed = 100_000 if asked.quick else 1_000_000
    table(_rows(parts, replayed))
    if "memory" in parts:
        _memory(replayed)


def _rows(parts: list[str], replayed: int) -> Iterator[Row]:
    for name, alone in (
        ("codec", codec.rows),
        ("ruling", ruling.rows),
        ("exploring", exploring.rows),
        ("sealing", sealing.rows),
    ):
        if name in parts:
            yield from alone()
    if "sqlite" in parts:
        with TemporaryDirectory() as folder:
            yield from stores.rows(stores.sqlite_bench(Path(folder)), replayed=replayed)
    if "postgres" in parts:
        yield from _postgres(lambda bench: stores.rows(bench, replayed=replayed))
    if "due" in parts:
        yield from _both(lambda bench: due.rows(bench, owed=replayed))
    if "board" in parts:
        yield from _both(board.rows)
    for name, measured in (
        ("proving", proving.rows),
        ("verifying", verifying.rows),
        ("rejudging", rejudging.rows),
    ):
        if name in parts:
            yield from _both(partial(measured, records=replayed))
    if "start" in parts:
        yield from start.rows()


def _both(measured: Callable[[stores.Bench], Iterator[Row]]) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        yield from measured(stores.sqlite_bench(Path(folder)))
    yield from _postgres(measured)


def _postgres(measured: Callable[[stores.Bench], Iterator[Row]]) -> Iterator[Row]:
    import psycopg

    from tests.postgres import unavailable

    reason = unavailable()
    if reason:
        print(f"PostgreSQL: {reason}", file=sys.stderr)
        return
    with TemporaryDirectory() as folder, _durable_server(Path(folder)) as server:
        urls = []
        with psycopg.connect(server, autocommit=True) as connection:
            for name in ("ours", "empty", "long", "peer"):
                connection.execute(f"CREATE DATABASE bench_{name}".encode())
                urls.append(urlsplit(server)._replace(path=f"/bench_{name}").geturl())
        yield from measured(stores.postgres_bench(*urls))


@contextmanager
def _durable_server(folder: Path) -> Generator[str]:
    """Start a server that keeps what it acknowledges, as the tests' own server does not."""
    from tests.postgres import shared_server
    from tests.postgres_keeper import DURABLE

    (folder / DURABLE).touch()
    with shared_server(folder) as url:
        yield url


def _memory(replayed: int) -> None:
    """Print the peak memory of streamed replays, one ten times as long as the other."""
    with TemporaryDirectory() as folder:
        for records in (replayed // 10, replayed):
            url = f"sqlite:///{folder}/{records}.db"
            with open_store(url, synchronous="NORMAL") as store:
                fill(store, cases=records // 20, versions=20)
            read, peak = start.memory(url)
            print(f"memory of a streamed replay of {read:>9,} records: {peak / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
