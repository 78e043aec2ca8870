"""What the endpoints take. The library checks the values; here stands only their shape."""

from pydantic import BaseModel

from freezecase import Capability, Ground

__all__ = ["Checks", "Contest", "Freeze", "Proposal", "Shown"]


class Freeze(BaseModel):
    """A freeze to impose."""

    account: str
    ground: Ground
    capabilities: list[Capability]
    reason: str | None = None


class Checks(BaseModel):
    """What the customer has to verify."""

    checks: list[str]


class Shown(BaseModel):
    """A document that the host keeps, shown for a check."""

    reference: str
    digest: str
    size: int
    media_type: str


class Contest(BaseModel):
    """An appeal: what the customer says."""

    statement: str


class Proposal(BaseModel):
    """Why the freeze should be lifted."""

    reason: str
