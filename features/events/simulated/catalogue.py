"""The simulated shop's items: what they are, how popular, which go together, and how one is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from features.events.simulated.arrays import Flags, Floats, Integers
from features.events.simulated.assortment import BRANDS, CATEGORIES, STYLES, Category
from features.events.simulated.settings import SimulationSettings, Stream
from features.events.simulated.shop_calendar import DAYS_BEFORE, ShopCalendar

BANDS = ("low", "middle", "high")
ANY_BAND = len(BANDS)
"""The column that stands for a whole category in ``Catalogue.first`` and its neighbours."""

ITEMS_PER_CATEGORY = 12
"""A shop opens a further category for each dozen of items."""
ODD_IDS = ("tea 001", 'o\'hara "XL"', "a/b\\c", "🍵-gift", "礼盒-08", "50%+1;x,y", "=SUM(1)", "<b>7</b>")
"""Ids as real shops have them; a shop with fewer than 100 items has none."""

NEW_ITEM_SHARE = 0.12
COMPLEMENT_PAIRS = 30
TRENDING_STRENGTH = 0.2
"""On the last day a trending item takes this part of its category's looks."""


@dataclass(frozen=True)
class Catalogue:
    """Items by number, sorted by category and price: a price band of a category is one run of neighbours."""

    ids: tuple[str, ...]
    """Item ids, shape ``(n,)``."""
    categories: tuple[Category, ...]
    """The categories that this shop has."""
    category: Integers
    """Category of each item, shape ``(n,)``."""
    price_cents: Integers
    """List price of each item in hundredths, shape ``(n,)``."""
    added_day: Floats
    """When each item was first offered, in days since the start; negative before it, shape ``(n,)``."""
    in_stock: Flags
    """False when it is sold out at the end of the history, shape ``(n,)``."""
    popularity: Floats
    """Popularity summed over the items up to and with each, shape ``(n,)``."""
    first: Integers
    """First item of each category and band, then of the whole category, shape ``(n_categories, 4)``."""
    last: Integers
    """The last item, likewise."""
    fallback: Integers
    """For each category its most popular item that was there from the start."""
    complement: Integers
    """The item that goes with each item, -1 for none, shape ``(n,)``."""
    complement_probability: Floats
    """The chance that a buyer of the item buys its complement, shape ``(n,)``."""
    trending: Integers
    """For each category its trending item, -1 for none."""
    trending_from_day: float
    """The day on which they begin to rise."""
    days: int
    """Length of the history."""

    def any_category(self, count: int, rng: np.random.Generator) -> Integers:
        """Categories as people in general look at them, shape ``(count,)``."""
        return rng.choice(len(self.categories), count, p=category_weights(len(self.categories)))

    def draw(self, category: Integers, band: Integers, rng: np.random.Generator) -> Integers:
        """One item of each category and price band by popularity, shape ``(n,)``."""
        first, last = self.first[category, band], self.last[category, band]
        low = np.where(first > 0, self.popularity[first - 1], 0.0)
        point = low + rng.random(len(first)) * (self.popularity[last] - low)
        return np.clip(np.searchsorted(self.popularity, point, side="right"), first, last)

    def offered(self, item: Integers, band: Integers, day: Floats, rng: np.random.Generator) -> Integers:
        """What the shop shows on that day: others for items not there yet, and sometimes what is trending."""
        category = self.category[item]
        rise = (day - self.trending_from_day) / max(1e-9, self.days - self.trending_from_day)
        rising = (rng.random(len(item)) < TRENDING_STRENGTH * np.minimum(rise, 1)) & (self.trending[category] >= 0)
        shown = np.where(rising, self.trending[category], item)
        for _ in range(2):
            missing = np.flatnonzero(self.added_day[shown] > day)
            shown[missing] = self.draw(category[missing], band[missing], rng)
        return np.where(self.added_day[shown] > day, self.fallback[category], shown)


def category_weights(count: int) -> Floats:
    """How much of the shop's traffic each category has, summing to 1, shape ``(count,)``."""
    weights = 1 / np.arange(2, count + 2) ** 0.6
    return np.asarray(weights / weights.sum())


def stock_catalogue(settings: SimulationSettings) -> Catalogue:
    """The catalogue of the shop with these settings."""
    rng = settings.random(Stream.CATALOGUE)
    count = settings.items
    categories = CATEGORIES[: max(1, min(len(CATEGORIES), count // ITEMS_PER_CATEGORY))]
    free = rng.choice(len(categories), count - len(categories), p=category_weights(len(categories)))
    category = np.sort(np.concatenate([np.arange(len(categories)), free]))
    price_cents = _prices(categories, category, rng)
    weight = _popularity(category, rng)
    added_day = _added_days(settings, weight, category, rng)
    first, last = _runs(category, len(categories))
    fallback = _favourites(np.where(added_day <= 0, weight, 0), category, len(categories))
    complement, probability = _complements(weight, category, added_day, rng)
    trending = _trending(category, fallback, complement, added_day, rng)
    return Catalogue(
        ids=_ids(count, rng),
        categories=categories,
        category=category,
        price_cents=price_cents,
        added_day=added_day,
        in_stock=(rng.random(count) > 0.04) | np.isin(np.arange(count), fallback),
        popularity=np.cumsum(weight),
        first=first,
        last=last,
        fallback=fallback,
        complement=complement,
        complement_probability=probability,
        trending=trending,
        trending_from_day=settings.days - min(28.0, settings.days / 4),
        days=settings.days,
    )


def _ids(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    width = max(5, len(str(count)))
    ids = [f"item-{number:0{width}d}" for number in rng.permutation(count) + 1]
    if count >= 100:
        for place, odd in zip(rng.choice(count, len(ODD_IDS), replace=False), ODD_IDS, strict=True):
            ids[place] = odd
    return tuple(ids)


def _prices(categories: tuple[Category, ...], category: Integers, rng: np.random.Generator) -> Integers:
    """List prices in hundredths, ending on 90, rising within each category."""
    median = np.array([one.median_price for one in categories])[category]
    price = np.maximum(np.round(median * np.exp(rng.normal(0, 0.55, len(category)))), 2)
    return (price[np.lexsort((price, category))] * 100 - 10).astype(np.int64)


def _popularity(category: Integers, rng: np.random.Generator) -> Floats:
    """A long tail in each category: the item of rank k has weight k to the power of -0.9."""
    shuffled = np.lexsort((rng.random(len(category)), category))
    rank = np.empty(len(category))
    rank[shuffled] = np.arange(len(category)) - np.searchsorted(category, category[shuffled]) + 1
    return np.asarray(1 / rank**0.9)


def _added_days(settings: SimulationSettings, weight: Floats, category: Integers, rng: np.random.Generator) -> Floats:
    """Most items are older than the history; some are new in its last quarter, never a category's best."""
    old = -rng.uniform(1, DAYS_BEFORE - 200, len(category))
    new = rng.uniform(0.75 * settings.days, settings.days, len(category))
    is_new = (rng.random(len(category)) < NEW_ITEM_SHARE) & (weight < 1)
    return np.where(is_new, new, old)


def _runs(category: Integers, count: int) -> tuple[Integers, Integers]:
    """First and last item of each category and band; a band without items stands for its whole category."""
    edges = np.searchsorted(category, np.arange(count + 1))
    cuts = np.linspace(0, 1, len(BANDS) + 1)
    inner = edges[:-1, None] + np.round((edges[1:] - edges[:-1])[:, None] * cuts).astype(np.int64)
    whole_first, whole_last = edges[:-1, None], edges[1:, None] - 1
    empty = inner[:, 1:] == inner[:, :-1]
    first = np.where(empty, whole_first, inner[:, :-1])
    last = np.where(empty, whole_last, inner[:, 1:] - 1)
    return np.hstack([first, whole_first]), np.hstack([last, whole_last])


def _favourites(weight: Floats, category: Integers, count: int) -> Integers:
    """The item of each category with the greatest weight."""
    order = np.lexsort((weight, category))
    return order[np.searchsorted(category, np.arange(count), side="right") - 1]


def _complements(
    weight: Floats, category: Integers, added_day: Floats, rng: np.random.Generator
) -> tuple[Integers, Floats]:
    """For popular old items a less popular partner of any category; nobody has two partners."""
    complement, probability = np.full(len(weight), -1), np.zeros(len(weight))
    old = np.flatnonzero(added_day <= 0)
    pairs = min(COMPLEMENT_PAIRS, len(weight) // 20)
    leaders = old[np.lexsort((category[old], -weight[old]))][:pairs]
    partners = rng.choice(np.setdiff1d(old, leaders), pairs, replace=False)
    complement[leaders] = partners
    probability[leaders] = np.round(rng.uniform(0.3, 0.6, pairs), 2)
    return complement, probability


def _trending(
    category: Integers, fallback: Integers, complement: Integers, added_day: Floats, rng: np.random.Generator
) -> Integers:
    """In every third category one old item that is neither its best nor part of a pair."""
    trending = np.full(len(fallback), -1)
    barred = np.concatenate([fallback, complement, np.flatnonzero(complement >= 0), np.flatnonzero(added_day > 0)])
    for place in range(len(fallback) // 2 % 3, len(fallback), 3):
        choice = np.setdiff1d(np.flatnonzero(category == place), barred)
        if len(choice) >= 4:
            trending[place] = rng.choice(choice)
    return trending


def item_table(catalogue: Catalogue, calendar: ShopCalendar, settings: SimulationSettings) -> pa.Table:
    """The items as the shop would export them."""
    rng = settings.random(Stream.CATALOGUE, block=1)
    named = [catalogue.categories[number] for number in catalogue.category]
    brands = rng.choice(np.array(BRANDS), len(named))
    styles = rng.choice(np.array(STYLES), len(named))
    return pa.table(
        {
            "item_id": pa.array(catalogue.ids, pa.string()),
            "title": pa.array([_title(one, style, rng) for one, style in zip(named, styles, strict=True)]),
            "category": pa.array([one.name for one in named], pa.string()),
            "brand": pa.array(brands.tolist(), pa.string()),
            "price": pa.array(
                [Decimal(int(cents)).scaleb(-2) for cents in catalogue.price_cents], pa.decimal128(18, 4)
            ),
            "in_stock": pa.array(catalogue.in_stock),
            "added_at": pa.array(calendar.utc_us(catalogue.added_day), pa.timestamp("us", tz="UTC")),
        }
    )


def _title(category: Category, style: str, rng: np.random.Generator) -> str:
    product, chinese = category.products[rng.integers(len(category.products))]
    return f"{style.capitalize()} {product} {category.sizes[rng.integers(len(category.sizes))]} / {chinese}"
