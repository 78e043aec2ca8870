"""What somebody does who owns the database: the guards go first."""

import sqlite3

__all__ = ["by_hand", "without_guards"]


def without_guards(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Drop the triggers that keep records from being changed, as their owner may."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    return connection


def by_hand(where: str) -> sqlite3.Connection:
    """A connection of the owner's to the file at *where*, a path or a URL, without the guards."""
    return without_guards(sqlite3.connect(where.removeprefix("sqlite:///")))
