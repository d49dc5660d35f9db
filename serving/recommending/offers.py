"""Candidates of one live answer, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from features.history import History
from serving.database.people.touch import Touch
from serving.live.live_history import live_history
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM, RECOMMENDATIONS
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter
from serving.snapshot_parts.stored_recommendations import Recommended

OPEN_CART, OPEN_FAVORITE, POPULAR = "open_cart", "open_favorite", "popular"
"""Names of sources that arranging knows."""

REPLACEMENT = "replacement"
"""The kind of related items that can stand in for one."""

KIND_WEIGHTS = (1.0, 0.5, 0.25, 0.125)
"""How much the first kinds of related items count; further ones do not."""

NOBODY = ""
"""The name under which the history of a caller is held who says what was done, but not by whom."""


class Candidate(NamedTuple):
    """One item that could be shown."""

    item: int
    """Its code."""
    score: float
    """How it stood in its own source; the higher the better."""
    source: str
    """What proposed it."""
    because: int = NO_ITEM
    """Code of the item that the reason speaks of, ``NO_ITEM`` where none."""
    every_days: int = 0
    """How often the person usually buys the item, in days; 0 where that is not known or not the reason."""


@dataclass(frozen=True)
class Visitor:
    """Who the answer is for."""

    person: str | None
    """Customer id as stored, None for nobody in particular."""
    row: int
    """Row in the snapshot, ``NO_ROW`` where it does not know them."""
    touches: Sequence[Touch]
    """What they did since the snapshot."""
    now: datetime
    """The moment of the answer."""


def of_context(snapshot: Snapshot, context: Iterable[int], kinds: Sequence[str]) -> Iterator[Candidate]:
    """Items related to those on the page, the strongest first; several items on the page add up.

    ``kinds`` come with falling weight. What can stand in for an item that cannot be bought now comes before them.
    """
    total: dict[int, float] = {}
    best: dict[int, tuple[float, str, int]] = {}
    for code in context:
        for weight, kind in zip(KIND_WEIGHTS, _kinds_for(snapshot, code, kinds), strict=False):
            for item, score in _related(snapshot, kind, code):
                total[item] = total.get(item, 0.0) + weight * score
                best[item] = max(best.get(item, (0.0, kind, code)), (weight * score, kind, code))
    for item in sorted(total, key=lambda item: (-total[item], item)):
        yield Candidate(item, total[item], best[item][1], best[item][2])


def of_visitor(snapshot: Snapshot, visitor: Visitor) -> tuple[Recommended, History | None]:
    """What is recommended to a person: as stored where nothing is new, else asked anew with all that is known now.

    With it comes the history that it was asked for, None where it was stored.
    """
    if any(snapshot.shelf.ids.row(touch.item_id) != NO_ROW for touch in visitor.touches):
        return _anew(snapshot, visitor)
    return (Recommended.nothing() if visitor.row == NO_ROW else snapshot.recommended(visitor.row)), None


def _anew(snapshot: Snapshot, visitor: Visitor) -> tuple[Recommended, History]:
    """The two stages for one person, by the same code and counts as when the snapshot was made."""
    name = NOBODY if visitor.person is None else visitor.person
    history = live_history(snapshot, name, visitor.row, visitor.touches, visitor.now)
    best = snapshot.recommender.recommend(history, RECOMMENDATIONS)
    count = int((best.item[0] != NO_ITEM).sum())
    own = slice(count)
    days = np.zeros(count, dtype=np.uint16)
    return Recommended(best.item[0, own], best.score[0, own], best.source[0, own], best.because[0, own], days), history


def _kinds_for(snapshot: Snapshot, code: int, kinds: Sequence[str]) -> Sequence[str]:
    gone = not snapshot.shelf.allowed(np.array([code]), ItemFilter()).all()
    return (REPLACEMENT, *kinds) if gone and REPLACEMENT in snapshot.related_kinds else kinds


def _related(snapshot: Snapshot, kind: str, code: int) -> Iterator[tuple[int, float]]:
    """The related items of one kind with scores as parts of the best one's."""
    items, scores = snapshot.related(kind, code)
    top = float(scores[0]) if len(scores) and scores[0] > 0 else 1.0
    return zip(items.tolist(), (scores / top).tolist(), strict=True)
