"""Uplift from the command line: campaigns in, a model, its columns, and a ranking that says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.shop_folder import ShopFolder
from serving.lists.ranking import rank
from serving.snapshot import Snapshot
from tests.command_line.command import done, refused
from tests.training.uplift.planted_shop import HORIZON_DAYS, planted_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained and published shop whose campaigns made those who browse order."""
    path = tmp_path_factory.mktemp("planted") / "shop"
    planted_shop(path, 0.5, customers=480)
    said = done("train", "--shop", path, "--horizon-days", HORIZON_DAYS)
    assert "uplift: a model: on 480 people of campaign day 90" in said
    done("publish", "--shop", path)
    return path


def test_what_was_learned_is_told(shop: Path, tmp_path: Path) -> None:
    """Campaigns, baselines and the verdict in both languages, and a chart."""
    chart = tmp_path / "uplift.html"
    said = done("uplift", "--shop", shop, "--out", chart)
    assert "there is an uplift model: on 480 people of campaign day 90, which it had not seen" in said
    assert "drawn by lot" in said
    assert chart.stat().st_size > 100_000
    assert "已有增益模型：" in done("uplift", "--shop", shop, "--language", "zh")
    assert refused("uplift", "--shop", shop, "--out", "u.pdf").startswith("out must end with .html; got u.pdf")
    assert refused("uplift", "--shop", shop, "--language", "fr").startswith("language must be one of en, zh")


def test_lists_are_ranked_by_profit(shop: Path) -> None:
    """The published table has uplift and profit, and a list that asks for nothing else is ranked by profit."""
    snapshot = Snapshot.open_current(ShopFolder.open(shop))
    table = pq.read_table(snapshot.customers_file).to_pandas()
    assert table[f"uplift_{HORIZON_DAYS}d"].notna().mean() > 0.9
    assert str(snapshot.header.uplift_version).startswith("1 (")
    found = rank(snapshot, np.arange(len(table)))
    assert found.name == "expected_incremental_profit"
    assert found.why["en"].startswith("ranked by expected incremental profit: uplift model 1 (")
    best = table["expected_incremental_profit"].to_numpy()[found.order]
    assert (np.diff(best[~np.isnan(best)]) <= 0).all()
