"""One live recommendation: candidates from the snapshot and the last clicks, how they are arranged, reasons.

With nothing new since the snapshot the candidates are what was computed for the customer, in that order. There
is always an answer as long as the shop has an item that the filter lets through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from features.arrays import Ints
from serving.arranging.arrangement import NO_CANDIDATE, Arranged, Arranging, Asked, Offered
from serving.arranging.exploration import Chance, Explored
from serving.arranging.person import Person
from serving.arranging.rules import Usual
from serving.arranging.shelf_rules import InForce, Occasion, ShelfRules
from serving.database.inbox import Touch
from serving.live_history import live_history
from serving.live_person import live_person
from serving.offers import NOBODY, OPEN_CART, OPEN_FAVORITE, POPULAR, Candidate, Visitor, of_context, of_visitor
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.proposing.again import BUY_AGAIN, usual_days
from training.recommend.reason_texts import reason

_POPULAR_BLOCK = 256

FILLED_TO = 100
"""So many popular items are offered behind the candidates, so that answers to strangers can be arranged as well."""

_WANTED = (OPEN_CART, OPEN_FAVORITE)
"""What lies there was asked for after any purchase of it."""

_AS_IS = Usual(diversity=0.0, price_respect=0.0, exploration=0.0)

BASKET_PLACEMENTS = ("cart", "checkout")
"""Where items that are bought together come before items that are viewed together."""

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


@dataclass(frozen=True)
class Wish:
    """What an answer is asked for."""

    now: datetime
    """The moment of the answer."""
    person: str | None = None
    """Customer id as stored (visitors with their prefix), None for nobody in particular."""
    opted_out: bool | None = None
    """Whether the person wants no personal answers; None for what the snapshot knows."""
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
    rules: ShelfRules | None = None
    """How the shop wants its answers arranged; None leaves candidates in their order."""
    diversity: float | None = None
    """0 leaves the order as it is, 1 lets categories take turns; None for what the rules say."""
    explores: bool = True
    """False shows no little-seen item, whatever the rules say."""


@dataclass(frozen=True)
class Answer:
    """Items in order, and how they came about."""

    items: tuple[Candidate, ...]
    """The items, best first; scores do not rise."""
    fallback: str | None
    """Why the answer is not personal; None when it is for this person, or for the items on the page."""
    explored: Explored | None = None
    """The little-seen item on this or an earlier page of the answer; None where there is none."""


def recommend(snapshot: Snapshot, wish: Wish) -> Answer:
    """The items to show."""
    opted_out = wish.person is not None and (
        wish.person in snapshot.opted_out if wish.opted_out is None else wish.opted_out
    )
    context = snapshot.shelf.ids.rows(wish.context)
    row = NO_ROW if opted_out or wish.person is None else snapshot.customers.row(wish.person)
    visitor = Visitor(wish.person, row, () if opted_out else wish.touches, wish.now)
    candidates = [
        *of_context(snapshot, context.tolist(), related_kinds(snapshot, wish.placement)),
        *(() if opted_out else of_visitor(snapshot, visitor)),
    ]
    hidden = [*context.tolist(), *snapshot.shelf.ids.rows(wish.exclude).tolist()]
    if wish.placement in BASKET_PLACEMENTS:
        hidden += [candidate.item for candidate in candidates if candidate.source == OPEN_CART]
    knows_groups = wish.rules is not None and wish.rules.needs_customer
    person = Person() if opted_out else live_person(snapshot, visitor, with_groups=knows_groups)
    rules, asked = _arrangement(snapshot, wish, context, person)
    offered, offers = _offered(snapshot, candidates, wish.strict)
    asked = replace(asked, hidden=np.array(hidden, dtype=np.int64))

    def arranged(person: Person, filling: Iterable[Ints]) -> Arranged:
        arranging = Arranging(snapshot.shelf, snapshot.traits, asked, person, rules)
        return arranging.arrange(offered, wish.offset + wish.n, filling)

    found = arranged(person, () if wish.strict else _blocks(snapshot))
    if not len(found.item) and not wish.strict:
        # Who has bought everything is shown it again: a page must not be empty.
        found = replace(arranged(person.who_forgot_buying(), _blocks(snapshot)), has_own=False)
    items = _with_cycles(snapshot, visitor, _falling(_shown(found, offers))[wish.offset :])
    fallback = None if found.has_own else _why_popular(wish, row)
    return Answer(tuple(items), OPTED_OUT if opted_out else fallback, found.explored)


def related_kinds(snapshot: Snapshot, placement: str) -> tuple[str, ...]:
    """The kinds of related items that suit a placement, the fittest first."""
    kinds = BASKET_KINDS if placement in BASKET_PLACEMENTS else PAGE_KINDS
    return tuple(kind for kind in kinds if kind in snapshot.related_kinds)


def reason_of(snapshot: Snapshot, candidate: Candidate, language: str) -> str:
    """Why the item is shown, in words."""
    because = snapshot.shelf.label(candidate.because) if candidate.because not in (NO_ITEM, candidate.item) else None
    return reason(
        candidate.source,
        language,
        because=because,
        category=snapshot.shelf.item(candidate.item).category,
        own=True,
        every_days=candidate.every_days,
        item_days=snapshot.shelf.usual_days(candidate.item),
    )


def _with_cycles(snapshot: Snapshot, visitor: Visitor, items: Sequence[Candidate]) -> list[Candidate]:
    """The same, those to buy again with how often the person usually buys them."""
    again = np.array([candidate.item for candidate in items if candidate.source == BUY_AGAIN], dtype=np.int64)
    if not len(again):
        return list(items)
    history = live_history(snapshot, visitor.person or NOBODY, visitor.row, visitor.touches, visitor.now)
    days = np.nan_to_num(np.round(usual_days(history, np.zeros_like(again), again))).astype(int)
    every_days = dict(zip(again.tolist(), days.tolist(), strict=True))
    return [
        replace(candidate, every_days=every_days[candidate.item]) if candidate.source == BUY_AGAIN else candidate
        for candidate in items
    ]


def _why_popular(wish: Wish, row: int) -> str:
    if wish.person is None:
        return ANONYMOUS
    return UNKNOWN_CUSTOMER if row == NO_ROW else NO_CANDIDATES


def _arrangement(snapshot: Snapshot, wish: Wish, context: Ints, person: Person) -> tuple[InForce, Asked]:
    """The rules that hold for the answer, and what it must keep to but for hidden items."""
    day = wish.now.astimezone(ZoneInfo(snapshot.header.timezone)).date()
    usual = _AS_IS if wish.rules is None else wish.rules.usual(wish.placement)
    asked = Asked(
        wanted=wish.wanted,
        diversity=usual.diversity if wish.diversity is None else wish.diversity,
        price_respect=usual.price_respect,
        chance=_chance(wish, usual.exploration, day, person),
    )
    if wish.rules is None:
        return InForce(), asked
    categories = frozenset(snapshot.shelf.category(context).tolist())
    return wish.rules.in_force(Occasion(wish.placement, day, categories, person.layer, person.kind)), asked


def _chance(wish: Wish, share: float, day: date, person: Person) -> Chance | None:
    """Whether the answer may explore: never for who has done nothing, or where places may stay empty."""
    if wish.person is None or wish.strict or not (wish.explores and len(person.touched)):
        return None
    return Chance.of(share, wish.person, day, wish.placement)


def _offered(snapshot: Snapshot, candidates: Sequence[Candidate], strict: bool) -> tuple[Offered, Sequence[Candidate]]:
    """Each candidate once, where it stands first, and behind them popular items unless places may stay empty."""
    firsts: dict[int, Candidate] = {}
    for candidate in candidates:
        firsts.setdefault(candidate.item, candidate)
    own = len(firsts)
    if not strict:
        highest = next(reversed(firsts.values())).score if firsts else 1.0
        for rank, item in enumerate(snapshot.popular[:FILLED_TO].tolist()):
            firsts.setdefault(item, Candidate(item, min(highest, 1.0 / (1.0 + rank)), POPULAR))
    offers = tuple(firsts.values())
    wanted = {candidate.item for candidate in candidates if candidate.source in _WANTED}
    return Offered(
        np.array([candidate.item for candidate in offers], dtype=np.int64),
        np.array([candidate.score for candidate in offers], dtype=np.float64),
        np.array([candidate.item in wanted for candidate in offers], dtype=bool),
        np.arange(len(offers)) < own,
    ), offers


def _shown(found: Arranged, offers: Sequence[Candidate]) -> Iterator[Candidate]:
    """The candidates that were chosen, and those that arranging added."""
    lowest = 1.0
    for place, (item, candidate, by) in enumerate(
        zip(found.item.tolist(), found.candidate.tolist(), found.by, strict=True)
    ):
        if candidate != NO_CANDIDATE:
            shown = offers[candidate]
            lowest = min(lowest, shown.score)
        elif by is None:
            shown = Candidate(item, min(lowest, 1.0 / (1.0 + place)), POPULAR)
        else:
            shown = Candidate(item, 0.0, by)
        yield shown


def _blocks(snapshot: Snapshot) -> Iterator[Ints]:
    """The popular items in blocks that grow: the first is nearly always enough."""
    start, size = 0, _POPULAR_BLOCK
    while start < len(snapshot.popular):
        yield snapshot.popular[start : start + size]
        start, size = start + size, size * 8


def _falling(found: Iterable[Candidate]) -> list[Candidate]:
    """The same order with scores that do not rise, by lifting those that stand before better ones.

    Scores of different sources cannot be compared; the order is what was decided. Stored scores fall
    already and stay as they are.
    """
    ordered: list[Candidate] = []
    for candidate in reversed(list(found)):
        if ordered and candidate.score < ordered[-1].score:
            candidate = replace(candidate, score=ordered[-1].score)
        ordered.append(candidate)
    return ordered[::-1]
