"""The label window: nothing of it is in the features, and none reaches into the window that a model is tested on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from features.behaviour import Behaviour
from features.events.event import KINDS
from tests.small_shop import events, moment, stored
from training.cutoffs import CutoffSettings, embargoed, shifted, training_cutoffs
from training.tables import CustomerTable, customer_table

CUTOFF = moment("2025-03-01T00:00Z")
HORIZON_DAYS = 20
# Each example stores two shops: a failing one is told as it was drawn, not made smaller for minutes.
FEW = settings(max_examples=12, phases=(Phase.explicit, Phase.generate))
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe")


def drawn(first_minute: int, last_minute: int) -> st.SearchStrategy[list[Any]]:
    """Events between two minutes after the cutoff."""
    return st.lists(
        st.tuples(
            st.sampled_from(["anna", "ben", "carl"]),
            st.sampled_from(KINDS),
            st.sampled_from(["tea", "pot"]),
            st.integers(first_minute, last_minute).map(lambda minutes: CUTOFF + timedelta(minutes=minutes)),
            st.fixed_dictionaries({"order_id": st.sampled_from([None, "o1"]), "unit_price": st.just("5")}),
        ),
        min_size=1,
        max_size=15,
    )


def table(*rows: Any) -> CustomerTable:
    """The training table of a shop with these events."""
    with TemporaryDirectory() as folder:
        return customer_table(
            Behaviour.of(stored(Path(folder) / "shop", events(*rows), buckets=1)), CUTOFF, HORIZON_DAYS
        )


@given(drawn(-60 * 24 * 40, -1), drawn(0, 60 * 24 * HORIZON_DAYS - 1))
@FEW
def test_nothing_of_the_label_window_is_in_the_features(past: list[Any], future: list[Any]) -> None:
    """Whatever happens in the label window, the features are those of a shop that ended at the cutoff."""
    ended, went_on = table(*past), table(*past, *future)
    assert went_on.features.names == ended.features.names
    assert went_on.features.customer_ids.to_pylist() == ended.features.customer_ids.to_pylist()
    np.testing.assert_array_equal(went_on.features.values, ended.features.values)
    assert not ended.ordered.any()


@given(drawn(-60 * 24 * 40, -1), drawn(0, 60 * 24 * HORIZON_DAYS - 1))
@FEW
def test_nothing_of_the_features_is_in_the_labels(past: list[Any], future: list[Any]) -> None:
    """Who orders within the window does so whatever came before it, and the first order lies inside the window."""
    went_on, alone = (
        table(*past, *future),
        table(*((who, "view", "tea", CUTOFF - timedelta(days=1)) for who, *_ in past), *future),
    )
    assert went_on.order_count.tolist() == alone.order_count.tolist()
    np.testing.assert_array_equal(went_on.order_days, alone.order_days)
    np.testing.assert_array_equal(went_on.net_spend, alone.net_spend)
    assert (~np.isnan(went_on.order_days) == went_on.ordered).all()
    assert ((went_on.order_days[went_on.ordered] >= 0) & (went_on.order_days[went_on.ordered] < HORIZON_DAYS)).all()


@given(st.integers(0, 900), st.integers(1, 200), st.sampled_from(ZONES), st.integers(1, 6))
def test_label_windows_end_before_the_test_window_begins(
    history_days: int, horizon_days: int, timezone: str, per_horizon: int
) -> None:
    """In any zone no training label reaches into the test window, and none that a trial fits on into its newest."""
    test_cutoff = datetime(2025, 4, 1, 17, tzinfo=UTC)
    first = test_cutoff - timedelta(days=history_days)
    cutoffs = training_cutoffs(first, test_cutoff, horizon_days, timezone, CutoffSettings(6, per_horizon, 0.5))
    windows = {cutoff: (cutoff, shifted(cutoff, horizon_days, timezone)) for cutoff in cutoffs}
    assert all(start < end <= test_cutoff for start, end in windows.values())
    for newest in cutoffs:
        for earlier in embargoed([cutoff for cutoff in cutoffs if cutoff < newest], newest, horizon_days, timezone):
            assert windows[earlier][1] <= windows[newest][0]
