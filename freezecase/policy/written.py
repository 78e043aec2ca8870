"""
How a function is written: its own source, and nothing around it, whatever Python reads it.

`inspect.getsource` gives the whole line that a lambda stands in, and ends a block differently from
one version of Python to the next. Here a function is looked up in the tree of its file.
"""

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from linecache import checkcache, getlines
from types import CodeType, FunctionType
from typing import TypeAlias

__all__ = ["written"]

_Node: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def written(function: FunctionType) -> str | None:
    """Return the source of *function*, or nothing where there is none to be found."""
    code = function.__code__
    checkcache(code.co_filename)  # it may have been loaded anew
    text = "".join(getlines(code.co_filename, function.__globals__))
    node = _made_into(code, _functions(text).get(code.co_firstlineno, ()))
    if node is None:
        return None
    if isinstance(node, ast.Lambda):
        return ast.get_source_segment(text, node)
    return "".join(text.splitlines(keepends=True)[code.co_firstlineno - 1 : node.end_lineno])


@lru_cache(maxsize=64)
def _functions(text: str) -> Mapping[int, Sequence[_Node]]:
    """Return the functions of a file by the line that each begins in, the outer ones first."""
    found: dict[int, list[_Node]] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # a notebook, a page, or no text at all
        return found
    for node in ast.walk(tree):
        if isinstance(node, _Node):
            decorated = [] if isinstance(node, ast.Lambda) else node.decorator_list
            first = min(one.lineno for one in (node, *decorated))
            found.setdefault(first, []).append(node)
    return found


def _made_into(code: CodeType, nodes: Sequence[_Node]) -> _Node | None:
    """
    Return which of the functions that begin in one line was made into *code*.

    Nobody can tell where the code names no columns: Python 3.12 does not for `lambda: 7`.
    """
    spots = [(line, column) for line, _, column, _ in code.co_positions() if line and column]
    if not spots and len(nodes) > 1:
        return None
    holding = [node for node in nodes if all(_holds(node, spot) for spot in spots)]
    return holding[-1] if holding else None


def _holds(node: _Node, spot: tuple[int, int]) -> bool:
    end = node.end_lineno or node.lineno, node.end_col_offset or 0
    return (node.lineno, node.col_offset) < spot < end
