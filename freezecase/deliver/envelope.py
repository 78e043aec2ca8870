"""
An announcement as a CloudEvent 1.0 in JSON, structured mode: one body that says all of it.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from freezecase.core.status import Status
from freezecase.deliver.announcing import Announcement
from freezecase.errors import Unreadable

__all__ = ["CONTENT_TYPE", "read_event", "type_of", "written"]

CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
_TYPE: Final = "freezecase.{}.v1"
"""The version is that of this envelope, not of the record: a field is added, never changed."""


def type_of(kind: str) -> str:
    """Return the type under which a kind of record is announced, such as `freeze-imposed`."""
    return _TYPE.format(kind)


def written(told: Announcement, source: str) -> bytes:
    """
    Return an announcement as the bytes of a CloudEvent, the same every time.

    *source* says whose it is: a URI of the exchange's own, such as `https://exchange.example/cases`.
    """
    data: dict[str, Any] = {
        "account": told.account,
        "case": str(told.case),
        "place": told.place,
        "status": told.status.value,
    }
    if told.version is not None:
        data |= {"index": told.index, "version": told.version}
    event = {
        "data": data,
        "datacontenttype": "application/json",
        "id": told.key,
        "partitionkey": str(told.case),
        "sequence": f"{told.place:010}",
        "source": source,
        "specversion": "1.0",
        "subject": str(told.case),
        "time": told.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "type": type_of(told.kind),
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def read_event(body: bytes) -> Announcement:
    """
    Return the announcement in the bytes of a CloudEvent: for whoever receives one, once verified.

    Attributes and fields that are not known are passed over, as the standard asks.

    Raises:
        Unreadable: it is no CloudEvent, or none of ours.

    """
    try:
        event = json.loads(body)
        data, kind = event["data"], event["type"]
        place, version, index = (data.get(name) for name in ("place", "version", "index"))
        head, tail = _TYPE.split("{}")
        if event["specversion"] != "1.0" or not (kind.startswith(head) and kind.endswith(tail)):
            raise ValueError(f"it is a `{kind}`, and takes a `{type_of('...')}`")  # noqa: TRY301
        return Announcement(
            key=event["id"],
            kind=kind[len(head) : -len(tail)],
            case=UUID(data["case"]),
            account=data["account"],
            status=Status(data["status"]),
            at=datetime.fromisoformat(event["time"]),
            place=_number(place),
            version=None if version is None else _number(version),
            index=None if index is None else _number(index),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"
        raise Unreadable("webhook", "its body", why) from None


def _number(given: object) -> int:
    if type(given) is not int:
        raise ValueError(f"`{given}` is no whole number")
    return given
