"""A simulated shop of 1,500 customers from import to answers: everything fits together, and nothing is lost."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from features.events.simulate import SimulationSettings, simulate
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.api.application import create_app
from serving.snapshot import Snapshot
from tests.command_line.command import done, killed, new_shop
from tests.serving.api.served_shop import encoded, send
from tests.serving.stored_offers import offered
from training.recommend.proposing.registry import SOURCES

SETTINGS = SimulationSettings(customers=1_500, items=300, days=300, events_per_customer=40)


@dataclass(frozen=True)
class Simulated:
    """The published shop beside what was planted."""

    shop: Path
    """Its folder."""
    exports: Path
    """The files that were imported, and the truth."""

    @property
    def snapshot(self) -> Snapshot:
        """What is served."""
        return Snapshot.open_current(ShopFolder.open(self.shop))

    @property
    def customers(self) -> pd.DataFrame:
        """The table of customers, each with its row."""
        return pd.read_parquet(self.snapshot.customers_file).rename_axis("row").reset_index()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Simulated:
    """The shop, imported, trained and published by the command line."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(SETTINGS).write(folder)
    shop = new_shop(folder / "shop", store, "--timezone", SETTINGS.timezone)
    for name in ("items", "customers", "events"):
        done("import", name, folder / f"{name}.parquet", "--shop", shop)
    done("train", "--shop", shop)
    done("publish", "--shop", shop)
    return Simulated(shop, folder)


@pytest.fixture
def copied(simulated: Simulated, tmp_path: Path) -> Simulated:
    """A copy of the shop that a test may change."""
    shutil.copytree(simulated.shop, tmp_path / "shop")
    return Simulated(tmp_path / "shop", simulated.exports)


@contextmanager
def answering(shop: Path, now: datetime) -> Iterator[TestClient]:
    """A client of the shop's service at a standing moment."""
    with TestClient(create_app(ShopFolder.open(shop), clock=lambda: now)) as client:
        yield client


def test_versions_show_how_both_models_did(simulated: Simulated) -> None:
    """The list of versions has a log loss and an ndcg@10 for what serves."""
    row = next(line for line in done("models", "list", "--shop", simulated.shop).splitlines() if "champion" in line)
    log_loss, ndcg = (float(cell) for cell in row.strip("│").split("│")[-2:])
    assert 0 < log_loss < 1
    assert 0 < ndcg < 1


def test_probabilities_carry_their_horizon(simulated: Simulated) -> None:
    """Every horizon offered is in the names of two columns, all inside (0, 1), and more time means more orders."""
    customers, header = simulated.customers, simulated.snapshot.header
    assert len(header.horizons_days) > 1
    probabilities = [str(name) for name in customers if "probability" in str(name)]
    assert sorted(probabilities) == sorted(
        f"{what}_probability_{days}d" for what in ("order", "churn") for days in header.horizons_days
    )
    ordering = customers[[f"order_probability_{days}d" for days in header.horizons_days]]
    assert ((ordering > 0) & (ordering < 1)).all(axis=None)
    assert (ordering.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    buyers = customers["order_count_all"] > 0
    for days in header.horizons_days:
        churn = customers[f"churn_probability_{days}d"]
        assert churn[buyers].between(0, 1, inclusive="neither").all()
        assert churn[~buyers].isna().all()


def test_every_kind_has_a_method(simulated: Simulated) -> None:
    """Visitors, one-order customers and regulars are told apart, and each row names what answered."""
    customers = simulated.customers
    orders = customers["order_count_all"]
    kinds = np.select([orders == 0, orders == 1], ["visitor", "one_order"], default="repeat")
    assert (customers["kind"] == kinds).all()
    assert customers.groupby("kind")["method"].nunique().to_dict() == {"one_order": 1, "repeat": 1, "visitor": 1}
    assert set(customers.loc[customers["kind"] == "repeat", "tier"]) == {"model"}


def test_everything_known_is_in_the_snapshot(simulated: Simulated) -> None:
    """As-of is just after the newest event, and everyone with an event has a row."""
    query = """
        select epoch_us(max(occurred_at)), count(distinct coalesce(customer_id, 'visitor:' || visitor_id))
        from read_parquet($file)
    """
    with duckdb.connect() as connection:
        file = str(simulated.exports / "events.parquet")
        ((newest, people),) = connection.sql(query, params={"file": file}).fetchall()
    as_of = simulated.snapshot.header.as_of
    assert round(as_of.timestamp() * 1_000_000) == newest + 1
    assert len(simulated.customers) == people


def test_batch_and_live_answers_agree(copied: Simulated) -> None:
    """With nothing new a live answer is what was published for that customer, each item once, from a known source.

    The shop keeps the order as it is; what is left out is told by :func:`tests.serving.stored_offers.offered`.
    """
    snapshot, moment = copied.snapshot, copied.snapshot.header.as_of
    as_it_is = {"diversity": 0.0, "price_respect": 0.0, "exploration": 0.0}
    (copied.shop / "arrange.json").write_text(json.dumps({"usual": as_it_is}), encoding="utf-8")
    people = copied.customers[lambda table: table["personalized"]].iloc[::60]
    with answering(copied.shop, moment) as client:
        for person in people["customer_id"]:
            body = {"customer_id": person, "n": 50, "strict": True}
            shown = client.post("/v1/recommendations", json=body).json()["items"]
            expected = [snapshot.shelf.ids.id(item) for item in offered(snapshot, person, moment)]
            assert [item["item_id"] for item in shown] == expected
            assert len(set(expected)) == len(expected) > 0
            assert {item["source"] for item in shown} <= set(SOURCES)
            assert all(item["reason"] for item in shown)


def test_who_must_not_be_written_to(simulated: Simulated, tmp_path: Path) -> None:
    """The recall list leaves out everyone whom the shop's own table forbids to write to, and counts them."""
    said = done("list", "--shop", simulated.shop, "--out", tmp_path / "list.csv", "--min-churn", 0.2)
    with open(tmp_path / "list.csv", encoding="utf-8-sig", newline="") as handle:
        listed = {row["customer_id"] for row in csv.DictReader(handle)}
    described = pd.read_parquet(simulated.exports / "customers.parquet")
    forbidden = set(described.loc[~described["contactable"], "customer_id"])
    churn = f"churn_probability_{simulated.snapshot.header.horizon_days}d"
    fitting = set(simulated.customers.loc[lambda table: table[churn] >= 0.2, "customer_id"])
    assert listed == fitting - forbidden
    assert f"{len(fitting & forbidden)} fit and were left out: must not be written to" in said


def test_events_get_through_exactly_once(copied: Simulated, tmp_path: Path) -> None:
    """An event sent to the service counts at once, and the next publish holds it exactly once."""
    before = copied.snapshot
    moment = before.header.as_of + timedelta(hours=1)
    buyer, item = loyal(copied), before.shelf.item(0).item_id
    event = {"event_id": "e1", "customer_id": buyer, "item_id": item, "kind": "purchase", "unit_price": "10"}
    event["occurred_at"] = moment.isoformat()
    with answering(copied.shop, moment + timedelta(minutes=1)) as client:
        assert send(client, event)["stored"] == 1
        assert send(client, event)["repeated"] == 1
        assert client.get(f"/v1/customers/{encoded(buyer)}").json()["events_since"] == 1
        said = done("list", "--shop", copied.shop, "--out", tmp_path / "list.csv")
        assert "1 fits and was left out: ordered since the snapshot" in said
        assert done("publish", "--shop", copied.shop).startswith("1 event from the API taken into the warehouse\n")
        assert client.get(f"/v1/customers/{encoded(buyer)}").json()["events_since"] == 0
        done("publish", "--shop", copied.shop)
        assert send(client, event)["stored"] == 1, "now that a snapshot holds it, the inbox has forgotten it"
    assert "from the API" not in done("publish", "--shop", copied.shop), "the warehouse has not"
    after = copied.snapshot
    assert after.header.as_of > moment > before.header.as_of
    orders = [found.customer(found.customers.row(buyer))["order_count_all"] for found in (before, after)]
    assert orders[1] == orders[0] + 1
    assert stored_ids(copied.shop).count("e1") == 1


def loyal(simulated: Simulated) -> str:
    """Someone who has ordered and may be written to."""
    table = simulated.customers
    found = table[(table["order_count_all"] > 1) & table["contactable"]]["customer_id"]
    return str(found.iloc[0])


def stored_ids(shop: Path) -> list[Any]:
    """The ids of all stored events."""
    files = Warehouse.open(ShopFolder.open(shop)).reader().all_files()
    with duckdb.connect() as connection:
        found = connection.sql(
            "select event_id from read_parquet($files, hive_partitioning = false)", params={"files": files}
        )
        return [identity for (identity,) in found.fetchall()]


def test_a_killed_publish(copied: Simulated) -> None:
    """A publish that is killed leaves what is served, and the next one ends as an undisturbed one does."""
    undisturbed = copied.snapshot
    building = ShopFolder.open(copied.shop).snapshots / ".building"
    killed((building / "customers.parquet").exists, "publish", "--shop", copied.shop, folder=copied.shop)
    assert building.exists()
    assert copied.snapshot.id == undisturbed.id
    done("publish", "--shop", copied.shop)
    again = copied.snapshot
    assert not building.exists()
    assert again.id != undisturbed.id
    pd.testing.assert_frame_equal(pd.read_parquet(again.customers_file), pd.read_parquet(undisturbed.customers_file))
    rows = np.arange(len(again.customers))
    np.testing.assert_array_equal(again.recommended_items(rows), undisturbed.recommended_items(rows))
