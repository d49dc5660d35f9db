"""The churn backtest, on the planted shop and on the real one that has a figure to reach."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from features.behaviour import Behaviour
from features.events.event import EVENT_SCHEMA
from features.shop_folder import ShopSettings
from tests.small_shop import events, moment, stored
from tests.training.customers.planted import AS_OF, HORIZON_DAYS, planted_shop
from training.customers.measuring.backtest import ChurnBacktest, churn_backtest
from training.tables import buyers, customer_table

CUTOFF = AS_OF - timedelta(days=HORIZON_DAYS)

CLEAN_SQL = """
    select customer_id, order_id, item_id, ts at time zone 'UTC' as occurred_at, abs(quantity)::bigint as quantity,
           unit_price::decimal(18,4) as unit_price,
           case when order_id like 'C%' then 'return' else 'purchase' end as kind
    from read_parquet($file)
    where customer_id is not null and unit_price > 0 and (quantity > 0 or order_id like 'C%')
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Behaviour:
    """The planted shop."""
    return planted_shop(tmp_path_factory.mktemp("backtest"), customers=200)


@pytest.fixture(scope="module")
def found(shop: Behaviour) -> ChurnBacktest:
    """Its backtest at the newest cutoff that has a whole horizon after it."""
    return churn_backtest(shop, CUTOFF, HORIZON_DAYS)


def test_every_buyer_before_the_cutoff_is_predicted(shop: Behaviour, found: ChurnBacktest) -> None:
    """The table holds each buyer once, with what happened, and visitors not at all."""
    table = customer_table(shop, CUTOFF, HORIZON_DAYS)
    bought = table.take(buyers(table.features))
    wanted = dict(zip(bought.features.customer_ids.to_pylist(), (~bought.ordered).tolist(), strict=True))
    assert dict(zip(found.table["customer_id"], found.table["churned"], strict=True)) == wanted
    assert len(found.table) == len(wanted)
    assert found.table["probability"].between(0, 1, inclusive="neither").all()


def test_those_who_left_score_higher(found: ChurnBacktest) -> None:
    """The planted leavers are found: AUC of .9, and a log loss below that of every baseline."""
    table = found.table
    assert roc_auc_score(table["churned"], table["probability"]) > 0.9
    losses = {name: said["all"]["metrics"]["log_loss"]["value"] for name, said in found.report["methods"].items()}
    best = found.report["best_baselines"]
    assert losses["model"] < losses[best[0]]
    assert [losses[name] for name in best] == sorted(losses[name] for name in best)
    assert not {"model", "blend", "stacked"} & set(best)


def test_the_report_can_be_recomputed(found: ChurnBacktest) -> None:
    """Its figures are those of the table, and it is JSON without NaN."""
    json.dumps([found.report, found.visitors, found.outlook], allow_nan=False)
    metrics = found.report["methods"]["model"]["all"]["metrics"]
    churned, chance = found.table["churned"], found.table["probability"]
    assert metrics["roc_auc"]["value"] == pytest.approx(roc_auc_score(churned, chance))
    assert metrics["log_loss"]["value"] == pytest.approx(log_loss(churned, chance))
    assert found.report["tiers"]["repeat"] == found.report["tier"] == "model"
    assert {"base_rate", "hiatus", "churn_factor", "rfm", "logistic_rft", "blend"} <= set(found.report["methods"])
    assert list(found.report["methods"]["model"]) == ["all", "one_order", "repeat", "high_value", "not_lost"]


def test_charts_have_what_they_show(found: ChurnBacktest) -> None:
    """Lift, gain, scores, drivers and profit are told of the same customers as the table."""
    report, churned = found.report, found.table["churned"]
    assert sum(row["customers"] for row in report["curves"]["lift"]) == len(churned)
    assert sum(row["customers"] for row in report["curves"]["scores"] if row["happened"]) == churned.sum()
    assert {row["method"] for row in report["curves"]["gain"]} == {"model", *report["best_baselines"][:3]}
    assert set(report["drivers"]) == {"visitor", "one_order", "repeat"}
    lists = report["profit"]["lists"]
    assert list(lists) == ["model", "model_by_value", report["best_baselines"][0], "by_lot"]
    # Every order is worth 5: with everyone on the list only those who left are worth a contact.
    shop = ShopSettings()
    gain = churned.sum() * 5 * shop.order_margin * shop.contact_success_rate
    assert lists["model"]["sizes"][-1]["profit"] == pytest.approx(gain - len(churned) * shop.contact_cost)
    profit = report["methods"]["model"]["all"]["metrics"]["expected_profit_at_10pct"]["value"]
    assert lists["model"]["sizes"][5]["profit"] == pytest.approx(profit)


def test_visitors_have_figures_of_their_own(shop: Behaviour, found: ChurnBacktest) -> None:
    """They are told by their chance of a first order, beside one rate for all."""
    table = customer_table(shop, CUTOFF, HORIZON_DAYS)
    visited = table.take(~buyers(table.features))
    everyone = found.visitors["methods"]["model"]["all"]
    assert (everyone["customers"], everyone["happened"]) == (len(visited), visited.ordered.sum())
    chance = found.training.propensity.order_probability(visited.features)
    assert everyone["metrics"]["roc_auc"]["value"] == pytest.approx(roc_auc_score(visited.ordered, chance))
    assert everyone["metrics"]["log_loss"]["value"] == pytest.approx(log_loss(visited.ordered, chance))
    assert list(found.visitors["methods"]) == ["model", "one_rate"]
    assert not [name for name in everyone["metrics"] if "profit" in name]


def test_expected_orders_stand_beside_what_came(shop: Behaviour, found: ChurnBacktest) -> None:
    """Everyone of the test is in them, and what was learned before the cutoff comes near what happened after it."""
    table = customer_table(shop, CUTOFF, HORIZON_DAYS)
    everyone = found.outlook["value"]["all"]
    assert (everyone["customers"], everyone["orders"]) == (len(table), table.order_count.sum())
    assert 0.8 < everyone["methods"]["model"]["orders_ratio"] < 1.25
    assert found.outlook["timing"]["all"]["buyers"] == len(found.table)


def test_training_stops_a_horizon_before_the_cutoff(found: ChurnBacktest) -> None:
    """Between the last training cutoff and the test cutoff lies an embargo of one horizon."""
    assert found.report["training_cutoffs"]
    assert all(moment(text) + timedelta(days=HORIZON_DAYS) <= CUTOFF for text in found.report["training_cutoffs"])


def test_what_happened_later_changes_no_probability(shop: Behaviour, found: ChurnBacktest, tmp_path: Path) -> None:
    """With the events after the cutoff gone, everyone is said to have churned, with the same probabilities."""
    parts = [shop.reader.bucket(bucket, before=CUTOFF) for bucket in shop.buckets]
    rows = pa.concat_tables([part.cast(parts[0].schema) for part in parts]).to_pylist()
    start = moment("1970-01-01T00:00Z")
    known = events(
        *[
            (
                row["customer_id"],
                row["kind"],
                row["item_id"],
                start + timedelta(microseconds=row["occurred_us"]),
                {"order_id": row["order_id"], "unit_price": 5 if row["kind"] == "purchase" else None},
            )
            for row in rows
        ]
    )
    blind = churn_backtest(Behaviour.of(stored(tmp_path / "known", known)), CUTOFF, HORIZON_DAYS).table
    assert blind["churned"].all()
    assert blind["customer_id"].tolist() == found.table["customer_id"].tolist()
    np.testing.assert_array_equal(blind["probability"], found.table["probability"])


def test_a_shop_without_a_past_is_backtested_on_rules(tmp_path: Path) -> None:
    """Where nothing can be trained, the rules are what the report tells of, and there are no baselines."""
    shop = Behaviour.of(stored(tmp_path, events(("anna", "purchase", "tea", "2025-01-01T10:00Z"))))
    found = churn_backtest(shop, moment("2025-01-02T00:00Z"), 30)
    assert found.report["tier"] == "rules"
    assert list(found.report["methods"]) == ["model"]
    assert found.table["churned"].tolist() == [True]
    json.dumps([found.report, found.outlook], allow_nan=False)


def test_a_shop_in_which_nobody_buys_has_an_empty_backtest(tmp_path: Path) -> None:
    """Visitors only: no rows, the rules tier, and a report without NaN."""
    start = moment("2025-01-01T10:00Z")
    views = [("anna", "view", "tea", start + timedelta(days=day)) for day in range(40)]
    found = churn_backtest(Behaviour.of(stored(tmp_path, events(*views))), start + timedelta(days=35), 2)
    assert len(found.table) == 0
    assert found.report["tier"] == "rules"
    json.dumps([found.report, found.outlook], allow_nan=False)


@pytest.mark.real_data
def test_online_retail_reaches_its_figure(real_data: Path, tmp_path: Path) -> None:
    """At 2011-09-09 with 91 days the AUC is at least .74 and the log loss at most .60, better than any baseline."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        file = str(real_data / "online_retail" / "transactions.parquet")
        rows = connection.sql(CLEAN_SQL, params={"file": file}).to_arrow_table()
    table = pa.table(
        [
            rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(len(rows), field.type)
            for field in EVENT_SCHEMA
        ],
        schema=EVENT_SCHEMA,
    )
    everyone = Behaviour.of(stored(tmp_path, table))
    # The figure is that of all buyers, resellers among them.
    shop = replace(everyone, settings=replace(everyone.settings, set_aside=False))
    found = churn_backtest(shop, moment("2011-09-09T00:00Z"), 91)
    metrics = {name: said["all"]["metrics"] for name, said in found.report["methods"].items()}
    assert len(found.table) == 3362
    assert metrics["model"]["roc_auc"]["value"] >= 0.74
    assert metrics["model"]["log_loss"]["value"] <= 0.60
    assert metrics["model"]["log_loss"]["value"] <= metrics[found.report["best_baselines"][0]]["log_loss"]["value"]
    assert "must have a maximum likelihood fit" in found.report["dropped_baselines"]["bg_nbd"]
