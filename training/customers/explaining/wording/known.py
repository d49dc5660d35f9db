"""What is known of customers when a sentence is chosen: numbers rounded as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.customers import CustomerFeatures
from training.customers.explaining.usual import COMPARED, SECOND_ORDER, Usual

OWN = (
    "days_since_purchase",
    "purchase_day_count",
    "purchase_gap_last_days",
    "view_count_all",
    "open_cart_count",
    "open_cart_newest_days",
    "open_favorite_count",
    "return_count_all",
    *COMPARED,
)
"""The features that sentences speak of."""

LARGEST = 1e12
"""A number of this size is nobody's: it counts as missing."""


@dataclass(frozen=True)
class Known:
    """The numbers of some customers, what is usual for their kinds, and which way their reasons go.

    Days and counts are whole, less than one day is 0, shares are in whole percent and prices in hundredths; what is
    missing, or makes no sense, is NaN. So conditions compare what will be read.
    """

    numbers: Mapping[str, Floats]
    """By the name of the feature, and of what is usual as ``usual_{feature}``; each of shape (n,)."""
    kinds: Ints
    """Codes of the kinds of people; shape (n,)."""
    raises: Flags
    """Whether the reasons say why an order is likely, else why it is not; shape (n,)."""

    @classmethod
    def of(cls, features: CustomerFeatures, usual: Usual, kinds: Ints, raises: Flags) -> Known:
        """What is known of the customers in ``features``."""
        columns = np.ascontiguousarray(features.values[:, [features.names.index(name) for name in OWN]].T)
        numbers = {name: rounded(name, column) for name, column in zip(OWN, columns, strict=True)}
        for name in (*COMPARED, SECOND_ORDER):
            numbers[f"usual_{name}"] = rounded(name, np.array(usual.numbers[name]))[kinds]
        return cls(numbers, kinds, raises)

    def __getitem__(self, name: str) -> Floats:
        return self.numbers[name]


def rounded(name: str, values: Floats) -> Floats:
    """A feature's values as people say them; NaN for what cannot be said. Shape of ``values``."""
    numbers = values.astype(np.float64)
    if name.endswith("_share"):
        # Nearly none and nearly all are not none and all.
        percent = np.where((numbers > 0) & (numbers < 1), np.clip(np.rint(100 * numbers), 1, 99), 100 * numbers)
        return np.where((percent >= 0) & (percent <= 100), percent, np.nan)
    if name.endswith("_price_mean"):
        numbers = np.rint(100 * numbers)
    elif name.startswith("days_since") or name.endswith("_days"):
        numbers = np.where(numbers < 1, np.floor(numbers), np.rint(numbers))
    else:
        numbers = np.rint(numbers)
    return np.where((numbers >= 0) & (numbers < LARGEST), np.abs(numbers), np.nan)
