"""Candidates of one live answer, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from serving.database.inbox import Touch
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM

VIEWED, OPEN_CART, OPEN_FAVORITE, POPULAR = "viewed", "open_cart", "open_favorite", "popular"
"""Names of sources that live answers add to those of the snapshot."""

TOUCHED_ITEMS = 5
"""Related items are looked up for so many of the items touched last."""
RELATED_ITEMS = 10
"""So many related items are taken for each of them."""

_CLOSED_BY = {OPEN_CART: "uncart", OPEN_FAVORITE: "unfavorite"}
_OPENED_BY = {"cart": OPEN_CART, "favorite": OPEN_FAVORITE}


@dataclass(frozen=True)
class Candidate:
    """One item that could be shown."""

    item: int
    """Its code."""
    score: float
    """How it stood in its own source; the higher the better."""
    source: str
    """What proposed it."""
    because: int = NO_ITEM
    """Code of the item that the reason speaks of, ``NO_ITEM`` where none."""


@dataclass(frozen=True)
class Fresh:
    """What a person did since the snapshot, by item code."""

    bought: frozenset[int]
    """Items bought, and not returned to the cart since."""
    opened: tuple[Candidate, ...]
    """What was put into the cart, then what was favourited, and still is there; the newest first."""
    closed: frozenset[tuple[str, int]]
    """Source and item of carts and favourites that were undone."""
    touched: tuple[int, ...]
    """Distinct items viewed, favourited or carted and not bought, the newest first."""

    @classmethod
    def of(cls, snapshot: Snapshot, touches: Sequence[Touch]) -> Fresh:
        """What the events, in the order in which they happened, come to; unknown items are passed over."""
        bought: set[int] = set()
        state: dict[tuple[str, int], bool] = {}
        touched: dict[int, None] = {}
        for touch in touches:
            item = snapshot.shelf.ids.row(touch.item_id)
            if item == NO_ITEM:
                continue
            _note(touch.kind, item, bought, state)
            if touch.kind in ("view", "cart", "favorite"):
                touched.pop(item, None)
                touched[item] = None
        newest = list(reversed(state.items()))
        opened = [Candidate(item, 1.0, source) for (source, item), is_open in newest if is_open and item not in bought]
        return cls(
            frozenset(bought),
            tuple(sorted(opened, key=lambda candidate: candidate.source != OPEN_CART)),
            frozenset(key for key, is_open in state.items() if not is_open),
            tuple(item for item in reversed(touched) if item not in bought),
        )


def _note(kind: str, item: int, bought: set[int], state: dict[tuple[str, int], bool]) -> None:
    """Lay one event over what is known: a purchase closes carts and favourites, the last word counts."""
    if kind == "purchase":
        bought.add(item)
    elif kind in _OPENED_BY:
        bought.discard(item)
        state.pop((_OPENED_BY[kind], item), None)
        state[_OPENED_BY[kind], item] = True
    for source, closing in _CLOSED_BY.items():
        if kind in (closing, "purchase"):
            state[source, item] = False


def of_context(snapshot: Snapshot, context: Iterable[int], kinds: Sequence[str]) -> Iterator[Candidate]:
    """Items related to those on the page, the strongest first; several items on the page add up."""
    total: dict[int, float] = {}
    best: dict[int, tuple[float, str, int]] = {}
    for code in context:
        for weight, kind in zip((1.0, 0.5, 0.25, 0.125), kinds, strict=False):
            for item, score in _related(snapshot, kind, code):
                total[item] = total.get(item, 0.0) + weight * score
                best[item] = max(best.get(item, (0.0, kind, code)), (weight * score, kind, code))
    for item in sorted(total, key=lambda item: (-total[item], item)):
        yield Candidate(item, total[item], best[item][1], best[item][2])


def of_fresh(snapshot: Snapshot, fresh: Fresh, kinds: Sequence[str]) -> Iterator[Candidate]:
    """What the last clicks ask for: carts and favourites, the items looked at, then items related to them."""
    yield from fresh.opened
    yield from (Candidate(item, 1.0, VIEWED) for item in fresh.touched)
    newest = [
        [Candidate(item, score, kind, code) for kind in kinds[:1] for item, score in _related(snapshot, kind, code)]
        for code in fresh.touched[:TOUCHED_ITEMS]
    ]
    for place in range(RELATED_ITEMS):
        yield from (candidates[place] for candidates in newest if place < len(candidates))


def of_snapshot(snapshot: Snapshot, row: int, fresh: Fresh) -> Iterator[Candidate]:
    """What was computed for the customer, without carts and favourites that were undone since."""
    stored = snapshot.recommended(row)
    columns = (stored.item.tolist(), stored.score.tolist(), stored.source.tolist(), stored.because.tolist())
    for item, score, source, because in zip(*columns, strict=True):
        name = snapshot.header.sources[source]
        if (name, item) not in fresh.closed:
            yield Candidate(item, score, name, because)


def _related(snapshot: Snapshot, kind: str, code: int) -> Iterator[tuple[int, float]]:
    """The related items of one kind with scores as parts of the best one's."""
    items, scores = snapshot.related(kind, code)
    top = float(scores[0]) if len(scores) and scores[0] > 0 else 1.0
    return zip(items.tolist(), (scores / top).tolist(), strict=True)
