"""``/v1/holdout``: people whom no campaign writes to, to compare all others with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from serving.api.marketing.marketer import Marketer
from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.database.marketing.holdout import MOST_SHARE, HeldOut, Holdout

router = APIRouter(prefix="/v1", tags=["contact care"], route_class=StrictRoute)


class HoldoutBody(BaseModel):
    """The share to hold out."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"share": 0.05}]})

    share: Annotated[float, Field(ge=0, le=MOST_SHARE, allow_inf_nan=False, description="Of all people.")]


class HoldoutAnswer(BaseModel):
    """The holdout in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"share": 0.05, "since": "2025-03-01T12:00:00Z", "changed_by": "k3j9"}]}
    )

    share: float = Field(description="Share of all people that no list holds; 0 where none was set.")
    since: datetime | None = Field(description="Since when; null where none was set.")
    changed_by: str | None = Field(description="The id of the key that set it, or command line.")


@router.get("/holdout", summary="The share that is held out")
def get_holdout(service: TheService) -> HoldoutAnswer:
    """What share of all people is left alone by every campaign."""
    return _answer(Holdout(service.database).get())


@router.put("/holdout", summary="Hold a share out")
def put_holdout(body: HoldoutBody, service: TheService, marketer: Marketer) -> HoldoutAnswer:
    """Leave a share of all people alone from now on. Who was held out stays so while the share grows."""
    now = service.clock()
    held = Holdout(service.database).set(body.share, now, marketer.key_id, service.new_id)
    service.audit.add(marketer.key_id, "holdout.set", "holdout", {"share": held.share}, now)
    return _answer(held)


def _answer(held: HeldOut | None) -> HoldoutAnswer:
    if held is None:
        return HoldoutAnswer(share=0, since=None, changed_by=None)
    return HoldoutAnswer(share=held.share, since=held.since, changed_by=held.changed_by)
