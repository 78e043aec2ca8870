"""
What happens beside the cases: streams of their own, in the same ledger and under the same proof.

    custody     who opened what was sealed, and how a person's keys were destroyed
    suspicion   what may never be seen from a case
    manifest    the heads of all streams at the end of a day, and the keys of the log

Such a stream is in no list of cases, and whoever folds cases passes it by.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from freezecase.core import custody, manifest, suspicion
from freezecase.core.custody import CustodyEvent
from freezecase.core.manifest import ManifestEvent
from freezecase.core.suspicion import SuspicionEvent

__all__ = ["STREAM_EVENTS", "StreamEvent"]

StreamEvent: TypeAlias = CustodyEvent | ManifestEvent | SuspicionEvent
"""Something that happened beside the cases."""

STREAM_EVENTS: Final[Mapping[type[Any], str]] = {
    **custody.STORED_AS,
    **manifest.STORED_AS,
    **suspicion.STORED_AS,
}
"""The name that each is stored under."""
