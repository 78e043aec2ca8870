"""
Asking somebody by HTTP, by means of the standard library alone: one question, one answer.

No redirect is followed, no more is read than an answer may be long, and the other side is given up
once it is silent for as long as it may be.
"""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ssl import SSLContext
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import attrs

from freezecase.core.checked import refuse

__all__ = ["Answered", "Wire", "can_be_asked"]

_NONE: Mapping[str, str] = MappingProxyType({})


class Answered(NamedTuple):
    """An answer: its status and its bytes."""

    status: int
    body: bytes


def can_be_asked(asking: object, _field: object, url: str) -> None:
    """
    Refuse an address that is none, as a validator of attrs does.

    Raises:
        InvalidValue: it is not `http://` or `https://`, or there is more in it than a path.

    """
    try:
        there = urlsplit(url)
        odd = there.query or there.fragment or there.username is not None
        good = there.scheme in ("http", "https") and there.hostname and not odd
        _ = there.port
    except ValueError:
        good = False
    if not good:
        allowed = "`https://host/path`, without a user, `?` or `#`"
        raise refuse(f"{type(asking).__name__}.url", url, allowed)


@attrs.frozen(kw_only=True)
class Wire:
    """How somebody is asked: who it is, how patiently, and how much they may answer."""

    who: str
    timeout: float
    most: int
    context: SSLContext | None = attrs.field(default=None, repr=False)

    def ask(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NONE,
    ) -> Answered:
        """
        Ask once, and return the answer.

        Raises:
            OSError: there is no answer, or none that can be one.

        """
        there = urlsplit(url)
        connection = self._connection(there)
        try:
            connection.request(method, there.path or "/", body, dict(headers))
            response = connection.getresponse()
            answer = response.read(self.most + 1)
        except HTTPException as error:
            raise ConnectionError(f"{self.who} speaks no HTTP: {error!r}") from error
        finally:
            connection.close()
        if len(answer) > self.most:
            raise ConnectionError(f"{self.who} answers more than {self.most} bytes")
        if response.length:
            raise ConnectionError(f"{self.who} was cut off while it answered")
        return Answered(response.status, answer)

    def _connection(self, there: SplitResult) -> HTTPConnection:
        host = there.hostname or ""
        if there.scheme == "http":
            return HTTPConnection(host, there.port, timeout=self.timeout)
        return HTTPSConnection(host, there.port, timeout=self.timeout, context=self.context)
