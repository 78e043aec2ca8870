"""The words of an appeal: its level, its route, what it contests, and what was found."""

from enum import StrEnum
from typing import Annotated

from freezecase.core.allowed import at_least

__all__ = ["AppealLevel", "AppealRoute", "Decision", "Finding"]

Decision = Annotated[int, at_least(1, "the version that made a decision, ")]
"""A decision of a case, named by the version of the record that made it."""


class AppealLevel(StrEnum):
    """Who hears an appeal, from the nearest to the farthest."""

    INTERNAL_REVIEW = "internal-review"
    SECOND_INSTANCE = "second-instance"
    EXTERNAL_BODY = "external-body"


class AppealRoute(StrEnum):
    """What the customer says."""

    APPEAL = "appeal"
    """You were wrong."""
    REINSTATEMENT = "reinstatement"
    """Let me back."""


class Finding(StrEnum):
    """What a body outside the exchange found."""

    FREEZE_STANDS = "freeze-stands"
    FREEZE_FALLS = "freeze-falls"
