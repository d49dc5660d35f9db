"""The shop's own rules about what its pages show, as written in ``arrange.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from features.errors import HuitouError
from features.shop.layers import LAYERS
from serving.findings import explained
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


class _Part(BaseModel):
    """A part of the file: only the fields that are known, and values as they are written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Selection(_Part):
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


class Pin(_Part):
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


class Rule(_Part):
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


class Usual(_Part):
    """How answers are arranged where the request does not say."""

    diversity: Share = 0.05
    """0 leaves the order as it is, 1 lets categories take turns. A little costs nothing: docs/arranging.md."""
    price_respect: Share = 0.25
    """How much items far outside a person's usual prices are damped; 0 not at all."""
    exploration: Share = 0.05
    """The share of answers in which one place goes to a little-seen item."""


class SavedFilter(_Part):
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


class ArrangeRules(_Part):
    """The whole file; empty where the shop has written none."""

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
    def read(cls, text: str) -> ArrangeRules:
        """The rules that ``text`` says; raises :class:`HuitouError` with the first that is wrong."""
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _wrong(f"it must be JSON; {error}.", text[:100]) from None
        if not isinstance(said, dict):
            raise _wrong("it must be a JSON object with usual, placements and rules.", said)
        try:
            # As JSON again: in it dates are text, and numbers are not truth values.
            return cls.model_validate_json(json.dumps(said | _inherited(said)))
        except ValidationError as error:
            raise _told(error.errors(include_url=False)[0], said) from None

    def of_placement(self, placement: str) -> Usual:
        """How answers for a placement are arranged."""
        return self.placements.get(placement, self.usual)


def _inherited(said: Mapping[str, Any]) -> dict[str, Any]:
    """The placements with what they take from ``usual``; nothing where either is not what it should be."""
    usual, placements = said.get("usual", {}), said.get("placements")
    if not (isinstance(usual, dict) and isinstance(placements, dict)):
        return {}
    whole = {name: usual | part if isinstance(part, dict) else part for name, part in placements.items()}
    return {"placements": whole}


def _told(finding: Mapping[str, Any], said: Mapping[str, Any]) -> HuitouError:
    """The error of one finding; it names the rule where it is about one."""
    place = list(finding.get("loc", ()))
    where = ""
    if len(place) >= 2 and place[0] == "rules" and isinstance(place[1], int):
        rule = said["rules"][place[1]]
        name = rule.get("name") if isinstance(rule, dict) else None
        where = f"rule {place[1] + 1}" + (f" ({name!r})" if isinstance(name, str) else "") + ": "
        place = place[2:] or ["it"]
    found = explained({**finding, "loc": place or ["it"]}, "these rules")
    return _wrong(where + found.message, found.value, found.field, found.allowed)


def _wrong(what: str, value: Any, field: str | None = None, allowed: Any = None) -> HuitouError:
    return HuitouError(
        f"{RULES_FILE}: {what} Mend it, and look with: huitou rules check",
        code="broken_rules",
        field=field,
        value=value,
        allowed=allowed,
        hint="huitou rules check",
    )
