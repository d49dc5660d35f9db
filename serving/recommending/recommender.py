"""One live recommendation: candidates from the snapshot and the last clicks, how they are arranged, reasons.

With nothing new since the snapshot the candidates are what was computed for the customer, in that order. There
is always an answer as long as the shop has an item that the filter lets through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from features.arrays import Ints
from features.history import History
from serving.arranging.arrangement import NO_CANDIDATE, Arranged, Arranging, Asked
from serving.arranging.exploration import Chance
from serving.arranging.person import Person
from serving.arranging.rules import ArrangeRules
from serving.arranging.shelf_rules import InForce, Occasion, ShelfRules
from serving.live.live_person import live_person
from serving.recommending.offering import FILLED_TO, Offering, popular_score
from serving.recommending.offers import OPEN_CART, POPULAR, Candidate, Visitor, of_context, of_visitor
from serving.recommending.own_cycles import own_cycle_days
from serving.recommending.ready import falling, ready_items
from serving.recommending.wish import ARRANGED, BASKET_PLACEMENTS, FRESH, READY, Answer, Wish, day_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.stored_recommendations import Recommended
from training.recommend.proposing.again import BUY_AGAIN

_POPULAR_BLOCK = 256

PAGE_KINDS = ("viewed_together", "similar", "viewed_then_bought", "bought_together")
"""What goes with an item that somebody looks at."""
BASKET_KINDS = ("bought_together", "bought_within", "viewed_then_bought", "viewed_together")
"""What goes with items that somebody is about to buy: nothing that would take their place."""

OPTED_OUT, UNKNOWN_CUSTOMER, ANONYMOUS, NO_CANDIDATES = (
    "opted_out",
    "unknown_customer",
    "anonymous",
    "no_candidates",
)
"""Why an answer is not personal: popular items, or for who opted out also those that belong to the page."""


def recommend(snapshot: Snapshot, wish: Wish) -> Answer:
    """The items to show: those that are ready where nothing is new and nothing special is asked, else arranged now."""
    opted_out = wish.person is not None and (
        wish.person in snapshot.opted_out if wish.opted_out is None else wish.opted_out
    )
    row = NO_ROW if opted_out or wish.person is None else snapshot.customers.row(wish.person)
    ready = ready_items(snapshot, wish, row, opted_out=opted_out)
    if ready is None:
        return arranged(snapshot, wish, row, opted_out=opted_out)
    fallback = OPTED_OUT if opted_out else _why_popular(wish, row) if row == NO_ROW else None
    return Answer(ready.items, fallback, READY, ready.explored)


def arranged(snapshot: Snapshot, wish: Wish, row: int, *, opted_out: bool) -> Answer:
    """The items to show, arranged now for the customer of a row, ``NO_ROW`` for who is not known or not asked for."""
    context = snapshot.shelf.ids.rows(wish.context)
    touches = () if opted_out else wish.touches
    # Nothing new gives what was computed when the snapshot was made, on whatever page and whenever it is asked for.
    visitor = Visitor(wish.person, row, touches, wish.now if touches else snapshot.header.as_of)
    of_page = list(of_context(snapshot, context.tolist(), related_kinds(snapshot, wish.placement)))
    of_person, history = (Recommended.nothing(), None) if opted_out else of_visitor(snapshot, visitor)
    popular = snapshot.popular[: 0 if wish.strict else FILLED_TO]
    offering = Offering.of(of_page, of_person, snapshot.header.sources, popular)
    knows_groups = wish.rules is not None and wish.rules.needs_customer
    person = Person() if opted_out else live_person(snapshot, visitor, with_groups=knows_groups)
    rules, asked = _arrangement(snapshot, wish, context, person)
    asked = replace(asked, hidden=_hidden(snapshot, wish, context, offering))

    def shown(person: Person, filling: Iterable[Ints]) -> Arranged:
        arranging = Arranging(snapshot.shelf, snapshot.traits, asked, person, rules)
        return arranging.arrange(offering.offered, wish.offset + wish.n, filling)

    found = shown(person, () if wish.strict else _blocks(snapshot))
    if not len(found.item) and not wish.strict:
        # Who has bought everything is shown it again: a page must not be empty.
        found = replace(shown(person.who_forgot_buying(), _blocks(snapshot)), has_own=False)
    items = falling(_candidates(found, offering))[wish.offset :]
    if history is not None:
        items = _with_cycles(history, items)
    fallback = None if found.has_own else _why_popular(wish, row)
    how = ARRANGED if history is None else FRESH
    return Answer(tuple(items), OPTED_OUT if opted_out else fallback, how, found.explored)


def related_kinds(snapshot: Snapshot, placement: str) -> tuple[str, ...]:
    """The kinds of related items that suit a placement, the fittest first."""
    kinds = BASKET_KINDS if placement in BASKET_PLACEMENTS else PAGE_KINDS
    return tuple(kind for kind in kinds if kind in snapshot.related_kinds)


def _with_cycles(history: History, items: Sequence[Candidate]) -> list[Candidate]:
    """The same, those to buy again with how often the person usually buys them."""
    if all(candidate.source != BUY_AGAIN for candidate in items):
        return list(items)
    again = np.array([[candidate.item if candidate.source == BUY_AGAIN else NO_ITEM for candidate in items]])
    days = own_cycle_days(history, again, np.zeros_like(again), (BUY_AGAIN,))[0].tolist()
    return [candidate._replace(every_days=each) for candidate, each in zip(items, days, strict=True)]


def _hidden(snapshot: Snapshot, wish: Wish, context: Ints, offering: Offering) -> Ints:
    """Codes of what must not be shown: what is on the page, excluded, or in the cart on the cart's page."""
    hidden = [context, snapshot.shelf.ids.rows(wish.exclude)]
    if wish.placement in BASKET_PLACEMENTS and OPEN_CART in offering.sources:
        in_cart = offering.of_person.source == offering.sources.index(OPEN_CART)
        hidden.append(offering.of_person.item[in_cart].astype(np.int64))
    return np.concatenate(hidden)


def _why_popular(wish: Wish, row: int) -> str:
    if wish.person is None:
        return ANONYMOUS
    return UNKNOWN_CUSTOMER if row == NO_ROW else NO_CANDIDATES


def _arrangement(snapshot: Snapshot, wish: Wish, context: Ints, person: Person) -> tuple[InForce, Asked]:
    """The rules that hold for the answer, and what it must keep to but for hidden items."""
    day, usual = day_of(wish.now, snapshot.header.timezone), wish.usual
    # Never for who has done nothing, or where places may stay empty.
    explores = wish.explores and len(person.touched) and not wish.strict
    asked = Asked(
        wanted=wish.wanted,
        diversity=usual.diversity if wish.diversity is None else wish.diversity,
        price_respect=usual.price_respect,
        chance=Chance.of(usual.exploration, wish.person, day, wish.placement) if wish.person and explores else None,
    )
    categories = frozenset(snapshot.shelf.category(context).tolist())
    occasion = Occasion(wish.placement, day, categories, person.layer, person.kind)
    rules = ShelfRules(ArrangeRules(), ()) if wish.rules is None else wish.rules
    return rules.in_force(occasion, wish.asked_rule(snapshot.shelf)), asked


def _candidates(found: Arranged, offering: Offering) -> Iterator[Candidate]:
    """The candidates that were chosen, and those that arranging added."""
    lowest = 1.0
    for place, (item, position, by) in enumerate(
        zip(found.item.tolist(), found.candidate.tolist(), found.by, strict=True)
    ):
        if position != NO_CANDIDATE:
            shown = offering.candidate(position)
            lowest = min(lowest, shown.score)
        elif by is None:
            shown = Candidate(item, popular_score(place, lowest), POPULAR)
        else:
            shown = Candidate(item, 0.0, by)
        yield shown


def _blocks(snapshot: Snapshot) -> Iterator[Ints]:
    """The popular items in blocks that grow: the first is nearly always enough."""
    start, size = 0, _POPULAR_BLOCK
    while start < len(snapshot.popular):
        yield snapshot.popular[start : start + size]
        start, size = start + size, size * 8
