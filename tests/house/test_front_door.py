"""The public names: listed in order, there, and documented."""

import inspect
from types import ModuleType

import pytest

import freezecase
from tests.house.source import packages


def offences(module: ModuleType) -> list[str]:
    """What is wrong with the names that a package says are public."""
    names: list[str] = list(getattr(module, "__all__", []))
    order = (
        []
        if names == sorted(set(names), key=_place)
        else ["`__all__` is not sorted, or says a name twice"]
    )
    absent = [f"`{name}` is not there" for name in names if not hasattr(module, name)]
    silent = [f"`{name}` has no docstring" for name in names if undocumented(module, name)]
    opening = [] if module.__doc__ else ["the package has no docstring"]
    return order + absent + silent + opening


def _place(name: str) -> tuple[bool, bool, str]:
    """Where a name belongs in `__all__`, as ruff sorts it: constants, then classes, then others."""
    return not name.isupper(), not name[:1].isupper(), name


def undocumented(module: ModuleType, name: str) -> bool:
    """Whether a public class or function, or a module, says nothing about itself."""
    value = getattr(module, name, None)
    speaks = inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value)
    return speaks and not (
        value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
    )


def a_module(doc: str | None = "Fine.", **names: object) -> ModuleType:
    module = ModuleType("made", doc)
    vars(module).update(names)
    return module


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.__name__)
def test_every_package_tells_the_truth_about_its_names(package: ModuleType) -> None:
    assert offences(package) == []


def test_the_front_door_says_what_it_offers() -> None:
    assert isinstance(freezecase.__all__, list)
    assert freezecase.__version__


def test_a_good_package_passes() -> None:
    assert offences(a_module(a=1, b=test_a_good_package_passes.__class__, __all__=["a", "b"])) == []


@pytest.mark.parametrize(
    ("package", "offence"),
    [
        (a_module(a=1, b=2, __all__=["b", "a"]), "`__all__` is not sorted, or says a name twice"),
        (a_module(a=1, __all__=["a", "a"]), "`__all__` is not sorted, or says a name twice"),
        (a_module(__all__=["a"]), "`a` is not there"),
        (a_module(a=lambda: 1, __all__=["a"]), "`a` has no docstring"),
        (a_module(a=type("A", (pytest.Item,), {}), __all__=["a"]), "`a` has no docstring"),
        (a_module(doc=None), "the package has no docstring"),
    ],
)
def test_a_bad_package_is_found_out(package: ModuleType, offence: str) -> None:
    assert offences(package) == [offence]
