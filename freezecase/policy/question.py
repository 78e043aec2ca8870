"""All that a rule may see: no clock, no input or output. What is not here decides nothing."""

from collections.abc import Mapping

import attrs

from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.values import Instant

__all__ = ["Question"]


@attrs.frozen
class Question:
    """May *actor* do *command* to the case as it stands?"""

    command: Command
    state: CaseState
    actor: Actor
    now: Instant
    facts: Mapping[str, Fact]
