"""The items that filters name, looked up on the shelf."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.arrays import Flags
from serving.audiences.language.said import Said, nearest
from serving.audiences.parts import Which
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW


def code_of(snapshot: Snapshot, said: Said) -> int:
    """The code of an item by its id; raises :class:`HuitouError` for one that the snapshot does not know."""
    code = snapshot.shelf.ids.row(said.text())
    if code == NO_ROW:
        raise said.wrong(
            "must be an item that the snapshot knows",
            hint="Look the id up in the shop; an item that is new comes with the next publishing.",
        )
    return code


def allowed_items(snapshot: Snapshot, which: Which) -> Flags | None:
    """Which items are meant, shape ``(n_items,)``; None where all are.

    Raises :class:`HuitouError` for an item, category or brand that there is not.
    """
    if which.is_all:
        return None
    shelf, codes = snapshot.shelf, np.arange(len(snapshot.shelf))
    kept = np.ones(len(codes), dtype=bool)
    if which.items:
        kept &= np.isin(codes, [code_of(snapshot, said) for said in which.items])
    if which.categories:
        kept &= np.isin(shelf.category(codes), _places(shelf.categories, which.categories, "category"))
    if which.brands:
        kept &= np.isin(shelf.brand(codes), _places(shelf.brands, which.brands, "brand"))
    if which.least_price is not None:
        kept &= shelf.prices(codes) >= which.least_price
    if which.most_price is not None:
        kept &= shelf.prices(codes) <= which.most_price
    return kept


def _places(names: Sequence[str], wanted: Sequence[Said], what: str) -> list[int]:
    """The place of each wanted name."""
    by_name = {name: place for place, name in enumerate(names)}
    for said in wanted:
        if said.value not in by_name:
            raise said.wrong(f"must be a {what} of the shop", list(names)[:20], nearest(said.value, names))
    return [by_name[said.value] for said in wanted]
