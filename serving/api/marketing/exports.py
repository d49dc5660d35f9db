"""``/v1/lists/{id}/export`` and ``/v1/lists/{id}/deliveries``: lists for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from serving.access.principal import Principal
from serving.access.roles import SEES_CONTACTS
from serving.api.marketing.marketer import Marketer
from serving.api.parsing import StrictRoute
from serving.api.service import PathId, Service, TheService
from serving.database.marketing.deliveries import Delivery, WebhookDeliveries
from serving.database.marketing.lists import FrozenLists
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.formats import FORMATS
from serving.lists.exporting.list_export import XLSX
from serving.lists.webhooks.delivering import ask_delivery
from serving.lists.work import begin_export, export_block, export_sheet

router = APIRouter(prefix="/v1", tags=["lists"], route_class=StrictRoute)

_PIECE_BYTES = 1 << 18

LONGEST_SHEET_S = 300.0
"""So long a sheet may take, whatever else two busy cores have to do."""

_LEFT_OUT = {
    "X-Left-Out": {
        "description": "How many of the list must no longer be written to and are not in the file, by reason, as JSON.",
        "schema": {"type": "string", "examples": ['{"no_consent": 2, "bought_since": 1}']},
    }
}

_FILE = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/lists/{id:path}/export",
    summary="A list as a file",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "headers": _LEFT_OUT,
            "content": {each.media_type: _FILE for each in FORMATS.values()},
        }
    },
)
def get_export(
    list_id: PathId,
    service: TheService,
    marketer: Marketer,
    format: Annotated[
        Literal["csv", "xlsx", "jsonl", "google", "meta"],
        Query(description="csv and xlsx for people, jsonl for programs, google and meta with hashed addresses."),
    ] = "csv",
    columns: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=100)]],
        Query(
            max_length=100,
            description="Names of columns in the order wanted, as columns=place&columns=group; else all but name, "
            "email and phone.",
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
    groups: Annotated[
        Literal["treatment", "control", "all"] | None,
        Query(description="Which members; else all, and treatment alone for google and meta."),
    ] = None,
    lang: Annotated[
        Literal["en", "zh"] | None, Query(description="Language of reasons and plans; else that of the list.")
    ] = None,
    as_frozen: Annotated[
        bool, Query(description="Also who must no longer be written to: for analysis; not for google and meta.")
    ] = False,
) -> Response:
    """The members of a list in order of place, streamed; the same file as ``huitou lists export`` writes.

    Who of those to write to withdrew, was suppressed, held out or deleted, or ordered since is left out and counted in
    the header ``X-Left-Out``; the control group stays whole.

    ``name``, ``email`` and ``phone`` are only for the role admin. Each export is written to the audit log.
    """
    options = ExportOptions(format, tuple(columns), groups, lang, as_frozen)
    if format == XLSX:
        return _sheet(service, marketer, list_id, options)
    sees = marketer.role in SEES_CONTACTS
    begun = service.desk.ask(begin_export, list_id, options, marketer.key_id, sees)

    def parts() -> Iterator[bytes]:
        yield begun.head
        for number in range(begun.blocks):
            yield service.desk.ask(export_block, list_id, options, number, begun.left_out)

    return StreamingResponse(parts(), media_type=begun.media_type, headers=_headers(begun.name, begun.left_out.counts))


def _sheet(service: Service, marketer: Principal, list_id: str, options: ExportOptions) -> Response:
    sees = marketer.role in SEES_CONTACTS
    made = service.desk.wait(LONGEST_SHEET_S, export_sheet, list_id, options, marketer.key_id, sees)
    file = Path(made.file)
    handle = open(file, "rb")  # noqa: SIM115 - it is closed when the last piece was sent
    file.unlink()  # what is open can be read on, and a caller who leaves leaves nothing behind

    def pieces() -> Iterator[bytes]:
        with handle:
            while piece := handle.read(_PIECE_BYTES):
                yield piece

    name = file.name.split(".", 2)[2]
    return StreamingResponse(pieces(), media_type=FORMATS[XLSX].media_type, headers=_headers(name, made.left_out))


def _headers(name: str, left_out: Mapping[str, int]) -> dict[str, str]:
    return {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
        "x-left-out": json.dumps({**left_out}),
    }


class DeliveryBody(BaseModel):
    """Where to send a list."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"webhook": "crm"}]})

    webhook: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="The name of a webhook in the shop's webhooks.json."
    )


class ToldDelivery(BaseModel):
    """How far a list has come on its way to another system."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "delivery_id": "9c2f6a4f7e1d2b3c5f0c7c1fb1a14d0d",
                    "list_id": "5f0c7c1fb1a14d0d9c2f6a4f7e1d2b3c",
                    "webhook": "crm",
                    "asked_at": "2025-03-01T09:00:00Z",
                    "state": "waiting",
                    "sent_place": 500,
                    "attempts": 0,
                    "trouble": None,
                }
            ]
        },
    )

    delivery_id: str
    list_id: str
    webhook: str
    asked_at: datetime
    state: Literal["waiting", "sent", "failed"] = Field(
        description="waiting: there is more to send; sent: all of it arrived; failed: it was given up."
    )
    sent_place: int = Field(description="The place on the list up to which everybody arrived.")
    attempts: int = Field(description="How often the next batch was tried in vain.")
    trouble: str | None = Field(description="Why the last try failed.")


class Deliveries(BaseModel):
    """The deliveries of one list, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deliveries": []}]})

    deliveries: list[ToldDelivery]


@router.post("/lists/{id:path}/deliveries", summary="Send a list to another system")
def post_delivery(list_id: PathId, body: DeliveryBody, service: TheService, marketer: Marketer) -> ToldDelivery:
    """Send a list to a webhook of the shop; batches are signed, repeated where they fail, and never sent twice over."""
    return _told(service.desk.ask(ask_delivery, list_id, body.webhook, marketer.key_id))


@router.get("/lists/{id:path}/deliveries", summary="Where a list was sent")
def get_deliveries(list_id: PathId, service: TheService) -> Deliveries:
    """How far each delivery of a list has come."""
    FrozenLists(service.database).get(list_id)
    return Deliveries(deliveries=[*map(_told, WebhookDeliveries(service.database).of_list(list_id))])


def _told(delivery: Delivery) -> ToldDelivery:
    return ToldDelivery.model_validate(delivery)
