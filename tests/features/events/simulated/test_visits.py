"""Simulated visits: kinds, hours, carts and bots are lifelike."""

from __future__ import annotations

import pandas as pd

HISTORY_DAYS = 365


def test_kinds_are_in_proportion(events: pd.DataFrame) -> None:
    """Most events are views; carts, favourites and purchases have the shares of a usual shop."""
    share = events["kind"].value_counts(normalize=True)
    assert 0.75 < share["view"] < 0.85
    assert 0.06 < share["cart"] < 0.10
    assert 0.03 < share["favorite"] < 0.05
    assert 0.04 < share["purchase"] < 0.08
    assert set(share.index) == {"view", "cart", "uncart", "favorite", "unfavorite", "purchase", "return"}


def test_events_lie_in_the_history(events: pd.DataFrame) -> None:
    """No event is before the first or after the last local day, and the first and the last day have some."""
    assert 0 <= events["day"].min() < 1
    assert HISTORY_DAYS - 1 < events["day"].max() < HISTORY_DAYS


def test_hours_are_those_of_the_shop(events: pd.DataFrame) -> None:
    """In the shop's time zone the evening is busy and the small hours are quiet."""
    hour = events["occurred_at"].dt.tz_convert("Asia/Shanghai").dt.hour.value_counts()
    assert hour[21] > 4 * hour[4]
    assert hour.idxmax() in {20, 21, 22}


def test_open_carts_foretell_purchases(events: pd.DataFrame) -> None:
    """What lies in a cart is far likelier to be bought within two weeks than what was merely looked at."""
    cutoff_day = HISTORY_DAYS - 60
    known = events[(events["day"] < cutoff_day) & (events["day"] >= cutoff_day - 7)]
    touched = known[known["kind"].isin(["view", "cart", "uncart", "purchase"])]
    state = touched[touched["kind"] != "view"].groupby(["person", "item_id"])["kind"].last()
    in_cart = state[state == "cart"].index
    looked_at = touched.set_index(["person", "item_id"]).index.unique().difference(state.index)
    later = events[events["day"].between(cutoff_day, cutoff_day + 14) & (events["kind"] == "purchase")]
    bought = later.set_index(["person", "item_id"]).index
    assert 0.15 < in_cart.isin(bought).mean() < 0.6
    assert in_cart.isin(bought).mean() > 5 * looked_at.isin(bought).mean()


def test_bots_run_in_machine_rhythm(events: pd.DataFrame, truth: pd.DataFrame) -> None:
    """Bots only view, make about a twentieth of the events, and keep the same pause between two views."""
    bots = events[events["person"].map(truth["group"]) == "bot"]
    assert set(bots["kind"]) == {"view"}
    assert 0.03 < len(bots) / len(events) < 0.07
    assert bots["customer_id"].notna().any()
    assert bots["visitor_id"].notna().any()
    pause = bots.sort_values("occurred_at").groupby("session_id")["occurred_at"].diff().dt.total_seconds()
    same = pause.round().groupby(bots["session_id"]).agg(lambda one: (one == one.median()).sum() / one.size)
    assert same.median() > 0.8
