"""Programs that use a key store at the same time as others, or are killed while they do.

    python -m tests.app.custody.keepers make URL SUBJECT ...
    python -m tests.app.custody.keepers destroy URL CRASH ID ...
    python -m tests.app.custody.keepers one_by_one URL ID ...

`make` waits for a line on its input, and prints the id and the secret of each key it then gets.
`destroy` destroys all at once and kills itself: `changed` before the change is stored, `stored`
right after it. `one_by_one` prints each id when it is destroyed for certain.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.key_store_postgres import PostgresKeyChanges, PostgresKeys
from freezecase.app.custody.key_store_sqlite import SQLiteKeyChanges, SQLiteKeys
from freezecase.core.values import Audience
from tests.app.custody.key_contract import KEK, NOW

PATIENCE = 60.0  # seconds
CHANGES: Sequence[Any] = (SQLiteKeyChanges, PostgresKeyChanges)
TABLES: Sequence[Any] = (SQLiteKeys, PostgresKeys)


def make(url: str, *subjects: str) -> None:
    """Ask for the keys of people, at the same time as others do."""
    with open_key_store(url, KEK, busy_timeout=PATIENCE) as keys:
        print("ready", flush=True)
        sys.stdin.readline()
        wanted = [(subject, audience) for subject in subjects for audience in Audience]
        for key in keys.keys_for(wanted).values():
            print(key.id, key.secret.hex())


def kill(*_: Any) -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(method: Callable[..., Any]) -> Callable[..., Any]:
    """Do what a method does, and end."""

    def done(*given: Any) -> None:
        method(*given)
        kill()

    return done


def destroy(url: str, crash: str, *ids: str) -> None:
    """Destroy keys, and end before it is done."""
    with open_key_store(url, KEK, busy_timeout=PATIENCE) as keys:
        for one in CHANGES if crash == "changed" else ():
            one.destroy = after(one.destroy)
        for one in TABLES if crash == "stored" else ():
            one.scrub = kill
        keys.destroy(ids, NOW)


def one_by_one(url: str, *ids: str) -> None:
    """Destroy keys, one after the other."""
    with open_key_store(url, KEK, busy_timeout=PATIENCE) as keys:
        print("ready", flush=True)
        for id in ids:
            keys.destroy([id], NOW)
            print(id, flush=True)


if __name__ == "__main__":
    programs: dict[str, Callable[..., None]] = {
        "make": make,
        "destroy": destroy,
        "one_by_one": one_by_one,
    }
    programs[sys.argv[1]](*sys.argv[2:])
