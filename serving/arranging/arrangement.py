"""From scored candidates to what is shown: filters, what was bought, variants, prices, diversity, pins, exploration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, compress, islice

import numpy as np

from features.arrays import Flags, Floats, Ints
from serving.arranging.again import not_again
from serving.arranging.among import among, first_places
from serving.arranging.exploration import LAST_PLACE as LAST_EXPLORED
from serving.arranging.exploration import Chance, Explored, explore, little_seen_items
from serving.arranging.person import Person
from serving.arranging.price_band import PriceBand
from serving.arranging.shelf_rules import InForce
from serving.arranging.spread import spread
from serving.snapshot_parts.item_traits import ItemTraits
from serving.snapshot_parts.shelf import ItemFilter, Shelf

PINNED, EXPLORATION = "pinned", "exploration"
"""Names of the sources that arranging adds."""

NO_CANDIDATE = -1
"""In place of a candidate's position: the item was none of the candidates."""


@dataclass(frozen=True)
class Offered:
    """The candidates, best first, each item once."""

    item: Ints
    """Their codes; shape (n,)."""
    score: Floats
    """Finite scores, as a rule falling; shape (n,)."""
    wanted: Flags
    """Which of them lie in the open cart or among the favourites: they were asked for after any purchase; (n,)."""
    own: Flags
    """Which of them were proposed for this person or page, and not only to fill the answer; (n,)."""

    @property
    def relevance(self) -> Floats:
        """The scores as parts of the highest, 0 to 1, shape ``(n,)``.

        The order is what was decided: a score that stands before a better one is lifted to it. Scores below 0 all
        move up until the lowest is 0.
        """
        falling = np.maximum.accumulate(self.score[::-1].astype(np.float64))[::-1]
        if not len(falling):
            return falling
        falling = falling - min(falling[-1], 0.0)
        return falling / falling[0] if falling[0] > 0 else np.ones(len(falling))


@dataclass(frozen=True)
class Asked:
    """What an answer must keep to."""

    wanted: ItemFilter = field(default_factory=ItemFilter)
    """Which items may be shown."""
    hidden: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Codes of items that must not be shown: excluded, on the page, or in the cart on the cart's page; shape (n,)."""
    diversity: float = 0.0
    """0 leaves the order as it is, 1 lets categories take turns."""
    price_respect: float = 0.0
    """How much items far outside the person's usual prices are damped, 0 to 1."""
    chance: Chance | None = None
    """Whether there may be a little-seen item; None where there must not."""


@dataclass(frozen=True)
class Arranged:
    """The items in the order in which to show them."""

    item: Ints
    """Item codes, each once; shape (k,)."""
    candidate: Ints
    """Position of each among the candidates, ``NO_CANDIDATE`` for one that was none; shape (k,)."""
    by: tuple[str | None, ...]
    """``PINNED``, ``EXPLORATION``, or None where its own source brought it; k of them."""
    explored: Explored | None
    """The little-seen item, when one of these is."""
    has_own: bool
    """Whether anything that was proposed for this person or page may be shown, on whatever page."""


class Arranging:
    """How the items of one answer are arranged."""

    def __init__(self, shelf: Shelf, traits: ItemTraits, asked: Asked, person: Person, rules: InForce) -> None:
        self._shelf, self._traits = shelf, traits
        self._asked, self._person, self._rules = asked, person, rules
        self._band = PriceBand.of(traits.price_level(person.touched))

    def arrange(self, offered: Offered, places: int, filling: Iterable[Ints] = ()) -> Arranged:
        """The first ``places`` items; fewer places show the same items as the first of more.

        A pin for a place beyond the last item stands behind it. ``filling`` are blocks of item codes for the places
        that candidates leave empty, best first.
        """
        pins = self._pins()
        order = self._order(offered, np.array(list(pins.values()), dtype=np.int64))
        fixed = {place: (item, PINNED) for place, item in pins.items()}
        explored = self.explored(offered.item[order[offered.own[order]]], len(order), pins)
        if explored is not None:
            fixed[explored.place] = (explored.item, EXPLORATION)
            order = order[~self._variants_of(offered.item[order], np.array([explored.item]))]
        own = zip(offered.item[order].tolist(), order.tolist(), strict=True)
        rest = self._filling(filling, np.concatenate([offered.item[order], [item for item, _ in fixed.values()]]))
        shown = list(islice(_laid_out(chain(own, rest), fixed), places))
        return Arranged(
            np.array([item for item, _, _ in shown], dtype=np.int64),
            np.array([candidate for _, candidate, _ in shown], dtype=np.int64),
            tuple(by for _, _, by in shown),
            explored if any(by == EXPLORATION for _, _, by in shown) else None,
            bool(offered.own[order].any()),
        )

    def may_be_shown(self, items: Ints, wanted: Flags | None = None) -> Flags:
        """Which items pass the filter, are not hidden, and were not bought or are due again, shape ``(n,)``.

        ``wanted`` are those that the person asked for after any purchase.
        """
        shown = self._shelf.allowed(items, self._asked.wanted)
        shown = shown & ~among(items, self._asked.hidden) & ~self._rules.hides(items, self._shelf)
        unwanted = not_again(items, self._person, self._shelf, self._traits)
        return shown & ~(unwanted if wanted is None else unwanted & ~wanted)

    def _order(self, offered: Offered, pinned: Ints) -> Ints:
        """Positions of the candidates that may be shown, in their order, without pinned ones and variants."""
        kept = np.flatnonzero(self.may_be_shown(offered.item, offered.wanted))
        items = offered.item[kept]
        relevance = offered.relevance[kept] * self._rules.factor(items, self._shelf) * self._damping(items)
        order = np.argsort(-relevance, kind="stable")
        group = self._traits.variant_group(items[order])
        order = order[first_places(group)]
        order = order[~self._variants_of(items[order], pinned)]
        items = items[order]
        category, brand = self._shelf.category(items), self._shelf.brand(items)
        return kept[order[spread(relevance[order], category, brand, self._asked.diversity)]]

    def _damping(self, items: Ints) -> Floats:
        """What items far outside the person's usual prices are multiplied with; the person's own items with 1."""
        if self._band is None or not self._asked.price_respect:
            return np.ones(len(items))
        damping = self._band.damping(self._traits.price_level(items), self._asked.price_respect)
        return np.where(among(items, self._person.touched), 1.0, damping)

    def _pins(self) -> dict[int, int]:
        """Place and item of each pin whose item may be shown."""
        if not self._rules.pins:
            return {}
        shown = self.may_be_shown(np.array([item for _, item in self._rules.pins]))
        return dict(compress(self._rules.pins, shown.tolist()))

    def explored(self, own: Ints, candidates: int, pins: Mapping[int, int]) -> Explored | None:
        """A little-seen item that fits what the person touched, when this answer explores.

        It is none of the ``own`` candidates, not pinned, and no variant of such an item. With few ``candidates`` there
        is none: its place might not be reached.
        """
        chance = self._asked.chance
        if chance is None or not chance.is_drawn or candidates + len(pins) < LAST_EXPLORED:
            return None
        found = little_seen_items(self._person.touched, self._band, self._shelf, self._traits)
        there = np.concatenate([own, np.array(list(pins.values()), dtype=np.int64)])
        found = found[~self._variants_of(found, there)]
        return explore(chance, found[self.may_be_shown(found)], pins)

    def _variants_of(self, items: Ints, others: Ints) -> Flags:
        """Which of the items are among the others, or variants of one of them, shape ``(n,)``."""
        return among(self._traits.variant_group(items), self._traits.variant_group(others))

    def _filling(self, blocks: Iterable[Ints], before: Ints) -> Iterator[tuple[int, int]]:
        """The items of the blocks that may be shown, without those before and variants."""
        there = set(self._traits.variant_group(before.astype(np.int64)).tolist())
        for block in blocks:
            items = block[self.may_be_shown(block)]
            for item, group in zip(items.tolist(), self._traits.variant_group(items).tolist(), strict=True):
                if group not in there:
                    there.add(group)
                    yield item, NO_CANDIDATE


def _laid_out(
    found: Iterator[tuple[int, int]], fixed: Mapping[int, tuple[int, str]]
) -> Iterator[tuple[int, int, str | None]]:
    """Item, candidate and what put it there, place by place; pins that were not reached come last."""
    place = 1
    for item, candidate in found:
        while place in fixed:
            yield fixed[place][0], NO_CANDIDATE, fixed[place][1]
            place += 1
        yield item, candidate, None
        place += 1
    for late, (item, by) in sorted(fixed.items()):
        # A little-seen item never moves up: it could come among the first three.
        if late == place or (late > place and by == PINNED):
            yield item, NO_CANDIDATE, by
            place += 1
