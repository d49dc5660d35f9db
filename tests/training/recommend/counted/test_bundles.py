"""Bundles: planted complements first, the figures as they are said, nothing from bots, arrays that can be mapped."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from scipy.stats import beta, poisson

from features.catalogue import UNKNOWN
from features.shop.anomalies import Anomalies
from tests.training.recommend.conftest import PlantedShop
from tests.training.recommend.counted.ordered import orders, random_orders
from training.recommend.counted.acts import Acts
from training.recommend.counted.bundles import CERTAINTY, Bundles
from training.recommend.counted.table_files import open_table, save_table


def bundles(*parts: Acts, items: int = 80, unit_cost: float = 6.0) -> Bundles:
    """The bundles of some orders; every item is sold for ten."""
    return Bundles.of(parts, np.full(items, 10.0), np.full(items, unit_cost))


def same(one: Bundles, other: Bundles) -> None:
    """Both are equal in every field."""
    for entry in fields(Bundles):
        np.testing.assert_array_equal(getattr(one, entry.name), getattr(other, entry.name), entry.name)


def test_planted_complements_come_first(planted: PlantedShop) -> None:
    """In the simulated shop the planted complements are the first bundles, and each is found by both of its items."""
    end = planted.behaviour.reader.extent().last
    assert end is not None
    catalogue = planted.behaviour.catalogue(end)
    parts = list(planted.behaviour.map_histories(lambda _, each: Acts.orders(each), end, catalogue))
    found, ids = Bundles.of(parts, catalogue.price, catalogue.unit_cost), catalogue.ids.to_pylist()
    truth = [
        {ids.index(pair["item_id"]), ids.index(pair["complement_item_id"])}
        for pair in planted.truth.complements.to_pylist()
    ]
    first = [set(row[row != UNKNOWN].tolist()) for row in found.items[: len(truth)]]
    assert sorted(map(sorted, first)) == sorted(map(sorted, truth))
    for place, pair in enumerate(first):
        assert all(place in found.of_item(code).tolist() for code in pair)
    assert np.isnan(found.profit).all()


def test_bots_and_quantities_change_nothing(planted: PlantedShop) -> None:
    """Without the people who are set aside the bundles are those of real people; pieces are never counted."""
    behaviour, cutoff = planted.behaviour, planted.cutoff
    catalogue = behaviour.catalogue(cutoff)
    anomalies = Anomalies.before(behaviour, cutoff, catalogue)
    truth = planted.truth.customers
    bots = truth.filter(pc.equal(truth["group"], "bot"))["customer_id"]
    told, real, many = [], [], []
    for history in behaviour.map_histories(lambda _, each: each, cutoff, catalogue):
        counts, is_bot = ~anomalies.set_aside(history).flags, pc.is_in(history.customer_ids, value_set=bots)
        told.append(Acts.orders(history).of(counts))
        real.append(Acts.orders(history).of(~is_bot.to_numpy(zero_copy_only=False)))
        many.append(Acts.orders(replace(history, quantity=50 * history.quantity)).of(counts))
    size = len(catalogue)
    assert len(bundles(*real, items=size)) >= 4
    same(bundles(*told, items=size), bundles(*real, items=size))
    same(bundles(*many, items=size), bundles(*told, items=size))


def test_the_figures_are_those_that_are_said() -> None:
    """Lift, its lower end, confidence in each direction, trend and money of a planted pair, worked out apart."""
    lines = random_orders(5, 1200, 60, [(8, 30)], share=0.03)
    found = bundles(lines, items=60)
    assert found.items[0].tolist() == [8, 30, UNKNOWN]
    both, of_item = int(found.orders[0]), np.bincount(lines.item, minlength=60)
    held = {order: set(lines.item[lines.order == order].tolist()) for order in set(lines.order.tolist())}
    assert both == sum({8, 30} <= items for items in held.values()) == found.people[0]
    assert found.order_count == len(held)
    expected = of_item[8] * of_item[30] / len(held)
    assert found.expected[0] == pytest.approx(expected, rel=1e-5)
    assert found.lift[0] == pytest.approx(both / expected, rel=1e-5)
    np.testing.assert_allclose(found.confidence[0], [both / of_item[8], both / of_item[30], np.nan], rtol=1e-5)
    # At the lower end so many orders or more come with the remaining chance.
    assert poisson.sf(both - 1, found.lift_low[0] * expected) == pytest.approx(1 - CERTAINTY, rel=1e-3)
    new = found.newest_share[0] * both
    low, high = np.asarray(beta.ppf([0.025, 0.975], new + 0.5, both - new + 0.5))
    assert (found.newest_low[0], found.newest_high[0]) == pytest.approx((low, high), rel=1e-4)
    assert (found.price[0], found.profit[0]) == (20, 8)
    assert (np.diff(found.orders - found.expected) <= 1e-3).all()


def test_a_trend_is_seen() -> None:
    """A set that is bought only lately, and one that is not bought any more, leave the middle out of their interval."""
    background = [(100 + who, float(who), [2 + who % 7]) for who in range(400)]
    lately = [(600 + who, float(who), [0, 1]) for who in range(30)]
    before = [(700 + who, 350.0 + who, [9, 10]) for who in range(30)]
    found = bundles(orders([*background, *lately, *before]), items=11)
    trends = {tuple(row[:2]): place for place, row in enumerate(found.items.tolist())}
    assert found.newest_low[trends[0, 1]] > 0.5
    assert found.newest_high[trends[9, 10]] < 0.5


def test_profit_needs_every_cost() -> None:
    """Where one item's cost is not told, the profit is not known, and neither is made up."""
    lines = random_orders(5, 1200, 60, [(8, 30)], share=0.03)
    cost = np.full(60, 4.0)
    cost[30] = np.nan
    found = Bundles.of([lines], np.full(60, 10.0), cost)
    assert np.isnan(found.profit[0])
    assert found.price[0] == 20


def test_buckets_add_up() -> None:
    """The bundles are the same from one bucket and from three, one of them empty."""
    lines = random_orders(9, 900, 40, [(3, 30)], share=0.05)
    half = lines.person < 450
    after = lines.person - 450
    parts = [
        Acts(450, *(getattr(lines, name)[half] for name in ("person", "order", "item", "age_minutes"))),
        Acts.none(),
        Acts(450, after[~half], *(getattr(lines, name)[~half] for name in ("order", "item", "age_minutes"))),
    ]
    same(bundles(*parts, items=40), bundles(lines, items=40))


def test_they_can_be_mapped(tmp_path: Path) -> None:
    """Saved and opened again they are the same, read-only, and an item's bundles are found in them."""
    found = bundles(random_orders(3, 3000, 80, [(11, 40, 77)], share=0.03))
    save_table(found, tmp_path)
    opened = open_table(Bundles, tmp_path)
    same(opened, found)
    assert not opened.items.flags.writeable
    triples = [place for place in opened.of_item(40).tolist() if opened.items[place, 2] != UNKNOWN]
    assert [opened.items[place].tolist() for place in triples] == [[11, 40, 77]]
    assert opened.of_item(0).tolist() == [place for place, row in enumerate(found.items.tolist()) if 0 in row]


def test_no_bundles(tmp_path: Path) -> None:
    """A shop without orders, or without items, has none, and says so from a file as well."""
    for items in (0, 5):
        save_table(Bundles.none(items), tmp_path / str(items))
        opened = open_table(Bundles, tmp_path / str(items))
        assert (len(opened), opened.order_count, len(opened.item_start)) == (0, 0, items + 1)
