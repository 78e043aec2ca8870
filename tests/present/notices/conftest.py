"""Every book that a story opens is closed when its test is over."""

from collections.abc import Iterator

import pytest

from tests.present.notices.stories import OPEN


@pytest.fixture(autouse=True)
def _closed_in_the_end() -> Iterator[None]:
    """Nothing stays open."""
    yield
    while OPEN:
        OPEN.pop().close()
