"""``/v1/customers/{id}/contact-details``: how to reach a customer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from features.events.checks import Checked, Rejection
from serving.api.parsing import StrictRoute
from serving.api.people.acting import Acting, PersonId
from serving.api.service import TheService
from serving.database.people.address_forms import ADDRESS_RULES
from serving.database.people.contact_details import FIELDS

router = APIRouter(prefix="/v1", tags=["privacy"], route_class=StrictRoute)

CONTACT_JSON: Mapping[str, Mapping[str, Any]] = {
    "email": {"type": "string", "maxLength": 254, "description": "E-mail address; empty removes it."},
    "phone": {"type": "string", "maxLength": 40, "description": "Telephone number; empty removes it."},
    "name": {"type": "string", "maxLength": 200, "description": "Name to write to; empty removes it."},
}
"""Contact details of a customer as the document shows them; kept apart from all else."""

_RULES: Mapping[str, tuple[re.Pattern[str], str]] = {
    **ADDRESS_RULES,
    "name": (re.compile(r"[^\x00-\x1f\x7f]{1,200}"), "must have at most 200 characters and no control characters"),
}


class Reached(BaseModel):
    """How to reach a customer; null where it was not told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"customer_id": "c-1024", "email": "wang@example.com", "phone": None, "name": "王小明"}]
        }
    )

    customer_id: str
    email: str | None
    phone: str | None
    name: str | None


@router.get("/customers/{id:path}/contact-details", summary="How to reach a customer")
def get_contact_details(customer_id: PersonId, service: TheService, acting: Acting) -> Reached:
    """E-mail, telephone and name; each reading is written to the audit log, before the answer is given."""
    acting("contact_details.read", customer_id)
    found = service.contact_details.get(customer_id)
    return Reached(customer_id=customer_id, email=found.email, phone=found.phone, name=found.name)


def with_right_details(rows: Sequence[Any], checked: Checked) -> Checked:
    """The same without the rows whose contact details cannot be right; what was sent is not repeated."""
    wrong = {int(number): field for number in checked.positions if (field := _wrong_field(rows[number - 1]))}
    if not wrong:
        return checked
    rejections = [
        Rejection(number, field, None, f"{field} not one", f"{field} {_RULES[field][1]}; mend it in row {number}.")
        for number, field in wrong.items()
    ]
    kept = np.array([number not in wrong for number in checked.positions.tolist()])
    return Checked(checked.rows.filter(pa.array(kept)), checked.positions[kept], [*checked.rejections, *rejections])


def details_of(rows: Sequence[Any], checked: Checked) -> dict[str, dict[str, str]]:
    """What the good rows say of how to reach customers, by id; an empty text removes what is known."""
    said: dict[str, dict[str, str]] = {}
    ids = checked.rows["customer_id"].to_pylist()
    for number, customer_id in zip(checked.positions.tolist(), ids, strict=True):
        row = rows[number - 1]
        fields = {name: row[name].strip() for name in FIELDS if isinstance(row.get(name), str)}
        if fields:
            said.setdefault(customer_id, {}).update(fields)
    return said


def _wrong_field(row: Mapping[str, Any]) -> str | None:
    return next((name for name in FIELDS if not _is_right(name, row.get(name))), None)


def _is_right(name: str, value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, str) and (not value.strip() or bool(_RULES[name][0].fullmatch(value.strip())))
