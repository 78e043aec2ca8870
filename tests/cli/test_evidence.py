"""`freezecase evidence` and `freezecase day-end`: a case that shows itself, made and checked."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs
import pytest

from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.app.anchoring.day_end import DayEnds
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.custody.openings import openings_of
from freezecase.app.stores.opening import open_store
from freezecase.casebook import Casebook
from freezecase.core.manifest import manifest_stream
from freezecase.seal.keys import FileKek
from freezecase.seal.note import Signer
from freezecase.testing.contracts import StoryClock
from tests.app.anchoring.evident import REASON, RECORDS, WORDS, signed, told
from tests.app.books import opened
from tests.app.custody.erasures import KEK
from tests.cli.conftest import Run
from tests.seal.offline import options
from tests.seal.paper import LOG, ORIGIN, TRUST, WITNESSES

TRUSTED: Final = options(TRUST)


@attrs.frozen
class Place:
    """Where everything is: a store with a case, its keys, its checkpoints."""

    folder: Path
    case: UUID

    @property
    def db(self) -> str:
        """The store."""
        return f"sqlite:///{self.folder / 'cases.db'}"

    @property
    def anchors(self) -> Path:
        """The checkpoints."""
        return self.folder / "anchors"

    @property
    def file(self) -> Path:
        """Where the evidence goes."""
        return self.folder / "case.json"

    @property
    def opening(self) -> list[object]:
        """What it takes to open something."""
        keys, kek = f"sqlite:///{self.folder / 'keys.db'}", self.folder / "kek"
        return ["--keys", keys, "--kek", kek, "--by", "staff:ana", "--purpose", "data-request"]

    @property
    def making(self) -> list[object]:
        """The command that makes the evidence."""
        return [
            *("evidence", self.case, "--db", self.db, "-o", self.file, "--anchor", self.anchors)
        ]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A store with the case of 25 records, complete, under a checkpoint in a folder."""
    FileKek.make(tmp_path / "kek", bytes(range(32)))
    (tmp_path / "anchors").mkdir()
    where, clock = f"sqlite:///{tmp_path}", StoryClock()
    with (
        open_key_store(f"{where}/keys.db", KEK) as keys,
        Casebook.open(f"{where}/cases.db", clock=clock, keys=keys, origin=ORIGIN) as book,
    ):
        case = told(book)
        DayEnds(book.store, clock).write(clock.instant.date())
        FolderAnchor(tmp_path / "anchors").publish(signed(book))
    return Place(tmp_path, case)


# --- making --------------------------------------------------------------------------------------


def test_the_evidence_of_a_case_is_written_and_holds(run: Run, place: Place) -> None:
    """What was written is told, and checked at once by whom the maker trusts."""
    ran = run(*place.making, *TRUSTED)
    assert ran.code == 0
    lines = dict(line.split(maxsplit=1) for line in ran.out.splitlines()[:-1])
    assert lines == {
        "case": str(place.case),
        "records": str(RECORDS),
        "withheld": "0",
        "opened": "0",
        "complete": "True",
        "log": ORIGIN,
        "size": str(RECORDS + 1),
        "file": str(place.file),
        "bytes": str(place.file.stat().st_size),
    }
    assert ran.out.splitlines()[-1] == "VALID"
    assert f"  range: case {place.case}, {RECORDS} records" in ran.err


def test_an_account_with_one_case_names_it(run: Run, place: Place) -> None:
    """Of several somebody has to choose."""
    assert run(*place.making).code == 0
    whole = place.file.read_bytes()
    by_account = [one if one != place.case else "acct-4711" for one in place.making]
    assert run(*by_account).code == 0
    assert place.file.read_bytes() == whole
    with Casebook.open(place.db, clock=StoryClock(ids=100)) as book:
        opened(book)
    ran = run(*by_account)
    assert ran.code == 64
    assert f"name one of `{place.case}`, `" in ran.err


def test_sections_are_opened_for_somebody_who_says_what_for(run: Run, place: Place) -> None:
    """Only those; and it is on record who did."""
    ran = run(*place.making, "--open", "customer", *place.opening, "--json")
    assert ran.code == 0
    assert ran.data["format"] == "freezecase.evidence/1"
    assert ran.data["opened"] > 0
    checked = run("evidence", "--check", place.file, *TRUSTED)
    assert checked.code == 0
    assert WORDS in checked.out
    assert REASON not in checked.out
    with open_store(place.db) as store:
        assert len(store.read(openings_of(place.case))) == 1


@pytest.mark.parametrize("left_out", ["--keys", "--kek", "--by", "--purpose"])
def test_nothing_is_opened_for_nobody_or_for_nothing(run: Run, place: Place, left_out: str) -> None:
    """All of it has to be said."""
    at = place.opening.index(left_out)
    some = place.opening[:at] + place.opening[at + 2 :]
    ran = run(*place.making, "--open", "customer", *some)
    assert ran.code == 64
    assert f"--open takes {left_out} too" in ran.err
    assert not place.file.exists()


def test_who_opens_is_an_actor(run: Run, place: Place) -> None:
    """Of one of the kinds that there are."""
    wrong = ["somebody" if one == "staff:ana" else one for one in place.opening]
    ran = run(*place.making, "--open", "customer", *wrong)
    assert ran.code == 64
    assert "`staff`" in ran.err


def test_a_record_may_be_withheld_and_something_added(run: Run, place: Place) -> None:
    """The file says so, and holds."""
    stamp = place.folder / "stamp.tsr"
    stamp.write_bytes(b"\x30\x00")
    more: list[object] = ["--withhold", 1, "--withhold", 2, "--note", "as asked on Monday"]
    more += ["--time-stamp", stamp]
    assert run(*place.making, *more, "--json").data["withheld"] == 2
    told = json.loads(place.file.read_bytes())
    assert (told["note"], told["tsr"]) == ("as asked on Monday", "MAA=")
    assert [n for n, one in enumerate(told["events"], 1) if "state" not in one] == [1, 2]
    assert run("evidence", "--check", place.file, *TRUSTED).code == 0


def test_a_checkpoint_may_be_handed_in(run: Run, place: Place) -> None:
    """Or is taken from the copies in the store; without one there is no evidence."""
    (note,) = FolderAnchor(place.anchors).fetch_all()
    bare = place.making[:-2]
    ran = run(*bare)
    assert (ran.code, place.file.exists()) == (2, False)
    assert "make a checkpoint first" in ran.err
    file = place.folder / "checkpoint"
    file.write_text(note, encoding="utf-8")
    assert run(*bare, "--checkpoint", file).code == 0
    with open_store(place.db) as store:
        store.keep_checkpoint(RECORDS + 1, note)
    assert run(*bare).code == 0


def test_evidence_for_whoever_trusts_others_is_not_made(run: Run, place: Place) -> None:
    """The checkpoints that are there do not count for them."""
    elsewhere = str(LOG.key).replace("bank", "tank")
    ran = run(*place.making, "--key", elsewhere)
    assert ran.code == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "it takes a CASE and -o, or --check and a file"),
        (["CASE", "--check", __file__], "it takes a CASE and -o, or --check and a file"),
        (["CASE"], "it takes -o"),
        (["--check", __file__], "--check takes --key or --trust"),
        (["CASE", "--trust", __file__, "--key", "KEY"], "--trust says it all"),
    ],
    ids=["nothing", "both", "no place", "nobody trusted", "trusted twice"],
)
def test_what_is_not_asked_rightly_is_told(run: Run, arguments: list[str], why: str) -> None:
    """With exit code 64."""
    ran = run("evidence", *arguments)
    assert ran.code == 64
    assert why in ran.err


# --- checking ------------------------------------------------------------------------------------


def test_a_file_is_checked_and_told(run: Run, place: Place) -> None:
    """Who vouches for it, each record, what is sealed, that nothing was left out."""
    run(*place.making)
    ran = run("evidence", "--check", place.file, *TRUSTED)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == f"checkpoint of {ORIGIN}, {RECORDS + 1} records"
    assert lines[1] == "witnessed by regulator.example/w1 at 2026-11-21T23:59:00+00:00"
    assert "   1 2026-01-05T09:00:00+00:00 freeze-imposed.v1" in lines
    assert "     operations: [sealed]" in lines
    assert lines[-2] == f"complete up to record {RECORDS} of the log (2026-01-05), 0 after it"
    assert lines[-1] == "VALID"


def test_a_file_that_was_tampered_with_is_refused(run: Run, place: Place) -> None:
    """With exit code 1, and everything that is wrong."""
    run(*place.making)
    told: dict[str, Any] = json.loads(place.file.read_bytes())
    told["events"].pop()
    told.pop("complete")
    del told["events"][3]
    place.file.write_text(
        json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        encoding="utf-8",
    )
    ran = run("evidence", "--check", place.file, *TRUSTED)
    assert ran.code == 1
    assert "STREAM_LINK at version 4: it does not follow the record before it" in ran.out
    assert "nothing shows that no record was left out" in ran.out
    assert ran.out.splitlines()[-1].startswith("REFUSED: ")
    asked = run("evidence", "--check", place.file, *TRUSTED, "--json")
    assert (asked.code, asked.data["valid"]) == (1, False)
    assert asked.data["faults"][0]["code"] == "STREAM_GAP"


def test_a_file_that_is_no_bundle_is_refused(run: Run, place: Place) -> None:
    """With exit code 1: it was looked at, and does not hold."""
    place.file.write_bytes(b"{}")
    ran = run("evidence", "--check", place.file, *TRUSTED)
    assert (ran.code, ran.out) == (1, "")
    assert "a `freezecase-evidence/1`" in ran.err


def test_fewer_witnesses_may_be_enough(run: Run, place: Place) -> None:
    """If whoever checks says so."""
    run(*place.making)
    (path,) = place.anchors.iterdir()
    note = path.read_text(encoding="utf-8")
    bare = place.file.read_text(encoding="utf-8")
    cut = json.dumps(note[: note[:-1].rindex("\n") + 1], ensure_ascii=False)
    place.file.write_text(bare.replace(json.dumps(note, ensure_ascii=False), cut), "utf-8")
    assert run("evidence", "--check", place.file, *TRUSTED).code == 1
    assert run("evidence", "--check", place.file, *TRUSTED[:-1], 1).code == 0
    assert run("evidence", "--check", place.file, "--key", LOG.key).code == 0


def test_whom_to_trust_may_stand_in_a_file(run: Run, place: Place) -> None:
    """As C2SP spells it (c2sp.org/tlog-policy)."""
    trust = place.folder / "trust"
    lines = [f"log {LOG.key}", *(f"witness {n} {one.key}" for n, one in enumerate(WITNESSES))]
    trust.write_text("\n".join([*lines, "group both all 0 1", "quorum both", ""]), "utf-8")
    assert run(*place.making, "--trust", trust).out.endswith("VALID\n")
    assert run("evidence", "--check", place.file, "--trust", trust).code == 0


def test_another_log_is_not_believed(run: Run, place: Place) -> None:
    """Whatever it signed; nothing of it is told."""
    run(*place.making)
    ran = run("evidence", "--check", place.file, "--key", a_strangers_key())
    assert ran.code == 1
    assert ran.out.startswith("CHECKPOINT_ORIGIN at checkpoint: ")
    asked = run("evidence", "--check", place.file, "--key", a_strangers_key(), "--json")
    assert asked.data["log"] is None


def a_strangers_key() -> str:
    """The key of a log that nobody here has."""
    return str(Signer.of_seed("bank.example/elsewhere", bytes(32)).key)


# --- the end of the day --------------------------------------------------------------------------


def test_the_end_of_a_day_is_written_once(run: Run, place: Place) -> None:
    """And told; asked again, nothing happens."""
    asked = ["day-end", "--db", place.db, "--day", "2026-01-05"]
    first, second = run(*asked), run(*asked)
    assert (first.code, first.out) == (0, second.out)
    assert first.out.startswith(f"2026-01-05: 1 stream up to record {RECORDS}, root ")
    told = run(*asked, "--json").data
    assert (told["day"], told["manifest"]["upto"]) == ("2026-01-05", RECORDS)
    with open_store(place.db) as store:
        assert len(store.read(manifest_stream(ORIGIN))) == 1


def test_a_day_before_all_records_has_nothing_to_tell(run: Run, place: Place) -> None:
    """No manifest is written of nothing."""
    asked = ["day-end", "--db", place.db, "--day", "2020-01-01"]
    assert run(*asked).out == "2020-01-01: there was no record yet\n"
    assert run(*asked, "--json").data["manifest"] is None


def test_without_a_day_it_is_yesterday(run: Run, place: Place) -> None:
    """In UTC: what a program that runs each night wants."""
    told = run("day-end", "--db", place.db, "--json").data
    assert date.fromisoformat(told["day"]) > date(2026, 1, 5)
    assert told["manifest"]["upto"] == RECORDS + 1
