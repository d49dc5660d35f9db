"""The row check for a few events in their usual form: a hundred times as fast as columns are for a single row.

It judges nothing: rows that are not plainly right are left to :func:`features.events.checks.check_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from features.events.event import (
    EPOCH,
    EVENT_FIELDS,
    KIND_ALIASES,
    KINDS,
    MAX_ID_LENGTH,
    VISITOR_PREFIX,
    Field,
    FieldType,
)
from features.events.parsing import HIGHEST_QUANTITY, MAX_TEXT_LENGTH
from features.events.values.times import EARLIEST

_KINDS = {**KIND_ALIASES, **{kind: kind for kind in KINDS}}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_PRICE = re.compile(r"(\d{1,12})(?:\.(\d{1,4}))?", re.ASCII)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST_US = (EARLIEST - EPOCH) // _MICROSECOND


class _UnusualError(Exception):
    """The row is wrong, or right in a way that takes a closer look."""


def quick_events(rows: Sequence[Any], now: datetime) -> list[dict[str, Any]] | None:
    """The rows as plain events, as ``check_rows`` and :func:`serving.database.inbox.plain_events` would give them.

    What is empty is left out; times are UTC microseconds, money is text with four places, ``customer_id`` is the
    person as stored. None when any row is not plainly right: then ``check_rows`` has to tell.
    """
    latest_us = (now - EPOCH) // _MICROSECOND + 86_400_000_000
    try:
        return [_event(row, latest_us) for row in rows]
    except _UnusualError:
        return None


def _event(row: Any, latest_us: int) -> dict[str, Any]:
    if type(row) is not dict:
        raise _UnusualError
    event = {name: read(value) for name, read in _READERS if (value := row.get(name)) is not None}
    if not event.keys() >= _REQUIRED:
        raise _UnusualError
    _settle_person(event)
    _settle_quantity(event)
    happened = event["occurred_at"]
    known = event.get("known_at", happened)
    if not (_EARLIEST_US <= happened <= latest_us and _EARLIEST_US <= known <= latest_us):
        raise _UnusualError
    if known < happened:
        event["known_at"] = happened
    return event


def _settle_person(event: dict[str, Any]) -> None:
    customer = event.get("customer_id")
    if customer is None:
        visitor = event.get("visitor_id")
        if visitor is None:
            raise _UnusualError
        event["customer_id"] = VISITOR_PREFIX + visitor
    elif customer.startswith(VISITOR_PREFIX):
        raise _UnusualError


def _settle_quantity(event: dict[str, Any]) -> None:
    quantity = event.setdefault("quantity", 1)
    if quantity < 0:
        if event["kind"] not in ("purchase", "return"):
            raise _UnusualError
        event["kind"], event["quantity"] = "return", -quantity


def _id(value: Any) -> str:
    return _text(value, MAX_ID_LENGTH)


def _short_text(value: Any) -> str:
    return _text(value, MAX_TEXT_LENGTH)


def _text(value: Any, longest: int) -> str:
    # What can be printed holds no white space but blanks, no control characters and no half characters.
    if type(value) is not str or not value or len(value) > longest or not value.isprintable():
        raise _UnusualError
    if value[0] == " " or value[-1] == " " or "\ufffd" in value:
        raise _UnusualError
    return value


def _kind(value: Any) -> str:
    kind = _KINDS.get(value.lower()) if type(value) is str else None
    if kind is None:
        raise _UnusualError
    return kind


def _time(value: Any) -> int:
    if type(value) is not str or not _TIME.fullmatch(value):
        raise _UnusualError
    try:
        return (datetime.fromisoformat(value).astimezone(UTC) - EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        raise _UnusualError from None


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 < abs(value) <= HIGHEST_QUANTITY:
        raise _UnusualError
    return value


def _money(value: Any) -> str:
    written = repr(value) if type(value) in (int, float) else value
    found = _PRICE.fullmatch(written) if type(written) is str else None
    if found is None:
        raise _UnusualError
    whole, places = found.groups()
    return f"{int(whole)}.{places or '':0<4}"


_OF_TYPE: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.ID: _id,
    FieldType.KIND: _kind,
    FieldType.TEXT: _short_text,
    FieldType.TIME: _time,
    FieldType.INTEGER: _whole,
    FieldType.MONEY: _money,
}


def _reader(field: Field) -> tuple[str, Callable[[Any], Any]]:
    return field.name, _OF_TYPE[field.type]


_READERS = tuple(map(_reader, EVENT_FIELDS))
_REQUIRED = {field.name for field in EVENT_FIELDS if field.required}
