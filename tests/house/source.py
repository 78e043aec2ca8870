"""The project's own files, as its checkers read them."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "freezecase"
CLOCK = PACKAGE / "app" / "clock.py"

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def packages() -> list[ModuleType]:
    """The package and every package in it, imported."""
    folders = [path.parent for path in modules() if path.name == "__init__.py"]
    return [import_module(".".join(folder.relative_to(ROOT).parts)) for folder in folders]


def place(path: Path) -> str:
    """A path as people say it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Every class and function, at every depth, by its dotted name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            yield f"{prefix}{node.name}", node
            yield from definitions(node, f"{prefix}{node.name}.")
        elif not isinstance(node, ast.expr):
            yield from definitions(node, prefix)
