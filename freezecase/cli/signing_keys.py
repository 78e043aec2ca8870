"""Files with the keys that sign: made once, readable by nobody else, never written over."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from freezecase.app.clock import fresh_bytes
from freezecase.cli.common import print_json, say
from freezecase.core.checked import refuse
from freezecase.seal.keyfile import read_signer, spelt_secret
from freezecase.seal.note import Kind, Signer

__all__ = ["KEY", "KEYGEN", "made_key", "read_key"]

C = TypeVar("C", bound=Callable[..., Any])

_SEED: Final = 32
_LONGEST: Final = 10_000
_WHAT: Final = {Kind.ED25519: "a log", Kind.COSIGNATURE: "a witness"}


def KEY(command: C) -> C:  # noqa: N802 - named like the option it adds
    """Give a command the option `--key`."""
    return click.option(
        "--key", metavar="FILE", required=True, type=click.Path(path_type=Path),
        help="The file of the key that signs. Whoever has it can sign in its name.",
    )(command)  # fmt: skip


def KEYGEN(command: C) -> C:  # noqa: N802 - named like the option it adds
    """Give a command the option `--keygen`."""
    return click.option(
        "--keygen", metavar="NAME", help="Make a key of this name, in a new FILE, and say its "
        "public half; do nothing else.",
    )(command)  # fmt: skip


def made_key(command: str, path: Path, name: str, kind: Kind, *, as_json: bool) -> int:
    """
    Make a key in a new file, and print its public half.

    Raises:
        InvalidValue: no key can have that name.
        FileExistsError: there is such a file, perhaps with a key.

    """
    secret = spelt_secret(name, fresh_bytes(_SEED), kind)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    key = str(read_signer(secret).key)
    if as_json:
        print_json(command, {"key": str(path)}, public=key)
    else:
        say(f"`{path}` holds the key of {_WHAT[kind]}: keep it secret, and a copy of it safe")
        print(key)
    return 0


def read_key(path: Path, kind: Kind) -> Signer:
    """
    Return the signer of a file that `made_key` made.

    Raises:
        InvalidValue: it holds no key, or one of another kind.
        OSError: it cannot be read.

    """
    with path.open(encoding="utf-8", errors="replace") as file:
        signer = read_signer(file.read(_LONGEST))
    if signer.key.kind is not kind:
        found, wanted = _WHAT[signer.key.kind], _WHAT[kind]
        raise refuse(f"key in `{path}`", f"the key of {found}", f"it takes the key of {wanted}")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        say(f"others can read `{path}`: chmod 600 it, or they can sign in its name")
    return signer
