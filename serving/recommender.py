"""One live recommendation: candidates from the snapshot and the last clicks, filters, order, reasons.

With nothing new since the snapshot the answer is what was computed for the customer, in that order. There
is always an answer as long as the shop has an item that the filter lets through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from serving.database.inbox import Touch
from serving.ranking import OPEN_CART, POPULAR, Candidate, Fresh, of_context, of_fresh, of_snapshot
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.reason_texts import reason

_POPULAR_BLOCK = 256

BASKET_PLACEMENTS = ("cart", "checkout")
"""Where items that are bought together come before items that are viewed together."""

OPTED_OUT, UNKNOWN_CUSTOMER, ANONYMOUS, NO_CANDIDATES = (
    "opted_out",
    "unknown_customer",
    "anonymous",
    "no_candidates",
)
"""Why an answer is not personal: popular items, or for who opted out also those that belong to the page."""


@dataclass(frozen=True)
class Wish:
    """What an answer is asked for."""

    person: str | None = None
    """Customer id as stored (visitors with their prefix), None for nobody in particular."""
    touches: Sequence[Touch] = ()
    """What the person did since the snapshot, in order of time."""
    context: Sequence[str] = ()
    """Ids of the items on the page; items related to them come first, and they are not shown again."""
    exclude: Sequence[str] = ()
    """Ids of items that must not be shown."""
    wanted: ItemFilter = field(default_factory=ItemFilter)
    """Which items may be shown."""
    placement: str = "home"
    """Where the answer is shown."""
    n: int = 10
    """How many items."""
    offset: int = 0
    """How many of the best are passed over, for a next page."""
    strict: bool = False
    """True leaves places empty instead of filling them with popular items."""


@dataclass(frozen=True)
class Answer:
    """Items in order, and how they came about."""

    items: tuple[Candidate, ...]
    """The items, best first; scores do not rise."""
    fallback: str | None
    """Why the answer is not personal; None when it is for this person, or for the items on the page."""


def recommend(snapshot: Snapshot, wish: Wish) -> Answer:
    """The items to show."""
    opted_out = wish.person is not None and wish.person in snapshot.opted_out
    context = snapshot.shelf.ids.rows(wish.context).tolist()
    touches = () if opted_out else wish.touches
    fresh = Fresh.of(snapshot, touches)
    row = NO_ROW if opted_out or wish.person is None else snapshot.customers.row(wish.person)
    kinds = related_kinds(snapshot, wish.placement)
    candidates: Iterable[Candidate] = chain(
        of_context(snapshot, context, kinds),
        of_fresh(snapshot, fresh, kinds),
        of_snapshot(snapshot, row, fresh) if row != NO_ROW else (),
    )
    hidden = {*context, *fresh.bought, *snapshot.shelf.ids.rows(wish.exclude).tolist()}
    if wish.placement in BASKET_PLACEMENTS:
        candidates = list(candidates)
        hidden.update(candidate.item for candidate in candidates if candidate.source == OPEN_CART)
    places = wish.offset + wish.n
    found = _falling(_allowed(snapshot, candidates, hidden, wish.wanted)[:places])
    fallback = _why_popular(wish, row) if not found else None
    if len(found) < places and not wish.strict:
        hidden.update(candidate.item for candidate in found)
        highest = found[-1].score if found else 1.0
        found += _popular(snapshot, hidden, wish.wanted, places - len(found), highest)
    return Answer(tuple(found[wish.offset :]), OPTED_OUT if opted_out else fallback)


def related_kinds(snapshot: Snapshot, placement: str) -> tuple[str, ...]:
    """The kinds of related items, the fittest for a placement first."""
    first = "bought_together" if placement in BASKET_PLACEMENTS else "viewed_together"
    return tuple(sorted(snapshot.related_kinds, key=lambda kind: (kind != first, kind)))


def reason_of(snapshot: Snapshot, candidate: Candidate, language: str) -> str:
    """Why the item is shown, in words."""
    because = snapshot.shelf.label(candidate.because) if candidate.because not in (NO_ITEM, candidate.item) else None
    return reason(candidate.source, language, because=because, category=snapshot.shelf.item(candidate.item).category)


def _why_popular(wish: Wish, row: int) -> str:
    if wish.person is None:
        return ANONYMOUS
    return UNKNOWN_CUSTOMER if row == NO_ROW else NO_CANDIDATES


def _allowed(
    snapshot: Snapshot, candidates: Iterable[Candidate], hidden: set[int], wanted: ItemFilter
) -> list[Candidate]:
    """Each item once, where it stands first, without what is hidden or filtered out."""
    firsts: dict[int, Candidate] = {}
    for candidate in candidates:
        if candidate.item not in hidden:
            firsts.setdefault(candidate.item, candidate)
    kept = snapshot.shelf.allowed(np.fromiter(firsts, dtype=np.int64, count=len(firsts)), wanted)
    return [candidate for candidate, is_kept in zip(firsts.values(), kept.tolist(), strict=True) if is_kept]


def _popular(snapshot: Snapshot, hidden: set[int], wanted: ItemFilter, count: int, highest: float) -> list[Candidate]:
    """The most popular items that may be shown, at most ``count``; scores are 1 / (1 + rank), or ``highest``."""
    found: list[Candidate] = []
    for start, block in _blocks(snapshot):
        ranks = np.flatnonzero(snapshot.shelf.allowed(block, wanted))
        for rank, item in zip((start + ranks).tolist(), block[ranks].tolist(), strict=True):
            if item not in hidden:
                found.append(Candidate(item, min(highest, 1.0 / (1.0 + rank)), POPULAR))
                if len(found) == count:
                    return found
    return found


def _blocks(snapshot: Snapshot) -> Iterator[tuple[int, np.ndarray]]:
    """The popular items in blocks that grow: the first is nearly always enough."""
    start, size = 0, _POPULAR_BLOCK
    while start < len(snapshot.popular):
        yield start, snapshot.popular[start : start + size]
        start, size = start + size, size * 8


def _falling(found: Sequence[Candidate]) -> list[Candidate]:
    """The same order with scores that do not rise, by lifting those that stand before better ones.

    Scores of different sources cannot be compared; the order is what was decided. Stored scores fall
    already and stay as they are.
    """
    ordered: list[Candidate] = []
    for candidate in reversed(found):
        if ordered and candidate.score < ordered[-1].score:
            candidate = replace(candidate, score=ordered[-1].score)
        ordered.append(candidate)
    return ordered[::-1]
