"""The questions of ``/v1/recommendations``: what a body and a query may say."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from features.events.event import KINDS
from serving.api.service import Id
from serving.arranging.rules import LAST_PLACE, Boost

MOST_ITEMS = 50
DEEPEST_OFFSET = 1_000
MOST_PLACEMENTS = 10
MOST_PINS, MOST_BOOSTS = 50, 100

Price = Annotated[FiniteFloat, Field(ge=0)]
Names = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]

_EXAMPLES: list[Any] = [
    {
        "customer_id": "c-1024",
        "placement": "item",
        "n": 4,
        "context_items": ["sku-77"],
        "filter": {"max_price": 200},
    },
    {
        "customer_id": "c-1024",
        "placements": [
            {"placement": "home", "n": 8, "pins": [{"item_id": "sku-12", "place": 1}]},
            {"placement": "footer", "n": 4, "boosts": [{"category": ["tea"], "factor": 1.5}]},
        ],
    },
]


# pydantic copies a default that can change for each request, and that costs more than all its checks.
_NOTHING: Any = ()


class Filter(BaseModel):
    """Which items may be shown."""

    model_config = ConfigDict(extra="forbid")

    in_stock: bool = Field(True, description="False shows items that cannot be bought now as well.")
    category: Names = Field([], description="Names of categories, any of which will do.")
    brand: Names = Field([], description="Names of brands, any of which will do.")
    min_price: Price | None = Field(None, description="Lowest list price.")
    max_price: Price | None = Field(None, description="Highest list price.")


class RecentEvent(BaseModel):
    """Something that the person has just done and that was not sent as an event."""

    model_config = ConfigDict(extra="forbid")

    item_id: Id
    kind: Literal[KINDS] = "view"  # type: ignore[valid-type]


class PinnedItem(BaseModel):
    """An item at a fixed place."""

    model_config = ConfigDict(extra="forbid")

    item_id: Id
    place: int = Field(ge=1, le=LAST_PLACE, description="Where it stands, from 1.")


class Person(BaseModel):
    """Who asks."""

    model_config = ConfigDict(extra="forbid", regex_engine="python-re")

    customer_id: Id | None = Field(None, description="Who will see it.")
    visitor_id: Id | None = Field(None, description="The browser or device, when the customer is not known.")
    lang: str | None = Field(None, max_length=35, description="Language of reasons: en or zh.")


class Place(BaseModel):
    """What a query and a body say of one place that shows items; what they leave out may be saved for the placement."""

    model_config = ConfigDict(extra="forbid", regex_engine="python-re")

    placement: str = Field("home", max_length=64, description="Where it is shown: home, item, cart, email, ...")
    n: int = Field(10, ge=1, le=MOST_ITEMS, description="How many items.")
    offset: int = Field(0, ge=0, le=DEEPEST_OFFSET, description="How many of the best to pass over.")
    context_items: list[Id] = Field(_NOTHING, max_length=50, description="Items on the page or in the cart.")
    exclude: list[Id] = Field(_NOTHING, max_length=1_000, description="Items that must not be shown.")
    strict: bool = Field(False, description="True leaves places empty instead of showing popular items.")
    diversity: Annotated[FiniteFloat, Field(ge=0, le=1)] | None = Field(
        None, description="0 keeps the order, 1 lets categories take turns; by default what the shop's rules say."
    )

    @property
    @abstractmethod
    def filter_said(self) -> Mapping[str, Any]:
        """What was said of which items may be shown, by the names of :class:`Filter`."""


class PlaceRequest(Place):
    """One place that shows items."""

    filter: Filter = Field(default_factory=lambda: Filter.model_validate({}))
    pins: list[PinnedItem] = Field(_NOTHING, max_length=MOST_PINS, description="Items at fixed places of this answer.")
    boosts: list[Boost] = Field(_NOTHING, max_length=MOST_BOOSTS, description="Items that count for more or less here.")

    @property
    def filter_said(self) -> Mapping[str, Any]:
        """What was said of which items may be shown."""
        return {name: getattr(self.filter, name) for name in self.filter.model_fields_set}


class RecommendationRequest(PlaceRequest, Person):
    """The body of the request: one place, or several at once in ``placements``."""

    model_config = ConfigDict(json_schema_extra={"examples": _EXAMPLES})

    recent_events: list[RecentEvent] = Field(
        _NOTHING, max_length=100, description="The newest last; for stateless callers."
    )
    placements: list[PlaceRequest] | None = Field(
        None,
        min_length=1,
        max_length=MOST_PLACEMENTS,
        description="Several places of one page, the most important first; no item is shown twice.",
    )

    @model_validator(mode="after")
    def _speaks_of_places_once(self) -> Self:
        twice = sorted(self.model_fields_set & set(PlaceRequest.model_fields))
        if self.placements is not None and twice:
            raise ValueError(f"must say {', '.join(twice)} inside of placements, and not beside it")
        return self


class RecommendationQuery(Place, Person):
    """The query of the short form."""

    category: Names = Field(_NOTHING, description="Names of categories, any of which will do.")
    in_stock: bool = Field(True, description="False shows items that cannot be bought now as well.")
    min_price: Price | None = Field(None, description="Lowest list price.")
    max_price: Price | None = Field(None, description="Highest list price.")

    @property
    def filter_said(self) -> Mapping[str, Any]:
        """What was said of which items may be shown."""
        if _QUERY_FILTERS.isdisjoint(self.model_fields_set):
            return _NO_FILTER
        return {name: getattr(self, name) for name in _QUERY_FILTERS & self.model_fields_set}


_QUERY_FILTERS = frozenset({"category", "in_stock", "min_price", "max_price"})
_NO_FILTER: Mapping[str, Any] = {}
