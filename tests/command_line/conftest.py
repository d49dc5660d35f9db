"""What tests of the command line share: an empty MLflow store, and a small shop that has everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from tests.command_line.command import done, new_shop, written
from training.gate import Gate
from training.registry import Registry

EVENTS = (
    "customer_id,visitor_id,item_id,kind,occurred_at,unit_price",
    "anna,,tea,purchase,2024-09-01T10:00:00Z,5",
    "anna,,tea,purchase,2024-10-01T10:00:00Z,5",
    "anna,,cup,cart,2025-03-01T10:00:00Z,",
    "bo,,cup,purchase,2025-02-20T10:00:00Z,9",
    "张三,,pot,purchase,2023-02-20T10:00:00Z,80",
    "no letters,,pot,purchase,2024-11-20T10:00:00Z,80",
    ",v 1,tea,view,2025-03-02T10:00:00Z,",
)
"""A lapsed customer with an open cart, a new one, a lost one, one who must not be written to, and a visitor."""
ITEMS = ("item_id,title,price", "tea,Green tea,5", "cup,茶杯,9", "pot,=1+1,80")
PEOPLE = ("customer_id,contactable", "no letters,false")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an MLflow store in which no version of a shop is registered."""
    folder = tmp_path_factory.mktemp("store")
    (folder / "bundle").mkdir()
    written(folder / "bundle" / "empty.txt", ["nothing was trained"])
    shop = ShopFolder.create(folder / "shop")
    registry = Registry(shop, model="another")
    registry.record(folder / "bundle", params={}, metrics={}, tags={}, gate=Gate(False, ("nothing was trained",)))
    return shop.registry / "mlflow.db"


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the exports of a small shop."""
    folder = tmp_path_factory.mktemp("files")
    for name, lines in (("events", EVENTS), ("items", ITEMS), ("customers", PEOPLE)):
        written(folder / f"{name}.csv", lines)
    return folder


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, store: Path, files: Path) -> Path:
    """The small shop after importing."""
    shop = new_shop(tmp_path_factory.mktemp("small") / "my shop", store)
    for name in ("items", "customers", "events"):
        done("import", name, files / f"{name}.csv", "--shop", shop)
    return shop


@pytest.fixture(scope="module")
def published(imported: Path) -> Path:
    """The small shop, trained and published."""
    done("train", "--shop", imported, "--horizon-days", 30)
    done("publish", "--shop", imported)
    return imported
