"""What was planted in a simulated shop is found: who left, their rhythm, the reasons, and the bots.

It is the shop as it was on the evening before the last sale of its year, sixty days and more after the one before: no
label overlaps a sale, so who buys at sales only is seen to stay away from full prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from features.behaviour import Behaviour
from features.events.simulate import SimulationSettings, simulate
from features.shop_folder import ShopFolder
from serving.publish import publish
from serving.snapshot import Snapshot
from tests.command_line.command import done
from training.bundle import Bundle
from training.customers.ahead.outlook import Outlook
from training.customers.fitting import fit_propensity
from training.recommend.recommender import Recommender

SETTINGS = SimulationSettings(customers=3_000)
HORIZON_DAYS = 30
CHURN = f"churn_probability_{HORIZON_DAYS}d"
LONG_GONE = pd.Timedelta(days=28)
"""So long after leaving the silence can be told from the usual one."""


@dataclass(frozen=True)
class Planted:
    """The published table of customers beside the truth."""

    snapshot: Snapshot
    """What is served."""
    people: pd.DataFrame
    """A row for each customer, with the truth."""

    @property
    def as_of(self) -> pd.Timestamp:
        """The moment that everything speaks of."""
        return pd.Timestamp(self.snapshot.header.as_of)

    @property
    def regulars(self) -> pd.DataFrame:
        """Regulars who have ordered."""
        return self.people[(self.people["group"] == "regular") & (self.people["order_count_all"] > 0)]

    @property
    def rhythmic(self) -> pd.DataFrame:
        """Regulars with two orders who are still there and not overdue."""
        found = self.regulars
        there = ~(found["leaving_at"] <= self.as_of)
        return found[there & (found["order_count_all"] > 1) & (found["overdue_days"] == 0)]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The shop, imported by the command line, trained for one horizon and published."""
    folder = tmp_path_factory.mktemp("planted")
    simulate(SETTINGS).write(folder)
    shorten(folder)
    done("init", "--shop", folder / "shop", "--timezone", SETTINGS.timezone, "--buckets", 4)
    for name in ("items", "customers", "events"):
        done("import", name, folder / f"{name}.parquet", "--shop", folder / "shop")
    shop = ShopFolder.open(folder / "shop")
    behaviour = Behaviour.of(shop)
    now = behaviour.reader.moment_after(datetime(2026, 1, 1, tzinfo=UTC))
    trained = fit_propensity(behaviour, now, HORIZON_DAYS)
    outlook = Outlook.fit(behaviour, now, HORIZON_DAYS, trained.tables)
    bundle = Bundle(trained.propensity, Recommender(), outlook, now, behaviour.reader.version)
    publish(behaviour, bundle, shop, now=now)
    snapshot = Snapshot.open_current(shop)
    truth = pd.read_parquet(folder / "truth_customers.parquet")
    return Planted(snapshot, pd.read_parquet(snapshot.customers_file).merge(truth, on="customer_id"))


def shorten(folder: Path) -> None:
    """Leave out of the export what happened from the last sale on."""
    sale = pq.read_table(folder / "truth_promotions.parquet")["starts_on"].to_pylist()[-1]
    eve = datetime.combine(sale, time(), ZoneInfo(SETTINGS.timezone)).astimezone(UTC)
    events = pq.read_table(folder / "events.parquet")
    before = pc.less(events["occurred_at"], pa.scalar(eve, events["occurred_at"].type))
    pq.write_table(events.filter(before), folder / "events.parquet")


def concepts(people: pd.DataFrame) -> list[Sequence[str]]:
    """What the reasons of each are about, the weightiest first."""
    return [[reason["concept"] for reason in row] for row in people["reasons"]]


def test_everyone_is_scored_by_a_model(planted: Planted) -> None:
    """With thousands of customers trained models serve those who have ordered, and nobody is lost."""
    assert planted.snapshot.header.churn_tier == "model"
    assert len(planted.people) == planted.snapshot.contents.customers > 3_000


def test_leavers_are_told_from_stayers(planted: Planted) -> None:
    """Regulars whose leaving date has passed have higher churn probabilities than those who are still there."""
    regulars = planted.regulars
    left = regulars["leaving_at"] <= planted.as_of
    assert left.sum() > 300
    assert (~left).sum() > 300
    assert roc_auc_score(left, regulars[CHURN]) >= 0.85


def test_cycles_are_found(planted: Planted) -> None:
    """The purchase cycle is within a fifth of the planted one, and nearer to it than the plain mean of the gaps."""
    found = planted.rhythmic
    assert len(found) > 300
    wrong = (found["purchase_cycle_days"] / found["cycle_days"] - 1).abs().median()
    assert wrong <= 0.2
    assert wrong < (found["purchase_gap_mean_days"] / found["cycle_days"] - 1).abs().median()


def test_next_orders_are_dated(planted: Planted) -> None:
    """The expected date lies within a fifth of the cycle of the planted one, a planted cycle after the last order."""
    found = planted.rhythmic
    due = planted.as_of + pd.to_timedelta(found["cycle_days"] - found["days_since_last_order"], unit="D")
    told = pd.to_datetime(found["next_order_on"]).dt.tz_localize(SETTINGS.timezone) + pd.Timedelta(hours=12)
    wrong_days = (told - due).abs() / pd.Timedelta(days=1)
    assert (wrong_days / found["cycle_days"]).median() <= 0.2
    today = planted.as_of.tz_convert(SETTINGS.timezone).date()
    assert (planted.people["next_order_on"].dropna() >= today).all()


def test_reasons_of_leavers_name_the_cause(planted: Planted) -> None:
    """Who has been gone for four weeks has reasons of risk, and the first is silence, rhythm or no more browsing."""
    regulars = planted.regulars
    gone = regulars[regulars["leaving_at"] <= planted.as_of - LONG_GONE]
    assert len(gone) > 200
    at_risk = [len(row) > 0 and not row[0]["raises"] for row in gone["reasons"]]
    named = [row[:1] in (["silence"], ["rhythm"], ["browsing"]) for row in concepts(gone)]
    assert np.mean(np.array(at_risk) & np.array(named)) >= 0.9


def test_reasons_of_bargain_hunters_name_the_price(planted: Planted) -> None:
    """Before the sale who buys at sales only is at risk, and the price is nearly always among the reasons."""
    bought = planted.people[planted.people["order_count_all"] > 0]
    price = np.array(["price" in row for row in concepts(bought)])
    at_sales_only = (bought["group"] == "promotion_only").to_numpy()
    assert at_sales_only.sum() > 100
    assert price[at_sales_only].mean() >= 0.9
    assert price[~at_sales_only].mean() <= 0.3
    assert (bought[CHURN][at_sales_only] >= 0.5).mean() >= 0.95


def test_bots_are_set_aside_and_nobody_else(planted: Planted) -> None:
    """Every bot is told as one, and no customer, however odd, is taken for one."""
    people = planted.people
    assert set(people.loc[people["set_aside"].notna(), "set_aside"]) == {"bot"}
    assert (people["set_aside"].notna() == (people["group"] == "bot")).all()
    assert (people["group"] == "bot").sum() == 6
