"""``/v1/audit``: which administrative acts were done, and by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.api.parsing import StrictRoute
from serving.api.service import TheService

router = APIRouter(prefix="/v1", tags=["administration"], route_class=StrictRoute)

Name = Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9._ -]+$")]


class Act(BaseModel):
    """One administrative act."""

    model_config = ConfigDict(from_attributes=True)

    number: int = Field(description="Rises with every act.")
    at: datetime
    actor: str = Field(description="The id of a key, or: command line.")
    act: str = Field(description="What was done, such as key.create.")
    subject: str = Field(description="What it was done to; a person is named by a hash.")
    details: dict[str, Any]


class Acts(BaseModel):
    """Administrative acts, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "acts": [
                        {
                            "number": 1,
                            "at": "2025-03-01T10:00:00Z",
                            "actor": "command line",
                            "act": "key.create",
                            "subject": "3f2a9c0b71de",
                            "details": {"name": "our website", "role": "shop"},
                        }
                    ],
                    "before": None,
                }
            ]
        }
    )

    acts: list[Act]
    before: int | None = Field(description="Ask with this number for the acts before these; null where there are none.")


@router.get("/audit", summary="The audit log")
def get_audit(
    service: TheService,
    n: Annotated[int, Query(ge=1, le=1_000, description="How many acts.")] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="Only acts with a lower number.")] = None,
    actor: Annotated[Name | None, Query(description="Only acts of this actor.")] = None,
    act: Annotated[Name | None, Query(description="Only acts of this kind.")] = None,
) -> Acts:
    """The newest administrative acts: keys made and revoked, people erased and exported."""
    found = service.audit.newest(n, before=before, actor=actor, act=act)
    acts = [Act.model_validate(entry) for entry in found]
    return Acts(acts=acts, before=found[-1].number if len(found) == n else None)
