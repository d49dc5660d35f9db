"""A training that is killed through the command line, and started again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot
from tests.command_line.command import done, killed

TRAIN = ("train", "--horizon-days", 30)


def served(shop: Path) -> pd.DataFrame:
    """The table of customers that is served."""
    return pd.read_parquet(Snapshot.open_current(ShopFolder.open(shop)).customers_file)


@pytest.fixture(scope="module")
def undisturbed(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What is served after a training that nobody killed."""
    shop = tmp_path_factory.mktemp("undisturbed") / "shop"
    shutil.copytree(imported, shop)
    done(*TRAIN, "--shop", shop)
    done("publish", "--shop", shop)
    return served(shop)


@pytest.mark.parametrize(
    "is_moment",
    [
        lambda shop: (shop / "bundles" / "new").exists(),
        lambda shop: any((shop / "mlflow" / "artifacts").glob("*/artifacts/record.json")),
    ],
    ids=["before registering", "while registering"],
)
def test_a_killed_training(
    is_moment: Callable[[Path], bool], imported: Path, undisturbed: pd.DataFrame, tmp_path: Path
) -> None:
    """Training again after a kill gives a champion that publishes what an undisturbed one publishes."""
    shop = tmp_path / "shop"
    shutil.copytree(imported, shop)
    killed(lambda: is_moment(shop), *TRAIN, "--shop", shop, folder=tmp_path)
    done(*TRAIN, "--shop", shop)
    assert not (shop / "bundles" / "new").exists()
    done("publish", "--shop", shop)
    pd.testing.assert_frame_equal(served(shop), undisturbed)
    assert "champion" in done("models", "list", "--shop", shop)
