"""A webhook sends a signed CloudEvent, and only an answer that it is kept ends it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
import standardwebhooks
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from freezecase import Casebook
from freezecase.deliver import Secret, Webhook, read_event, verify
from freezecase.errors import InvalidValue, Undeliverable
from freezecase.testing.contracts import StoryClock
from tests.deliver.desk import freeze
from tests.deliver.mail import given_up, relay
from tests.deliver.test_announcing import SOURCE, TOLD

URL = "https://crm.example/hooks"
SECRET, OLD = Secret(b"n" * 32), Secret(b"o" * 24)
NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@attrs.define
class Http:
    """An HTTP client that answers as it is told, and keeps what was sent."""

    status: int = 204
    sent: list[tuple[str, bytes, Mapping[str, str]]] = attrs.field(factory=list)

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Keep it, and answer."""
        self.sent.append((url, body, headers))
        return self.status


def hook(http: Http, **more: Any) -> Webhook:
    """A webhook that signs with two secrets."""
    return Webhook(url=URL, source=SOURCE, secrets=(SECRET, OLD), post=http, **more)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_is_sent_the_fields_own_tools_verify_and_read(status: int) -> None:
    """Under either secret: the one library takes the signature, the other the event."""
    http, now = Http(status), datetime.now(UTC)
    hook(http).deliver(TOLD, now)
    [(url, body, headers)] = http.sent
    assert url == URL
    for secret in (SECRET, OLD):
        sent = standardwebhooks.Webhook(secret.spelt()).verify(body, dict(headers))
        assert sent == json.loads(body)
        assert verify(body, headers, secrets=[secret], now=now) == TOLD.key
    event = from_structured(HTTPMessage(dict(headers), body), JSONFormat(), CloudEvent)
    assert event.get_id() == headers["webhook-id"] == TOLD.key
    assert read_event(body) == TOLD


@pytest.mark.parametrize("status", [100, 199, 300, 301, 400, 401, 404, 410, 429, 500, 503])
def test_any_other_answer_means_again(status: int) -> None:
    """Redirects, too: who follows one sends what is signed to somebody else."""
    with pytest.raises(ConnectionError, match=f"answered {status}: 2xx says that it is kept"):
        hook(Http(status)).deliver(TOLD, NOW)


@pytest.mark.parametrize("status", [413, 422])
def test_two_answers_mean_never(status: int) -> None:
    """The same again would get the same answer."""
    with pytest.raises(Undeliverable, match=f"answered {status}"):
        hook(Http(status)).deliver(TOLD, NOW)


def test_each_try_is_signed_anew_and_says_the_same(book: Casebook, clock: StoryClock) -> None:
    """So a late try is not too old, and the receiver knows it by its key."""
    http = Http(500)
    case = freeze(book)
    one = relay(book, hook(http))
    for _ in range(3):
        one.step(clock.now())
        clock.later(minutes=10)
    assert given_up(book) == {case}
    assert len({body for _url, body, _headers in http.sent}) == 1
    assert len({headers["webhook-id"] for _url, _body, headers in http.sent}) == 1
    assert len({headers["webhook-timestamp"] for _url, _body, headers in http.sent}) == 3


def test_a_webhook_shows_no_secret_and_takes_at_least_one() -> None:
    """Not in an error, not in a log."""
    assert "nnn" not in repr(hook(Http()))
    with pytest.raises(InvalidValue, match=r"Webhook\.secrets"):
        Webhook(url=URL, source=SOURCE, secrets=(), post=Http())
