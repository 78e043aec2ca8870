"""
What the ledger says of itself: where every stream stood at the end of a day, and which key signs.

Both are stored in streams that are no case. Whoever holds a proof that a record is in the tree can
say that it happened; only a count of *all* streams lets them say that nothing of a case was left
out. That count is the **day-end manifest**.
"""

from datetime import date
from typing import Annotated, Final, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid5

from freezecase.core.allowed import at_least, matches
from freezecase.core.checked import checked, refuse

__all__ = [
    "STORED_AS",
    "LogKeyRotated",
    "ManifestEvent",
    "Root",
    "StreamHeads",
    "key_stream",
    "manifest_stream",
]

Root: TypeAlias = Annotated[
    str, matches(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", "32 bytes in base64")
]
"""The root of a tree, spelt as in a checkpoint."""
_Key: TypeAlias = Annotated[
    str, matches(r"[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{4,4000}={0,2}", "`name+id+key`")
]


@checked
class StreamHeads:
    """
    The day-end manifest: how many streams there were, and a root over the newest record of each.

    It covers every record up to an index. The root is that of RFC 6962 section 2.1 over one entry a
    stream, in the order of their ids; `seal.manifest` has the exact bytes.
    """

    day: date
    """The day in UTC that it covers to its end; until then, as far as the day has gone."""
    upto: Annotated[int, at_least(1, "a ledger index, ")]
    """The ledger index of the last record that it covers."""
    streams: Annotated[int, at_least(1, "a count, ")]
    root: Root


@checked
class LogKeyRotated:
    """From now on another key signs for the log. Both signed the checkpoint before it."""

    old: _Key
    """The key that signed so far, spelt `name+id+key` (c2sp.org/signed-note)."""
    new: _Key

    def __attrs_post_init__(self) -> None:
        """Refuse a change that changes nothing."""
        if self.old == self.new:
            raise refuse("LogKeyRotated.new", self.new, "another key than the old one")


ManifestEvent: TypeAlias = StreamHeads | LogKeyRotated

STORED_AS: Final[dict[type[ManifestEvent], str]] = {
    StreamHeads: "stream-heads.v1",
    LogKeyRotated: "log-key-rotated.v1",
}
"""The names that they are kept under. They are on disk for ever, as those of a case are."""


def manifest_stream(origin: str) -> UUID:
    """Return the id of the stream of day-end manifests of a log: whoever knows the log knows it."""
    return uuid5(NAMESPACE_URL, f"https://{origin}#stream-heads")


def key_stream(origin: str) -> UUID:
    """Return the id of the stream in which a log says that its key changed."""
    return uuid5(NAMESPACE_URL, f"https://{origin}#log-keys")
