"""Every public name says what it is, in a sentence."""

import ast
from pathlib import Path

import pytest

from tests.house.source import definitions, modules, place

SENTENCE_ENDS = (".", "?", "!", ":")
SAID_ELSEWHERE = {"overload", "override", "setter", "deleter"}


def offences(text: str) -> list[str]:
    """The public names in a module that have no docstring, or one that begins with no sentence."""
    tree = ast.parse(text)
    told = [("the module", ast.get_docstring(tree))]
    told += [
        (f"`{name}`", ast.get_docstring(node))
        for name, node in definitions(tree)
        if not any(part.startswith("_") for part in name.split("."))
        and not nested(name, tree)
        and not decorators(node) & SAID_ELSEWHERE
    ]
    return [f"{name} {wrong}" for name, docstring in told if (wrong := fault(docstring))]


def fault(docstring: str | None) -> str | None:
    """What is wrong with a docstring, if something is."""
    if not docstring:
        return "has no docstring"
    first = docstring.split("\n\n")[0].splitlines()
    if not first[-1].rstrip().endswith(SENTENCE_ENDS):
        return "does not begin with a sentence"
    return None


def nested(name: str, tree: ast.Module) -> bool:
    """Whether a definition lies within a function, where nobody else can reach it."""
    functions = [f"{n}." for n, node in definitions(tree) if not isinstance(node, ast.ClassDef)]
    return any(name.startswith(function) for function in functions)


def decorators(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The last words of the decorators' names."""
    called = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return {ast.unparse(one).rpartition(".")[2] for one in called}


@pytest.mark.parametrize("path", modules(), ids=place)
def test_every_public_name_is_documented(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


def test_what_is_documented_or_private_passes() -> None:
    good = '''
"""A module."""
class A:
    """A thing
    in two lines.
    """
    def __len__(self): ...
    @property
    def size(self):
        """How large it is, in bytes."""
    @size.setter
    def size(self, n): ...
    @override
    def told_above(self): ...
def _private():
    class Within: ...
def public():
    """Do it.

    With care
    """
    def within(): ...
'''

    assert offences(good) == []


@pytest.mark.parametrize(
    ("bad", "offence"),
    [
        ("", "the module has no docstring"),
        ('"""Said."""\nclass A: ...', "`A` has no docstring"),
        ('"""Said."""\nif True:\n    def f(): ...', "`f` has no docstring"),
        (
            '"""Said."""\nclass A:\n    """A."""\n    async def f(self): ...',
            "`A.f` has no docstring",
        ),
        ('"""Said."""\ndef f():\n    """f"""', "`f` does not begin with a sentence"),
        ('"""no sentence\n\nMore."""', "the module does not begin with a sentence"),
    ],
)
def test_what_is_not_documented_is_found_out(bad: str, offence: str) -> None:
    assert offences(bad) == [offence]
