"""Rows in the bodies of requests: how the document shows them, and why one was not taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel

from features.events.checks import Rejection
from features.events.event import MAX_ID_LENGTH, FieldType
from features.events.event import Field as RowField
from features.findings import plain
from serving.database.people.erased import gone

_JSON_TYPES: dict[FieldType, dict[str, Any]] = {
    FieldType.ID: {"type": "string", "maxLength": MAX_ID_LENGTH},
    FieldType.KIND: {"type": "string"},
    FieldType.TEXT: {"type": "string"},
    FieldType.TIME: {"type": "string", "format": "date-time"},
    FieldType.INTEGER: {"type": "integer"},
    FieldType.MONEY: {"type": "string", "examples": ["19.90"]},
    FieldType.FLAG: {"type": "boolean"},
    FieldType.BIRTHDAY: {"type": "string", "examples": ["03-31"]},
}


def properties_of(fields: Sequence[RowField]) -> dict[str, Any]:
    """The fields of a row as OpenAPI describes them."""
    return {field.name: _JSON_TYPES[field.type] | {"description": field.description} for field in fields}


class RowError(BaseModel):
    """Why a row was not taken."""

    code: str
    message: str
    field: str | None
    value: Any
    allowed: Any = None
    hint: str | None = None

    @classmethod
    def of(cls, rejection: Rejection) -> Self:
        """What the row check found."""
        return cls(code="invalid", message=rejection.message, field=rejection.field, value=plain(rejection.value))


GONE = RowError.model_validate(gone("customer_id").as_dict())
"""Why a row about somebody who was deleted is not taken."""
