"""How items are bought again: planted rates and cycles are found, and what few have bought is as usual."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import log

import numpy as np
import pytest

from features.history import History
from features.items import item_features, item_statistics
from tests.small_shop import EventRow, events, history, items, moment
from training.recommend.counted.repurchases import DUE_EDGES, OWN_STRENGTH, Chances, Repurchases
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People

CUTOFF = moment("2025-03-11T00:00Z")
SETTINGS = SourceSettings()


def regular(customer: str, item: str, every_days: int, times: int, last_days: float) -> list[EventRow]:
    """The same bought so many times, always after so many days."""
    return [
        (customer, "purchase", item, CUTOFF - timedelta(days=last_days + every_days * number))
        for number in range(times)
    ]


def fitted(past: History, parts: int = 1) -> Repurchases:
    """The table of ``past``, counted in so many parts."""
    edges = np.linspace(0, len(past), parts + 1).astype(int)
    counted = [Repurchases.part(People(past.part(start, stop), 14.0, 50), SETTINGS) for start, stop in pairwise(edges)]
    statistics = item_statistics(past)
    shop = Shop(CUTOFF, SETTINGS, past.catalogue, statistics, item_features(statistics, past.catalogue))
    return Repurchases.of(counted, shop)


def chances(again: int = 0, orders: int = 0, days_since: float = 30.0, log_gap_sum: float = 0.0) -> Chances:
    """One pair with the first item of the catalogue."""
    item, times, possible = (np.array([number]) for number in (0, again, orders))
    return Chances(item, times, possible, np.array([log_gap_sum]), np.array([days_since]))


@pytest.fixture(scope="module")
def planted() -> History:
    """Forty customers who buy bread every other day, soap every thirty days, and a vase once."""
    rows = []
    for number in range(40):
        rows += regular(f"c{number}", "bread", 2, 45, 1 + number % 2)
        rows += regular(f"c{number}", "soap", 30, 3, 1 + number % 30)
        rows += regular(f"c{number}", "vase", 1, 1, 60)
    return history(events(*rows), CUTOFF)


def test_planted_cycles(planted: History) -> None:
    """The cycle and the share of the orders of each item are those that were planted."""
    table = fitted(planted)
    bread, soap, vase = range(3)
    assert np.exp(table.log_cycle_days[bread]) == pytest.approx(2, rel=0.02)
    assert np.exp(table.log_cycle_days[soap]) == pytest.approx(30, rel=0.1), "drawn a little towards the usual"
    assert table.again_share[bread] > 0.5 > 0.1 > table.again_share[soap] > 5 * table.again_share[vase]
    assert table.repeat_share[bread] > 0.8 > 0.4 > table.repeat_share[vase]


def test_an_item_waits_for_its_cycle(planted: History) -> None:
    """What was bought yesterday and lasts a month is hardly bought tomorrow; what is due is."""
    table = fitted(planted)
    at_once, due = (
        table.chance(Chances(np.array([1]), np.array([2]), np.array([40]), np.array([2 * log(30)]), np.array([days])))
        for days in (1.0, 31.0)
    )
    assert due > 10 * at_once


def test_by_hand() -> None:
    """Rates are drawn towards the item's, cycles towards the item's usual one, as strongly as the settings say."""
    table = Repurchases(
        again_share=np.array([0.1]),
        repeat_share=np.array([0.2]),
        log_cycle_days=np.array([log(20)]),
        due_factor=np.linspace(0, 1, len(DUE_EDGES) + 1),
    )
    assert table.rate(chances(again=3, orders=12)) == pytest.approx((3 + OWN_STRENGTH * 0.1) / (12 + OWN_STRENGTH))
    assert table.due(chances(days_since=30.0)) == pytest.approx(1.5)
    own = chances(again=3, orders=12, days_since=30.0, log_gap_sum=3 * log(5))
    assert table.due(own) == pytest.approx(30 / 10), "three own gaps of 5 days and three usual ones of 20"
    assert table.chance(chances(days_since=30.0)) == pytest.approx(0.1 * 0.7), "the eighth of eleven parts"
    assert table.chance(chances(days_since=1.0)) == 0


def test_without_orders_the_plain_rule() -> None:
    """Where nothing was bought again an item half-way through its cycle is half as likely, and never bought again."""
    table = fitted(history(events(("anna", "purchase", "tea", CUTOFF - timedelta(days=3))), CUTOFF))
    np.testing.assert_allclose(table.due_factor, [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1 / 1.4, 1, 1, 1, 1, 1])
    assert table.chance(chances()) == 0
    assert np.isnan(table.due(chances())).all()


def test_what_few_have_bought_is_as_usual_for_its_category() -> None:
    """An item without buyers of its own is bought again like the others of its category."""
    described = items(
        ("bread", "food", None), ("new bread", "food", None), ("lamp", "home", None), ("rug", "home", None)
    )
    rows = [row for number in range(30) for row in regular(f"c{number}", "bread", 2, 20, 1)]
    rows += [row for number in range(30) for item in ("lamp", "rug") for row in regular(f"c{number}", item, 1, 1, 39)]
    past = history(events(*rows), CUTOFF, described)
    table = fitted(past)
    by_item = dict(zip(past.catalogue.ids.to_pylist(), table.again_share, strict=True))
    assert by_item["new bread"] == pytest.approx(by_item["bread"], rel=0.1)
    assert by_item["new bread"] > 10 * by_item["lamp"]


def test_one_customer_is_one_voice() -> None:
    """A machine that buys the same hundreds of times makes it no thing that people buy again."""
    people_rows = [row for number in range(60) for row in regular(f"c{number}", f"i{number % 3}", 7, 4, 2)]
    once = [row for number in range(60) for row in regular(f"c{number}", "vase", 1, 1, 30)]
    without = history(events(*people_rows, *once), CUTOFF)
    machine = history(events(*people_rows, *once, *regular("machine", "vase", 1, 300, 1)), CUTOFF)
    vase = without.catalogue.ids.to_pylist().index("vase")
    assert fitted(machine).again_share[vase] < fitted(without).again_share[vase] + 0.1


def test_parts_add_up(planted: History) -> None:
    """The table does not depend on how the customers are divided."""
    one, other = fitted(planted), fitted(planted, parts=4)
    for name in ("again_share", "repeat_share", "log_cycle_days", "due_factor"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-6, err_msg=name)
