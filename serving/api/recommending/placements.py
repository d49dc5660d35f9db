"""``GET /v1/placements``: what is saved for the placements of the shop's pages."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from serving.api.parsing import StrictRoute
from serving.api.service import TheService
from serving.arranging.rules import SavedPlacement, Usual

router = APIRouter(prefix="/v1", tags=["recommendations"], route_class=StrictRoute)


class SavedFilterTold(BaseModel):
    """Which items may be shown where the request does not say; null for what is not saved."""

    in_stock: bool | None
    category: list[str] | None
    brand: list[str] | None
    min_price: float | None
    max_price: float | None


class PlacementTold(BaseModel):
    """What answers for one placement are like where the request does not say."""

    placement: str
    n: int | None = Field(description="How many items; null for 10.")
    strict: bool | None = Field(description="Whether places stay empty rather than hold popular items; null for no.")
    diversity: float
    price_respect: float
    exploration: float
    filter: SavedFilterTold


class Placements(BaseModel):
    """Every placement for which something is saved."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "usual": {"diversity": 0.05, "price_respect": 0.25, "exploration": 0.05},
                    "placements": [
                        {
                            "placement": "email",
                            "n": 4,
                            "strict": None,
                            "diversity": 0.3,
                            "price_respect": 0.25,
                            "exploration": 0.0,
                            "filter": {
                                "in_stock": None,
                                "category": None,
                                "brand": None,
                                "min_price": 5.0,
                                "max_price": None,
                            },
                        }
                    ],
                }
            ]
        }
    )

    usual: Usual = Field(description="How answers for all other placements are arranged.")
    placements: list[PlacementTold]


@router.get("/placements", summary="What is saved for placements")
def get_placements(service: TheService) -> Placements:
    """As written in the shop's `arrange.json`; what a request says itself counts more."""
    rules = service.rules.get()
    return Placements(usual=rules.usual, placements=[_told(name, saved) for name, saved in rules.placements.items()])


def _told(name: str, saved: SavedPlacement) -> PlacementTold:
    return PlacementTold.model_validate({"placement": name, **saved.model_dump()})
