"""The shop's own rules about what its pages show, as written in ``arrange.json``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from features.edited_file import EditedFile, FileKind, Part
from features.shop.layers import LAYERS
from training.tables import KINDS

RULES_FILE = "arrange.json"
"""Its name in the folder of the shop."""

MOST_RULES = 500
"""So many rules can be written; each answer looks at all of them."""

LEAST_BOOST, MOST_BOOST = 0.1, 10.0
"""Bounds on what relevance is multiplied with, by one rule and by all together."""

LAST_PLACE = 50
"""The last place that an item can be pinned to."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
Names = Annotated[list[Name], Field(max_length=1_000)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Selection(Part):
    """Some items: those named, and all of some categories and brands."""

    item: Names = []
    """Ids of items."""
    category: Names = []
    """Names of categories."""
    brand: Names = []
    """Names of brands."""

    @property
    def is_empty(self) -> bool:
        """Whether it names nothing."""
        return not (self.item or self.category or self.brand)


class Pin(Part):
    """An item at a fixed place."""

    item: Name
    """Id of the item."""
    place: int = Field(ge=1, le=LAST_PLACE)
    """Where it stands, from 1."""


class Boost(Selection):
    """Items that count for more, or for less."""

    factor: float = Field(ge=LEAST_BOOST, le=MOST_BOOST, allow_inf_nan=False)
    """What their relevance is multiplied with."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.is_empty:
            raise ValueError("must name items, categories or brands")
        return self


class Rule(Part):
    """When it holds, and what it does then; every condition that is given must be met."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    """What the shop calls it."""
    placement: Names = []
    """Where the answer is shown, any of these; empty for everywhere."""
    page_category: Names = []
    """Categories of the items on the page, any of these."""
    layer: list[Literal[LAYERS]] = []  # type: ignore[valid-type]
    """Layers of the customer, any of these; never met by who opted out of personalisation."""
    kind: list[Literal[KINDS]] = []  # type: ignore[valid-type]
    """Kinds of customer, any of these; never met by who opted out of personalisation."""
    first_day: Annotated[date | None, Field(alias="from")] = None
    """The first day on which it holds, in the shop's time zone."""
    last_day: Annotated[date | None, Field(alias="until")] = None
    """The last day on which it holds."""
    pin: Annotated[list[Pin], Field(max_length=LAST_PLACE)] = []
    """Items at fixed places."""
    boost: Annotated[list[Boost], Field(max_length=1_000)] = []
    """Items that count for more or less."""
    hide: Selection = Selection()
    """Items that are not shown."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not (self.pin or self.boost) and self.hide.is_empty:
            raise ValueError("must pin, boost or hide something")
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("must not end before it begins")
        return self


class Usual(Part):
    """How answers are arranged where the request does not say."""

    diversity: Share = 0.05
    """0 leaves the order as it is, 1 lets categories take turns. A little costs nothing: docs/arranging.md."""
    price_respect: Share = 0.25
    """How much items far outside a person's usual prices are damped; 0 not at all."""
    exploration: Share = 0.05
    """The share of answers in which one place goes to a little-seen item."""


class SavedFilter(Part):
    """Which items answers for a placement may hold where the request does not say."""

    in_stock: bool | None = None
    """False shows items that cannot be bought now as well."""
    category: Names | None = None
    """Names of categories, any of which will do."""
    brand: Names | None = None
    """Names of brands, any of which will do."""
    min_price: Price | None = None
    """Lowest list price."""
    max_price: Price | None = None
    """Highest list price."""

    @property
    def said(self) -> dict[str, Any]:
        """What is saved, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set if getattr(self, name) is not None}


class SavedPlacement(Usual):
    """What answers for one placement are like where the request does not say."""

    n: Annotated[int | None, Field(ge=1, le=LAST_PLACE)] = None
    """How many items."""
    strict: bool | None = None
    """True leaves places empty instead of showing popular items."""
    filter: SavedFilter = SavedFilter()
    """Which items may be shown; a request changes single parts of it."""


class ArrangeRules(EditedFile):
    """The whole file; empty where the shop has written none."""

    kind: ClassVar[FileKind] = FileKind(
        RULES_FILE,
        holds="usual, placements and rules",
        code="broken_rules",
        most_bytes=4_000_000,
        check="huitou rules check",
        entry=("rules", "rule"),
    )

    usual: Usual = Usual()
    """For all placements."""
    placements: dict[Name, SavedPlacement] = {}
    """For single placements, in place of ``usual``; what they leave out is taken from it."""
    rules: Annotated[list[Rule], Field(max_length=MOST_RULES)] = []
    """The rules; where two want the same place, the earlier has it."""

    @field_validator("rules")
    @classmethod
    def _names_differ(cls, rules: list[Rule]) -> list[Rule]:
        seen: set[str] = set()
        for rule in rules:
            if rule.name in seen:
                raise ValueError(f"must have names that differ, and two are called {rule.name!r}")
            seen.add(rule.name)
        return rules

    @classmethod
    def _completed(cls, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """The placements with what they take from ``usual``, where both are what they should be."""
        usual, placements = said.get("usual", {}), said.get("placements")
        if not (isinstance(usual, dict) and isinstance(placements, dict)):
            return said
        whole = {name: usual | part if isinstance(part, dict) else part for name, part in placements.items()}
        return {**said, "placements": whole}

    def of_placement(self, placement: str) -> Usual:
        """How answers for a placement are arranged."""
        return self.placements.get(placement, self.usual)
