"""All the tables of the life cycle together."""

from typing import Final

from tests.core.lifecycle import (
    test_appeal,
    test_checks,
    test_desk,
    test_ending,
    test_freeze,
    test_release,
)
from tests.core.lifecycle.table import Move, Story, moves, stories

TABLES: Final = (test_freeze, test_checks, test_appeal, test_release, test_ending, test_desk)
ALL_MOVES: Final[list[Move]] = [one for table in TABLES for one in moves(table.MOVES)]
ALL_STORIES: Final[list[Story]] = [one for table in TABLES for one in stories(table.RULES)]
