"""
Signed webhooks, as Standard Webhooks 1.0 has them: `id.timestamp.body` under a shared secret.

The body is bytes here and stays bytes: what is signed is what goes over the wire. Whatever else may
be wrong with what arrives, the answer is one error, `NotGenuine`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from freezecase.app.reading import instant
from freezecase.core.checked import refuse
from freezecase.deliver.secret import Secret
from freezecase.errors import NotGenuine

__all__ = ["ID", "SIGNATURE", "TIMESTAMP", "TOLERANCE", "signed", "verify"]

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE: Final = timedelta(minutes=5)
"""How far the clocks of the two sides may be apart, and how long a stolen message is of use."""

_SCHEME: Final = "v1"
_SECONDS: Final = 12
"""Digits of a timestamp: enough for thirty thousand years."""


def signed(body: bytes, *, id: str, at: datetime, secrets: Sequence[Secret]) -> Mapping[str, str]:
    """
    Return the headers that prove where *body* comes from.

    Args:
        body: the very bytes that are sent.
        id: what this message is known by; the same when it is sent again.
        at: when it is sent; in any zone.
        secrets: each signs, the newest first: while one is replaced by another, both are there.

    Raises:
        InvalidValue: there is no secret, *at* has no zone, or *id* is not of one printable word.

    """
    if not secrets:
        raise refuse("secrets", (), "it takes at least one")
    if not id or "." in id or not id.isascii() or not id.isprintable() or " " in id:
        raise refuse("id", id, "printable ASCII without blanks and without `.`")
    seconds = str(int(instant(at, "at").timestamp()))
    due = _due(secrets, id, seconds, body)
    signatures = (f"{_SCHEME},{b64encode(one).decode()}" for one in due)
    return {ID: id, TIMESTAMP: seconds, SIGNATURE: " ".join(signatures)}


def verify(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Sequence[Secret],
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """
    Return the id of a message that is genuine: for whoever receives one.

    Take each id once: what is delivered at least once is delivered twice.

    Raises:
        NotGenuine: a header is missing or unreadable, it is too old or too new, or no signature
            fits. Answer 401, or 400, and read nothing of the body.

    """
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not found.get(name)]
    if missing:
        raise NotGenuine(f"header `{missing[0]}` is missing: a signed message has it")
    id, seconds = found[ID], found[TIMESTAMP]
    _timely(seconds, instant(now, "now"), tolerance)
    given = tuple(_signatures(found[SIGNATURE]))
    due = _due(secrets, id, seconds, body)
    # all are compared, so that the time it takes says nothing of which one fits
    if not sum(hmac.compare_digest(one, other) for one in due for other in given):
        raise NotGenuine("no signature fits: the body or the secret is another")
    return id


def _timely(seconds: str, now: datetime, tolerance: timedelta) -> None:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _SECONDS):
        raise NotGenuine(f"header `{TIMESTAMP}` is no time: it takes whole seconds since 1970")
    apart = timedelta(seconds=int(seconds) - now.timestamp())
    if abs(apart) > tolerance:
        which = "new" if apart > timedelta() else "old"
        allowed = f"at most {tolerance.total_seconds():g} s"
        raise NotGenuine(f"the message is too {which}: its time and ours may be apart {allowed}")


def _signatures(header: str) -> Iterator[bytes]:
    """Yield the signatures of our scheme; what cannot be read is no signature."""
    for part in header.split():
        scheme, _comma, text = part.partition(",")
        if scheme == _SCHEME:
            try:
                yield b64decode(text, validate=True)
            except ValueError:
                continue


def _due(secrets: Sequence[Secret], id: str, seconds: str, body: bytes) -> list[bytes]:
    head = f"{id}.{seconds}.".encode("utf-8", "surrogateescape")
    return [hmac.digest(secret.key, head + body, "sha256") for secret in secrets]
