"""
The command line, for whoever has to show what happened. Thin: parse, call, print.

Data goes to stdout; words and progress bars go to stderr. Exit codes:

    0    done, and nothing was found
    1    done, and something was found: findings of an audit, anomalies of an import
    2    it could not be run: no store, no such case, a file that cannot be read
    64   the command was misspelt
    130  interrupted
    141  whoever read the output stopped reading

`app` holds the table of commands, and each command is a module that is imported when it is used.
"""

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, from *arguments* or from the command line; return its exit code."""
    try:
        from freezecase.cli.app import run  # noqa: PLC0415 - the library works without it
    except ModuleNotFoundError as missing:
        if missing.name != "click":
            raise
        print("freezecase: the command line needs `click`", file=sys.stderr)
        print("install it with: pip install 'freezecase[cli]'", file=sys.stderr)
        return 2
    return run(sys.argv[1:] if arguments is None else arguments)
