"""``/v1/suppressions``: who must not be written to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from features.channels import CHANNELS
from features.errors import HuitouError
from serving.api.marketing.marketer import Marketer
from serving.api.parsing import StrictRoute
from serving.api.rows import GONE, RowError
from serving.api.service import Service, TheService
from serving.care.suppressing.rows import ToldSuppression, channel_said, stored
from serving.care.suppressing.unknown_people import unknown_people
from serving.database.marketing.suppressions import Suppressions
from serving.database.people.erased import Erased

router = APIRouter(prefix="/v1", tags=["contact care"], route_class=StrictRoute)

MOST_ROWS = 1_000

_KINDS = {"customer_id": "customer", "email": "email", "phone": "phone"}
_TEXT = {"type": "string", "maxLength": 256}

ROW_JSON: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "description": "One of customer_id, email and phone must be given.",
    "properties": {
        **dict.fromkeys(_KINDS, _TEXT),
        "channel": {"type": "string", "enum": ["all", *CHANNELS], "description": "all where it is left out."},
        "source": {"type": "string", "maxLength": 100, "description": "Where it comes from, in the shop's words."},
    },
}
"""A row as the document shows it."""


class SuppressionsRequest(BaseModel):
    """Who must not be written to any more."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"suppressions": [{"customer_id": "c-1"}, {"email": "wang@example.com", "channel": "email"}]}]
        },
    )

    suppressions: Annotated[
        list[Any],
        Field(max_length=MOST_ROWS),
        WithJsonSchema({"type": "array", "maxItems": MOST_ROWS, "items": ROW_JSON}),
    ]


class SuppressionRow(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its place in the request, from 1.")
    status: Literal["stored", "repeated", "rejected"]
    known: bool | None = Field(
        default=None,
        description="Whether the shop knows the customer_id of a row that was taken; it is taken all the same. Null "
        "for an address, and as long as nothing is published.",
    )
    error: RowError | None = None


class SuppressionsResult(BaseModel):
    """What became of the rows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "stored": 1,
                    "repeated": 0,
                    "rejected": 0,
                    "unknown": 1,
                    "results": [{"row": 1, "status": "stored", "known": False}],
                }
            ]
        }
    )

    stored: int
    repeated: int
    rejected: int
    unknown: int = Field(description="Rows that were taken of customers whom the shop does not know.")
    results: list[SuppressionRow]


class ToldRow(BaseModel):
    """One suppression."""

    kind: Literal["customer", "email", "phone"]
    customer_id: str | None = Field(description="Null for an address: only its hash is kept.")
    channel: str = Field(description="all for every channel.")
    source: str
    added_at: datetime


class SuppressionsList(BaseModel):
    """Some of the suppressions, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 1,
                    "suppressions": [
                        {
                            "kind": "customer",
                            "customer_id": "c-1",
                            "channel": "all",
                            "source": "hotline",
                            "added_at": "2025-03-01T12:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    total: int
    suppressions: list[ToldRow]


@router.post("/suppressions", summary="Write to somebody no more")
def post_suppressions(request: SuppressionsRequest, service: TheService, marketer: Marketer) -> SuppressionsResult:
    """Up to 1,000 customers or addresses. They are left out from the next question on.

    Addresses are kept as hashes. Good rows are stored even if others are not. Customers whom the shop does not know,
    by the snapshot that is served or by what was said since, are stored too, and ``unknown`` tells how many there are:
    an id of another system protects nobody.
    """
    results: dict[int, SuppressionRow] = {}
    good: dict[int, ToldSuppression] = {}
    for number, row in enumerate(request.suppressions, start=1):
        try:
            good[number] = _told(row)
        except HuitouError as error:
            results[number] = SuppressionRow(row=number, status="rejected", error=_row_error(error))
    gone = Erased(service.database).among(row.value for row in good.values() if row.kind == "customer")
    for number in [number for number, row in good.items() if row.kind == "customer" and row.value in gone]:
        results[number] = SuppressionRow(row=number, status="rejected", error=GONE)
        del good[number]
    rows = stored([*good.values()], service.contact_details)
    added = Suppressions(service.database).add(rows, service.clock())
    known = _known(service, {number: row.value for number, row in good.items() if row.kind == "customer"})
    for number, new in zip(good, added, strict=True):
        results[number] = SuppressionRow(row=number, status="stored" if new else "repeated", known=known.get(number))
    counts = {
        status: sum(each.status == status for each in results.values()) for status in ("stored", "repeated", "rejected")
    }
    service.audit.add(marketer.key_id, "suppressions.add", "suppressions", counts, service.clock())
    unknown = sum(not is_known for is_known in known.values())
    return SuppressionsResult(**counts, unknown=unknown, results=[results[number] for number in sorted(results)])


@router.get("/suppressions", summary="Who is written to no more")
def get_suppressions(
    service: TheService,
    n: Annotated[int, Query(ge=1, le=1_000, description="How many.")] = 100,
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many to pass over.")] = 0,
) -> SuppressionsList:
    """The suppressions, the newest first. Of addresses only hashes are kept, which nobody can read."""
    kept = Suppressions(service.database)
    rows = [
        ToldRow(
            kind=row.kind,  # type: ignore[arg-type]
            customer_id=row.value if row.kind == "customer" else None,
            channel=row.channel or "all",
            source=row.source,
            added_at=row.added_at,
        )
        for row in kept.page(n, offset)
    ]
    return SuppressionsList(total=kept.count(), suppressions=rows)


def _known(service: Service, customers: Mapping[int, str]) -> dict[int, bool]:
    """Whether the shop knows each of some customers; empty where nothing is published: nobody could tell."""
    try:
        snapshot = service.current.get()
    except HuitouError:
        return {}
    unknown = {*unknown_people(snapshot, service.database, customers.values())}
    return {number: customer not in unknown for number, customer in customers.items()}


def _told(row: Any) -> ToldSuppression:
    """A row, checked; raises :class:`HuitouError`, which repeats no address."""
    if not isinstance(row, dict):
        raise HuitouError("a row must be a JSON object with customer_id, email or phone.", field="row")
    unknown = sorted({*row} - {*_KINDS, "channel", "source"})
    if unknown:
        raise HuitouError(f"{unknown[0][:40]!r} is no field of a suppression.", field="row")
    wrong = next((name for name, value in row.items() if value is not None and not isinstance(value, str)), None)
    if wrong is not None:
        raise HuitouError(f"{wrong} must be text.", field=wrong)
    given = [name for name in _KINDS if row.get(name) is not None]
    if len(given) != 1:
        raise HuitouError("a row must have one of customer_id, email and phone.", field="row")
    channel = channel_said(row.get("channel"))
    return ToldSuppression(_KINDS[given[0]], row[given[0]], channel, row.get("source") or "").checked()


def _row_error(error: HuitouError) -> RowError:
    return RowError(
        code="invalid", message=error.message, field=error.field, value=None, allowed=error.allowed, hint=error.hint
    )
