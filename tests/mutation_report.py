"""
What came of the last `mutmut run`: a table of modules, and each change that no test noticed.

    python -m tests.mutation_report
"""

import json
from collections import Counter
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

MUTANTS = Path("mutants")
COLUMNS = ("killed", "timeout", "survived", "no tests", "not checked")
"""A change that makes a test run for ever was noticed too, unless the machine was only busy."""


def outcomes(meta: Path) -> dict[str, str]:
    """What came of each change of a module, by the name that mutmut gives it."""
    codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return {name: status_by_exit_code[code] for name, code in codes.items()}


def row(name: str, counted: Counter[str]) -> str:
    """A row of the table."""
    cells = [name, counted.total(), *(counted[column] for column in COLUMNS)]
    return f"| {' | '.join(map(str, cells))} |"


def change(name: str, module: Path) -> list[str]:
    """The lines that a change takes out, and those that it puts in."""
    lines = get_diff_for_mutant(name, path=module).splitlines()
    return [one for one in lines if one[:1] in {"-", "+"} and one[:3] not in {"---", "+++"}]


def main() -> None:
    """Print the table, then what went unnoticed."""
    total, unnoticed = Counter[str](), list[str]()
    print(
        f"| module | changes | {' | '.join(COLUMNS)} |", "|---" * (2 + len(COLUMNS)) + "|", sep="\n"
    )
    for meta in sorted(MUTANTS.rglob("*.py.meta")):
        module = meta.relative_to(MUTANTS).with_suffix("")
        found = outcomes(meta)
        if found:
            print(row(f"`{module.as_posix()}`", Counter(found.values())))
        total.update(found.values())
        for name, outcome in found.items():
            if outcome not in {"killed", "not checked"}:
                unnoticed += ["", f"{outcome}: {name}", *change(name, module)]
    print(row("all", total), *unnoticed, sep="\n")


if __name__ == "__main__":
    main()
