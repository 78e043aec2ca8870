"""
The evidence bundle: one JSON file that shows a case to whoever trusts nobody in the house.

```
{"checkpoint": a signed note, to the letter,
 "complete":   {"entry", "index", "manifest": record, "proof", "size"},
 "events":     [record, ...] from version 1,
 "format":     "freezecase-evidence/1",
 "note":       what its maker adds, which nobody vouches for,
 "policy":     the text whose digest the rulings name,
 "stream":     the id of the case,
 "tsr":        a time stamp of RFC 3161}

record: {"header", "keys": {audience: section key}, "proof": [hash, ...], "state"}
```

Headers, states and entries are the very texts that were hashed. A state may be withheld, and a
section stays sealed unless its own key is there; a key opens that one section and no other. What
may be absent is left out: `complete`, `note`, `policy`, `tsr`, `keys` and `state`. The file is
RFC 8785 JSON, and there is one spelling of it.
"""

from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from freezecase.core.checked import refuse

__all__ = ["EVIDENCE_FORMAT", "Bundle", "Complete", "Shown"]

EVIDENCE_FORMAT: Final = "freezecase-evidence/1"


class Shown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A record, with what shows that it is in the tree of the checkpoint."""

    header: str
    proof: tuple[bytes, ...]
    state: str | UnsetType = UNSET
    """What stands in it, to the letter; absent if it is withheld."""
    keys: dict[str, bytes] | UnsetType = UNSET
    """The keys of the sections that are opened, by audience."""


class Complete(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows that no record of the case was left out, up to a day-end manifest."""

    manifest: Shown
    entry: str
    """Where the case stood, as `seal.manifest` spells it."""
    index: int
    """The place of the entry in the manifest, from 0."""
    size: int
    proof: tuple[bytes, ...]


class Bundle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The evidence of one case."""

    format: Literal["freezecase-evidence/1"]
    checkpoint: str
    stream: UUID
    events: tuple[Shown, ...]
    complete: Complete | UnsetType = UNSET
    policy: str | UnsetType = UNSET
    tsr: bytes | UnsetType = UNSET
    note: str | UnsetType = UNSET

    @property
    def data(self) -> bytes:
        """The file, in its one spelling."""
        return _ENCODER.encode(self)

    @classmethod
    def read(cls, data: bytes) -> "Bundle":
        """
        Read a file in its one spelling.

        Raises:
            InvalidValue: it is no bundle, or spelt in another way.

        """
        try:
            bundle: Bundle = _DECODER.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise refuse("bundle", data[:80], f"a `{EVIDENCE_FORMAT}`: {error}") from None
        if bundle.data != data:
            raise refuse("bundle", data[:80], f"the one spelling of a `{EVIDENCE_FORMAT}`")
        return bundle


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(Bundle)
