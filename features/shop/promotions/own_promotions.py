"""The shop's own promotions, as written in ``promotions.json`` in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from features.errors import HuitouError
from features.findings import explained
from features.shop.promotions.promotion import PROMOTION_KINDS, SALE, Promotion

PROMOTIONS_FILE = "promotions.json"
"""Its name in the folder of the shop."""

MOST_PROMOTIONS = 5_000
"""So many can be written."""

LONGEST_DAYS = 366
"""The longest that one can last."""

LARGEST_BYTES = 4_000_000
"""A larger file is not read."""

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


class _Part(BaseModel):
    """A part of the file: only the fields that are known, and values as they are written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Names(_Part):
    """What people call it."""

    en: Words
    """In English."""
    zh: Words
    """In Chinese."""


class OwnPromotion(_Part):
    """One of the shop's own promotions."""

    name: Annotated[Names, BeforeValidator(lambda said: {"en": said, "zh": said} if isinstance(said, str) else said)]
    """What it is called; one text stands for both languages."""
    first_day: Annotated[date, Field(alias="from")]
    """Its first day, in the shop's time zone."""
    last_day: Annotated[date, Field(alias="until")]
    """Its last day, which belongs to it."""
    kind: Literal[PROMOTION_KINDS] = SALE  # type: ignore[valid-type]
    """A sale, a holiday or a season."""
    categories: Annotated[list[Category], Field(max_length=1_000)] = []
    """Names of the categories that it covers; empty for everything."""
    discount: Annotated[float | None, Field(gt=0, lt=1, allow_inf_nan=False)] = None
    """The part taken off the price."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("must not end before it begins")
        if (self.last_day - self.first_day).days >= LONGEST_DAYS:
            raise ValueError(f"must last at most {LONGEST_DAYS} days")
        return self

    @property
    def promotion(self) -> Promotion:
        """It as a promotion."""
        days = self.first_day, self.last_day
        key = f"own:{self.name.en}"
        return Promotion(key, self.kind, self.name.model_dump(), *days, tuple(self.categories), self.discount)


class OwnPromotions(_Part):
    """The whole file; empty where the shop has written none."""

    promotions: Annotated[list[OwnPromotion], Field(max_length=MOST_PROMOTIONS)] = []
    """The promotions, in any order."""

    @field_validator("promotions")
    @classmethod
    def _each_once(cls, said: list[OwnPromotion]) -> list[OwnPromotion]:
        seen: set[tuple[str, date]] = set()
        for each in (own.promotion for own in said):
            if (each.key, each.first_day) in seen:
                raise ValueError(f"must be told once, and {each.names['en']!r} from {each.first_day} is told twice")
            seen.add((each.key, each.first_day))
        return said

    @classmethod
    def read(cls, text: str) -> OwnPromotions:
        """The promotions that ``text`` says; raises :class:`HuitouError` with the first that is wrong."""
        try:
            said = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _wrong(f"it must be JSON; {error}.", text[:100]) from None
        if not isinstance(said, dict):
            raise _wrong("it must be a JSON object with promotions.", said)
        try:
            # As JSON again: in it dates are text, and numbers are not truth values.
            return cls.model_validate_json(json.dumps(said))
        except ValidationError as error:
            raise _told(error.errors(include_url=False)[0], said) from None

    @classmethod
    def in_folder(cls, folder: Path) -> OwnPromotions:
        """Those of the shop in ``folder``, none without a file; raises :class:`HuitouError` when it is wrong."""
        try:
            with open(folder / PROMOTIONS_FILE, "rb") as handle:
                data = handle.read(LARGEST_BYTES + 1)
            text = data.decode("utf-8-sig")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise _wrong(f"it must be a file of UTF-8 text; {error}.") from None
        if len(data) > LARGEST_BYTES:
            raise _wrong(f"it must have at most {LARGEST_BYTES:,} bytes; it has more.")
        return cls.read(text)


def _told(finding: Mapping[str, Any], said: Mapping[str, Any]) -> HuitouError:
    """The error of one finding; it names the promotion where it is about one."""
    place = list(finding.get("loc", ()))
    where = ""
    if len(place) >= 2 and place[0] == "promotions" and isinstance(place[1], int):
        own = said["promotions"][place[1]]
        name = own.get("name") if isinstance(own, dict) else None
        name = name.get("en") if isinstance(name, dict) else name
        where = f"promotion {place[1] + 1}" + (f" ({name!r})" if isinstance(name, str) else "") + ": "
        place = place[2:]
    found = explained({**finding, "loc": place or ["it"]}, "this file")
    return _wrong(where + found.message, found.value, found.field, found.allowed)


def _wrong(what: str, value: Any = None, field: str | None = None, allowed: Any = None) -> HuitouError:
    return HuitouError(
        f"{PROMOTIONS_FILE}: {what} Mend it, and look with: huitou promotions check",
        code="broken_promotions",
        field=field,
        value=value,
        allowed=allowed,
        hint="huitou promotions check",
    )
