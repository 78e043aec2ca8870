"""The table of commands, and how one of them is run: what goes wrong becomes an exit code."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

import click

from freezecase import __version__
from freezecase.errors import FreezeCaseError

__all__ = ["COMMANDS", "Entry", "app", "run"]


class Entry(NamedTuple):
    """One command: the module that holds it, and its help in a line."""

    module: str
    help: str


COMMANDS: Final[Mapping[str, Entry]] = {
    "checkpoint": Entry(
        "freezecase.cli.checkpoint", "Sign how the ledger stands, and have others keep that."
    ),
    "conform": Entry(
        "freezecase.cli.conform", "Hold a foreign log against a policy, before it is taken in."
    ),
    "day-end": Entry("freezecase.cli.day_end", "Write where each case stood when a day was over."),
    "demo": Entry("freezecase.cli.demo", "Tell three true-to-life cases, from freeze to closing."),
    "diff": Entry("freezecase.cli.diff", "Hold a new policy against the old: stricter or laxer?"),
    "due": Entry("freezecase.cli.due", "List who owes what, and what will be late soon."),
    "erase": Entry("freezecase.cli.erase", "Destroy the keys to a person's data, by the book."),
    "evidence": Entry("freezecase.cli.evidence", "Write a case that proves itself, or check one."),
    "explain": Entry("freezecase.cli.explain", "Say why: which rule said what, and what is owed."),
    "export": Entry(
        "freezecase.cli.export", "Write all records to Parquet, to be replayed elsewhere."
    ),
    "history": Entry("freezecase.cli.history", "Tell one case in sentences, and whose move it is."),
    "import": Entry("freezecase.cli.import_log", "Take in the case log of another system."),
    "measure": Entry("freezecase.cli.measure", "Compare two periods: fewer freezes, less harm."),
    "metrics": Entry(
        "freezecase.cli.metrics", "Count freezes, releases, appeals and what was missed."
    ),
    "prove": Entry("freezecase.cli.prove", "Prove that a policy leaves nobody stuck."),
    "rejudge": Entry("freezecase.cli.rejudge", "Make every decision again, by its own policy."),
    "replay": Entry("freezecase.cli.replay", "Read the whole store, trust nothing, report."),
    "staffing": Entry("freezecase.cli.staffing", "Say how many people keep two minutes."),
    "verify": Entry("freezecase.cli.verify", "Hold the store against checkpoints kept outside."),
    "watch": Entry("freezecase.cli.watch", "Let time pass: record what is missed, over and over."),
    "whatif": Entry("freezecase.cli.whatif", "Try a policy on the cases of the past."),
    "witness": Entry("freezecase.cli.witness", "Watch logs: never cosign two histories of one."),
    "worklist": Entry("freezecase.cli.worklist", "List what is to be done, the most urgent first."),
}

EXIT: Final = "Exit codes: 0 clean, 1 findings, 2 could not run, 64 usage, 130 interrupted."


class NobodyReads(Exception):
    """Whoever read the output has stopped."""


class Lazy(click.Group):
    """A group that imports a command when it is used; its own help needs the table alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or nothing if there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(entry.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command to its last word; a closed pipe is told apart from other trouble."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as closed:
            raise NobodyReads from closed
        return code


@click.group(cls=Lazy, epilog=EXIT, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """The record and the rule book of a frozen account: what was decided, and what is owed."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; say on stderr what went wrong."""
    try:
        code = app.main(args=list(arguments), prog_name="freezecase", standalone_mode=False)
    except (click.ClickException, click.Abort, FreezeCaseError, OSError, NobodyReads) as error:
        return _failed(error)
    except SystemExit as left:  # click leaves so after completing words in a shell, with 0,
        return _nobody_reads(left) if left.code else 0  # and when a pipe closes under its help
    return int(code or 0)


def _failed(error: Exception) -> int:
    """Say what went wrong, and return the exit code for it."""
    return next(say(error) for kind, say in _FAILURES if isinstance(error, kind))


def _usage(error: Any) -> int:
    error.show()
    return 64


def _click(error: Any) -> int:
    error.show()
    return 2


def _interrupted(_error: Any) -> int:
    print("freezecase: interrupted", file=sys.stderr)
    return 130


def _nobody_reads(_error: Any) -> int:
    """Let the interpreter flush into nothing, or it would complain on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def _could_not(error: Any) -> int:
    print(f"freezecase: {error}", file=sys.stderr)
    return 2


_FAILURES: Final[tuple[tuple[type[Exception], Callable[[Any], int]], ...]] = (
    (click.UsageError, _usage),
    (click.ClickException, _click),
    (click.Abort, _interrupted),
    (NobodyReads, _nobody_reads),
    (Exception, _could_not),
)
