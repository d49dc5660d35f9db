"""The shop's rules about the items of one snapshot: which of them hold for an answer, and what they do to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.arrays import Flags, Floats, Ints
from serving.arranging.among import among
from serving.arranging.rules import LEAST_BOOST, MOST_BOOST, ArrangeRules, Rule, SavedPlacement, Selection, Usual
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import Shelf


@dataclass(frozen=True)
class Occasion:
    """Where and when an answer is shown, and to whom."""

    placement: str
    """Where it is shown."""
    day: date
    """The day in the shop's time zone."""
    page_categories: Collection[int] = ()
    """Codes of the categories of the items on the page."""
    layer: str | None = None
    """The customer's layer; None for nobody, and for who opted out."""
    kind: str | None = None
    """The kind of customer; None for nobody, and for who opted out."""


@dataclass(frozen=True)
class Selected:
    """Some items of a shelf, by code."""

    item: Ints
    """Codes of items."""
    category: Ints
    """Codes of categories."""
    brand: Ints
    """Codes of brands."""

    @classmethod
    def of(cls, selection: Selection, shelf: Shelf) -> Selected:
        """The codes of what ``selection`` names; what the shelf does not know is passed over."""
        return cls(
            shelf.ids.rows(selection.item),
            _codes(shelf.categories, selection.category),
            _codes(shelf.brands, selection.brand),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return not (len(self.item) or len(self.category) or len(self.brand))

    def holds(self, items: Ints, shelf: Shelf) -> Flags:
        """Which of the items are selected, shape ``(n,)``."""
        found = among(items, self.item)
        if len(self.category):
            found |= among(shelf.category(items), self.category)
        if len(self.brand):
            found |= among(shelf.brand(items), self.brand)
        return found


@dataclass(frozen=True)
class InForce:
    """What the rules that hold for one answer come to."""

    pins: tuple[tuple[int, int], ...] = ()
    """Place, from 1, and item code; by place, each item and each place once."""
    boosts: tuple[tuple[Selected, float], ...] = ()
    """Items and what their relevance is multiplied with."""
    hidden: tuple[Selected, ...] = ()
    """Items that are not shown."""

    def hides(self, items: Ints, shelf: Shelf) -> Flags:
        """Which items a rule hides, shape ``(n,)``."""
        found = np.zeros(len(items), dtype=bool)
        for selected in self.hidden:
            found |= selected.holds(items, shelf)
        return found

    def factor(self, items: Ints, shelf: Shelf) -> Floats:
        """What to multiply the items' relevance with, ``LEAST_BOOST`` to ``MOST_BOOST``, shape ``(n,)``."""
        factor = np.ones(len(items))
        for selected, boost in self.boosts:
            factor[selected.holds(items, shelf)] *= boost
        return np.clip(factor, LEAST_BOOST, MOST_BOOST)


@dataclass(frozen=True)
class ShelfRule:
    """One rule with the codes of a shelf."""

    rule: Rule
    """As it was written."""
    page_categories: frozenset[int]
    """Codes of the categories of the page that it asks for; empty for any."""
    pins: tuple[tuple[int, int], ...]
    """Place and item code."""
    boosts: tuple[tuple[Selected, float], ...]
    """Items and what their relevance is multiplied with."""
    hidden: Selected
    """Items that are not shown."""

    def holds(self, occasion: Occasion) -> bool:
        """Whether its conditions are met."""
        rule = self.rule
        return (
            (not rule.placement or occasion.placement in rule.placement)
            and (not rule.layer or occasion.layer in rule.layer)
            and (not rule.kind or occasion.kind in rule.kind)
            and (rule.first_day is None or rule.first_day <= occasion.day)
            and (rule.last_day is None or occasion.day <= rule.last_day)
            and (not rule.page_category or not self.page_categories.isdisjoint(occasion.page_categories))
        )


@dataclass(frozen=True)
class ShelfRules:
    """The shop's rules with the codes of one shelf."""

    said: ArrangeRules
    """As they were written."""
    rules: tuple[ShelfRule, ...]
    """In the order of the file."""

    @classmethod
    def of(cls, said: ArrangeRules, shelf: Shelf) -> ShelfRules:
        """Look up the items, categories and brands of the rules."""
        return cls(said, tuple(on_shelf(rule, shelf) for rule in said.rules))

    @property
    def needs_customer(self) -> bool:
        """Whether any rule asks for the layer or kind of the customer."""
        return any(each.rule.layer or each.rule.kind for each in self.rules)

    def usual(self, placement: str) -> Usual:
        """How answers for a placement are arranged."""
        return self.said.of_placement(placement)

    def saved(self, placement: str) -> SavedPlacement | None:
        """What is saved for a placement, None where nothing is."""
        return self.said.placements.get(placement)

    def in_force(self, occasion: Occasion, asked: ShelfRule | None = None) -> InForce:
        """What the rules come to on an occasion; what the request itself ``asked`` for comes before them."""
        holding = [each for each in self.rules if each.holds(occasion)]
        holding = holding if asked is None else [asked, *holding]
        return InForce(
            _places(pin for each in holding for pin in each.pins),
            tuple(boost for each in holding for boost in each.boosts),
            tuple(each.hidden for each in holding if not each.hidden.is_empty),
        )


def unknown_names(said: ArrangeRules, shelf: Shelf) -> list[str]:
    """A sentence for each item, category and brand of the rules that the shelf does not know."""
    found: dict[str, None] = {}
    for rule in said.rules:
        for what, name in _named(rule):
            known = {"category": shelf.categories, "brand": shelf.brands}.get(what)
            if name not in known if known is not None else shelf.ids.row(name) == NO_ROW:
                found[f"rule {rule.name!r}: no item has the {'id' if what == 'item' else what} {name!r}"] = None
    return list(found)


def _named(rule: Rule) -> Iterable[tuple[str, str]]:
    """Everything that a rule names: what it is, and its name."""
    yield from (("item", pin.item) for pin in rule.pin)
    yield from (("category", name) for name in rule.page_category)
    for selection in (*rule.boost, rule.hide):
        for what in ("item", "category", "brand"):
            yield from ((what, name) for name in getattr(selection, what))


def on_shelf(rule: Rule, shelf: Shelf) -> ShelfRule:
    """The rule with the codes of ``shelf``; what the shelf does not know is passed over."""
    pins = ((pin.place, shelf.ids.row(pin.item)) for pin in rule.pin)
    return ShelfRule(
        rule,
        frozenset(_codes(shelf.categories, rule.page_category).tolist()),
        tuple((place, row) for place, row in pins if row != NO_ROW),
        tuple((Selected.of(boost, shelf), boost.factor) for boost in rule.boost),
        Selected.of(rule.hide, shelf),
    )


def _places(pins: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Each item at its place; where an earlier one stands there, at the next that is free."""
    taken: dict[int, int] = {}
    for place, item in pins:
        if item in taken.values():
            continue
        while place in taken:
            place += 1
        taken[place] = item
    return tuple(sorted(taken.items()))


def _codes(names: Sequence[str], wanted: Collection[str]) -> Ints:
    chosen = set(wanted)
    return np.array([code for code, name in enumerate(names) if name in chosen], dtype=np.int64)
