"""
A time-stamping authority at the other end of a wire (RFC 3161 section 3.4): asked, and checked.

    authority = HttpAuthority("https://tsa.example", [Path("tsa-root.pem").read_bytes()])
    reply, stamp = authority.stamp(note)
    anchor.keep_stamp(note, reply)
"""

from collections.abc import Sequence
from typing import Final

import attrs

from freezecase.app.anchoring.plain_http import Wire, can_be_asked
from freezecase.seal.timestamp import MOST_BYTES, Stamp, request_for, stamped

__all__ = ["HttpAuthority"]

_PATIENCE: Final = 20.0
_OK: Final = 200
_ASKS: Final = {"Content-Type": "application/timestamp-query"}


@attrs.frozen
class HttpAuthority:
    """An authority known by its address, and the roots by which its stamps are believed."""

    url: str = attrs.field(validator=can_be_asked)
    roots: Sequence[bytes] = attrs.field(repr=False)
    """Certificates in PEM."""
    timeout: float = _PATIENCE

    def stamp(self, note: str) -> tuple[bytes, Stamp]:
        """
        Have a note stamped; return the reply, to be kept, and what it says.

        Raises:
            OSError: there is no answer, or none that can be one.
            InvalidValue: the stamp does not hold.
            CannotVerify: the extra `timestamps` is not installed.

        """
        wire = Wire(who=f"authority `{self.url}`", timeout=self.timeout, most=MOST_BYTES)
        answered = wire.ask("POST", self.url, request_for(note), _ASKS)
        if answered.status != _OK:
            raise ConnectionError(f"{wire.who} answers {answered.status}")
        return answered.body, stamped(note, answered.body, self.roots)
