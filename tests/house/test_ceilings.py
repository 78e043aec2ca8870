"""Nothing grows over our heads: at most 300 lines in a module, 40 in a function."""

import ast
from pathlib import Path

import pytest

from tests.house.source import definitions, modules, place

MODULE = 300
FUNCTION = 40  # its docstring apart


def offences(path: Path) -> list[str]:
    """What is too long in this module, with its length."""
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    over = [f"{place(path)}: {lines} lines, at most {MODULE}"] if lines > MODULE else []
    long = [
        f"{place(path)}:{node.lineno} `{name}`: {length(node)} lines, at most {FUNCTION}"
        for name, node in definitions(ast.parse(text))
        if not isinstance(node, ast.ClassDef) and length(node) > FUNCTION
    ]
    return over + long


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function from `def` to its end, without its docstring."""
    first = node.body[0]
    lines = (node.end_lineno or 0) - node.lineno + 1
    if ast.get_docstring(node, clean=False) is None:
        return lines
    return lines - ((first.end_lineno or 0) - first.lineno + 1)


@pytest.mark.parametrize("path", modules(), ids=place)
def test_nothing_is_too_long(path: Path) -> None:
    assert offences(path) == []


def test_just_as_long_as_allowed_passes(tmp_path: Path) -> None:
    told = '    """A sentence.\n\n    More.\n    """\n'
    function = f"def f():\n{told}" + "    pass\n" * (FUNCTION - 1)
    module = tmp_path / "good.py"
    module.write_text(function + "\n" * (MODULE - len(function.splitlines())))

    assert offences(module) == []


def test_a_line_too_many_is_found_out(tmp_path: Path) -> None:
    module = tmp_path / "bad.py"
    module.write_text(
        "class A:\n    async def f(self):\n" + "        pass\n" * FUNCTION + "\n" * MODULE
    )

    assert offences(module) == [
        "bad.py: 342 lines, at most 300",
        "bad.py:2 `A.f`: 41 lines, at most 40",
    ]
