"""Simulated people: their groups, cycles, tastes, joining and leaving show in what they do."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from features.events.simulate import SimulatedShop

HISTORY_DAYS = 365
FIRST_MIDNIGHT = pd.Timestamp("2025-01-01", tz="Asia/Shanghai")


def test_group_shares_are_as_set(truth: pd.DataFrame) -> None:
    """Each group has exactly the wished number of people."""
    found = truth["group"].value_counts()
    assert found["one_order"] == 1_000
    assert found["promotion_only"] == 280
    assert found["bot"] == 8
    assert found["visitor"] == 880 + 1_000 - 4


def test_groups_behave_as_named(orders: pd.DataFrame, truth: pd.DataFrame, shop: SimulatedShop) -> None:
    """Visitors and bots never order, one-order customers once, promotion-only buyers during sales."""
    count = orders.groupby("person").size().reindex(truth.index, fill_value=0)
    assert count[truth["group"].isin(["visitor", "bot"])].max() == 0
    assert (count[truth["group"] == "one_order"] == 1).all()
    assert count[truth["group"] == "regular"].median() > 2
    bought_at = orders.loc[orders["group"] == "promotion_only", "occurred_at"].dt.tz_convert("Asia/Shanghai")
    sales = [pd.date_range(sale["starts_on"], sale["ends_on"]).date for sale in shop.truth.promotions.to_pylist()]
    assert set(bought_at.dt.date) <= set(np.concatenate(sales))
    assert len(bought_at) > 100


def test_customers_do_nothing_before_they_join(shop: SimulatedShop, events: pd.DataFrame) -> None:
    """No account has an event before it was opened, and most were opened before the history."""
    joined = shop.customers.to_pandas().set_index("customer_id")["joined_at"]
    known = events[events["customer_id"].notna()]
    assert (known["occurred_at"] >= known["customer_id"].map(joined)).all()
    assert 0.4 < (joined < FIRST_MIDNIGHT).mean() < 0.8


def test_no_purchase_after_leaving(purchases: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Who has left buys nothing any more, though many have left."""
    left = purchases[purchases["leaving_at"].notna()]
    assert (left["occurred_at"] < left["leaving_at"]).all()
    assert 0.3 < truth.loc[truth["group"] == "regular", "leaving_at"].notna().mean() < 0.5


def test_browsing_fades_before_leaving(events: pd.DataFrame, truth: pd.DataFrame) -> None:
    """In the two weeks before leaving regulars look less than in earlier weeks, afterwards hardly at all."""
    views = events[events["kind"] == "view"].join(truth, on="person")
    views = views[(views["group"] == "regular") & views["leaving_day"].notna()]
    before_days = views["leaving_day"] - views["day"]
    usual = before_days.between(28, 56).sum() / 28
    assert 0.3 < before_days.between(0, 14).sum() / 14 / usual < 0.85
    assert before_days.between(-60, -30).sum() / 30 / usual < 0.15


def test_leaving_is_recognisable_but_not_trivial(orders: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Silence divided by the own mean gap tells who has left with an AUC between .75 and .92."""
    day = orders[orders["group"] == "regular"].groupby("person")["day"].agg(["min", "max", "count"])
    day = day[day["count"] >= 2]
    gap_days = ((day["max"] - day["min"]) / (day["count"] - 1)).clip(lower=0.5)
    silence = (HISTORY_DAYS - day["max"]) / gap_days
    assert 0.75 < roc_auc_score(truth.loc[day.index, "leaving_day"].notna(), silence) < 0.92


def test_cycles_show_in_the_gaps(orders: pd.DataFrame) -> None:
    """The median gap between a regular's orders is near the planted cycle."""
    regular = orders[orders["group"] == "regular"]
    gap_days = regular.groupby("person")["day"].diff()
    found = gap_days.groupby(regular["person"]).agg(["median", "count"])
    found = found[found["count"] >= 4].join(regular.groupby("person")["cycle_days"].first())
    assert len(found) > 400
    assert 0.85 < (found["median"] / found["cycle_days"]).median() < 1.15
    assert np.corrcoef(np.log(found["median"]), np.log(found["cycle_days"]))[0, 1] > 0.7


def test_loved_categories_and_price_bands_show(shop: SimulatedShop, purchases: pd.DataFrame) -> None:
    """People mostly buy in the categories they love, and those of the high band buy what costs more."""
    items = shop.items.to_pandas().set_index("item_id")
    category = purchases["item_id"].map(items["category"])
    loved = [one in many for one, many in zip(category, purchases["loved_categories"], strict=True)]
    assert np.mean(loved) > 0.7
    relative = items["price"].astype(float) / items.groupby("category")["price"].transform("median").astype(float)
    price = purchases["item_id"].map(relative).groupby(purchases["price_band"]).median()
    assert price["low"] < price["middle"] < price["high"]
