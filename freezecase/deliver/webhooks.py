"""A subscriber at the other end of a wire: an announcement as a signed CloudEvent over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import attrs

from freezecase.core.checked import refuse
from freezecase.deliver.announcing import Announcement
from freezecase.deliver.envelope import CONTENT_TYPE, written
from freezecase.deliver.secret import Secret
from freezecase.deliver.signing import signed
from freezecase.errors import Undeliverable

__all__ = ["Post", "Webhook"]

_NEVER: Final = frozenset({413, 422})
"""Too large, or understood and not to be processed: the same again gets the same answer."""


class Post(Protocol):
    """The host's own HTTP client: with its time limit, its proxy, and its certificates."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """
        Send *body* by POST, and return the status of the answer.

        Follow no redirect, and give up after a few seconds by raising.
        """
        ...


def _some(_webhook: object, _field: object, secrets: Sequence[Secret]) -> None:
    if not secrets:
        raise refuse("Webhook.secrets", (), "it takes at least one")


@attrs.frozen(kw_only=True)
class Webhook:
    """
    Tells another system by signed CloudEvents: a subscriber for a relay.

    Args:
        url: where to.
        source: whose it is, as the receiver knows us: a URI of the exchange's own.
        secrets: what signs, the newest first; two while one is replaced by another.
        post: the host's HTTP client.

    Raises:
        InvalidValue: there is no secret.

    """

    url: str
    source: str
    secrets: Sequence[Secret] = attrs.field(validator=_some)
    post: Post = attrs.field(repr=False)

    def deliver(self, announcement: Announcement, now: datetime) -> None:
        """
        Send it; return once the answer says that it is kept.

        Raises:
            Undeliverable: the other side will never take it.
            ConnectionError: the answer is any other than 2xx.

        """
        body = written(announcement, self.source)
        headers = signed(body, id=announcement.key, at=now, secrets=self.secrets)
        status = self.post(self.url, body, {"content-type": CONTENT_TYPE, **headers})
        if status in _NEVER:
            raise Undeliverable(f"the receiver answered {status}: it will never take this")
        if not 200 <= status < 300:  # noqa: PLR2004 - the good answers of HTTP
            raise ConnectionError(f"the receiver answered {status}: 2xx says that it is kept")
