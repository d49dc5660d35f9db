"""The strata of a list: groups of people who are alike, each with the same share in the control group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.arrays import Ints
from serving.snapshot import Snapshot

SEPARATOR = " / "
"""Between the parts of a stratum's name."""

NOT_KNOWN = "-"
"""Stands for a part that is not known of somebody."""

EVERYBODY = "everybody"
"""The one stratum of a list without strata."""


def strata_of(snapshot: Snapshot, rows: Ints, by: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """The number of each customer's stratum, shape ``(n,)``, and the names by number; ``by`` are columns of text."""
    if not by:
        return np.zeros(len(rows), dtype=np.int64), (EVERYBODY,)
    columns = snapshot.audience.columns
    codes = np.stack([columns.values(name)[rows] for name in by], axis=1)
    found, stratum = np.unique(codes, axis=0, return_inverse=True)
    names = tuple(
        SEPARATOR.join(_name(columns.described[name].names, code) for name, code in zip(by, row, strict=True))
        for row in found.tolist()
    )
    # Codes are given as people come; names make the order the same for every snapshot.
    rank = np.argsort(np.argsort(np.array(names), kind="stable"))
    return rank[stratum.ravel()], tuple(sorted(names))


def _name(names: Sequence[str], code: int) -> str:
    return names[code] if code >= 0 else NOT_KNOWN
