"""What every number of the shop means, in words: the one registry.

All days are the shop's own, a period is its first day up to before its end, and everything stored counts: people set
aside (bots, resellers, test orders, staff) are in unless an answer says that they were left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from features.errors import HuitouError
from features.shop.numbers.words.definition import Definition
from features.shop.numbers.words.funnel_words import FUNNEL
from features.shop.numbers.words.goods_words import GOODS, HABITS
from features.shop.numbers.words.overview_words import OVERVIEW
from features.shop.numbers.words.repurchase_words import COHORTS, REPURCHASE

DEFINITIONS: Mapping[str, Definition] = {**OVERVIEW, **REPURCHASE, **COHORTS, **FUNNEL, **GOODS, **HABITS}
"""Every number by its name."""


def definition(name: str) -> Definition:
    """What a number means; raises :class:`HuitouError` for a name that is none."""
    if name not in DEFINITIONS:
        raise HuitouError(
            f"there is no number called {name!r}. Ask for one of those in the list of definitions.",
            code="unknown_number",
            field="name",
            value=name,
            allowed=sorted(DEFINITIONS),
        )
    return DEFINITIONS[name]


def definitions_of(names: Iterable[str]) -> dict[str, dict[str, object]]:
    """Unit, title and meaning of some numbers, in plain types for JSON."""
    return {name: definition(name).as_dict() for name in names}
