"""Who may want an item."""

from __future__ import annotations

import numpy as np

from features.arrays import Flags, Floats, Ints
from serving.audiences.meaning.items import code_of
from serving.audiences.parts import InterestedIn
from serving.interested import interest_in_item
from serving.snapshot import Snapshot


def interested(snapshot: Snapshot, opted_out: Ints, wanted: InterestedIn) -> Flags:
    """Who has shown interest in the item or in items like it, shape ``(n_customers,)``.

    Who opted out of personalisation, before the snapshot or since (``opted_out`` are their rows), is not among them.
    """
    rows, strength = interest_in_item(snapshot, code_of(snapshot, wanted.item))
    willing = (snapshot.audience.columns.values("personalized")[rows] != 0) & ~np.isin(rows, opted_out)
    rows, strength = rows[willing], strength[willing]
    if wanted.top is not None and wanted.top < len(rows):
        rows = rows[_strongest(strength, wanted.top)]
    flags = snapshot.audience.nobody()
    flags[rows] = True
    return flags


def _strongest(strength: Floats, count: int) -> Ints:
    """Places of the ``count`` strongest, of equals the first; sorting all of them would take three times as long."""
    least = np.partition(strength, -count)[-count]
    above, equal = np.flatnonzero(strength > least), np.flatnonzero(strength == least)
    return np.concatenate([above, equal[: count - len(above)]])
