"""What is known of the one who will see the answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from features.arrays import Floats, Ints
from features.history import PURCHASE
from features.pairs import TOUCH_KINDS


def _no_items() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Person:
    """One person's own items and group; without anything for nobody in particular and for who opted out."""

    touched: Ints = field(default_factory=_no_items)
    """Codes of the items viewed, favourited, carted or bought, each once, the newest first; shape (n,)."""
    bought: Ints = field(default_factory=_no_items)
    """Codes of the items bought, each once; shape (m,)."""
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
        touched = item[np.isin(event_kind, list(TOUCH_KINDS.values()))][::-1]
        newest_first = np.sort(np.unique(touched, return_index=True)[1])
        buying = np.flatnonzero(event_kind == PURCHASE)[::-1]
        bought, newest = np.unique(item[buying], return_index=True)
        return cls(touched[newest_first], bought, age_days[buying][newest], layer, kind)
