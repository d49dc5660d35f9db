"""``/v1/audiences``: whom a filter means, ready audiences, and those that the shop has saved."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from features.channels import CHANNELS
from features.events.event import KINDS
from serving.api.marketing.audience_answers import (
    AUDIENCE_EXAMPLE,
    DeletedAudience,
    ReadyAudience,
    ReadyAudiences,
    SavedAudience,
    SavedAudiences,
    TypedField,
    TypedFields,
)
from serving.api.marketing.marketer import Marketer
from serving.api.marketing.preview_answer import PreviewAnswer
from serving.api.parsing import StrictRoute
from serving.api.service import TheService, id_in_path, stamp
from serving.audiences.filter_schema import FILTER_SCHEMA
from serving.audiences.filters import ANYTHING, VERBS
from serving.audiences.language.days import ANCHORS
from serving.audiences.meaning.fields import FieldBook
from serving.audiences.previewing.preview_request import PreviewRequest
from serving.audiences.ready_made.ready_templates import READY
from serving.audiences.saving import checked_name, saved
from serving.database.marketing.audiences import Audiences

router = APIRouter(prefix="/v1/audiences", tags=["audiences"], route_class=StrictRoute)


def _name(name: Annotated[str, Path(description="Name of the audience; percent-encode it.")]) -> str:
    return checked_name(id_in_path(name))


AudienceName = Annotated[str, Depends(_name)]


class AudienceRequest(BaseModel):
    """A filter to keep under a name."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{name: AUDIENCE_EXAMPLE[name] for name in ("filter", "note")}]},
    )

    filter: Annotated[dict[str, Any], WithJsonSchema(FILTER_SCHEMA)]
    note: str = Field("", max_length=1_000, pattern=r"^[^\x00]*$", description="What it is for, in the shop's words.")


class PreviewBody(PreviewRequest):
    """An audience to look at: one of filter, audience and template."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "filter": {
                        "all": [{"field": "layer", "is": "high_win_back"}, {"did_not": "view", "within_days": 7}]
                    },
                    "channel": "email",
                    "control_share": 0.1,
                    "overlap_with": [{"template": "open-cart"}],
                }
            ],
            "oneOf": [{"required": ["filter"]}, {"required": ["audience"]}, {"required": ["template"]}],
        }
    )


@router.get("/fields", summary="What filters can ask for")
def get_fields(service: TheService) -> TypedFields:
    """Every field of the published snapshot with its type, unit, operators and names, and the parts of filters."""
    snapshot = service.snapshot
    return TypedFields(
        fields=[TypedField.of(field) for field in FieldBook(snapshot)],
        parts=[*VERBS],
        event_kinds=[*KINDS, ANYTHING],
        channels=[*CHANNELS],
        relative_days=[*ANCHORS],
        **stamp(snapshot),
    )


@router.get("/templates", summary="Ready audiences")
def get_templates() -> ReadyAudiences:
    """Every ready audience with its parameters, its filter, its ranking, and the plan that fits it."""
    return ReadyAudiences(templates=[ReadyAudience.of(ready) for ready in READY.values()])


@router.post("/preview", summary="Count an audience")
def preview_audience(request: PreviewBody, service: TheService) -> PreviewAnswer:
    """How many people a filter, a saved audience or a template means, how many may be written to and why not the
    others, what it has in common with other lists, what writing would bring, and whether the effect could be seen.

    Nothing is kept, and nobody is named. What people did since the snapshot counts already.
    """
    snapshot = service.snapshot
    return PreviewAnswer.of(service.previews.preview(snapshot, request, service.clock()), stamp(snapshot))


@router.get("", summary="Saved audiences")
def get_audiences(
    service: TheService,
    n: Annotated[int, Query(ge=1, le=1_000, description="How many audiences.")] = 100,
    offset: Annotated[int, Query(ge=0, le=100_000, description="How many of the first are passed over.")] = 0,
) -> SavedAudiences:
    """The shop's own audiences by name."""
    audiences = Audiences(service.database)
    found = audiences.list(n, offset)
    return SavedAudiences(total=audiences.count(), audiences=[SavedAudience.of(each) for each in found])


@router.get("/{name}", summary="A saved audience")
def get_audience(name: AudienceName, service: TheService) -> SavedAudience:
    """The filter of a name, and who saved it when."""
    return SavedAudience.of(Audiences(service.database).get(name))


@router.put("/{name}", summary="Save an audience")
def put_audience(name: AudienceName, body: AudienceRequest, service: TheService, marketer: Marketer) -> SavedAudience:
    """Keep a filter under a name, in place of the one before.

    The filter is tried on the published snapshot first: what that does not know is refused.
    """
    audience = saved(name, body.filter, body.note, marketer.key_id, service.clock())
    service.previews.try_filter(service.current, audience.parsed, service.clock())
    Audiences(service.database).put(audience)
    service.audit.add(marketer.key_id, "audience.save", name, {}, audience.changed_at)
    return SavedAudience.of(audience)


@router.delete("/{name}", summary="Delete a saved audience")
def delete_audience(name: AudienceName, service: TheService, marketer: Marketer) -> DeletedAudience:
    """The name is free again; lists that were made from it stay as they are."""
    Audiences(service.database).remove(name)
    service.audit.add(marketer.key_id, "audience.delete", name, {}, service.clock())
    return DeletedAudience(deleted=name)
