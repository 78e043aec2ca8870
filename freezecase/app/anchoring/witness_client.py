"""
A witness at the other end of a wire, asked by plain HTTP (c2sp.org/tlog-witness@v1.0.0).

    regulator = HttpWitness("https://w1.regulator.example", key)

It gives up once the other side is silent for *timeout* seconds.
"""

from ssl import SSLContext
from typing import Final

import attrs

from freezecase.app.anchoring.checkpoint_ports import Reply
from freezecase.app.anchoring.plain_http import Wire, can_be_asked
from freezecase.seal.note import NoteKey
from freezecase.seal.trust import MOST_BYTES
from freezecase.seal.witness import Request, origin_hash

__all__ = ["HttpWitness"]

_PATIENCE: Final = 5.0
_OK: Final = 200
_NONE: Final = 404


@attrs.frozen
class HttpWitness:
    """A witness known by its address and its key; whatever answers there must sign with it."""

    url: str = attrs.field(validator=can_be_asked)
    key: NoteKey
    timeout: float = _PATIENCE
    context: SSLContext | None = attrs.field(default=None, repr=False)
    """Which certificates are taken; those that the system takes, if not said."""

    def add_checkpoint(self, request: Request) -> Reply:
        """
        Hand over a checkpoint, and return what it answers.

        Raises:
            OSError: there is no answer, or none that can be one.

        """
        return self._asked("POST", "add-checkpoint", request.body.encode())

    def newest(self, origin: str) -> str | None:
        """
        Return the newest checkpoint of a log that the witness shows, if it ever saw one.

        It is what an auditor asks who does not believe the log: nobody in the log's own house can
        change it. Judge it like any other note.

        Raises:
            OSError: there is no answer, or none that can be one.

        """
        reply = self._asked("GET", f"{origin_hash(origin)}/checkpoint", None)
        if reply.status == _NONE:
            return None
        if reply.status != _OK:
            raise ConnectionError(f"witness `{self.key.name}` answers {reply.status}")
        return reply.body

    def _asked(self, method: str, path: str, body: bytes | None) -> Reply:
        who = f"witness `{self.key.name}`"
        wire = Wire(who=who, timeout=self.timeout, most=MOST_BYTES, context=self.context)
        answered = wire.ask(method, f"{self.url.rstrip('/')}/{path}", body)
        return Reply(answered.status, answered.body.decode("utf-8", "replace"))
