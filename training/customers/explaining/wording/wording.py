"""One way to say something, in two languages, with places for numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Ints
from training.customers.explaining.wording.conditions import (
    Condition,
    all_of,
    always,
    clearly_another,
    lowers,
    points_there,
    usual_unknown,
)
from training.customers.explaining.wording.known import Known

LANGUAGES = ("en", "zh")
"""The languages of sentences: English and Simplified Chinese."""

PEOPLE = {
    "en": ("visitors who go on to order", "one-time buyers who come back", "regulars who order again"),
    "zh": ("会下单的访客", "会再来的首单顾客", "会再下单的老顾客"),
}
"""Those who ordered, by the code of their kind; sentences say what is usual for them."""

STYLES: Mapping[str, Mapping[str, Callable[[int], str]]] = {
    "en": {
        "": lambda number: f"{number:,}",
        "day": lambda number: f"{number:,} day{'s' * (number != 1)}" if number else "less than a day",
        "every": lambda number: f"every {number:,} days" if number > 1 else "every day",
        "share": lambda number: f"{number}%",
        "discount": lambda number: f"{number}% at a discount" if number else "without discounts",
        "price": lambda number: f"{number / 100:,.2f}",
        "people": lambda kind: PEOPLE["en"][kind],
    },
    "zh": {
        "": lambda number: f"{number:,}",
        "day": lambda number: f"{number:,}天" if number else "不到1天",
        "every": lambda number: f"每{number:,}天" if number > 1 else "每天",
        "share": lambda number: f"{number}%",
        "discount": lambda number: f"{number}%的购买有折扣" if number else "不用折扣",
        "price": lambda number: f"{number / 100:,.2f}",
        "people": lambda kind: PEOPLE["zh"][kind],
    },
}
"""How a number is said, by language; any other style in an English sentence is a noun, which takes its plural."""


@dataclass(frozen=True)
class Wording:
    """A sentence. In its templates ``{feature:style}`` stands for a number, ``{people}`` for those who ordered."""

    en: str
    """In English."""
    zh: str
    """In Simplified Chinese."""
    fits: Condition = always
    """For whom it is said, if all its numbers are known."""

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The numbers that must be known."""
        fields = [field for language in LANGUAGES for _, field, _ in self._parts[language]]
        return tuple(dict.fromkeys(field for field in fields if field and field != "people"))

    @cached_property
    def _parts(self) -> Mapping[str, list[tuple[str, str, str]]]:
        """By language, text and the number that follows it: its name, or nothing, and its style."""
        return {
            language: [(text, field or "", style or "") for text, field, style, _ in Formatter().parse(template)]
            for language, template in (("en", self.en), ("zh", self.zh))
        }

    def applies(self, known: Known) -> Flags:
        """Who can be told this sentence; shape ``(n,)``."""
        applies = self.fits(known)
        for name in self.needs:
            applies = applies & ~np.isnan(known[name])
        return applies

    def told(self, known: Known, rows: Ints, language: str) -> pa.Array:
        """The sentence for the customers at ``rows``; text of length ``len(rows)``."""
        pieces: list[pa.Array | pa.Scalar] = []
        for text, field, style in self._parts[language]:
            pieces.append(pa.scalar(text, pa.string()))
            if field == "people":
                pieces.append(said(known.kinds[rows], "people", language))
            elif field:
                pieces.append(said(known[field][rows].astype(np.int64), style, language))
        if all(isinstance(piece, pa.Scalar) for piece in pieces):
            return pa.repeat(pieces[0], len(rows))
        return pc.binary_join_element_wise(*pieces, pa.scalar("", pa.string()))


def said(numbers: Ints, style: str, language: str) -> pa.Array:
    """Whole numbers in words; each distinct one is formatted once. Text of length ``len(numbers)``."""
    encoded = pa.array(numbers).dictionary_encode()
    words = STYLES[language].get(style) or _counting(style)
    texts = [words(number) for number in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)


def compared(
    number: str, fits: Condition, en: str, zh: str, usually_en: str, usually_zh: str, *, more_is_better: bool = True
) -> tuple[Wording, Wording]:
    """A sentence and what ``{usual}`` is; without that where it is not known.

    Where the number is as usual, or points the other way, nothing is said: it would be no reason.
    """
    there = points_there(number, more_is_better=more_is_better)
    return (
        _with_usual(number, all_of(fits, there), en, zh, usually_en, usually_zh),
        Wording(en, zh, all_of(fits, usual_unknown(number))),
    )


def distinguished(
    number: str, fits: Condition, en: str, zh: str, usually_en: str, usually_zh: str
) -> tuple[Wording, Wording]:
    """A sentence about a number of which neither more nor less is better.

    What ``{usual}`` is for those who ordered follows when it is clearly another and an order is unlikely.
    """
    another = all_of(fits, lowers, clearly_another(number))
    return _with_usual(number, another, en, zh, usually_en, usually_zh), Wording(en, zh, fits)


def _with_usual(number: str, fits: Condition, en: str, zh: str, usually_en: str, usually_zh: str) -> Wording:
    usually_en, usually_zh = (said.replace("{usual", f"{{usual_{number}") for said in (usually_en, usually_zh))
    return Wording(f"{en}; {{people:people}} usually {usually_en}", f"{zh}；{{people:people}}通常{usually_zh}", fits)


def _counting(noun: str) -> Callable[[int], str]:
    """``1 order``, ``2 orders``."""
    return lambda number: f"{number:,} {noun}{'s' * (number != 1)}"
