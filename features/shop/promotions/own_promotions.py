"""The shop's own promotions, as written in ``promotions.json`` in its folder."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from features.edited_file import EditedFile, FileKind, Part
from features.shop.promotions.promotion import PROMOTION_KINDS, SALE, Promotion

PROMOTIONS_FILE = "promotions.json"
"""Its name in the folder of the shop."""

MOST_PROMOTIONS = 5_000
"""So many can be written."""

LONGEST_DAYS = 366
"""The longest that one can last."""

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


class Names(Part):
    """What people call it."""

    en: Words
    """In English."""
    zh: Words
    """In Chinese."""


class OwnPromotion(Part):
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


class OwnPromotions(EditedFile):
    """The whole file; empty where the shop has written none."""

    kind: ClassVar[FileKind] = FileKind(
        PROMOTIONS_FILE,
        holds="promotions",
        code="broken_promotions",
        most_bytes=4_000_000,
        check="huitou promotions check",
        entry=("promotions", "promotion"),
    )

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
