"""`freezecase witness`: sign what a log shows, and never two histories of it."""

import sys
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import click

from freezecase.app.anchoring.witness_server import LocalWitness, serve
from freezecase.app.anchoring.witness_state import WitnessState
from freezecase.app.clock import SystemClock
from freezecase.cli.common import JSON, print_json, say, say_read
from freezecase.cli.signing_keys import KEY, KEYGEN, made_key, read_key
from freezecase.seal.note import Kind, NoteKey
from freezecase.views.telling import instant

__all__ = ["command"]

_LISTEN: Final = "127.0.0.1:8787"
_PORTS: Final = 65_535


def _as_address(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, int]:
    """Return a host and a port as given to an option."""
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > _PORTS:
        raise click.BadParameter(f"`{value}` is not `HOST:PORT`, such as {_LISTEN}")
    return host, int(port)


def _as_log(_ctx: click.Context, _param: click.Parameter, value: Sequence[str]) -> Any:
    """Return the keys of logs as given to an option."""
    keys = [NoteKey.read(one) for one in value]
    for key in keys:
        if key.kind is not Kind.ED25519:
            raise click.BadParameter(f"`{key}` is the key of a witness: it takes that of a log")
    return keys


@click.command("witness")
@KEY
@KEYGEN
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What it remembers. Never put back a copy of it.",
)
@click.option(
    "--log",
    "logs",
    metavar="KEY",
    multiple=True,
    callback=_as_log,
    help="A log to watch, by its public key; may be said several times.",
)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default=_LISTEN,
    show_default=True,
    callback=_as_address,
    help="Where it can be asked; port 0 takes a free one.",
)
@JSON
def command(
    key: Path,
    keygen: str | None,
    state: Path | None,
    logs: Sequence[NoteKey],
    listen: tuple[str, int],
    *,
    as_json: bool,
) -> int:
    """
    Witness logs for somebody else: cosign each checkpoint that only added to the one before.

    Run it in another house than the log. It speaks tlog-witness (c2sp.org/tlog-witness) over plain
    HTTP, so put what ends TLS before it. It runs until it is interrupted. What it remembers is on
    disk before it answers; a witness that lost its memory needs a new key.
    """
    if keygen is not None:
        return made_key("witness", key, keygen, Kind.COSIGNATURE, as_json=as_json)
    if state is None or not logs:
        raise click.UsageError("it takes --state FILE and --log KEY, or --keygen NAME")
    signer, clock = read_key(key, Kind.COSIGNATURE), SystemClock()
    memory = WitnessState(state, [signer.key, *logs])
    seen = memory.check()

    def tell(words: str) -> None:
        say(f"{instant(clock.now().astimezone(UTC))} {words}")

    with serve(LocalWitness(signer, logs, memory, clock), *listen, tell=tell) as server:
        host, port = server.server_address[:2]
        url, public = f"http://{host!s}:{port}", str(signer.key)
        read = {"state": str(state), "log": [str(log) for log in logs], "remembers": len(seen)}
        say_read("witness", read)
        if as_json:
            print_json("witness", read, url=url, key=public)
        else:
            print(f"{public} {url}")
        sys.stdout.flush()
        server.serve_forever()
    return 0
