"""
Time stamps: somebody who keeps official time signs that a checkpoint was there (RFC 3161).

A witness says when it saw a checkpoint, too; a time-stamping authority is believed by more people,
and a qualified one by law. It needs an extra: `pip install 'freezecase[timestamps]'`.

    reply = post("https://tsa.example", request_for(note))      # application/timestamp-query
    stamp = stamped(note, reply, roots)                         # roots: certificates, as PEM

What is stamped are the very bytes of the note, so that `openssl ts -verify -data` says the same.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, Final

import attrs
from cryptography.x509 import Certificate, load_pem_x509_certificates

from freezecase.core.checked import refuse
from freezecase.errors import CannotVerify

__all__ = ["MOST_BYTES", "Stamp", "request_for", "stamped"]

MOST_BYTES: Final = 64 * 1024
"""How long the reply of an authority may be; they have about two thousand bytes."""
_TAKES: Final = "a reply of an authority below one of the given roots, over this very note"


@attrs.frozen
class Stamp:
    """What a time stamp that holds says."""

    at: datetime
    accuracy: timedelta
    """How far that may be off, either way, as the authority says; nothing said is taken for 0."""
    serial: int
    """The number of the stamp, at that authority."""

    @property
    def latest(self) -> datetime:
        """When the note was there for certain."""
        return self.at + self.accuracy


def request_for(note: str) -> bytes:
    """
    Return what to send to an authority, so that it stamps *note*.

    Raises:
        CannotVerify: the extra is not installed.

    """
    client = _client()
    builder = client.TimestampRequestBuilder(nonce=False)  # a reply of before would do as well
    asked = builder.data(note.encode()).hash_algorithm(client.HashAlgorithm.SHA256)
    request: bytes = asked.build().as_bytes()
    return request


def stamped(note: str, reply: bytes, roots: Iterable[bytes]) -> Stamp:
    """
    Return what a time stamp over *note* says, if it holds.

    Certificates have to be valid when the stamp was made, not today.

    Args:
        note: the signed note, as it was when it was stamped.
        reply: the `TimeStampResp` of the authority, as it came.
        roots: certificates in PEM, one or more in each; they are trusted, so never take them from
            whoever brings the stamp.

    Raises:
        InvalidValue: it does not hold, is of another note, or of nobody below *roots*.
        CannotVerify: the extra is not installed.

    """
    client = _client()
    trusted = [one for root in roots for one in _certificates(root)]
    if not trusted:
        raise refuse("roots", "none", "certificates in PEM")
    if len(reply) > MOST_BYTES:
        raise refuse("time stamp", f"{len(reply)} bytes", f"at most {MOST_BYTES}")
    try:
        response = client.decode_timestamp_response(reply)
        client.VerifierBuilder(roots=trusted).build().verify_message(response, note.encode())
    except (ValueError, client.VerificationError) as error:
        raise refuse("time stamp", str(error), _TAKES) from error
    info = response.tst_info
    return Stamp(info.gen_time.astimezone(UTC), _accuracy(info.accuracy), info.serial_number)


def _certificates(pem: bytes) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise refuse("roots", pem[:40], "certificates in PEM") from error


def _accuracy(said: Any) -> timedelta:
    if said is None:
        return timedelta()
    parts = said.seconds or 0, said.micros or 0, said.millis or 0
    return timedelta(seconds=parts[0], microseconds=parts[1], milliseconds=parts[2])


def _client() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        raise CannotVerify(
            f"time stamps need `{missing.name}`: pip install 'freezecase[timestamps]'"
        ) from missing
    return rfc3161_client
