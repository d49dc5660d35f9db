"""For whom a sentence is said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from features.arrays import Flags
from training.customers.explaining.wording.known import Known

Condition = Callable[[Known], Flags]
"""Tells for each customer whether it holds; shape ``(n,)``. Nothing holds of a number that is missing."""

CLEARLY = 1.25
"""A number more than so many times as large as another is clearly larger."""


def always(known: Known) -> Flags:
    """Everyone."""
    return np.ones(len(known.kinds), dtype=bool)


def raises(known: Known) -> Flags:
    """Whose reasons say why an order is likely."""
    return known.raises


def lowers(known: Known) -> Flags:
    """Whose reasons say why an order is unlikely."""
    return ~known.raises


def at_least(name: str, least: float) -> Condition:
    """Whose number is so large or larger."""
    return lambda known: known[name] >= least


def exactly(name: str, number: float) -> Condition:
    """Whose number it is."""
    return lambda known: known[name] == number


def more_than(name: str, other: str, times: float = 1.0) -> Condition:
    """Whose one number is more than so many times the other."""
    return lambda known: known[name] > times * known[other]


def all_of(*conditions: Condition) -> Condition:
    """Of whom everything holds."""
    return lambda known: np.logical_and.reduce([condition(known) for condition in conditions])


def usual_unknown(name: str) -> Condition:
    """Of whose kind nobody knows what is usual."""
    return lambda known: np.isnan(known[f"usual_{name}"])


def clearly_more(name: str) -> Condition:
    """Whose number is clearly larger than what is usual; one is added to both for small numbers' sake."""
    return lambda known: known[name] + 1 > CLEARLY * (known[f"usual_{name}"] + 1)


def clearly_less(name: str) -> Condition:
    """Whose number is clearly smaller than what is usual."""
    return lambda known: CLEARLY * (known[name] + 1) < known[f"usual_{name}"] + 1


def points_there(name: str, *, more_is_better: bool = True) -> Condition:
    """Whose number lies clearly on that side of what is usual to which their reasons point."""
    more, less = clearly_more(name), clearly_less(name)
    return lambda known: np.where(known.raises == more_is_better, more(known), less(known))


def clearly_another(name: str) -> Condition:
    """Whose number is not near what is usual."""
    more, less = clearly_more(name), clearly_less(name)
    return lambda known: more(known) | less(known)
