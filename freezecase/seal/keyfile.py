"""
A signing key as a line of text, to be kept in a file that nobody else may read.

The spelling is that of Go's `note` package (golang.org/x/mod/sumdb/note): `PRIVATE+KEY+`, then a
verifier key with the seed in the place of the public half. Its tools read our keys, and we theirs.
"""

from base64 import b64decode, b64encode
from typing import Final

from freezecase.core.checked import refuse
from freezecase.errors import InvalidValue
from freezecase.seal.note import Kind, Signer

__all__ = ["read_signer", "spelt_secret"]

_PREFIX: Final = "PRIVATE+KEY+"
_ALLOWED: Final = f"a line `{_PREFIX}name+id+seed`, as `freezecase checkpoint --keygen` makes it"


def spelt_secret(name: str, seed: bytes, kind: Kind = Kind.ED25519) -> str:
    """
    Return a key as one line: with what this returns, anybody can sign in its name.

    Raises:
        InvalidValue: the seed is not 32 bytes, or the name cannot be one.

    """
    key = Signer.of_seed(name, seed, kind).key
    return f"{_PREFIX}{name}+{key.id.hex()}+{b64encode(bytes([kind]) + seed).decode()}\n"


def read_signer(spelt: str) -> Signer:
    """
    Return the signer of a line that `spelt_secret` made.

    Raises:
        InvalidValue: it is spelt in another way; what was given is not repeated.

    """
    name, _, rest = spelt.strip().removeprefix(_PREFIX).partition("+")
    encoded = rest.partition("+")[2]
    try:
        kind, *seed = b64decode(encoded, validate=True)
        signer = Signer.of_seed(name, bytes(seed), Kind(kind))
        same = spelt_secret(name, bytes(seed), Kind(kind)) == f"{spelt.strip()}\n"
    except (ValueError, InvalidValue):
        same, signer = False, None
    if signer is None or not same:
        raise refuse("key", "...", _ALLOWED) from None
    return signer
