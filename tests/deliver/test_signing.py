"""What is signed here others can verify, and the reverse; whatever else arrives gets one answer."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from freezecase.deliver.secret import Secret
from freezecase.deliver.signing import ID, SIGNATURE, TIMESTAMP, signed, verify
from freezecase.errors import FreezeCaseError, InvalidValue, NotGenuine
from tests.laws.settings import QUICK

NOW = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
OLD, NEW, OTHER = (Secret(bytes([n]) * 32) for n in (1, 2, 3))
BODY = '{"naïve": "no"}'.encode()
HEADERS = signed(BODY, id="msg-1", at=NOW, secrets=[NEW])

# the example of the standard: https://www.standardwebhooks.com, "Verifying signatures"
PUBLISHED = Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
PUBLISHED_BODY = b'{"test": 2432232314}'
PUBLISHED_HEADERS = {
    ID: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    TIMESTAMP: "1614265330",
    SIGNATURE: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_published_example_is_made_and_taken() -> None:
    """Byte for byte, as the standard prints it."""
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    made = signed(PUBLISHED_BODY, id=PUBLISHED_HEADERS[ID], at=at, secrets=[PUBLISHED])
    assert dict(made) == PUBLISHED_HEADERS
    taken = verify(PUBLISHED_BODY, PUBLISHED_HEADERS, secrets=[PUBLISHED], now=at)
    assert PUBLISHED_HEADERS[ID] == taken


@QUICK
@given(st.binary(max_size=200).filter(bytes.strip), st.binary(min_size=24, max_size=64))
def test_the_reference_library_signs_what_we_sign(body: bytes, key: bytes) -> None:
    """For every body that is text, and every secret that is long enough."""
    text = body.decode("latin-1")
    theirs = standardwebhooks.Webhook(key).sign("msg-1", NOW, text)
    assert theirs == signed(text.encode(), id="msg-1", at=NOW, secrets=[Secret(key)])[SIGNATURE]


def test_the_reference_library_takes_what_we_sign_under_either_secret() -> None:
    """While one secret is replaced by another, a receiver who knows one of them is content."""
    at = datetime.now(UTC)
    headers = dict(signed(BODY, id="msg-1", at=at, secrets=[NEW, OLD]))
    for secret in (NEW, OLD):
        assert standardwebhooks.Webhook(secret.key).verify(BODY, headers) == {"naïve": "no"}
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OTHER.key).verify(BODY, headers)


def test_a_time_of_another_zone_is_the_same_instant() -> None:
    """The reference library takes the wall clock for UTC; that is its bug, and not ours."""
    there = NOW.astimezone(timezone(timedelta(hours=9)))
    assert signed(BODY, id="msg-1", at=there, secrets=[NEW]) == HEADERS
    assert HEADERS[SIGNATURE] != standardwebhooks.Webhook(NEW.key).sign(
        "msg-1", there, BODY.decode()
    )


@pytest.mark.parametrize(
    ("knows", "signs"), [([NEW], [NEW]), ([OLD, NEW], [NEW]), ([NEW], [OLD, NEW]), ([OLD], [OLD])]
)
def test_one_secret_in_common_will_do(knows: Sequence[Secret], signs: Sequence[Secret]) -> None:
    """So either side can change its secret first."""
    headers = signed(BODY, id="msg-1", at=NOW, secrets=signs)
    assert verify(BODY, headers, secrets=knows, now=NOW) == "msg-1"


@pytest.mark.parametrize(
    "change",
    [
        {"Webhook-Id": HEADERS[ID]},
        {SIGNATURE: f"{HEADERS[SIGNATURE]} v1"},  # ValueError in the reference library
        {SIGNATURE: f"v1 {HEADERS[SIGNATURE]}"},
        {SIGNATURE: f"v1,abc {HEADERS[SIGNATURE]}"},  # binascii.Error there
        {SIGNATURE: f"v1,é {HEADERS[SIGNATURE]}"},
        {SIGNATURE: f"v1a,{'A' * 86}== v2,x {HEADERS[SIGNATURE]}"},
        {SIGNATURE: f"  {HEADERS[SIGNATURE]}  "},
    ],
)
def test_what_is_no_signature_does_no_harm_beside_one_that_is(change: Mapping[str, str]) -> None:
    """Schemes to come, and rubbish, are passed over."""
    assert verify(BODY, {**HEADERS, **change}, secrets=[NEW], now=NOW) == "msg-1"


def test_a_body_is_bytes_and_need_not_be_text() -> None:
    """The reference library raises UnicodeDecodeError instead of an answer."""
    body = b"\xff\xfe\x00"
    headers = signed(body, id="msg-1", at=NOW, secrets=[NEW])
    assert verify(body, headers, secrets=[NEW], now=NOW) == "msg-1"
    with pytest.raises(NotGenuine, match="no signature fits"):
        verify(b"\xff\xfe\x01", headers, secrets=[NEW], now=NOW)


SECONDS = int(NOW.timestamp())
WRONG: list[tuple[dict[str, str], str]] = [
    # header changed | what is wrong
    ({ID: ""}, f"`{ID}` is missing"),
    ({TIMESTAMP: ""}, f"`{TIMESTAMP}` is missing"),
    ({SIGNATURE: ""}, f"`{SIGNATURE}` is missing"),
    ({ID: "msg-2"}, "no signature fits"),
    ({ID: "msg\udcff"}, "no signature fits"),
    ({SIGNATURE: "v1"}, "no signature fits"),
    ({SIGNATURE: "v1,abc"}, "no signature fits"),
    ({SIGNATURE: "v1,"}, "no signature fits"),
    ({SIGNATURE: "v1,\x00"}, "no signature fits"),
    ({SIGNATURE: HEADERS[SIGNATURE].removeprefix("v1,")}, "no signature fits"),
    ({SIGNATURE: HEADERS[SIGNATURE].replace("v1,", "v2,")}, "no signature fits"),
    ({SIGNATURE: f"v1,{base64.b64encode(b'0' * 32).decode()}"}, "no signature fits"),
    ({TIMESTAMP: str(SECONDS + 1)}, "no signature fits"),
    ({TIMESTAMP: str(SECONDS - 300)}, "too old: .* at most 300 s"),
    ({TIMESTAMP: str(SECONDS + 301)}, "too new"),
    ({TIMESTAMP: "soon"}, "is no time"),
    ({TIMESTAMP: "nan"}, "is no time"),
    ({TIMESTAMP: "-1"}, "is no time"),
    ({TIMESTAMP: "1e9"}, "is no time"),
    ({TIMESTAMP: "\u0663"}, "is no time"),
    ({TIMESTAMP: "²"}, "is no time"),
    ({TIMESTAMP: "9" * 400}, "is no time"),
]


@pytest.mark.parametrize(("change", "why"), WRONG)
def test_whatever_is_wrong_gets_one_kind_of_answer(change: dict[str, str], why: str) -> None:
    """It says what, and it is one of our errors."""
    with pytest.raises(NotGenuine, match=why) as caught:
        verify(BODY, {**HEADERS, **change}, secrets=[NEW], now=NOW)
    assert isinstance(caught.value, FreezeCaseError)


@pytest.mark.parametrize("name", [ID, TIMESTAMP, SIGNATURE])
def test_a_missing_header_is_named(name: str) -> None:
    """Whichever it is."""
    rest = {other: value for other, value in HEADERS.items() if other != name}
    with pytest.raises(NotGenuine, match=f"`{name}` is missing"):
        verify(BODY, rest, secrets=[NEW], now=NOW)


@pytest.mark.parametrize(("seconds", "good"), [(-300, True), (-301, False), (300, True)])
def test_the_window_is_open_to_its_edges(seconds: int, *, good: bool) -> None:
    """Five minutes unless said otherwise, on both sides."""
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    headers = signed(BODY, id="msg-1", at=at + timedelta(seconds=seconds), secrets=[NEW])
    if good:
        assert verify(BODY, headers, secrets=[NEW], now=at) == "msg-1"
    else:
        with pytest.raises(NotGenuine):
            verify(BODY, headers, secrets=[NEW], now=at)
        day = timedelta(days=1)
        assert verify(BODY, headers, secrets=[NEW], now=at, tolerance=day) == "msg-1"


@QUICK
@given(
    st.binary(max_size=40),
    st.dictionaries(st.sampled_from([ID, TIMESTAMP, SIGNATURE, "x"]), st.text(max_size=30)),
)
def test_no_headers_and_no_body_raise_anything_else(body: bytes, headers: dict[str, str]) -> None:
    """However they were made up."""
    with pytest.raises(NotGenuine):
        verify(body, headers, secrets=[NEW], now=NOW)


@QUICK
@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_that_differs_in_one_byte_is_not_genuine(place: int, by: int) -> None:
    """Wherever it differs."""
    changed = bytearray(BODY)
    changed[place] ^= by
    with pytest.raises(NotGenuine):
        verify(bytes(changed), HEADERS, secrets=[NEW], now=NOW)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"secrets": []}, "secrets cannot be .* at least one"),
        ({"at": NOW.replace(tzinfo=None)}, "at cannot be .* an aware instant"),
        ({"id": "a.b"}, "id cannot be .*without `.`"),
        ({"id": ""}, "id cannot be"),
        ({"id": "a b"}, "id cannot be"),
        ({"id": "é"}, "id cannot be"),
        ({"id": "a\n"}, "id cannot be"),
    ],
)
def test_nothing_is_signed_that_nobody_could_verify(wrong: dict[str, Any], match: str) -> None:
    """A point in an id could move a border of what is signed."""
    good: dict[str, Any] = {"id": "msg-1", "at": NOW, "secrets": [NEW]}
    with pytest.raises(InvalidValue, match=match):
        signed(BODY, **{**good, **wrong})


def test_a_secret_is_written_in_one_way_and_read_in_two() -> None:
    """With its padding or without it; and it prints nothing of itself."""
    secret = Secret(bytes(range(25)))
    assert secret.spelt() == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGA=="
    assert Secret.parse(secret.spelt()) == Secret.parse(secret.spelt().rstrip("=")) == secret
    assert repr(secret) == "Secret()"


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_AAAA", "whsec_é", "whsec_!" * 9, "A" * 120])
def test_what_is_no_secret_is_refused_and_not_repeated(text: str) -> None:
    """It may be most of a real one."""
    with pytest.raises(InvalidValue, match="24 to 64 random bytes") as caught:
        Secret.parse(text)
    assert "`'...'`" in str(caught.value)


@pytest.mark.parametrize("key", [b"", b"x" * 23, b"x" * 65, "x" * 32])
def test_too_little_is_no_secret(key: Any) -> None:
    """Nor is too much, or text."""
    with pytest.raises(InvalidValue, match=r"Secret\.key"):
        Secret(key)
