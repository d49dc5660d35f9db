"""The backtest: what would have been recommended at a past moment, written down, beside every baseline."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.behaviour import Behaviour
from tests.small_shop import append, events, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.gate import Gate
from training.recommend.counted.sources import Sources
from training.recommend.fitting import RecommenderTraining
from training.recommend.measuring.backtest import DEPTH, SCHEMA, recommendation_backtest
from training.recommend.measuring.customer_groups import TIERS
from training.recommend.proposing.registry import PURCHASE_SOURCES
from training.recommend.recommender import FittedRecommender, Recommender

BASELINES = {"popular", "trending", "buy_again", "open_cart_first", "item_knn", "als", "bm25_knn"}
CUTOFF = moment("2025-03-11T00:00Z")


def training(recommender: Recommender) -> RecommenderTraining:
    """A training that chose ``recommender``."""
    return RecommenderTraining(recommender, Gate(False, ("the rule serves",)), (CUTOFF,), {})


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the recommendations are written."""
    return tmp_path_factory.mktemp("backtest") / "recommendations.parquet"


@pytest.fixture(scope="module")
def report(planted: PlantedShop, by_rule: FittedRecommender, file: Path) -> dict[str, Any]:
    """The backtest of the rule on the simulated shop."""
    return recommendation_backtest(planted.behaviour, training(by_rule.recommender), planted.cutoff, 10, file)


@pytest.fixture(scope="module")
def written(report: dict[str, Any], file: Path) -> pd.DataFrame:
    """The rows of the file."""
    assert report
    assert pq.read_schema(file).equals(SCHEMA)
    frame: pd.DataFrame = pq.read_table(file).to_pandas()
    return frame


def test_everything_is_measured(report: dict[str, Any], planted: PlantedShop) -> None:
    """What serves and all baselines have the same measures, with intervals, as plain JSON values."""
    assert set(report["models"]) == {"served"} | BASELINES
    names = {frozenset(told) for told in report["models"].values()}
    assert len(names) == 1
    assert {"recall@20", "ndcg@10", "mrr@10", "hit_rate@10", "new_recall@10"} < next(iter(names))
    for told in report["models"].values():
        assert told["ndcg@10"]["low"] <= told["ndcg@10"]["value"] <= told["ndcg@10"]["high"]
    assert json.loads(json.dumps(report)) == report


def test_what_it_says_of_itself(report: dict[str, Any], sources: Sources) -> None:
    """The report tells who served and why, when it was trained, and how many were there and measured."""
    assert (report["tier"], report["gate"]) == ("rules", {"passed": False, "reasons": ["the rule serves"]})
    assert report["training_cutoffs"] == ["2025-03-11T00:00:00+00:00"]
    assert report["items"] == len(sources.catalogue)
    assert 30 < report["customers_measured"] < report["customers"]


def test_rows_are_the_recommendations(
    written: pd.DataFrame, report: dict[str, Any], planted: PlantedShop, by_rule: FittedRecommender
) -> None:
    """The file holds every customer's items as the recommender gives them, ranked from 1."""
    assert written["customer_id"].nunique() == report["customers"]
    by_customer = written.groupby("customer_id", sort=False)
    assert by_customer["rank"].apply(lambda rank: list(rank) == list(range(1, len(rank) + 1))).all()
    history = planted.behaviour.history(2, planted.cutoff, by_rule.sources.catalogue)
    best = by_rule.recommend(history, DEPTH)
    ids = by_rule.sources.catalogue.ids.to_pylist()
    for place in (0, 5, len(history) - 1):
        mine = written[written["customer_id"] == history.customer_ids[place].as_py()]
        expected = best.item[place] >= 0
        assert mine["item_id"].to_list() == [ids[code] for code in best.item[place][expected]]
        assert mine["source"].to_list() == [PURCHASE_SOURCES[code] for code in best.source[place][expected]]
        np.testing.assert_allclose(mine["score"], best.score[place][expected], rtol=1e-6)


def test_every_row_has_a_reason(written: pd.DataFrame) -> None:
    """Reasons are words, and an item found through another names that other one."""
    assert (written["reason"].str.len() > 5).all()
    assert (written.loc[written["source"] == "open_cart", "reason"] == "in your cart").all()
    viewed = written.loc[written["source"] == "viewed_together", "reason"]
    assert len(viewed) > 100
    assert viewed.str.startswith("often viewed together with ").all()


def test_hits_belong_to_sources(report: dict[str, Any]) -> None:
    """The first ten places of those measured are counted by the source of each item, hits among them."""
    counts = report["sources_of_hits"]
    assert set(counts) == set(PURCHASE_SOURCES)
    assert sum(count["shown@10"] for count in counts.values()) == 10 * report["customers_measured"]
    assert all(0 <= count["hits@10"] <= count["shown@10"] for count in counts.values())
    assert sum(count["hits@10"] for count in counts.values()) > 0


def test_groups_are_told_apart(report: dict[str, Any]) -> None:
    """Every group has the main measures of all recommenders, and the tiers share the customers out."""
    groups = report["groups"]
    assert sum(groups[name]["customers"] for name in TIERS) == report["customers_measured"]
    for found in groups.values():
        assert set(found["models"]) == {"served"} | BASELINES
    parts = [(groups[name]["customers"], groups[name]["models"]["served"]["ndcg@10"]["value"]) for name in TIERS]
    mean = sum(size * value for size, value in parts if size) / report["customers_measured"]
    assert report["models"]["served"]["ndcg@10"]["value"] == pytest.approx(mean)


def test_every_source_has_its_worth(report: dict[str, Any]) -> None:
    """The ablation speaks of the sources that are asked, and its whole answer is what serves."""
    told = report["ablation"]
    assert set(told["sources"]) == set(PURCHASE_SOURCES)
    assert told["customers"] == report["customers_measured"]
    assert told["whole"]["ndcg@10"] == report["models"]["served"]["ndcg@10"]


def test_the_rule_beats_popular_where_carts_are_bought(report: dict[str, Any]) -> None:
    """In the simulated shop people buy from their carts, and the figures show it."""
    value = {name: told["ndcg@10"]["value"] for name, told in report["models"].items()}
    assert value["served"] > value["popular"]


def test_future_changes_no_recommendation(tmp_path: Path) -> None:
    """Events at or after the cutoff change what was bought, and nothing of what is recommended."""
    past = [
        (f"c{person}", kind, f"i{person % 4 + step}", f"2025-03-0{step + 1}T10:00Z")
        for person in range(20)
        for step, kind in enumerate(("view", "cart", "purchase"))
    ]
    folder = stored(tmp_path / "shop", events(*past))
    reports = []
    for name in ("before", "after"):
        behaviour = Behaviour.of(folder)
        file = tmp_path / f"{name}.parquet"
        reports.append(recommendation_backtest(behaviour, training(Recommender()), CUTOFF, 5, file))
        append(folder, events(("c1", "purchase", "i5", CUTOFF), ("new", "purchase", "brand new", CUTOFF)))
    assert pq.read_table(tmp_path / "before.parquet").equals(pq.read_table(tmp_path / "after.parquet"))
    assert [report["customers_measured"] for report in reports] == [0, 1]
    assert reports[0]["models"]["served"]["ndcg@10"]["value"] is None


def test_an_empty_shop(tmp_path: Path) -> None:
    """A shop without events has an empty file and a report without figures."""
    behaviour = Behaviour.of(stored(tmp_path / "shop", events()))
    report = recommendation_backtest(behaviour, training(Recommender()), CUTOFF, 5, tmp_path / "none.parquet")
    assert (report["customers"], report["items"]) == (0, 0)
    assert pq.read_table(tmp_path / "none.parquet").num_rows == 0
    assert report["models"]["served"]["recall@10"]["value"] is None


def test_hostile_names_in_reasons(tmp_path: Path) -> None:
    """Item ids are put into reasons as they are, dollars and braces included, and come back unchanged."""
    names = ["$item", "{0} 苹果", 'quo"te', "=1+1"]
    rows = [(f"c{person}", "view", name, "2025-03-01T10:00Z") for person in range(6) for name in names]
    one = ("anna", "view", "$item", "2025-03-02T10:00Z")
    behaviour = Behaviour.of(stored(tmp_path / "shop", events(*rows, one)))
    recommendation_backtest(behaviour, training(Recommender()), CUTOFF, 5, tmp_path / "file.parquet")
    told = pq.read_table(tmp_path / "file.parquet").to_pandas()
    anna = told[told["customer_id"] == "anna"]
    assert set(anna["item_id"]) == set(names)
    assert set(anna.loc[anna["source"] == "viewed_together", "reason"]) == {"often viewed together with $item"}


def test_the_own_cycle_in_reasons(tmp_path: Path) -> None:
    """Who has bought an item three times is told how often they buy it."""
    days = [("anna", 3), ("anna", 10), ("anna", 17), ("bo", 4), ("bo", 11)]
    rows = [(who, "purchase", "tea", CUTOFF - timedelta(days=ago)) for who, ago in days]
    behaviour = Behaviour.of(stored(tmp_path / "shop", events(*rows)))
    by_rule = Recommender(names=("buy_again", "popular"), rule=(("buy_again",), ("popular",)))
    recommendation_backtest(behaviour, training(by_rule), CUTOFF, 5, tmp_path / "file.parquet")
    told = pq.read_table(tmp_path / "file.parquet").to_pandas().set_index("customer_id")["reason"]
    assert told["anna"] == "you usually buy this every 7 days"
    assert told["bo"] == "you bought this before"


def test_a_shop_of_views(tmp_path: Path) -> None:
    """Where the next view is the goal every step of a visit after the cutoff is measured, by what it came after."""
    before = [(f"c{person}", "view", f"i{person % 3}", "2025-03-01T10:00Z") for person in range(9)]
    visit = [("anna", "view", item, f"2025-03-12T10:0{minute}Z") for minute, item in enumerate(("i0", "i1", "i0"))]
    behaviour = Behaviour.of(stored(tmp_path / "shop", events(*before, *visit)))
    recommender = Recommender(names=("last_touched", "popular"), goal="view", rule=(("last_touched",), ("popular",)))
    report = recommendation_backtest(behaviour, training(recommender), CUTOFF, 5, tmp_path / "views.parquet")
    assert (report["goal"], report["customers"], report["customers_measured"]) == ("view", 9, 2)
    # Before i1 only i0 had been seen; before the second i0 the newest was i1.
    served = report["models"]["served"]
    assert served["known_recall@10"]["value"] == 1
    assert served["mrr@10"]["value"] < 1
    assert set(report["ablation"]["sources"]) == {"last_touched", "popular"}
    assert report["groups"]["visitor"]["customers"] == 2
