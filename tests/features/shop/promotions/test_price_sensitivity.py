"""What customers are used to."""

from __future__ import annotations

import numpy as np
import pytest

from features.shop.promotions.price_sensitivity import NO_BAND, PRICE_BANDS, PriceSensitivity, price_bands
from tests.small_shop import events, history, items, moment

CUTOFF = moment("2025-06-01T00:00Z")
SHELF = items(
    *((f"t{number}", "tea", price) for number, price in enumerate((2, 3, 4, 10, 11, 12, 30, 40, 50))),
    *((f"p{number}", "pots", price) for number, price in enumerate((20, 30, 40, 100, 110, 120, 300, 400, 500))),
)


def views(who: str, *names: str) -> list[tuple[str, str, str, str]]:
    """Views of items, one an hour."""
    return [(who, "view", name, f"2025-05-01T{hour:02}:00Z") for hour, name in enumerate(names)]


def test_the_band_is_that_of_prices_within_categories() -> None:
    """Cheap pots are dear tea: who looks at the cheapest of both is low; two prices are too few."""
    table = events(
        *views("low", "t0", "p1", "t2", "p0"),
        *views("middle", "t3", "t4", "p5"),
        *views("high", "t8", "p7", "p8", "t0"),
        *views("few", "t8", "p8"),
    )
    known = history(table, CUTOFF, SHELF)
    bands = dict(zip(known.customer_ids.to_pylist(), price_bands(known).tolist(), strict=True))
    assert {who: PRICE_BANDS[band] for who, band in bands.items() if band != NO_BAND} == {
        "low": "low",
        "middle": "middle",
        "high": "high",
    }
    assert bands["few"] == NO_BAND


def test_without_prices_nobody_has_a_band() -> None:
    """Items without any price say nothing."""
    known = history(events(*views("anna", "a", "b", "c", "d")), CUTOFF)
    assert price_bands(known).tolist() == [NO_BAND]


def orders(who: str, *times: str) -> list[tuple[str, str, str, str, dict[str, object]]]:
    """Orders at these times."""
    return [(who, "purchase", "t1", at, {"order_id": f"{who} {place}"}) for place, at in enumerate(times)]


def test_the_usual_hour_and_weekday() -> None:
    """Five orders around eight in the evening on Fridays are a habit; five all over the week are none."""
    fridays = [f"2025-05-{day:02}T{hour}:30Z" for day, hour in ((2, 20), (9, 20), (16, 19), (23, 20), (30, 21))]
    spread = [f"2025-05-{day:02}T{hour:02}:30Z" for day, hour in ((1, 1), (6, 7), (14, 12), (18, 17), (24, 22))]
    known = history(events(*orders("anna", *fridays), *orders("ben", *spread)), CUTOFF, SHELF)
    found = PriceSensitivity.of(known)
    np.testing.assert_array_equal(found.usual_hour, [20, np.nan])
    np.testing.assert_array_equal(found.usual_weekday, [4, np.nan])


def test_the_usual_hour_goes_around_midnight() -> None:
    """Orders at eleven in the evening and at midnight belong together."""
    times = [f"2025-05-{day:02}T{hour}:10Z" for day, hour in ((1, "23"), (5, "00"), (11, "23"), (20, "00"), (29, "23"))]
    found = PriceSensitivity.of(history(events(*orders("anna", *times)), CUTOFF, SHELF))
    assert found.usual_hour.tolist() in ([23.0], [0.0])


def test_orders_at_random_hours_seldom_have_a_usual_one() -> None:
    """Of two thousand people with four to twelve orders at any hour at most a twentieth seem to have a habit."""
    rng = np.random.default_rng(3)
    rows = []
    for person in range(2000):
        days = rng.choice(100, int(rng.integers(4, 13)), replace=False)
        times = [np.datetime64("2025-02-01") + np.timedelta64(int(day * 24 + rng.integers(24)), "h") for day in days]
        rows += orders(f"c{person}", *(f"{time}:00Z" for time in times))
    found = PriceSensitivity.of(history(events(*rows), CUTOFF, SHELF))
    assert np.mean(~np.isnan(found.usual_hour)) <= 0.05
    assert np.mean(~np.isnan(found.usual_weekday)) <= 0.05


@pytest.mark.parametrize("name", ["discount_order_share", "promotion_order_share", "price_band", "usual_hour"])
def test_columns_are_null_where_nothing_is_known(name: str) -> None:
    """A visitor with one view has null in every column of the table of customers."""
    columns = PriceSensitivity.of(history(events(*views("anna", "t1")), CUTOFF, SHELF)).columns()
    assert set(columns) == {
        "discount_order_share",
        "promotion_order_share",
        "price_band",
        "usual_hour",
        "usual_weekday",
    }
    assert columns[name].to_pylist() == [None]
    assert str(columns["usual_hour"].type) == "int8"
