"""One of everything that happens beside the cases, with every field saying something."""

from datetime import date
from typing import Any, Final

from freezecase.core import custody as c
from freezecase.core import manifest as m
from freezecase.core.checked import replace
from freezecase.core.values import Audience
from tests.core import suspicions
from tests.core.samples import CASE, LATER

__all__ = ["BESIDE"]

_ACCOUNT: Final = "acct-4711"
_ROOT: Final = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
_OLD: Final = "bank.example/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
_NEW: Final = "bank.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
_KEYS: Final = ("00112233", "44556677")
_MORE: Final[dict[str, Any]] = {
    "case": str(CASE),
    "until": LATER,
    "text": "you may go on",
    "carve_out": "none-explicit",
    "review_at": LATER,
    "expires": LATER,
}

_EVENTS: Final = (
    c.SectionsOpened(
        case=CASE,
        versions=(1, 4),
        audiences=(Audience.CUSTOMER, Audience.OPERATIONS),
        reader="staff:ana",
        purpose="appeal",
    ),
    c.ErasureRequested(account=_ACCOUNT, basis="asked-by-the-customer", by="staff:ana", left=LATER),
    c.RetentionExtended(account=_ACCOUNT, until=LATER, basis="order-7", by="staff:ana"),
    c.ErasureBlocked(why=("legal-hold", "open-case"), until=LATER),
    c.ErasureApproved(by="staff:rob"),
    c.ErasureBegun(keys=_KEYS, basis="asked-by-the-customer"),
    c.SubjectKeyDestroyed(keys=_KEYS, basis="asked-by-the-customer"),
    c.ErasureVerified(upto=700, records=7, sections=9, keys=2),
    m.StreamHeads(day=date(2026, 11, 21), upto=7, streams=2, root=_ROOT),
    m.LogKeyRotated(old=_OLD, new=_NEW),
    *(
        replace(
            event,
            **{
                name: _MORE[name]
                for name in type(event).__annotations__
                if name in _MORE and getattr(event, name) is None
            },
        )
        for event in suspicions.EVENTS.values()
    ),
)
BESIDE: Final[dict[type[Any], Any]] = {type(event): event for event in _EVENTS}
