"""What the host says of itself in every notice: who writes, where to appeal, whom to call."""

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from freezecase.core.allowed import line
from freezecase.core.annotated import Check
from freezecase.core.checked import checked
from freezecase.core.values import Slug

__all__ = ["Letterhead"]

_Line = Annotated[str, line(1, 200)]


def _zone(key: str) -> bool:
    try:
        ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        return False
    return True


_ZONE: Final = Check("an IANA name of a zone, such as `Europe/Amsterdam`", _zone)


@checked
class Letterhead:
    """
    What every notice says of the exchange. It names places, so one serves every language.

    A notice that does not say how to appeal and how to reach a person cannot be made, so none of
    it may be left out: Regulation (EU) 2022/2065 (DSA) Art. 17(3)(f), Regulation (EU) 2016/679
    (GDPR) Art. 22(3).
    """

    exchange: _Line
    """Its name."""
    appeal_at: _Line
    """Where to appeal and to complain, free of charge: an address of the web, or of e-mail."""
    human_at: _Line
    """Where a person answers: a number, or an address."""
    outside: _Line
    """The body outside that the customer can turn to, by its own name and address."""
    terms: _Line
    """The clause of the contract that allows a restriction."""
    language: Slug = "en"
    """In which language staff write remedies and reasons into the record."""
    zone: Annotated[str, _ZONE] = "UTC"
    """In whose time the times are stated."""
