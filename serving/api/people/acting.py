"""Who does what is asked for, and writing it down."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from features.errors import HuitouError
from features.events.event import MAX_ID_LENGTH
from features.findings import cut
from serving.access.principal import Principal
from serving.api.service import PathId, TheService
from serving.database.people.person_hash import person_hash

CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""What no id holds."""

WriteDown = Callable[..., None]
"""Called with an act, the person's id and details, which must hold nothing personal."""


def _person_id(id: PathId) -> str:
    if not 0 < len(id) <= MAX_ID_LENGTH or CONTROL.search(id):
        raise HuitouError(
            f"an id has 1 to {MAX_ID_LENGTH} characters and no control characters; got {cut(id)!r}.",
            field="customer_id",
            value=id,
        )
    return id


def _write_down(request: Request, service: TheService) -> WriteDown:
    principal: Principal = request.state.principal

    def write(act: str, person: str, **details: Any) -> None:
        service.audit.add(principal.key_id, act, person_hash(person), details, service.clock())

    return write


PersonId = Annotated[str, Depends(_person_id)]
"""The id in the path as events may carry it, for routes that write."""
Acting = Annotated[WriteDown, Depends(_write_down)]
"""Writes an act on a person into the audit log, for routes."""
