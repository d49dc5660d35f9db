"""Answers that are read and not computed: a customer's page as it was arranged when the snapshot was published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from serving.arranging.arrangement import EXPLORATION, Arranging, Asked
from serving.arranging.exploration import Chance, Explored, is_drawn
from serving.arranging.shelf_rules import InForce, Occasion, ShelfRules
from serving.live.live_person import groups_of, live_person
from serving.recommending.offering import FILLED_TO, asked_for, lowest_of, popular_score
from serving.recommending.offers import POPULAR, Candidate, Visitor
from serving.recommending.wish import BASKET_PLACEMENTS, Wish, day_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.page_files import FIRST_POPULAR, NOTHING, PLACES
from serving.snapshot_parts.shelf import ItemFilter
from serving.snapshot_parts.stored_recommendations import Columns

_USUAL_FILTER = ItemFilter()
_NOT_DRAWN: Any = object()

# As many as of a customer, so that the popular items behind them have their numbers.
_NO_COLUMNS: Columns = ([NO_ITEM] * FIRST_POPULAR, [], [], [], [])


class Ready(NamedTuple):
    """What was found ready."""

    items: tuple[Candidate, ...]
    """The items, best first."""
    explored: Explored | None
    """The little-seen item among the items of this and earlier pages; None where there is none."""


def ready_items(snapshot: Snapshot, wish: Wish, row: int, *, opted_out: bool) -> Ready | None:
    """The items of an answer that was arranged before, None where it must be arranged now.

    ``row`` is that of the customer, ``NO_ROW`` for who is not known or opted out. What ran out of stock since is left
    out; when something came back that could stand here, or too little is left, there is no ready answer. A little-seen
    item is put at its place.
    """
    if not _is_usual(snapshot, wish, opted_out=opted_out) or _is_ruled(snapshot, wish, row, opted_out=opted_out):
        return None
    page = _page(snapshot, row)
    if page is None:
        return None
    count = wish.offset + wish.n
    explored = _explored(snapshot, wish, row, len(page))
    if explored is not None:
        page = _without_variants(snapshot, row, page, explored.item)
    shows = explored is not None and explored.place <= count
    if len(page) < count - shows or (row != NO_ROW and min(page, default=NOTHING) >= FIRST_POPULAR):
        return None
    items = _candidates(snapshot, row, page[: count - shows])
    if explored is not None and shows:
        items.insert(explored.place - 1, Candidate(explored.item, 0.0, EXPLORATION))
    return Ready(tuple(falling(items)[wish.offset :]), explored if shows else None)


def falling(found: Iterable[Candidate]) -> list[Candidate]:
    """The same order with scores that do not rise, by lifting those that stand before better ones.

    Scores of different sources cannot be compared; the order is what was decided. Stored scores fall
    already and stay as they are.
    """
    ordered = list(found)
    scores = [candidate[1] for candidate in ordered]
    lifted = _lifted(scores)
    if scores == lifted:
        return ordered
    return [_CANDIDATE((each[0], score, *each[2:])) for each, score in zip(ordered, lifted, strict=True)]


def _lifted(scores: list[float]) -> list[float]:
    """Each score, or the best of those behind it where that is better."""
    lifted = list(accumulate(reversed(scores), max))
    lifted.reverse()
    return lifted


def _is_usual(snapshot: Snapshot, wish: Wish, *, opted_out: bool) -> bool:
    """Whether nothing is new or asked for that a page made before could not know."""
    return (
        (opted_out or not wish.touches)
        and wish.offset + wish.n <= PLACES
        and not (wish.context or wish.exclude or wish.pins or wish.boosts or wish.strict)
        and wish.diversity is None
        and wish.wanted == _USUAL_FILTER
        and wish.placement not in BASKET_PLACEMENTS
        and snapshot.pages.are_arranged_by(wish.usual)
    )


def _is_ruled(snapshot: Snapshot, wish: Wish, row: int, *, opted_out: bool) -> bool:
    """Whether a rule of the shop holds for the answer."""
    if wish.rules is None or not wish.rules.rules:
        return False
    return _in_force(snapshot, wish, wish.rules, row, opted_out=opted_out) != InForce()


def _in_force(snapshot: Snapshot, wish: Wish, rules: ShelfRules, row: int, *, opted_out: bool) -> InForce:
    knows_groups = rules.needs_customer and not opted_out
    layer, kind = groups_of(snapshot, wish.person, row) if knows_groups else (None, None)
    return rules.in_force(Occasion(wish.placement, day_of(wish.now, snapshot.header.timezone), (), layer, kind))


def _page(snapshot: Snapshot, row: int) -> bytes | None:
    """What is left of a page; None where something else could stand."""
    page = snapshot.pages.of(snapshot.pages.strangers if row == NO_ROW else row)
    shelf = snapshot.shelf
    if shelf.gone or shelf.returned:
        code_of = _codes(snapshot, row)
        if not shelf.returned.isdisjoint(code_of):
            return None
        page = bytes(place for place in page if code_of[place] not in shelf.gone)
    return page


def _codes(snapshot: Snapshot, row: int) -> list[int]:
    """The codes that the numbers of a page stand for."""
    return [*_columns(snapshot, row, FIRST_POPULAR)[0], *snapshot.popular[:FILLED_TO].tolist()]


def _columns(snapshot: Snapshot, row: int, count: int) -> Columns:
    return _NO_COLUMNS if row == NO_ROW else snapshot.recommendations.columns(row, count)


def _explored(snapshot: Snapshot, wish: Wish, row: int, length: int) -> Explored | None:
    """The little-seen item for who is drawn today, by the same code as where all is arranged."""
    share = wish.usual.exploration
    if not share or row == NO_ROW or wish.person is None or not wish.explores:
        return None
    day = day_of(wish.now, snapshot.header.timezone)
    if not is_drawn(share, wish.person, day, wish.placement):
        return None
    # A person looks at several pages a day, and each draw costs as much as two answers.
    draws, drawn = snapshot.shelf.draws, (row, day, wish.placement, share, length)
    known: Explored | None = draws.get(drawn, _NOT_DRAWN)
    if known is not _NOT_DRAWN:
        return known
    return draws.keep(
        drawn, _drawn(snapshot, wish.person, row, length, Chance.of(share, wish.person, day, wish.placement))
    )


def _drawn(snapshot: Snapshot, person_id: str, row: int, length: int, chance: Chance) -> Explored | None:
    """The little-seen item of a draw, among what a page of this length leaves out."""
    visitor = Visitor(person_id, row, (), snapshot.header.as_of)
    person = live_person(snapshot, visitor, with_groups=False)
    if not len(person.touched):
        return None
    stored = snapshot.recommended(row)
    arranging = Arranging(snapshot.shelf, snapshot.traits, Asked(chance=chance), person, InForce())
    own = arranging.may_be_shown(stored.item, asked_for(stored.source, snapshot.header.sources))
    return arranging.explored(stored.item[own], length, {})


def _without_variants(snapshot: Snapshot, row: int, page: bytes, explored: int) -> bytes:
    """The page without the variants of an item."""
    code_of = _codes(snapshot, row)
    group = snapshot.traits.variant_group(np.array([explored, *(code_of[place] for place in page)]))
    return bytes(np.frombuffer(page, dtype=np.uint8)[group[1:] != group[0]])


def _candidates(snapshot: Snapshot, row: int, page: bytes) -> list[Candidate]:
    """The candidates that the numbers of a page stand for; the scores of the customer's own do not rise."""
    names, last = snapshot.header.sources, max(page, default=0)
    if last < FIRST_POPULAR:
        item, score, source, because, days = _columns(snapshot, row, last + 1)
        lifted = _lifted([score[place] for place in page])
        return [
            _CANDIDATE((item[place], height, names[source[place]], because[place], days[place]))
            for place, height in zip(page, lifted, strict=True)
        ]
    item, score, source, because, days = _columns(snapshot, row, FIRST_POPULAR)
    popular, lowest = snapshot.popular.data, lowest_of(score[: _count(item)])
    return [
        Candidate(item[place], score[place], names[source[place]], because[place], days[place])
        if place < FIRST_POPULAR
        else Candidate(popular[place - FIRST_POPULAR], popular_score(place - FIRST_POPULAR, lowest), POPULAR)
        for place in page
    ]


# Made of what is known to be whole, in half the time.
_CANDIDATE: Callable[[tuple[int, float, str, int, int]], Candidate] = partial(tuple.__new__, Candidate)


def _count(items: Sequence[int]) -> int:
    """How many items stand before the pads."""
    return items.index(NO_ITEM) if NO_ITEM in items else len(items)
