"""What is said of one customer, whose numbers are given; everything else is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.customers import CustomerFeatures
from training.customers.explaining.concepts import CONCEPTS
from training.customers.explaining.usual import COMPARED, SECOND_ORDER, Usual
from training.customers.explaining.wording.known import OWN, Known
from training.customers.explaining.wording.sentences import UNSAID, fitting, told
from training.tables import KINDS

EVERYONE = {"view_count_all": 50.0}
"""What is known of every customer in a table of sentences, unless it says otherwise."""
KNOWN_OF: Mapping[str, Mapping[str, float]] = {
    "visitor": {"purchase_day_count": 0, "order_count_all": 0},
    "one_order": {"purchase_day_count": 1, "order_count_all": 1},
    "repeat": {"purchase_day_count": 5, "order_count_all": 5, "days_since_first_purchase": 300},
}
"""The same by kind."""


def known(
    numbers: Mapping[str, float], usual: Mapping[str, float] | None = None, *, kind: str = "repeat", raises: bool
) -> Known:
    """One customer of a kind with some numbers, and what is usual for that kind."""
    values = np.array([[numbers.get(name, np.nan) for name in OWN]], dtype=np.float32)
    assert set(numbers) <= set(OWN)
    assert set(usual or {}) <= {*COMPARED, SECOND_ORDER}
    features = CustomerFeatures(pa.array(["anna"]), OWN, values)
    return Known.of(features, usual_for(usual or {}), np.array([KINDS.index(kind)]), np.array([raises]))


def usual_for(numbers: Mapping[str, float]) -> Usual:
    """The same numbers are usual for every kind, the others are not known."""
    nothing = Usual.unknown()
    said = {name: (numbers.get(name, np.nan),) * len(KINDS) for name in nothing.numbers}
    return Usual(said, nothing.order_rates, nothing.ordered, nothing.stayed_away)


@dataclass(frozen=True)
class Case:
    """One line of a table of sentences: a customer, and what is said."""

    line: str
    """Concept, direction, kind, and numbers as ``name=value``; what is usual as ``usual_name=value``."""
    expected: tuple[str, str] | None
    """The sentence in English and Chinese."""

    def __str__(self) -> str:
        return self.line

    @property
    def concept(self) -> str:
        """What the sentence is about."""
        return self.line.split()[0]

    def customer(self) -> Known:
        """The customer whom the line describes."""
        _, direction, kind, *pairs = self.line.split()
        given = {name: float(value) for name, value in (pair.split("=") for pair in pairs)}
        usual = {name.removeprefix("usual_"): value for name, value in given.items() if name.startswith("usual_")}
        own = {name: value for name, value in given.items() if not name.startswith("usual_")}
        return known({**EVERYONE, **KNOWN_OF[kind], **own}, usual, kind=kind, raises=direction == "raises")

    def number(self) -> int:
        """The number of the sentence that is said of the concept."""
        return int(fitting(self.customer())[list(CONCEPTS).index(self.concept)][0])

    def said(self) -> tuple[str, str] | None:
        """The sentence in English and Chinese, or None."""
        customer, number, row = self.customer(), np.array([self.number()]), np.zeros(1, dtype=np.int64)
        english, chinese = (told(customer, row, number, language)[0].as_py() for language in ("en", "zh"))
        return None if self.number() == UNSAID else (english, chinese)


def cases(text: str) -> list[Case]:
    """The cases of a table: a customer's line, then indented the sentence in both languages, or ``-`` for none."""
    found: list[Case] = []
    for block in re.split(r"\n(?=\S)", text.strip()):
        line, *said = (part.strip() for part in block.split("\n"))
        found.append(Case(line, None if said == ["-"] else (said[0], said[1])))
    return found
