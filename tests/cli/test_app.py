"""The command line as such: its table of commands, its exit codes, and its manners."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import freezecase
from freezecase.cli import main
from freezecase.cli.app import COMMANDS
from tests.cli.conftest import Run

LOADED = "import sys; from freezecase.cli import main; main(['--help']); print(sorted(sys.modules))"


def test_help_lists_every_command_of_the_table_and_no_other(run: Run) -> None:
    ran = run("--help")

    table = ran.out.partition("Commands:")[2].partition("\n\n")[0]
    listed = re.findall(r"^  ([\w-]+) +(\S.*)$", table, re.MULTILINE)
    assert ran.code == 0
    assert [(name, entry.help) for name, entry in COMMANDS.items()] == listed


def test_help_imports_no_command(program: Run) -> None:
    ran = program(code=LOADED)

    loaded = ran.out.splitlines()[-1]
    assert "'freezecase.cli.app'" in loaded
    assert not [entry.module for entry in COMMANDS.values() if f"'{entry.module}'" in loaded]
    assert "'rich'" not in loaded


_STORELESS = {"conform", "diff", "prove", "witness"}
"""What is about policies, or about the logs of others."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own_and_takes_json(run: Run, name: str) -> None:
    ran = run(name, "--help")

    assert ran.code == 0
    taken = {"--json"} if name in _STORELESS else {"--db", "--json"}
    assert taken <= set(re.findall(r"--\w+", ran.out))


def test_it_says_its_version(program: Run) -> None:
    ran = program("--version")

    assert (0, f"freezecase {freezecase.__version__}\n", "") == (ran.code, ran.out, ran.err)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["thaw"], 64, "No such command 'thaw'"),
        (["history"], 64, "Missing argument 'CASE'"),
        (["history", "x", "--at", "noon"], 64, "`noon` is no instant with a zone"),
        (["history", "x", "--at", "2026-03-31T17:00"], 64, "is no instant with a zone"),
        (["history", "x", "--version", "0"], 64, "0 is not in the range"),
        (["history", "x", "--reader", "press"], 64, "'press' is not one of"),
        (["history", "x", "--db", "oracle://x"], 2, "no kind of store is called `oracle://`"),
        (["history", "x"], 2, "there is no such file: check the path"),
        (["replay"], 2, "there is no such file: check the path"),
        (["due"], 2, "there is no such file: check the path"),
        (["due", "--at", "2026-03-31"], 64, "is no instant with a zone"),
        (["due", "--ahead", "-1"], 64, "-1.0 is not in the range 0<=x<=878400"),
        (["due", "--ahead", "nan"], 64, "nan is not in the range"),
        (["due", "--ahead", "1e300"], 64, "1e+300 is not in the range"),
        (["explain"], 64, "Missing argument 'CASE'"),
        (["explain", "x"], 2, "there is no such file: check the path"),
        (["explain", "x", "0"], 64, "0 is not in the range"),
        (
            ["explain", "x", "--policy", "acme"],
            2,
            "no policy installed as `acme`: known are",
        ),
        (["watch"], 2, "there is no such file: check the path"),
        (["watch", "--every", "0"], 64, "0.0 is not in the range 0.1<=x<=86400"),
        (["watch", "--every", "nan"], 64, "nan is not in the range"),
        (["watch", "--rounds", "0"], 64, "0 is not in the range"),
        (["watch", "--warn", "-1"], 64, "-1.0 is not in the range"),
        (["watch", "--policy", "acme"], 2, "no policy installed as `acme`: known are"),
        (["import", "x.csv", "--mapping", "none.toml"], 2, "mapping `none.toml` cannot be read"),
        ([], 64, "Usage: freezecase"),
    ],
)
def test_what_cannot_be_run_says_why_on_stderr(
    program: Run, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    ran = program(*arguments)

    assert (code, "") == (ran.code, ran.out)
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


def test_without_click_it_says_how_to_get_it(program: Run) -> None:
    without = "import sys; sys.modules['click'] = None; from freezecase.cli import main; "

    ran = program(code=f"{without} sys.exit(main(['demo']))")

    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'freezecase[cli]'" in ran.err
    assert "Traceback" not in ran.err


def test_a_module_of_ours_that_is_missing_is_not_taken_for_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "freezecase.cli.app", None)

    with pytest.raises(ModuleNotFoundError, match=r"freezecase\.cli\.app"):
        main(["demo"])


def test_an_interruption_has_an_exit_code_of_its_own(
    run: Run, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("freezecase.cli.replay.replay", interrupt)

    ran = run("replay", "--db", url)

    assert (ran.code, ran.out) == (130, "")
    assert "freezecase: interrupted" in ran.err


@pytest.mark.parametrize("arguments", [["demo"], ["--help"]])
def test_a_closed_pipe_is_quiet(arguments: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "freezecase", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert process.returncode == 141
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_a_shell_can_complete_the_commands(program: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_FREEZECASE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "freezecase rep")
    monkeypatch.setenv("COMP_CWORD", "1")

    ran = program(code="import sys; from freezecase.cli import main; sys.exit(main())")

    assert (ran.code, ran.out) == (0, "plain,replay\n")
