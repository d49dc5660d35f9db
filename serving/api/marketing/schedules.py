"""``/v1/list-schedules``: lists that are made anew by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from serving.api.marketing.lists import ListBody
from serving.api.marketing.marketer import Marketer
from serving.api.parsing import StrictRoute
from serving.api.service import PathId, TheService
from serving.database.marketing.schedules import ListSchedule, ListSchedules
from serving.lists.schedules.rhythm import Rhythm
from serving.lists.schedules.scheduling import schedule, unschedule

router = APIRouter(prefix="/v1", tags=["lists"], route_class=StrictRoute)

_EXAMPLE: dict[str, Any] = {
    "name": "open carts",
    "request": {"name": "open carts", "template": "open-cart", "channel": "email"},
    "rhythm": {"every": "week", "weekday": "monday", "hour": 7},
    "next_at": "2025-03-03T07:00:00Z",
    "made_by": "k3j9",
    "last_list_id": None,
    "trouble": None,
}


class ScheduleBody(BaseModel):
    """A list, and how often it is made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"list": _EXAMPLE["request"], "rhythm": _EXAMPLE["rhythm"]}]},
    )

    list: ListBody = Field(description="The list; its name is that of the schedule.")
    rhythm: Rhythm = Field(description="day, week, month or snapshot; the hour is that of the shop's time zone.")


class ToldSchedule(BaseModel):
    """One schedule."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    name: str
    request: dict[str, Any]
    rhythm: dict[str, Any]
    next_at: datetime = Field(description="When it is made next; after each publishing: when that is looked at next.")
    made_by: str
    last_list_id: str | None = Field(description="The list that was made last.")
    trouble: str | None = Field(description="Why it could not be made the last time.")


class Schedules(BaseModel):
    """Every schedule, by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"schedules": [_EXAMPLE]}]})

    schedules: list[ToldSchedule]


class Unscheduled(BaseModel):
    """A schedule that is no more; its lists stay."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "open carts"}]})

    name: str


@router.post("/list-schedules", summary="Make a list again and again")
def post_schedule(body: ScheduleBody, service: TheService, marketer: Marketer) -> ToldSchedule:
    """Make a list every day, week or month at an hour, or after each publishing; replaces the one of the same name."""
    said = body.list.model_dump(mode="json", exclude_unset=True)
    return _told(service.desk.ask(schedule, said, body.rhythm.told(), marketer.key_id))


@router.get("/list-schedules", summary="Lists that are made again and again")
def get_schedules(service: TheService) -> Schedules:
    """Every schedule, when it is made next, and what went wrong the last time."""
    return Schedules(schedules=[*map(_told, ListSchedules(service.database).all())])


@router.delete("/list-schedules/{id:path}", summary="Make a list no more")
def delete_schedule(name: PathId, service: TheService, marketer: Marketer) -> Unscheduled:
    """Remove a schedule; the lists that it made stay."""
    service.desk.ask(unschedule, name, marketer.key_id)
    return Unscheduled(name=name)


def _told(schedule: ListSchedule) -> ToldSchedule:
    return ToldSchedule.model_validate(schedule)
