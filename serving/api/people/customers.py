"""``/v1/customers``: what is known and predicted of one customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query

from features.errors import HuitouError
from features.findings import cut
from serving.alike.similar_customers import MOST, NOT_COMPARED, OPTED_OUT, similar_customers
from serving.api.parsing import StrictRoute
from serving.api.people.acting import CONTROL
from serving.api.people.customer_answers import CustomerItems, KnownCustomer, SimilarCustomers
from serving.api.service import Language, PathId, Service, TheService, stamp
from serving.customer_items import customer_items
from serving.database.people.person_now import PersonNow
from serving.privacy.opting_out import has_opted_out
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW

router = APIRouter(prefix="/v1", tags=["customers"], route_class=StrictRoute)


# Before the last route: its path would match these, too.
@router.get(
    "/customers/{id:path}/similar",
    summary="The customers most like one",
    responses={200: {"model": SimilarCustomers}},
)
def get_similar_customers(
    customer_id: PathId,
    service: TheService,
    language: Language,
    n: Annotated[int, Query(ge=1, le=MOST, description="How many customers.")] = 10,
) -> dict[str, Any]:
    """The most similar first, with what they have in common.

    Nobody of whom too little is known is among them, and nobody who opted out of personal answers.
    """
    snapshot = service.snapshot
    row, person = _known(service, snapshot, customer_id)
    said = {"customer_id": customer_id, **stamp(snapshot)}
    if has_opted_out(snapshot, person):
        return said | {"customers": [], "why_none": OPTED_OUT[language]}
    found = similar_customers(snapshot, np.array([row]), n, language, {*service.refused})
    said["customers"] = [asdict(each) for each in found or ()]
    return said | {"why_none": NOT_COMPARED[language] if found is None else None}


@router.get(
    "/customers/{id:path}/items",
    summary="What a customer bought, viewed, carted",
    responses={200: {"model": CustomerItems}},
)
def get_customer_items(customer_id: PathId, service: TheService) -> dict[str, Any]:
    """Items by what the customer did with them, the newest first, with events of the last seconds.

    From what the snapshot of ``as_of`` keeps of the customer and everything since; ``complete`` is false where that
    are only the newest events of somebody who did very much. Open carts and favourites are as of now.
    """
    snapshot, now = service.snapshot, service.clock()
    person = _now(service, snapshot, customer_id)
    people = [] if person.erased else [person.customer, *person.visitors]
    found = customer_items(snapshot, people, person.touches, now)
    if not found.is_known:
        raise _unknown(customer_id)
    told = {name: [asdict(item) for item in items] for name, items in found.by_act.items()}
    said = {"customer_id": customer_id, "as_of": snapshot.header.as_of, "now": now, "complete": found.is_complete}
    return said | told


@router.get(
    "/customers/{id:path}", summary="What is predicted of a customer", responses={200: {"model": KnownCustomer}}
)
def get_customer(customer_id: PathId, service: TheService, language: Language) -> dict[str, Any]:
    """Layer, probabilities, orders and spend with the horizon in their names, the next order, and reasons in words.

    ``next_order`` is null for those who never ordered and those whose order is overdue. ``events_since`` counts what
    the customer did after all of this was computed.
    """
    snapshot = service.snapshot
    row, person = _known(service, snapshot, customer_id)
    header, columns = snapshot.header, snapshot.customer(row)
    dates = {name: columns.pop(f"next_order_{name}") for name in ("on", "from", "until")}
    reasons = [_reason(entry, language) for entry in columns.pop("reasons")]
    said = {"customer_id": columns.pop("customer_id"), **stamp(snapshot)}
    said |= {"horizon_days": header.horizon_days, "horizons_days": header.horizons_days, **columns}
    said["cluster"] = _cluster(snapshot, columns["cluster"], language)
    said |= {"next_order": None if dates["on"] is None else dates, "reasons": reasons}
    return said | {"events_since": len(person.touches)}


def _now(service: Service, snapshot: Snapshot, customer_id: str) -> PersonNow:
    """What is known of a person at this moment; raises for an id that nobody can have."""
    if CONTROL.search(customer_id):
        raise _unknown(customer_id)
    return service.people.of(customer_id, snapshot.header.event_version)


def _known(service: Service, snapshot: Snapshot, customer_id: str) -> tuple[int, PersonNow]:
    """The row of a customer and what is known at this moment; raises for a stranger, and for whoever was deleted."""
    row = snapshot.customers.row(customer_id)
    person = None if row == NO_ROW else _now(service, snapshot, customer_id)
    if person is None or person.erased:
        raise _unknown(customer_id)
    return row, person


def _reason(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {"concept": entry["concept"], "text": entry[language], "raises": entry["raises"]}


def _cluster(snapshot: Snapshot, number: int | None, language: str) -> dict[str, Any] | None:
    names = {portrait.number: portrait.name[language] for portrait in snapshot.alike.alike.portraits}
    return None if number is None else {"number": number, "name": names[number]}


def _unknown(customer_id: str) -> HuitouError:
    return HuitouError(
        f"no customer has the id {cut(customer_id)!r} in the snapshot that is served. "
        "Who came after it is known from the next publish on.",
        code="unknown_customer",
        field="customer_id",
        value=customer_id,
    )
