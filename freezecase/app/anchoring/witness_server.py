"""
A witness that anyone can run: a key, a memory, and a door to the network.

    state = WitnessState("witness.state", [signer.key, *logs])
    witness = LocalWitness(signer, logs, state, SystemClock())
    server = serve(witness, "127.0.0.1", 8080)
    server.serve_forever()

It speaks plain HTTP; put what ends TLS before it. Whoever asks need not say who they are: what
counts is the signature on the checkpoint (c2sp.org/tlog-witness@v1.0.0).
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import attrs

from freezecase.app.anchoring.checkpoint_ports import Reply
from freezecase.app.anchoring.witness_state import WitnessState
from freezecase.app.clock import Clock
from freezecase.errors import StoreError
from freezecase.seal.note import NoteKey, Signer
from freezecase.seal.witness import MOST_BYTES, Answer, Request, answered

__all__ = ["LocalWitness", "serve"]

Tell = Callable[[str], None]

_SHOW: Final = re.compile("/([0-9a-f]{64})/checkpoint")
_LENGTH: Final = re.compile("[0-9]{1,9}")
_PATIENCE: Final = 10.0
"""Seconds of silence after which a connection is closed."""


@attrs.frozen
class LocalWitness:
    """A witness: it answers requests and remembers. Also one that a `Checkpointer` can ask."""

    signer: Signer
    logs: Sequence[NoteKey]
    state: WitnessState
    clock: Clock

    @property
    def key(self) -> NoteKey:
        """The key that it signs with."""
        return self.signer.key

    def answer(self, body: bytes) -> Answer:
        """
        Return the answer to the bytes of a request; what it has to keep is on disk then.

        Raises:
            StoreError: its memory cannot be read or written: nothing was answered.

        """
        now = self.clock.now
        ask = partial(answered, body, signer=self.signer, logs=self.logs, now=now)
        return self.state.decide(lambda seen: ask(seen=seen))

    def add_checkpoint(self, request: Request) -> Reply:
        """
        Answer a request that somebody in this very program makes.

        Raises:
            StoreError: its memory cannot be read or written: nothing was answered.

        """
        answer = self.answer(request.body.encode())
        return Reply(answer.status, answer.body)


def serve(
    witness: LocalWitness, host: str, port: int, *, tell: Tell = lambda words: None
) -> ThreadingHTTPServer:
    """
    Return the server of a witness, already listening; port 0 takes any that is free.

    *tell* is told of every answer, in a line. End it with `shutdown`, then `server_close`.

    Raises:
        OSError: it cannot listen there.

    """
    return ThreadingHTTPServer((host, port), partial(_Door, witness, tell))


class _Door(BaseHTTPRequestHandler):
    """One connection; the base class is how the standard library speaks HTTP."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "freezecase-witness", ""
    timeout = _PATIENCE

    def __init__(self, witness: LocalWitness, tell: Tell, *arguments: Any) -> None:
        self.witness, self.tell = witness, tell
        super().__init__(*arguments)

    def do_POST(self) -> None:
        """Answer `add-checkpoint`."""
        length = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(length) or int(length) > MOST_BYTES:
            self.close_connection = True  # what follows may be a body, or another request
            self._answer(Answer(400, f"a request has a `Content-Length` of at most {MOST_BYTES}\n"))
            return
        body = self.rfile.read(int(length))
        if self.path != "/add-checkpoint":
            self._answer(Answer(404, "it takes `/add-checkpoint`\n"))
            return
        try:
            self._answer(self.witness.answer(body))
        except StoreError as error:
            self._unwell(error)

    def do_GET(self) -> None:
        """Show the newest checkpoint of a log."""
        asked = _SHOW.fullmatch(self.path)
        try:
            note = self.witness.state.shown(asked[1]) if asked else None
        except StoreError as error:
            self._unwell(error)
            return
        self._answer(Answer(200, note) if note else Answer(404, "no such checkpoint\n"))

    def _answer(self, answer: Answer) -> None:
        size = f" size {answer.keep.size}" if answer.keep else ""
        self.tell(f"{answer.status} {self.command} {answer.origin or ascii(self.path)}{size}")
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _unwell(self, error: StoreError) -> None:
        """Tell whoever runs it what is wrong, and nobody else where its files are."""
        self.tell(str(error))
        self._answer(_UNWELL)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing by itself: what there is to say, *tell* was told."""


_UNWELL: Final = Answer(503, "the witness cannot remember now: ask again later\n")
