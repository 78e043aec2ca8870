"""
What mutmut cannot know of our tests. It runs this as a plugin of pytest, and nobody else does.

It notes which tests call a function, and tries each change of the function on those. But:

* what runs while a module is imported is called by no test. It is tried on every test of the
  folder that mirrors the package: a change of `freezecase/core/checked.py` on `tests/core`;
* what a cache answers is not called again, so caches are emptied before each test is noted;
* a change may break the import of a test, or rename a case of it. That is a failure like any
  other: so tests are taken by file, and a file that cannot be read is a change that was noticed.

The quickest tests run first, as most changes are noticed at once.
"""

import gc
import os
from functools import lru_cache
from typing import Any, Final

import pytest
from mutmut.state import state

_Cache: Final = type(lru_cache(len))
_WANTED: Final = pytest.StashKey[frozenset[str]]()
_IMPORTED: Final = pytest.StashKey[frozenset[str]]()
_CACHES: Final = pytest.StashKey[list[Any]]()


def _noting() -> bool:
    """Whether this run only notes which test calls what."""
    return os.environ.get("MUTANT_UNDER_TEST") == "stats"


def pytest_configure(config: pytest.Config) -> None:
    """Remember which tests are wanted, and take whole files."""
    config.stash[_WANTED] = frozenset(one for one in config.args if "::" in one)
    config.args = sorted({one.partition("::")[0] for one in config.args})


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Take a file that cannot be read for a test that failed."""
    if report.failed:
        pytest.exit(f"{report.nodeid} cannot be read", returncode=pytest.ExitCode.TESTS_FAILED)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is wanted, and what has a new name; the quickest first."""
    if _noting():
        config.stash[_IMPORTED] = frozenset(state()._stats)
        config.stash[_CACHES] = [one for one in gc.get_objects() if isinstance(one, _Cache)]
        state()._stats.clear()
    wanted, took = config.stash[_WANTED], state().duration_by_test
    if wanted:
        items[:] = [one for one in items if one.nodeid in wanted or one.nodeid not in took]
        items.sort(key=lambda one: took.get(one.nodeid, 0))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin to note a test with empty caches, and with what importing called."""
    if _noting():
        for cache in item.config.stash[_CACHES]:
            cache.cache_clear()
        state()._stats.update(
            one for one in item.config.stash[_IMPORTED] if _mirrors(item.nodeid, one)
        )


def _mirrors(test: str, function: str) -> bool:
    """Say whether a test lies in the folder that mirrors the package of a function."""
    return test.split("/")[1] == function.split(".")[1]
