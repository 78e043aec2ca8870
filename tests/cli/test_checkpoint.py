"""`freezecase checkpoint`: one checkpoint or a loop of them, and what people are told."""

import stat
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from freezecase import Actor, Casebook, Ground, Scope
from freezecase import commands as do
from freezecase.app.anchoring.anchors import FolderAnchor
from freezecase.app.anchoring.witness_server import LocalWitness, serve
from freezecase.app.anchoring.witness_state import WitnessState
from freezecase.app.clock import SystemClock, micros_of
from freezecase.app.stores.store import Row
from freezecase.cli.checkpoint import keep_making
from freezecase.errors import StoreBusy
from freezecase.seal.keyfile import read_signer
from freezecase.seal.note import Kind, Signer
from freezecase.seal.timestamp import stamped
from freezecase.seal.trust import Trust, judge
from freezecase.testing.contracts import StoryClock
from freezecase.views.telling import instant
from tests.app.anchoring.authority import MISSING, authority, prepared
from tests.app.anchoring.test_witness_server import running
from tests.app.anchoring.witnesses import ListAnchor, checkpointer
from tests.cli.conftest import Run

ORIGIN = "bank.example/log"
FREEZE = do.ImposeFreeze(
    account="acct-4711", ground=Ground.ACCOUNT_TAKEOVER, scope=Scope.withdrawals()
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Casebook]:
    """A book in a file, with a case, and a name for its log."""
    with Casebook.open(f"sqlite:///{tmp_path / 'cases.db'}", origin=ORIGIN) as opened:
        opened.execute(FREEZE, by=Actor.system("risk-engine"))
        yield opened


@pytest.fixture
def here(book: Casebook, tmp_path: Path, run: Run) -> Path:
    """A folder with a book, a key, and a place for checkpoints."""
    assert run("checkpoint", "--keygen", ORIGIN, "--key", tmp_path / "log.key").code == 0
    (tmp_path / "anchor").mkdir()
    return tmp_path


def asked(here: Path, *more: object) -> list[object]:
    """The command for the book in this folder, with its key."""
    return ["checkpoint", "--db", f"sqlite:///{here}/cases.db", "--key", here / "log.key", *more]


def log_of(here: Path) -> Signer:
    """The key of the log."""
    return read_signer((here / "log.key").read_text())


def watch(here: Path, log: Signer) -> LocalWitness:
    """A witness of the log."""
    signer = Signer.of_seed("w1.example", bytes([1] * 32), Kind.COSIGNATURE)
    state = WitnessState(here / "witness.state", [signer.key, log.key])
    return LocalWitness(signer, [log.key], state, SystemClock())


# --- keys ----------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_for_one_reader(tmp_path: Path, run: Run) -> None:
    """Its public half is the output; the file is never written over."""
    path = tmp_path / "log.key"

    made = run("checkpoint", "--keygen", ORIGIN, "--key", path)
    secret = path.read_text()
    again = run("checkpoint", "--keygen", ORIGIN, "--key", path)

    assert made.code == 0
    assert made.out == f"{read_signer(secret).key}\n"
    assert "keep it secret" in made.err
    assert secret not in made.out + made.err
    assert (again.code, again.out, path.read_text()) == (2, "", secret)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_two_keys_are_the_same(tmp_path: Path, run: Run) -> None:
    """Also as JSON."""
    made = [
        run("checkpoint", "--keygen", ORIGIN, "--key", tmp_path / name, "--json").data["public"]
        for name in ("a", "b")
    ]

    assert len({*made}) == 2
    assert all(one.startswith(f"{ORIGIN}+") for one in made)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes")
def test_a_key_that_others_can_read_is_mentioned(here: Path, run: Run) -> None:
    """It signs all the same: some systems hand out secrets like that."""
    before = run(*asked(here, "--anchor", here / "anchor"))
    (here / "log.key").chmod(0o644)

    ran = run(*asked(here, "--anchor", here / "anchor"))

    assert [before.code, ran.code] == [0, 0]
    assert ["others can read" in one.err for one in (before, ran)] == [False, True]


# --- one checkpoint ------------------------------------------------------------------------------


def test_a_checkpoint_is_printed_kept_and_told(here: Path, book: Casebook, run: Run) -> None:
    """The note is the output, so that it can be sent anywhere."""
    ran = run(*asked(here, "--anchor", here / "anchor"))

    assert ran.code == 0
    assert [ran.out] == [*FolderAnchor(here / "anchor").fetch_all()]
    assert judge(ran.out, Trust.of([log_of(here).key], [], 0)).checkpoint.size == book.store.size()
    assert f"{book.store.size()} records, because of `asked`" in ran.err
    assert f"  kept in folder `{here / 'anchor'}`" in ran.err
    assert f"origin: {ORIGIN}" in ran.err


def test_a_witness_is_asked_by_its_key_and_address(here: Path, book: Casebook, run: Run) -> None:
    """Given on the line, or in the document that auditors have."""
    witness = watch(here, log_of(here))
    with running(serve(witness, "127.0.0.1", 0)) as url:
        first = run(*asked(here, "--witness", witness.key, url))
        policy = here / "trust.policy"
        policy.write_text(
            f"log {log_of(here).key}\nwitness regulator {witness.key} {url}\nquorum regulator\n"
        )
        second = run(*asked(here, "--trust", policy, "--json"))

    assert [first.code, second.code] == [0, 0]
    assert "  cosigned by w1.example at " in first.err
    data = second.data
    assert [*data["last"]["cosigned"]] == ["regulator"]
    assert data["last"]["quorum"] is True
    assert [data["anchored"], data["unanchored"], data["alarm"]] == [book.store.size(), 0, ""]


def test_who_does_not_take_it_is_told(here: Path, run: Run) -> None:
    """Exit code 1: it is signed, and not safe yet."""
    witness = watch(here, log_of(here))

    ran = run(*asked(here, "--witness", witness.key, "http://127.0.0.1:9", "--anchor", here / "no"))

    assert ran.code == 1
    assert ran.out.startswith(f"{ORIGIN}\n")
    assert "not taken by w1.example: ConnectionRefusedError" in ran.err
    assert f"not taken by folder `{here / 'no'}`: StoreError" in ran.err


def test_a_quorum_that_nobody_was_asked_for_is_not_reached(here: Path, run: Run) -> None:
    """A witness without an address in the document: somebody else has to ask it."""
    witness = watch(here, log_of(here))
    policy = here / "trust.policy"
    policy.write_text(f"log {log_of(here).key}\nwitness w {witness.key}\nquorum w\n")

    ran = run(*asked(here, "--trust", policy, "--anchor", here / "anchor"))

    assert (ran.code, "not taken" in ran.err) == (1, False)


def test_another_history_is_told_and_nothing_is_signed(here: Path, run: Run) -> None:
    """The fork alarm: the folder knows more than the store."""
    with Casebook.open("memory:", clock=StoryClock(), origin=ORIGIN) as other:
        rows = [Row(other.clock.new_id(), 1, "x.v1", b"{}") for _ in range(99)]
        other.store.append(rows, now=micros_of(other.clock.now()))
        anchor = FolderAnchor(here / "anchor")
        checkpointer(other, signer=log_of(here), anchors=[anchor]).make()

    ran = run(*asked(here, "--anchor", here / "anchor"))

    assert (ran.code, ran.out) == (1, "")
    assert "saw 99 records" in ran.err
    assert "verify the store" in ran.err


def test_a_store_with_only_its_own_word_says_so(here: Path, book: Casebook, run: Run) -> None:
    """Nobody outside has a checkpoint of what was recorded long ago."""
    (here / "old").mkdir()
    url = f"sqlite:///{here}/old/cases.db"
    with Casebook.open(url, origin=ORIGIN, clock=StoryClock()) as old:
        old.execute(FREEZE, by=Actor.system("risk-engine"))

    ran = run("checkpoint", "--db", url, "--key", here / "log.key")

    assert ran.code == 1
    assert "ALARM" in ran.err
    assert "nobody outside the database has a checkpoint of them" in ran.err


@pytest.mark.skipif(MISSING, reason="it takes openssl and the extra `timestamps`")
def test_a_checkpoint_is_time_stamped_and_that_is_kept(here: Path, run: Run) -> None:
    """By an authority of our own; another root does not believe it."""
    root, other = prepared(here / "tsa"), prepared(here / "other")
    with authority(here / "tsa") as url:
        kept = ["--anchor", here / "anchor", "--tsa", url, "--tsa-root"]
        ran = run(*asked(here, *kept, root))
        told = run(*asked(here, *kept, root, "--json"))
        forged = run(*asked(here, *kept, other))

    anchor = FolderAnchor(here / "anchor")
    [note] = anchor.fetch_all()
    first, second = anchor.stamps_of(note)
    assert [ran.code, told.code, forged.code] == [0, 0, 1]
    assert f"time-stamped at {instant(stamped(note, first, [root.read_bytes()]).at)}" in ran.err
    assert told.data["stamp"]["serial"] == stamped(note, second, [root.read_bytes()]).serial
    assert "not time-stamped: InvalidValue: time stamp cannot be" in forged.err


def test_an_authority_that_is_down_is_told(here: Path, run: Run) -> None:
    """The checkpoint is made and kept all the same."""
    tsa = ["--tsa", "http://127.0.0.1:9", "--tsa-root", here / "log.key"]

    ran = run(*asked(here, "--anchor", here / "anchor", *tsa))
    told = run(*asked(here, "--anchor", here / "anchor", *tsa, "--json"))

    assert [ran.code, told.code] == [1, 1]
    assert [*told.data["stamp"]] == ["failed"]
    assert "not time-stamped: " in ran.err
    assert [ran.out] == [*FolderAnchor(here / "anchor").fetch_all()]


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["--tsa", "http://a"], 64, "--tsa and --tsa-root go together"),
        (["--tsa", "http://a", "--tsa-root", "r"], 64, "a time stamp is kept in a folder"),
        (
            ["--tsa", "http://a", "--tsa-root", "r", "--anchor", "a", "--every", "1"],
            64,
            "--tsa goes",
        ),
        (["--witness", "w", "http://a", "--trust", "t"], 64, "--trust says which witnesses"),
        (["--witness", "w", "http://a"], 2, "key cannot be `'w'`"),
        (["--trust", "none"], 2, "No such file"),
        (["--every", "0"], 64, "0.0 is not in the range 0.1<=x<=86400"),
        (["--every", "nan"], 64, "nan is not in the range"),
        (["--rounds", "0"], 64, "0 is not in the range"),
    ],
    ids=[
        "no root",
        "no folder",
        "a loop",
        "both",
        "no key",
        "no file",
        "no time",
        "no number",
        "no rounds",
    ],
)
def test_what_cannot_be_done_is_said(
    here: Path, run: Run, more: list[str], code: int, words: str
) -> None:
    """And nothing is signed."""
    ran = run(*asked(here, *more))

    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_a_key_of_another_kind_or_log_is_refused(here: Path, run: Run) -> None:
    """The error says what it is, and which it takes."""
    url = f"sqlite:///{here}/cases.db"
    run("witness", "--keygen", "w1.example", "--key", here / "witness.key")
    run("checkpoint", "--keygen", "other.example", "--key", here / "other.key")
    (here / "empty.key").write_text("")

    words = [
        run("checkpoint", "--db", url, "--key", here / name).err
        for name in ("witness.key", "other.key", "empty.key", "no.key")
    ]

    assert "it takes the key of a log" in words[0]
    assert f"a key of the name of the log, `{ORIGIN}`" in words[1]
    assert "a line `PRIVATE+KEY+name+id+seed`" in words[2]
    assert "No such file" in words[3]


# --- a loop --------------------------------------------------------------------------------------


def test_a_loop_makes_what_is_due_and_says_it(here: Path, run: Run) -> None:
    """Here: nothing is due yet; JSON says how it stands."""
    ran = run(
        *asked(here, "--every", "0.1", "--rounds", "2", "--json", "--anchor", here / "anchor")
    )

    assert ran.code == 0
    assert [ran.data["last"], ran.data["anchored"]] == [None, 0]
    assert ran.data["unanchored"] == ran.data["size"] > 0
    assert run(*asked(here, "--every", "0.1", "--rounds", "1")).out == ""


Said = Iterator[list[str]]


def test_a_loop_goes_on_while_somebody_is_down(
    book: Casebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """A minute after something new it makes one; an alarm is said once, and again if it changes."""
    clock = StoryClock(instant=book.clock.now())
    anchor = ListAnchor(up=False)
    asks = checkpointer(book, clock=clock, anchors=[anchor])
    waits = list[float]()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.later(minutes=10)
        anchor.up = len(waits) >= 4

    keep_making(asks, every=7, rounds=6, wait=wait)

    said = capsys.readouterr().err.splitlines()
    assert waits == [7] * 5
    assert len([line for line in said if "not taken by the list" in line]) == 3
    assert len([line for line in said if "kept in the list" in line]) == 1
    assert len([line for line in said if "ALARM" in line]) == 2
    assert [len(anchor.notes), asks.standing().unanchored] == [1, 0]


def test_a_busy_store_is_asked_again_but_not_after_the_last_round(
    book: Casebook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said is when, and what."""
    asks = checkpointer(book, clock=StoryClock(instant=book.clock.now() + timedelta(hours=1)))

    def busy(_self: object) -> None:
        raise StoreBusy("another writer held it too long")

    monkeypatch.setattr(type(asks), "tick", busy)
    with pytest.raises(StoreBusy):
        keep_making(asks, every=1, rounds=3, wait=lambda seconds: None)

    assert capsys.readouterr().err.count("another writer held it too long") == 2
