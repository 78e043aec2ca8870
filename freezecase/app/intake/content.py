"""What a row says, in one spelling, and the digest of that."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from operator import itemgetter

import msgspec

__all__ = ["digester"]


def digester(columns: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """
    Return what makes the digest of a row: of its filled cells under their columns, in order.

    So a log may get another column, or its columns in another order: its old rows stay the same.
    """
    names = sorted(columns)
    indexes = [columns.index(name) for name in names]
    in_order = itemgetter(*indexes, indexes[0])  # one more, so that it always gives several
    encode = msgspec.json.Encoder().encode

    def digest(cells: Sequence[str]) -> str:
        said = {name: cell for name, cell in zip(names, in_order(cells), strict=False) if cell}
        return "sha256:" + sha256(encode(said)).hexdigest()

    return digest
