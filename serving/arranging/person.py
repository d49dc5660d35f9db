"""What is known of the one who will see the answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from features.arrays import Floats, Ints


def _no_items() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Person:
    """One person's own items and group; without anything for nobody in particular and for who opted out."""

    touched: Ints = field(default_factory=_no_items)
    """Codes of the items viewed, favourited, carted or bought, each once; shape (n,)."""
    bought: Ints = field(default_factory=_no_items)
    """Codes of the items bought, each once; shape (m,)."""
    bought_days: Floats = field(default_factory=lambda: np.zeros(0))
    """Days since the newest purchase of each; shape (m,)."""
    layer: str | None = None
    """The layer in the table of customers."""
    kind: str | None = None
    """visitor, one_order or repeat."""
