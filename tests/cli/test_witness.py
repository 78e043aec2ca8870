"""`freezecase witness`: a program that anyone can run, asked as a log asks it."""

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from freezecase.app.anchoring.witness_client import HttpWitness
from freezecase.seal.keyfile import read_signer
from freezecase.seal.note import Kind, NoteKey, open_note
from tests.cli.conftest import Run
from tests.seal.logs import FORKED, HONEST, LOG, ORIGIN, request

NAME: Final = "regulator.example/w1"


@pytest.fixture
def key(tmp_path: Path, run: Run) -> NoteKey:
    """The key of a witness, in a file."""
    made = run("witness", "--keygen", NAME, "--key", tmp_path / "witness.key")
    assert made.code == 0
    return NoteKey.read(made.out.strip())


def arguments(folder: Path, *more: str) -> list[str]:
    """The command for a witness in this folder, on a free port."""
    files = ["--key", str(folder / "witness.key"), "--state", str(folder / "witness.state")]
    return ["witness", *files, "--log", str(LOG.key), "--listen", "127.0.0.1:0", *more]


def _heed_interruptions() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def started(folder: Path, *more: str) -> Generator[tuple[subprocess.Popen[str], list[str]]]:
    """The witness as a program of its own, and what it says first; it is stopped in the end."""
    command = [sys.executable, "-m", "freezecase", *arguments(folder, *more)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # whoever runs the tests in the background lets them, and so their children, ignore it
        preexec_fn=_heed_interruptions,  # noqa: PLW1509 - no thread runs in the child yet
    ) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            while more and lines[-1] not in ("}\n", ""):
                lines.append(process.stdout.readline())
            yield process, lines
        finally:
            process.kill()


def test_a_key_is_made_for_a_witness(key: NoteKey, tmp_path: Path) -> None:
    """Of the kind that says when."""
    assert (key.name, key.kind) == (NAME, Kind.COSIGNATURE)
    assert read_signer((tmp_path / "witness.key").read_text()).key == key


def test_a_witness_runs_and_is_killed_and_runs_again(key: NoteKey, tmp_path: Path) -> None:
    """It says where it can be asked; what it answered it remembers, however it ended."""
    with started(tmp_path) as (process, [line]):
        said, url = line.split()
        assert said == str(key)
        asked = request(HONEST, 0, 7)
        reply = HttpWitness(url, key).add_checkpoint(asked)
        assert [held.name for held in open_note(asked.note + reply.body, [key]).held] == [NAME]
        process.kill()

    with started(tmp_path, "--json") as (_, lines):
        told: Any = json.loads("".join(lines))
        assert (told["format"], told["key"]) == ("freezecase.witness/1", str(key))
        assert (told["read"]["remembers"], told["read"]["log"]) == (1, [str(LOG.key)])
        witness = HttpWitness(told["url"], key)
        assert witness.add_checkpoint(request(FORKED, 0, 9)) == (409, "7\n")
        assert witness.add_checkpoint(request(FORKED, 7, 9)).status == 422
        assert witness.add_checkpoint(request(HONEST, 7, 9)).status == 200


@pytest.mark.skipif(sys.platform == "win32", reason="it is interrupted in another way there")
def test_a_witness_ends_when_it_is_interrupted(key: NoteKey, tmp_path: Path) -> None:
    """With the exit code of an interruption; what it answered stands on stderr, a line each."""
    with started(tmp_path) as (process, [line]):
        HttpWitness(line.split()[1], key).add_checkpoint(request(HONEST, 0, 7))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert f"200 POST {ORIGIN} size 7\n" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["--listen", "8080"], 64, "`8080` is not `HOST:PORT`"),
        (["--listen", "a:b"], 64, "`a:b` is not `HOST:PORT`"),
        (["--listen", "a:65536"], 64, "`a:65536` is not `HOST:PORT`"),
        (["--log", "x"], 2, "key cannot be `'x'`"),
    ],
    ids=["no host", "no port", "no such port", "no key"],
)
def test_what_cannot_be_run_is_said(
    key: NoteKey, tmp_path: Path, run: Run, more: list[str], code: int, words: str
) -> None:
    """On stderr, with the code for it."""
    ran = run(*arguments(tmp_path), *more)

    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_a_witness_takes_its_own_key_and_those_of_logs(
    key: NoteKey, tmp_path: Path, run: Run
) -> None:
    """Not the other way round; and it needs a memory, and a log to watch."""
    run("checkpoint", "--keygen", ORIGIN, "--key", tmp_path / "log.key")
    mine = ["--key", tmp_path / "witness.key"]
    state = ["--state", tmp_path / "state"]

    ran = [
        run("witness", *mine),
        run("witness", *mine, *state),
        run("witness", *mine, *state, "--log", key),
        run("witness", "--key", tmp_path / "log.key", *state, "--log", LOG.key),
    ]

    assert [one.code for one in ran] == [64, 64, 64, 2]
    assert "it takes --state FILE and --log KEY" in ran[0].err
    assert "is the key of a witness: it takes that of a log" in ran[2].err
    assert "it takes the key of a witness" in ran[3].err
    assert not (tmp_path / "state").exists()


def test_a_memory_of_another_key_is_refused_before_it_listens(
    key: NoteKey, tmp_path: Path, run: Run
) -> None:
    """A witness that lost its key has to begin anew, under another."""
    with started(tmp_path) as (_, [line]):
        HttpWitness(line.split()[1], key).add_checkpoint(request(HONEST, 0, 7))
    (tmp_path / "witness.key").unlink()
    run("witness", "--keygen", "other.example", "--key", tmp_path / "witness.key")
    log = LOG.of_seed(ORIGIN, bytes([7] * 32)).key

    ran = run(*arguments(tmp_path)[:5], "--log", log)

    assert ran.code == 2
    assert "is damaged, or another key's" in ran.err
