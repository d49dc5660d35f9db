"""What is known of the one who will see the answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from features.arrays import Floats, Ints
from features.history import PURCHASE
from features.pairs import TOUCH_KINDS
from serving.arranging.among import first_places

_IS_TOUCH = np.isin(np.arange(256), list(TOUCH_KINDS.values()))
"""By the code of the kind."""


def _no_items() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Person:
    """One person's own items and group; without anything for nobody in particular and for who opted out."""

    touched: Ints = field(default_factory=_no_items)
    """Codes of the items viewed, favourited, carted or bought, each once, the newest first; shape (n,)."""
    bought: Ints = field(default_factory=_no_items)
    """Codes of the items bought, each once, the newest first; shape (m,)."""
    bought_days: Floats = field(default_factory=lambda: np.zeros(0))
    """Days since the newest purchase of each; shape (m,)."""
    layer: str | None = None
    """The layer in the table of customers."""
    kind: str | None = None
    """visitor, one_order or repeat."""

    def who_forgot_buying(self) -> Person:
        """The same person as if nothing had been bought."""
        return replace(self, bought=_no_items(), bought_days=np.zeros(0))

    @classmethod
    def of(
        cls, event_kind: Ints, item: Ints, age_days: Floats, *, layer: str | None = None, kind: str | None = None
    ) -> Person:
        """The person who did these events, given in order of time; each array of shape ``(n_events,)``."""
        touched = item[_IS_TOUCH[event_kind]][::-1]
        buying = np.flatnonzero(event_kind == PURCHASE)[::-1]
        buying = buying[first_places(item[buying])]
        return cls(touched[first_places(touched)], item[buying], age_days[buying], layer, kind)
