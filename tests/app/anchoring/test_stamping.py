"""A time-stamping authority over real HTTP, on this machine: asked as RFC 3161 says."""

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from freezecase.app.anchoring.stamping import HttpAuthority
from freezecase.errors import InvalidValue
from freezecase.seal.timestamp import request_for, stamped
from tests.app.anchoring.test_witness_server import running
from tests.seal.test_timestamp import BARE, MADE, NOTE, REPLY, ROOT


@contextmanager
def authority(reply: bytes, status: int = 200) -> Generator[tuple[str, list[Any]]]:
    """An authority that has this reply for everybody; its address, and what it was asked."""
    asked = list[Any]()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["Content-Type"], body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with running(HTTPServer(("127.0.0.1", 0), Door)) as url:
        yield url, asked


@pytest.mark.parametrize("path", ["", "/tsr"], ids=["no path", "a path"])
def test_a_note_is_stamped_over_the_wire(path: str) -> None:
    """What comes back is checked, and handed on as it came."""
    with authority(REPLY) as (url, asked):
        reply, stamp = HttpAuthority(url + path, [ROOT]).stamp(NOTE)

    assert (reply, stamp) == (REPLY, stamped(NOTE, REPLY, [ROOT]))
    assert asked == [(path or "/", "application/timestamp-query", request_for(NOTE))]


def test_a_stamp_that_does_not_hold_is_not_handed_on() -> None:
    """By another authority, or of another note."""
    other = MADE["another root"].encode()
    with authority(BARE) as (url, _):
        with pytest.raises(InvalidValue, match="over this very note"):
            HttpAuthority(url, [other]).stamp(NOTE)
        with pytest.raises(InvalidValue, match="Mismatch between messages"):
            HttpAuthority(url, [ROOT]).stamp(NOTE.replace("7", "8"))


def test_an_authority_that_refuses_is_down() -> None:
    """It is an `OSError`, like a wire that is cut; an address that is none is a mistake."""
    with authority(b"busy", 503) as (url, _), pytest.raises(ConnectionError, match="answers 503"):
        HttpAuthority(url, [ROOT]).stamp(NOTE)
    with pytest.raises(InvalidValue, match=r"HttpAuthority\.url cannot be"):
        HttpAuthority("tsa.example", [ROOT])
