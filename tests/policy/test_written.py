"""How a function is written: its own source, whatever stands around it."""

from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from freezecase.policy.written import written


def decorate(function: Any) -> Any:
    """Return it as it is."""
    return function


@decorate
def decorated(a: int) -> int:
    # why
    return a  # to the end


class Holder:
    """A class with a method."""

    def method(self) -> str:
        """Return itself."""
        return "method"


LAMBDAS = {"one": lambda n: n + 1, "two": lambda n: n + 2, "nested": lambda n: lambda: (n,
    4), "same": lambda n: n + 1}  # fmt: skip


def source(function: Any) -> str | None:
    """Return how it is written."""
    assert isinstance(function, FunctionType)
    return written(function)


def test_a_function_is_written_from_its_decorator_to_its_last_line() -> None:
    """With what it says on the way."""
    assert (
        source(decorated)
        == "@decorate\ndef decorated(a: int) -> int:\n    # why\n    return a  # to the end\n"
    )
    assert (source(Holder.method) or "").startswith("    def method(self)")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one", "lambda n: n + 1"),
        ("two", "lambda n: n + 2"),
        ("same", "lambda n: n + 1"),
        ("nested", "lambda n: lambda: (n,\n    4)"),
    ],
)
def test_lambdas_in_one_line_are_told_apart(name: str, text: str) -> None:
    """Each is itself, and not the line."""
    assert text == source(LAMBDAS[name])


def test_a_lambda_within_a_lambda_is_itself() -> None:
    """The inner one, though both begin in one line."""
    outer: Any = LAMBDAS["nested"]
    assert source(outer(1)) == "lambda: (n,\n    4)"


def test_lambdas_in_one_line_that_nobody_can_tell_apart_have_no_source() -> None:
    """As in a Python that keeps no columns; one that is alone in its line is known all the same."""

    def without_columns(function: Any) -> FunctionType:
        return FunctionType(function.__code__.replace(co_linetable=b""), function.__globals__)

    alone = lambda n: n  # noqa: E731
    pair = (lambda n: n, lambda n: [n])
    assert source(without_columns(LAMBDAS["one"])) is None
    assert source(without_columns(pair[0])) is None
    assert source(without_columns(alone)) == "lambda n: n"


def made(text: str, file: str) -> Callable[..., Any]:
    """Return the function that this text makes."""
    names: dict[str, Any] = {}
    exec(compile(text, file, "exec"), names)
    found: Callable[..., Any] = names["rule"]
    return found


def test_a_function_without_a_source_has_none() -> None:
    """It was made by a program, or its file is gone, or its file is no program."""
    assert source(made("def rule(): return 1", "<made>")) is None


def test_a_function_that_was_loaded_anew_is_written_anew(tmp_path: Path) -> None:
    """The older one is not at hand any more."""
    file = tmp_path / "rule.py"
    for text in ("def rule(): return len('one')\n", "def rule(): return len('three')\n"):
        file.write_text(text, encoding="utf-8")
        assert source(made(text, str(file))) == text


@pytest.mark.parametrize("there", ["# Not a program\n\n1. nor this", "x = 1\ny = 2\n", "\0"])
def test_a_file_that_does_not_hold_the_function_is_no_source(tmp_path: Path, there: str) -> None:
    """A page of documents, say, or a file that was changed."""
    file = tmp_path / "rule.py"
    file.write_text(there, encoding="utf-8")
    assert source(made("def rule(): return 1", str(file))) is None


def test_a_file_that_holds_another_function_there_is_no_source(tmp_path: Path) -> None:
    """The spots of the code do not lie in it."""
    file = tmp_path / "rule.py"
    file.write_text("def rule(): pass\n", encoding="utf-8")
    assert source(made("def rule(): return len('a longer text')", str(file))) is None


def test_a_function_from_an_archive_is_written_as_its_loader_says() -> None:
    """No file of that name is on the disk."""

    class Loader:
        def get_source(self, _name: str) -> str:
            return text

    text = "def rule(): return len('zipped')\n"
    names: dict[str, Any] = {"__name__": "zipped", "__loader__": Loader()}
    exec(compile(text, "rules.zip/zipped.py", "exec"), names)
    assert source(names["rule"]) == text
