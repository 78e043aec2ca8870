"""`freezecase verify`: what it prints, what it says it read, and how it exits."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.app.anchoring.proving import Prover
from freezecase.app.custody.key_store import open_key_store
from freezecase.app.stores.opening import open_store
from freezecase.errors import InvalidValue
from freezecase.replay.verify import verify
from freezecase.seal.checkpoint import Checkpoint
from freezecase.seal.keys import FileKek
from freezecase.seal.note import Kind, Signer
from freezecase.seal.timestamp import Stamp
from tests.app.stores.insider import without_guards
from tests.cli.conftest import RECORDS, Run

AT: Final = datetime(2026, 4, 1, tzinfo=UTC)
"""After all that the demonstration tells."""
WITNESS: Final = Signer.of_seed("regulator.example/w1", bytes([2] * 32), Kind.COSIGNATURE)


def signed(url: str, folder: Path, size: int | None = None) -> str:
    """Have a checkpoint of a store cosigned and kept in a folder; return the key of its log."""
    with open_store(url) as store:
        log = Signer.of_seed(store.origin, bytes([1] * 32))
        size = store.size() if size is None else size
        text = Checkpoint(store.origin, size, Prover(store).root(size)).text
    folder.mkdir(exist_ok=True)
    FolderAnchor(folder).publish(log.signed(text) + WITNESS.line(text, at=AT))
    return str(log.key)


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    """A folder for checkpoints."""
    return tmp_path / "anchors"


def damage(url: str, *statements: str) -> None:
    """Change what is stored, by its owner."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        for statement in statements:
            without_guards(connection).execute(statement)


def test_a_sound_store_is_clean_and_says_what_vouches_for_it(
    run: Run, url: str, anchors: Path
) -> None:
    """With the assurance that can honestly be claimed."""
    key = signed(url, anchors)
    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key, "--witness", WITNESS.key)

    told = dict(line.split(maxsplit=1) for line in ran.out.splitlines() if line)
    assert ran.code == 0, ran.out
    assert told["leaves"].startswith(f"{RECORDS}, root ")
    assert told["anchored"].startswith(f"{RECORDS} records, cosigned by regulator.example/w1")
    assert told["window"] == "0 records after that"
    assert told["privacy"] == "not looked into: it takes --keys, and the whole ledger"
    assert told["RESULT"] == "CLEAN, assurance L2"


def test_stderr_says_what_was_read_and_whom_it_trusts(run: Run, url: str, anchors: Path) -> None:
    """So that what is saved of a run is evidence by itself."""
    key = signed(url, anchors)
    said = run(
        "verify", "--db", url, "--anchor", anchors, "--key", key, "--witness", WITNESS.key
    ).err.splitlines()

    assert f"  store: `{url}`" == said[1]
    assert said[2] == "  range: the whole ledger"
    assert f"  trust: log {key}; quorum 1 of regulator.example/w1" == said[3]
    assert f"  anchors: {anchors}" == said[4]
    assert said[5].endswith(" records a second")


def test_the_records_after_the_last_checkpoint_are_the_window(
    run: Run, url: str, anchors: Path
) -> None:
    """Nothing outside protects them yet."""
    key = signed(url, anchors, RECORDS - 5)
    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key)

    assert ran.code == 0
    assert "window    5 records after that\n" in ran.out
    assert ran.out.endswith("RESULT    CLEAN, assurance L1\n")


def test_findings_are_told_with_what_to_do_and_exit_with_1(
    run: Run, url: str, anchors: Path
) -> None:
    """The code, the place, what stands there, what should, and the advice."""
    key = signed(url, anchors)
    damage(url, "UPDATE stored_events SET state = state || ' ' WHERE rowid = 5")

    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key)

    assert ran.code == 1
    assert "error EVENT_ALTERED at case `" in ran.out
    assert "  advice    compare the store with a copy from before" in ran.out
    last = ran.out.splitlines()[-1]
    closing_words = "1 finding - 1 EVENT_ALTERED; the last good checkpoint has size"
    assert last == f"RESULT    FAILED, {closing_words} {RECORDS}"


def test_a_store_that_was_cut_is_found(run: Run, url: str, anchors: Path) -> None:
    """Though everything that is left agrees with itself."""
    key = signed(url, anchors)
    damage(
        url,
        f"DELETE FROM stored_events WHERE rowid = {RECORDS}",
        f"DELETE FROM ledger_leaves WHERE leaf_index = {RECORDS}",
    )

    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key)

    assert ran.code == 1
    assert f"error TRUNCATED at size {RECORDS}" in ran.out


def test_without_anything_outside_it_is_not_verified_and_exits_with_2(run: Run, url: str) -> None:
    """It says what is out of reach, and claims nothing."""
    ran = run("verify", "--db", url)

    assert ran.code == 2
    assert "anchored  nothing: no checkpoint from outside vouches for any of it" in ran.out
    assert "out of reach: no key of the log is trusted: name whom you trust" in ran.out
    assert ran.out.endswith("RESULT    NOT VERIFIED, assurance none\n")


def test_a_folder_that_is_not_there_is_out_of_reach(run: Run, url: str, anchors: Path) -> None:
    """It is no finding, and it is not clean."""
    key = signed(url, anchors)
    ran = run("verify", "--db", url, "--anchor", anchors / "gone", "--key", key)

    assert ran.code == 2
    assert "out of reach: the anchors cannot be read: folder" in ran.out


def test_a_document_says_whom_to_trust(run: Run, url: str, anchors: Path, tmp_path: Path) -> None:
    """As tlog-policy spells it."""
    key = signed(url, anchors)
    policy = tmp_path / "trust.policy"
    policy.write_text(f"log {key}\nwitness regulator {WITNESS.key}\nquorum regulator\n")

    ran = run("verify", "--db", url, "--anchor", anchors, "--trust", policy)

    assert ran.code == 0
    assert f"  trust: log {key}; quorum `regulator`" in ran.err


def test_a_time_stamp_that_holds_is_claimed(
    run: Run, url: str, anchors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not hold says nothing; nor does any, where no authority is believed."""
    key = signed(url, anchors)
    (note,) = FolderAnchor(anchors).fetch_all()
    (anchors / f"{1:020}-{'0' * 64}.0.note").write_text("damaged")
    for reply in (b"holds", b"does not"):
        FolderAnchor(anchors).keep_stamp(note, reply)
    pem = tmp_path / "root.pem"
    pem.write_bytes(b"root")

    def judged(of: str, reply: bytes, roots: list[bytes]) -> Stamp:
        if (of, reply, roots) != (note, b"holds", [b"root"]):
            raise InvalidValue("time stamp", reply, "one that holds")
        return Stamp(AT, timedelta(seconds=1), 7)

    monkeypatch.setattr("freezecase.cli.trusting.stamped", judged)
    asked = ("verify", "--db", url, "--anchor", anchors, "--key", key, "--witness", WITNESS.key)

    believed, not_believed = run(*asked, "--tsa-root", pem), run(*asked)

    assert f"assurance L3 up to record {RECORDS}" in believed.out
    assert "assurance L3" not in not_believed.out
    assert "error CHECKPOINT_INVALID at note 1 of the anchors" in believed.out


def test_a_quorum_that_is_missing_leaves_it_unverified(run: Run, url: str, anchors: Path) -> None:
    """The checkpoint is there, and too few vouch for it."""
    key = signed(url, anchors)
    other = Signer.of_seed("audit.example/w2", bytes([3] * 32), Kind.COSIGNATURE).key
    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key, "--witness", WITNESS.key,
              "--witness", other)  # fmt: skip

    assert ran.code == 2
    assert f"warning QUORUM at size {RECORDS}" in ran.out
    assert "out of reach: no checkpoint has its quorum: ask the witnesses" in ran.out


@pytest.mark.parametrize(
    ("part", "looked"),
    [
        (("--since", "10"), f"index 11 and later: {RECORDS - 10} records in 3 streams"),
        (("--case", "acct-4711"), "case `7e9a95d3-0e4c-5115-9a71-ce4be1601cf0`: "),
        (("--sample", "100%"), f"a sample of 1 of all records, seed `1`: {RECORDS} records"),
        (("--sample", "0.5", "--seed", "x"), "a sample of 0.5 of all records, seed `x`: "),
    ],
    ids=["since", "case", "sample", "seed"],
)
def test_a_part_is_looked_at_and_named(
    run: Run, url: str, anchors: Path, part: tuple[str, ...], looked: str
) -> None:
    """What was not looked at is not claimed."""
    signed(url, anchors, 10)
    key = signed(url, anchors)
    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key, *part)

    assert ran.code == 0, ran.out
    assert f"looked at {looked}" in ran.out


@pytest.mark.parametrize(
    "asked",
    [
        ("--since", "1", "--sample", "1%"),
        ("--sample", "2"),
        ("--sample", "some"),
        ("--keys", "sqlite:///keys.db"),
        ("--witness", "w1.example+00000000+BA=="),
        ("--quorum", "1"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_asked_exits_with_64(run: Run, url: str, asked: tuple[str, ...]) -> None:
    """Before anything is read."""
    assert run("verify", "--db", url, *asked).code == 64


def test_a_document_and_keys_beside_it_are_too_much(run: Run, url: str, tmp_path: Path) -> None:
    """Which of them counted would be anybody's guess."""
    policy = tmp_path / "trust.policy"
    policy.write_text("quorum none\n")

    assert run("verify", "--db", url, "--trust", policy, "--quorum", "1").code == 64


def test_an_account_with_several_cases_has_to_be_told_apart(run: Run, url: str) -> None:
    """It takes one of them."""
    damage(url, "UPDATE cases SET account = 'acct-4711'")

    ran = run("verify", "--db", url, "--case", "acct-4711")

    assert ran.code == 64
    assert "has several cases" in ran.err


def test_a_key_store_is_looked_into(run: Run, url: str, anchors: Path, tmp_path: Path) -> None:
    """How many keys live, and how many sections open; nothing of what they hold."""
    key, kek = signed(url, anchors), tmp_path / "kek"
    FileKek.make(kek, bytes([5] * 32))
    with open_key_store(f"sqlite:///{tmp_path}/keys.db", FileKek.read(kek)):
        pass

    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key,
              "--keys", f"sqlite:///{tmp_path}/keys.db", "--kek", kek)  # fmt: skip

    assert ran.code == 0, ran.out
    expected = "0 keys live, 0 erased, 0 unknown, 0 resurrected; 0 of 0 sections opened"
    assert f"privacy   {expected}" in ran.out


def test_as_json_it_is_one_object_that_names_its_format(run: Run, url: str, anchors: Path) -> None:
    """With the report as it is, and what can be claimed in words."""
    key = signed(url, anchors)
    damage(url, "UPDATE stored_events SET topic = 'case-closed.v1' WHERE rowid = 5")

    ran = run("verify", "--db", url, "--anchor", anchors, "--key", key, "--json")

    report = ran.data["report"]
    assert (ran.code, ran.data["format"], ran.data["outcome"]) == (
        1,
        "freezecase.verify/1",
        "findings",
    )
    assert report["found"] == {"EVENT_RETYPED": 1}
    assert report["anchored"]["size"] == RECORDS
    assert ran.data["window"] == 0
    assert ran.data["assurance"][0].startswith(f"L0 up to record {RECORDS}")


def test_more_findings_than_are_told_are_counted(
    run: Run, url: str, anchors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to scroll through all of them to know how many there are."""
    monkeypatch.setattr("freezecase.cli.verify.verify", partial(verify, keep=1))
    damage(url, "UPDATE stored_events SET state = state || ' '")

    out = run("verify", "--db", url).out

    assert f"... and {RECORDS - 1} findings more of the same kinds" in out


def test_on_a_terminal_a_bar_is_shown_on_stderr(run: Run, url: str) -> None:
    """And nothing of it where the data goes."""
    ran = run("verify", "--db", url, on_terminal=True)

    assert "verifying" in ran.err
    assert "verifying" not in ran.out
