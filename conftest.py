"""
What every run shares: PostgreSQL, Hypothesis, the documents that are run, and what is not traced.

It lies at the top because pytest applies a collecting hook only to files beside or below its
conftest, and README.md and docs/ are run too.
"""

import sys
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.documents import documents

pytest_plugins = ["tests.postgres"]

settings.register_profile(
    "default",
    deadline=None,  # no test is about the speed of the machine it runs on
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)
settings.register_profile(
    "mutation", settings.get_profile("default"), derandomize=True, database=None, max_examples=20
)
settings.load_profile("default")

pytest_collect_file = documents(Path(__file__).parent).pytest()

T = TypeVar("T")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, where several share the work: so that all end together."""
    if hasattr(config, "workerinput"):
        items.sort(key=_traced)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, T, T]:
    """Trace nothing of what a test without cover is set up with."""
    return (yield from _untraced(item))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, T, T]:
    """
    Trace nothing of a test without cover.

    pytest-cov stops one tracer, and in the processes of pytest-xdist there are two: the one around
    it would go on, and exploring a policy takes four times as long.
    """
    return (yield from _untraced(item))


def _untraced(item: pytest.Item) -> Generator[None, T, T]:
    if _traced(item):
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def _traced(item: pytest.Item) -> bool:
    return item.get_closest_marker("no_cover") is None
