"""The option `--processes`: how many share the work."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from freezecase.replay.parts import ALL, CaseRange

__all__ = ["PROCESSES", "go_on"]

C = TypeVar("C", bound=Callable[..., Any])


def PROCESSES(command: C) -> C:  # noqa: N802 - named like the option it adds
    """Give a command the option `--processes`."""
    return click.option(
        "--processes",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Divide the cases over so many processes; what is reported stays the same.",
    )(command)


def go_on(left: Iterable[CaseRange]) -> str:
    """Say by which options the cases that are left are done."""
    return "".join(f"; go on with `{_options(one)}`" for one in left if one != ALL)


def _options(cases: CaseRange) -> str:
    options = (("--after", cases.after), ("--upto", cases.upto))
    return " ".join(f"{option} {case}" for option, case in options if case is not None)
