"""All that a rule may see: no clock, no input or output. What is not here decides nothing."""

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from freezecase.core.actors import Actor
from freezecase.core.commands import Command
from freezecase.core.ruling import Fact
from freezecase.core.state import CaseState
from freezecase.core.values import Instant
from freezecase.errors import FactMissing

__all__ = ["Question"]


def _read_only(facts: Mapping[str, Fact]) -> Mapping[str, Fact]:
    return MappingProxyType(facts)


@attrs.frozen
class Question:
    """May *actor* do *command* to the case as it stands?"""

    command: Command
    state: CaseState
    actor: Actor
    now: Instant
    facts: Mapping[str, Fact] = attrs.field(converter=_read_only)
    """What the host says; no rule can change what the others hear."""

    def fact(self, name: str) -> Fact:
        """
        Return what the host says of *name*; a gate that asks in vain requires it.

        Raises:
            FactMissing: the host said nothing of it.

        """
        if name not in self.facts:
            raise FactMissing(f"fact `{name}` is missing: hand it in with `facts`", fact=name)
        return self.facts[name]
