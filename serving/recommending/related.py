"""What goes with an item, from the snapshot."""

from __future__ import annotations

import numpy as np

from features.errors import HuitouError
from features.findings import cut
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter


def code_of(snapshot: Snapshot, item_id: str) -> int:
    """The code of an item; raises :class:`HuitouError` for one that the snapshot does not know."""
    code = snapshot.shelf.ids.row(item_id)
    if code == NO_ROW:
        raise HuitouError(
            f"no item has the id {cut(item_id)!r} in the snapshot that is served. Import it and publish again.",
            code="unknown_item",
            field="item_id",
            value=item_id,
        )
    return code


def related_items(
    snapshot: Snapshot, kind: str, code: int, n: int, *, in_stock: bool = True
) -> list[tuple[int, float]]:
    """Codes and scores of the ``n`` items most related to one, by default only those that can be bought now.

    Raises :class:`HuitouError` for a kind that there is not.
    """
    items, scores = snapshot.related(kind, code)
    kept = np.flatnonzero(snapshot.shelf.allowed(items, ItemFilter(in_stock=in_stock)))[:n]
    return list(zip(items[kept].tolist(), scores[kept].tolist(), strict=True))
