"""Backtests on real data, and their figures computed once more from the written files and the raw exports alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from tests.command_line.command import done, run

pytestmark = pytest.mark.real_data

DEPTH = 50
"""Items that a backtest writes for each customer."""

QUARTER = "cast(right(coalesce(customer_id, order_id), 2) as integer) % 4 = 0"
"""A quarter of the customers, and of the orders of nobody."""


@dataclass(frozen=True)
class Measured:
    """A backtest of a real shop: its files, and the export it came from."""

    out: Path
    """The folder of the backtest."""
    raw: Path
    """The export, in Parquet."""

    @property
    def churn(self) -> pd.DataFrame:
        """``customer_id``, ``probability``, ``churned``."""
        return pd.read_parquet(self.out / "churn.parquet").set_index("customer_id").sort_index()

    @property
    def recommended(self) -> pd.DataFrame:
        """``customer_id``, ``rank``, ``item_id``, ``score``, ``source``, ``reason``."""
        return pd.read_parquet(self.out / "recommendations.parquet")

    @property
    def report(self) -> Any:
        """The report."""
        return json.loads((self.out / "report.json").read_text(encoding="utf-8"))

    def ask(self, query: str) -> pd.DataFrame:
        """What the export answers to a question about ``raw``."""
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.read_parquet(str(self.raw)).create_view("raw")
            found: pd.DataFrame = connection.sql(query).df()
            return found


@pytest.fixture(scope="module")
def ten_days(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Ten days of a shop with all kinds of events, seen from the eighth day."""
    folder, data = tmp_path_factory.mktemp("ten_days"), real_data / "shop_ten_days"
    for kind, name in (("items", "items"), ("customers", "users"), ("events", "events")):
        done("import", kind, data / f"{name}.parquet", "--shop", folder / "shop")
    when = ("--cutoff", "2019-06-18", "--horizon-days", 2)
    done("backtest", "--shop", folder / "shop", *when, "--out", folder / "backtest")
    return Measured(folder / "backtest", data / "events.parquet")


@pytest.fixture(scope="module")
def retail(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A year of a quarter of a shop's customers, seen three months before its end; rows of nobody cannot be taken.

    How well churn is foreseen for all customers is tested beside the backtest of churn.
    """
    folder = tmp_path_factory.mktemp("retail")
    found = Measured(folder / "backtest", folder / "transactions.parquet")
    with duckdb.connect() as connection:
        whole = connection.read_parquet(str(real_data / "online_retail" / "transactions.parquet"))
        whole.filter(QUARTER).write_parquet(str(found.raw))
    done("init", "--shop", folder / "shop", "--timezone", "Europe/London", "--everyone", "--buckets", 2)
    ran = run("import", "events", found.raw, "--shop", folder / "shop", "--timezone", "Europe/London")
    nobody = found.ask("select 1 from raw where customer_id is null")
    assert ran.status == 1
    assert ran.complaint.startswith(f"huitou: {len(nobody):,} rows were rejected and the ")
    when = ("--cutoff", "2011-09-09", "--horizon-days", 91)
    done("backtest", "--shop", folder / "shop", *when, "--out", found.out)
    return found


def test_next_items_beat_the_best_rule(ten_days: Measured) -> None:
    """ndcg@10 of the served recommendations for the 554 customers who bought is at least .331."""
    bought = ten_days.ask("""
        select distinct customer_id::varchar as customer_id, item_id::varchar as item_id from raw
        where event = 'purchase' and ts >= '2019-06-18' and ts < '2019-06-20'
          and customer_id in (select customer_id from raw where ts < '2019-06-18')
    """)
    hits = ten_days.recommended.merge(bought, on=["customer_id", "item_id"]).query("rank <= 10")
    gain = (1 / np.log2(hits["rank"] + 1)).groupby(hits["customer_id"]).sum()
    best = bought.groupby("customer_id").size().map(lambda count: (1 / np.log2(np.arange(2, min(count, 10) + 2))).sum())
    assert len(best) == 554
    ndcg = gain.reindex(best.index, fill_value=0).div(best).mean()
    assert ndcg >= 0.331
    report = ten_days.report["recommendations"]
    assert report["customers_measured"] == 554
    assert report["models"]["served"]["ndcg@10"]["value"] == pytest.approx(ndcg, abs=1e-4)


@pytest.mark.parametrize("shop", ["ten_days", "retail"])
def test_recommendations_are_whole(shop: str, request: pytest.FixtureRequest) -> None:
    """Everyone with an event before the cutoff has 50 items, ranked 1 to 50, none twice, none from the future."""
    measured: Measured = request.getfixturevalue(shop)
    cutoff = "2019-06-18" if shop == "ten_days" else "2011-09-09"
    recommended = measured.recommended
    known = "customer_id is not null and " if shop == "retail" else ""
    earlier = measured.ask(f"select customer_id, item_id from raw where {known} ts < '{cutoff}'").astype(str)
    by_customer = recommended.groupby("customer_id")
    assert set(by_customer.groups) == set(earlier["customer_id"])
    assert (by_customer.size() == DEPTH).all()
    assert (by_customer["rank"].agg(["min", "max", "nunique"]) == [1, DEPTH, DEPTH]).all(axis=None)
    assert not recommended.duplicated(["customer_id", "item_id"]).any()
    assert set(recommended["item_id"]) <= set(earlier["item_id"])
    falling = recommended.sort_values(["customer_id", "rank"]).groupby("customer_id")["score"]
    assert falling.apply(lambda scores: scores.is_monotonic_decreasing).all()
    assert recommended["reason"].str.len().gt(0).all()


def test_churn_of_ten_days(ten_days: Measured) -> None:
    """Every buyer before the cutoff has a probability, better than the base rate's, and the label of the raw data."""
    churn = ten_days.churn
    assert churn["probability"].between(0, 1, inclusive="neither").all()
    base_rate = np.full(len(churn), churn["churned"].mean())
    assert log_loss(churn["churned"], churn["probability"]) < log_loss(churn["churned"], base_rate)
    found = ten_days.ask("""
        select customer_id::varchar as customer_id, not bool_or(ts >= '2019-06-18') as churned from raw
        where event = 'purchase' and ts < '2019-06-20' group by all having min(ts) < '2019-06-18'
    """)
    pd.testing.assert_series_equal(churn["churned"], found.set_index("customer_id")["churned"].sort_index())


def test_churn_of_a_year_of_orders(retail: Measured) -> None:
    """Every buyer has a probability and the label of the raw data, and the measures told are those of the two."""
    churn = retail.churn
    assert churn["probability"].between(0, 1, inclusive="neither").all()
    found = retail.ask("""
        select customer_id, not bool_or(ts >= '2011-09-09') as churned from raw
        where customer_id is not null and not is_cancellation and ts < '2011-12-09'
        group by all having min(ts) < '2011-09-09'
    """)
    pd.testing.assert_series_equal(churn["churned"], found.set_index("customer_id")["churned"].sort_index())
    told = retail.report["churn"]["methods"]["model"]["all"]["metrics"]
    for name, measure in (("roc_auc", roc_auc_score), ("log_loss", log_loss)):
        value = measure(churn["churned"], churn["probability"])
        assert told[name]["value"] == pytest.approx(value, abs=1e-6)
    assert told["roc_auc"]["value"] >= 0.68


def test_every_baseline_is_reported(retail: Measured) -> None:
    """The report holds every baseline beside the model, each with an interval, for churn and for next items."""
    churn, items = retail.report["churn"], retail.report["recommendations"]["models"]
    assert {"model", "base_rate", "hiatus", "churn_factor", "rfm", "logistic_rft"} <= set(churn["methods"])
    assert "bg_nbd" in {*churn["methods"], *churn["dropped_baselines"]}
    assert {"served", "popular", "trending", "buy_again", "open_cart_first", "item_knn", "als"} <= set(items)
    measured = [items[name]["ndcg@10"] for name in items]
    measured += [method["all"]["metrics"]["log_loss"] for method in churn["methods"].values()]
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in measured)
