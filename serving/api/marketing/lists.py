"""``/v1/lists``: make lists, look at them, and make them anew."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from serving.api.marketing.list_answers import ListMembers, Lists, MadeList, ToldList, told
from serving.api.marketing.marketer import Marketer
from serving.api.parsing import StrictRoute
from serving.api.service import Language, PathId, TheService
from serving.database.marketing.lists import FrozenLists
from serving.lists.frozen.member_columns import INNER
from serving.lists.frozen.member_file import read_members
from serving.lists.request import ListRequest
from serving.lists.work import make, make_again

router = APIRouter(prefix="/v1", tags=["lists"], route_class=StrictRoute)

MOST_UNKNOWN = 100
"""So many unknown ids are told."""

Count = Annotated[int, Query(ge=1, le=1_000, description="How many.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="How many are passed over.")]


class ListBody(ListRequest):
    """What a list is to hold: one of template, audience, filter and interested_in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "open carts", "template": "open-cart", "channel": "email", "top": 5_000},
                {
                    "name": "win back",
                    "filter": {"field": "layer", "in": ["high_win_back", "low_win_back"]},
                    "control_share": 0.2,
                    "merchant": {"customer_ids": ["c-1024", "c-2048"]},
                },
            ]
        }
    )


class RefreshBody(BaseModel):
    """Nothing is to be said: the list says what is asked for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


@router.post("/lists", summary="Make a list")
def post_list(body: ListBody, service: TheService, language: Language, marketer: Marketer) -> MadeList:
    """Freeze who fits and may be written to, with a control group; a list of the same name is its next version.

    Who was in an earlier version stays in the same group. Nothing is made where nobody fits.
    """
    made = service.desk.ask(make, body.model_dump(mode="json", exclude_unset=True), marketer.key_id)
    return MadeList.model_validate(told(made.frozen, language) | {"unknown_ids": made.unknown[:MOST_UNKNOWN]})


@router.get("/lists", summary="Lists")
def get_lists(service: TheService, language: Language, n: Count = 100, offset: Offset = 0) -> Lists:
    """The newest lists; versions of one name are lists of their own."""
    lists = FrozenLists(service.database)
    found = [told(frozen, language) for frozen in lists.newest(n, offset)]
    return Lists.model_validate({"total": lists.count(), "lists": found})


@router.post("/lists/{id:path}/refresh", summary="Make a list anew")
def post_refresh(
    list_id: PathId, _: RefreshBody, service: TheService, language: Language, marketer: Marketer
) -> ToldList:
    """Ask for the same once more: the next version, from the snapshot that is served now.

    Where the merchant sent ids, the members that came from them stand for these.
    """
    made = service.desk.ask(make_again, list_id, marketer.key_id)
    return ToldList.model_validate(told(made, language))


@router.get("/lists/{id:path}/members", summary="Members of a list")
def get_members(
    list_id: PathId, service: TheService, language: Language, n: Count = 100, offset: Offset = 0
) -> ListMembers:
    """Members in order of place, those of both groups."""
    frozen = FrozenLists(service.database).get(list_id)
    rows = read_members(service.shop, frozen, start=offset, count=n).drop_columns([*INNER]).to_pylist()
    members = [_member(row, language) for row in rows]
    total = frozen.counts["members"] - frozen.erased
    return ListMembers.model_validate({"list_id": list_id, "total": total, "members": members})


@router.get("/lists/{id:path}", summary="One list")
def get_list(list_id: PathId, service: TheService, language: Language) -> ToldList:
    """What it was made of, who was left out, and how large its groups are."""
    return ToldList.model_validate(told(FrozenLists(service.database).get(list_id), language))


def _member(row: dict[str, Any], language: str) -> dict[str, Any]:
    """A member with its sentences in one language."""
    pairs = zip(row.pop("item_ids"), row.pop("item_titles"), strict=True)
    both = {name: {each: row.pop(f"{name}_{each}") for each in ("en", "zh")} for name in ("reasons", "plan")}
    items = [{"item_id": item_id, "title": title} for item_id, title in pairs]
    return row | {"items": items, **{name: each[language] for name, each in both.items()}}
