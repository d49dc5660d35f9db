"""Measures of whole baskets, and rules of a customer's own frequencies: worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.recommend_baskets import basket_measures, basket_rules
from features.behaviour import Behaviour
from tests.small_shop import events, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.measuring.evaluation import Judged

CUTOFF = moment("2025-03-11T00:00Z")


def judged(hits: list[list[int]], bought: list[int]) -> Judged:
    """Ranked items of which some were bought; of the rest nothing is asked."""
    flags = np.array(hits, dtype=bool)
    none, zeros = np.zeros_like(flags), np.zeros(len(hits), dtype=np.int64)
    bands = np.zeros((len(hits), 3), dtype=np.int64)
    return Judged(flags, none, ~none, np.array(bought), zeros, np.arange(3), zeros, bands, np.ones(len(hits)))


def test_recall_is_over_the_whole_basket() -> None:
    """One of twenty items in the first ten is a twentieth, though no more than ten could be shown."""
    told = basket_measures([judged([[1] + [0] * 19, [0] * 10 + [1] * 10], [20, 10])])
    assert told["basket_recall@10"].tolist() == [1 / 20, 0]
    assert told["basket_recall@20"].tolist() == [1 / 20, 1]


def test_ideal_is_the_whole_basket() -> None:
    """Ten hits in the first ten places are not ideal where eleven items were bought."""
    told = basket_measures([judged([[1] * 10, [1] + [0] * 9], [11, 1])])
    discount = 1 / np.log2(np.arange(2, 13))
    assert told["basket_ndcg@10"].tolist() == pytest.approx([discount[:10].sum() / discount.sum(), 1])


def test_rules_differ_in_their_ties(tmp_path: Path) -> None:
    """What was bought most comes first; ties go to the first bought, the last bought, or the most popular."""
    bought = [("tea", 1), ("tea", 2), ("pot", 1), ("cup", 2), ("pan", 3)]
    rows = [("anna", "purchase", item, f"2025-03-0{day}T10:00Z", {"order_id": f"o{day}"}) for item, day in bought]
    others = [(f"c{person}", "purchase", item, "2025-03-04T10:00Z") for person in range(3) for item in ("cup", "jar")]
    behaviour = Behaviour.of(stored(tmp_path / "shop", events(*rows, *others), buckets=1))
    sources = Sources.fit(behaviour, CUTOFF, SourceSettings(), related=())
    history = behaviour.history(0, CUTOFF, sources.catalogue)
    ids = [*sources.catalogue.ids.to_pylist(), None]
    anna = {name: [ids[code] for code in rule(history)[0]] for name, rule in basket_rules(sources, 5).items()}
    assert anna == {
        "personal": ["tea", "pot", "cup", "pan", None],
        "personal_popular": ["tea", "pot", "cup", "pan", "jar"],
        "personal_recent": ["tea", "pan", "cup", "pot", "jar"],
        "personal_favourite": ["tea", "cup", "pan", "pot", "jar"],
    }
