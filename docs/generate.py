"""
Writes the parts of the documents that come from the code: `python -m docs.generate`.

Such a part stands between two comments, `generated: name` and `end of name`; what is around it is
written by people. A test says which parts are stale.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from docs import (
    draw_moves,
    write_obligations,
    write_packs,
    write_reference,
    write_run_around,
    write_standard,
)
from freezecase import errors
from freezecase.cli.app import COMMANDS, app

__all__ = ["PARTS", "PICTURE", "main", "stale"]

DOCS: Final = Path(__file__).parent
PICTURE: Final = "concepts/life-cycle.svg"


def error_tree() -> str:
    """Return the tree of errors as the module draws it."""
    return (errors.__doc__ or "").split("```")[1].strip().join(["```text\n", "\n```"])


def command_line() -> str:
    """Return the help of every command of the command line, under its name."""
    return "\n\n".join(f"## {name}\n\n```text\n{_help(name)}\n```" for name in COMMANDS)


def _help(name: str) -> str:
    above = click.Context(app, info_name="freezecase", **app.context_settings)
    command = app.get_command(above, name)
    assert command is not None
    return command.get_help(click.Context(command, above, info_name=name, terminal_width=80))


PARTS: Final[Mapping[str, Mapping[str, Callable[[], str]]]] = {
    "concepts/life-cycle.md": {
        "changes": draw_moves.changes,
        "matrix": draw_moves.matrix,
        "landings": draw_moves.landings,
    },
    "concepts/obligations.md": {"pending": write_obligations.pending_table},
    "concepts/run-around.md": {"detectors": write_run_around.detectors_table},
    "reference/commands.md": {"commands": write_reference.commands_page},
    "reference/events.md": {"events": write_reference.events_page},
    "reference/values.md": {
        "words": write_reference.words_page,
        "values": write_reference.values_page,
    },
    "reference/packs.md": {
        "advice": write_packs.advice,
        "unverified": write_packs.unverified,
        "packs": write_packs.packs_page,
        "fields": write_packs.fields_page,
    },
    "reference/standard-policy.md": {
        "gates": write_standard.gates_table,
        "follows": write_standard.follows_table,
        "clocks": write_standard.clocks_table,
        "facts": write_standard.facts_table,
    },
    "reference/errors.md": {"tree": error_tree},
    "reference/command-line.md": {"commands": command_line},
}
"""Which part of which document is written by which function."""


def renewed(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Return *text* with each of its generated parts written anew."""
    for name, write in parts.items():
        opening, closing = f"<!-- generated: {name} -->", f"<!-- end of {name} -->"
        pattern = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise LookupError(f"it takes one `{opening}` and one `{closing}` after it")
        before, after = pattern.split(text)
        text = f"{before}{opening}\n\n{write()}\n\n{closing}{after}"
    return text


def due() -> dict[Path, str]:
    """Return what each generated file should say."""
    pages = {
        DOCS / page: renewed((DOCS / page).read_text(encoding="utf-8"), parts)
        for page, parts in PARTS.items()
    }
    return {**pages, DOCS / PICTURE: draw_moves.picture()}


def stale() -> list[str]:
    """Return the files that do not say what they should."""
    return [
        path.relative_to(DOCS).as_posix()
        for path, text in due().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write every file anew."""
    for path, text in due().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
