"""What is usual for people of one kind."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from features.arrays import Floats
from features.customers import CustomerFeatures
from training.customers.explaining.concepts import CONCEPTS, REST
from training.customers.explaining.usual import COMPARED, LEAST_CUSTOMERS, SECOND_ORDER, Usual
from training.tables import KINDS, CustomerTable, kind_codes


def added(features: CustomerFeatures) -> Floats:
    """Contributions that are easily added up: how long ago, to the first concept, and nothing to the others."""
    told = np.zeros((len(features), REST + 1))
    told[:, 0] = np.nan_to_num(features.column("days_since_any"))
    return told


@pytest.fixture(scope="module")
def usual(everyone_tables: list[CustomerTable]) -> Usual:
    """Of the planted shop."""
    return Usual.fit(everyone_tables, added)


def pooled(tables: list[CustomerTable], name: str, kind: str, *, ordered: bool | None = None) -> list[float]:
    """A number of all rows of one kind, row by row, of those who ordered or not."""
    return [
        float(value)
        for table in tables
        for value, code, did in zip(table.features.column(name), kind_codes(table.features), table.ordered, strict=True)
        if KINDS[code] == kind and not np.isnan(value) and (ordered is None or did == ordered)
    ]


def test_medians_of_those_who_ordered(usual: Usual, everyone_tables: list[CustomerTable]) -> None:
    """Of each kind's rows at all cutoffs, those that ordered within the horizon and have the number."""
    compared = 0
    for kind in KINDS:
        for name in COMPARED:
            seen = pooled(everyone_tables, name, kind, ordered=True)
            expected = np.median(seen) if len(seen) >= LEAST_CUSTOMERS else np.nan
            assert usual.of(kind, name) == pytest.approx(expected, nan_ok=True)
            compared += len(seen) >= LEAST_CUSTOMERS
    assert compared > 10
    codes = np.array([2, 0, 2])
    assert usual.column("view_count_30d", codes)[[0, 2]].tolist() == [usual.of("repeat", "view_count_30d")] * 2


def test_the_second_order_of_those_with_two(everyone_tables: list[CustomerTable]) -> None:
    """One-order customers are told the median gap of those with exactly two purchase days; nobody else is."""
    features = everyone_tables[-1].features
    values = features.values.copy()
    days, gap = (features.names.index(name) for name in ("purchase_day_count", "purchase_gap_mean_days"))
    values[::2, days] = 2
    table = replace(everyone_tables[-1], features=replace(features, values=values))
    usual = Usual.fit([table], added)
    assert usual.of("one_order", SECOND_ORDER) == pytest.approx(float(np.nanmedian(values[::2, gap])))
    assert np.isnan([usual.of("visitor", SECOND_ORDER), usual.of("repeat", SECOND_ORDER)]).all()


def test_rates_and_contributions_of_both_outcomes(usual: Usual, everyone_tables: list[CustomerTable]) -> None:
    """How many of a kind ordered, and what concepts added on average for those who did and who did not."""
    for place, kind in enumerate(KINDS):
        who = [pooled(everyone_tables, "days_since_any", kind, ordered=did) for did in (True, False)]
        assert usual.order_rates[place] == pytest.approx(len(who[0]) / (len(who[0]) + len(who[1])))
        for means, seen in zip((usual.ordered, usual.stayed_away), who, strict=True):
            expected = np.mean(seen) if len(seen) >= LEAST_CUSTOMERS else 0
            assert means[place, 0] == pytest.approx(expected)
            assert not means[place, 1:].any()


def test_with_few_customers_nothing_is_usual(everyone_tables: list[CustomerTable]) -> None:
    """Unknown numbers are NaN, and concepts are held against nothing."""
    few = [everyone_tables[-1].take(np.arange(LEAST_CUSTOMERS - 1))]
    for usual in (Usual.fit(few, added), Usual.fit([], added), Usual.unknown()):
        assert np.isnan([usual.of(kind, name) for kind in KINDS for name in (*COMPARED, SECOND_ORDER)]).all()
        assert np.isnan(usual.order_rates).all()
        assert usual.ordered.shape == usual.stayed_away.shape == (len(KINDS), len(CONCEPTS))
        assert not usual.ordered.any()
        assert not usual.stayed_away.any()


def test_saved_and_loaded(usual: Usual) -> None:
    """Through JSON every figure stays, unknown ones as null."""
    for figures in (usual, Usual.unknown()):
        text = json.dumps(figures.as_dict(), allow_nan=False)
        loaded = Usual.from_dict(json.loads(text))
        assert json.dumps(loaded.as_dict()) == text
        np.testing.assert_array_equal(loaded.ordered, figures.ordered)
        np.testing.assert_array_equal(loaded.stayed_away, figures.stayed_away)
    assert json.loads(json.dumps(usual.as_dict()))["visitor"]["numbers"]["orders_per_year"] is None
