"""Fitting: with too little data the rule serves and says why; the ranker serves only where it is surely better."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from features.behaviour import Behaviour
from tests.small_shop import EventRow, append, events, items, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.fitting import MOST_FOLDS, VIEW_SHARE, RecommenderTraining, fit_recommender, source_settings
from training.recommend.proposing.registry import VIEW_SOURCES
from training.recommend.ranking.folds import Fold, FoldPlan
from training.recommend.ranking.goals import PURCHASE, VIEW
from training.recommend.ranking.ranker import Ranker, RankerSettings
from training.recommend.ranking.rules import VIEW_RULE

AS_OF = moment("2025-03-31T00:00Z")
QUICK = RankerSettings(trees=15, leaves=7, least_rows_per_leaf=20, learning_rate=0.2)


def fit(path: Path, *rows: Any, horizon_days: int = 7, described: Any = None) -> RecommenderTraining:
    behaviour = Behaviour.of(stored(path, events(*rows), buckets=2, described=described))
    return fit_recommender(behaviour, AS_OF, horizon_days, settings=QUICK)


def day(number: float) -> datetime:
    """A moment so many days before the training."""
    return AS_OF - timedelta(days=number)


def crowd(customers: int, habit: Any) -> list[EventRow]:
    """What ``habit(rng, customer, day)`` makes everyone do on each of 40 days."""
    rng = np.random.default_rng(6)
    return [row for age in range(40, 0, -1) for number in range(customers) for row in habit(rng, f"c{number}", age)]


def cheapest_of_three(rng: np.random.Generator, customer: str, age: int) -> list[EventRow]:
    """Look at three items, put the dearest into the cart, and buy the cheapest tomorrow."""
    if rng.random() > 0.15:
        return []
    looked = sorted(rng.choice(30, size=3, replace=False))
    seen = [(customer, "view", f"i{item:02}", day(age)) for item in looked]
    bought = (customer, "purchase", f"i{looked[0]:02}", day(age - 1.5))
    return [*seen, (customer, "cart", f"i{looked[2]:02}", day(age)), bought]


def by_chance(rng: np.random.Generator, customer: str, age: int) -> list[EventRow]:
    """Buy what one never looked at."""
    if rng.random() > 0.1:
        return []
    return [(customer, "purchase", f"i{rng.integers(0, 40):02}", day(age))]


def in_turn(rng: np.random.Generator, customer: str, age: int) -> list[EventRow]:
    """Look at an item, then at the one after the next in number."""
    if rng.random() > 0.3:
        return []
    first = int(rng.integers(0, 40))
    looked = [f"i{(first + 2 * step) % 40:02}" for step in range(4)]
    return [(customer, "view", item, day(age - step / 1000)) for step, item in enumerate(looked)]


PRICED = items(*((f"i{number:02}", "all", f"{number + 1}.00") for number in range(40)))


@pytest.fixture(scope="module")
def won(tmp_path_factory: pytest.TempPathFactory) -> RecommenderTraining:
    """A shop in which people buy the cheapest of what they looked at, which no rule knows."""
    return fit(tmp_path_factory.mktemp("won"), *crowd(200, cheapest_of_three), horizon_days=4, described=PRICED)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> RecommenderTraining:
    """A shop in which people buy by chance."""
    return fit(tmp_path_factory.mktemp("drawn"), *crowd(200, by_chance), horizon_days=4, described=PRICED)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "the history is too short for a cutoff with a horizon after it: the rule serves"),
        (
            [(f"c{number}", "purchase", "tea", day(3 + number / 10)) for number in range(10)],
            "the history is too short for a cutoff with a horizon after it: the rule serves",
        ),
        (
            [("anna", "purchase", f"i{age % 5}", day(age)) for age in range(60, 0, -1)],
            "at least 50 customers must have bought in the newest fold; 1 did: the rule serves",
        ),
        (
            [
                ("anna", "purchase", "tea", day(60)),
                *((f"c{number % 80}", "view", f"i{number % 7}", day(1 + number % 60)) for number in range(400)),
            ],
            "at least 50 customers must have bought in the newest fold; 0 did: the rule serves",
        ),
        (
            [(f"c{number % 80}", "view", f"i{number % 7}", day(1 + number % 60)) for number in range(240)],
            "at least 50 customers must have gone on within a visit in the newest fold; 0 did: the rule serves",
        ),
        (
            [("bot", "view", f"i{step % 7}", day(age - step / 999)) for age in range(60, 0, -1) for step in range(99)],
            "at least 50 customers must have gone on within a visit in the newest fold; 1 did: the rule serves",
        ),
        (
            [
                *((who, "view", item, day(1)) for who, item in (("anna", "i0"), ("bo", "i1"))),
                *((f"c{number}", "view", "i0", day(0.01)) for number in range(60)),
                *((f"c{number}", "view", "i1", day(0.009)) for number in range(60)),
            ],
            "at least 100 candidates that were looked at next are needed before it; there are 0: the rule serves",
        ),
        (
            [
                *((f"c{number}", "view", "tea", day(40)) for number in range(80)),
                *((f"c{number}", "purchase", "tea", day(4)) for number in range(80)),
            ],
            "at least 100 bought candidates are needed before it; there are 0: the rule serves",
        ),
    ],
    ids=[
        "no events",
        "ten events",
        "one customer",
        "nobody bought lately",
        "no purchases",
        "all views of one bot",
        "all views in one hour",
        "all purchases on one day",
    ],
)
def test_too_little_data(tmp_path: Path, rows: list[Any], reason: str) -> None:
    """With too little data the rule serves, and the gate says what is missing."""
    found = fit(tmp_path, *rows)
    assert found.recommender.tier == "rules"
    assert not found.gate.passed
    assert found.gate.reasons == (reason,)
    assert found.figures == {}


def test_one_item(tmp_path: Path) -> None:
    """Where there is but one item no order is better than another, and the rule serves."""
    rows = [(f"c{number}", "purchase", "tea", day(age)) for number in range(120) for age in (30, 8, 3)]
    found = fit(tmp_path, *rows, horizon_days=5)
    assert found.recommender.tier == "rules"
    assert found.figures["difference"] == 0
    (reason,) = found.gate.reasons
    assert reason == (
        "the ranker's ndcg@10 must beat the best rule's (open_cart_first) on the newest fold (120 customers): "
        "1.0000 against 1.0000, difference +0.0000 (95 % interval +0.0000 to +0.0000); the blend's 1.0000, "
        "difference +0.0000 (80 % interval +0.0000 to +0.0000): the rule serves"
    )


def test_the_ranker_serves_where_it_is_better(won: RecommenderTraining) -> None:
    """Where people follow a habit that the rule does not know, the ranker wins and serves."""
    assert won.recommender.tier == "ranker"
    assert won.gate.passed
    assert won.figures["difference_low"] > 0
    assert won.figures["ranker_ndcg_at_10"] > won.figures["rule_ndcg_at_10"] + 0.1
    (reason,) = won.gate.reasons
    assert reason.startswith("the ranker's ndcg@10 must beat the best rule's (")
    assert reason.endswith("): the ranker serves")
    assert f"{won.figures['ranker_ndcg_at_10']:.4f} against {won.figures['rule_ndcg_at_10']:.4f}" in reason


def test_the_winner_is_trained_on_all_folds(tmp_path: Path, won: RecommenderTraining) -> None:
    """The ranker that serves has seen the newest fold as well, of which all bought pairs and a sample count."""
    behaviour = Behaviour.of(stored(tmp_path, events(*crowd(200, cheapest_of_three)), buckets=2, described=PRICED))
    plan = FoldPlan(4, won.recommender.settings, won.recommender.names)
    folds = [Fold.at(behaviour, cutoff, plan, whole=False) for cutoff in won.cutoffs[:-1]]
    newest = Fold.at(behaviour, won.cutoffs[-1], plan).sampled(QUICK.seed)
    assert won.recommender.ranker is not None
    of_all = Ranker.fit([*(fold.rows for fold in folds), newest], QUICK)
    assert won.recommender.ranker.importance() == of_all.importance()
    of_older = Ranker.fit([fold.rows for fold in folds], QUICK)
    assert won.recommender.ranker.importance() != of_older.importance()


def test_the_rule_serves_where_nothing_is_to_be_learned(drawn: RecommenderTraining) -> None:
    """Where people buy by chance the interval reaches zero, and the rule serves whatever the mean says."""
    assert drawn.recommender.tier == "rules"
    assert not drawn.gate.passed
    assert drawn.figures["difference_low"] <= 0
    assert drawn.gate.reasons[0].endswith("): the rule serves")


def test_a_shop_of_views(tmp_path: Path) -> None:
    """Without a single purchase the next view is foreseen, at two cutoffs one behind the other."""
    found = fit(tmp_path, *crowd(150, in_turn))
    assert found.recommender.goal == VIEW
    assert found.recommender.names == VIEW_SOURCES
    assert found.recommender.rule == VIEW_RULE
    assert found.figures["rule_ndcg_at_10"] > 0.3, "what is popular alone would reach .11"
    assert set(found.figures) == {
        "rule_ndcg_at_10",
        "ranker_ndcg_at_10",
        "difference",
        "difference_low",
        "difference_high",
    }
    older, newer = found.cutoffs
    assert newer - older == AS_OF - newer == timedelta(days=40 * VIEW_SHARE)
    (reason,) = found.gate.reasons
    assert "beginnings of visits): " in reason
    with_a_purchase = fit(tmp_path / "bought", *crowd(20, in_turn), ("anna", "purchase", "i01", day(2)))
    assert with_a_purchase.recommender.goal == PURCHASE
    later = fit(tmp_path / "later", *crowd(20, in_turn), ("anna", "purchase", "i01", day(-1)))
    assert later.recommender.goal == VIEW, "what is bought after the training is not known"


def test_figures_belong_together(won: RecommenderTraining, drawn: RecommenderTraining) -> None:
    """The difference is that of the two figures and lies within its interval."""
    for figures in (won.figures, drawn.figures):
        difference = figures["ranker_ndcg_at_10"] - figures["rule_ndcg_at_10"]
        assert figures["difference"] == pytest.approx(difference)
        assert figures["difference_low"] <= difference <= figures["difference_high"]


def test_embargo(planted: PlantedShop) -> None:
    """Every label window has ended when training looks, cutoffs rise, and one is told of each."""
    said: list[str] = []
    now = moment("2025-04-03T03:25Z")
    found = fit_recommender(planted.behaviour, now, 10, settings=QUICK, said=said.append)
    ends = [cutoff.astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=10) for cutoff in found.cutoffs]
    assert all(end <= now for end in ends)
    assert now - ends[-1] < timedelta(days=1), "the newest fold is as new as can be"
    assert list(found.cutoffs) == sorted(set(found.cutoffs))
    assert len(found.cutoffs) == MOST_FOLDS
    newest = f"{found.cutoffs[-1]:%Y-%m-%d}"
    assert said[-1] == f"ranking cases {MOST_FOLDS} of {MOST_FOLDS}, known before {newest}"


def test_future_never_matters(tmp_path: Path, won: RecommenderTraining) -> None:
    """Events at or after the training moment, and those known only then, change neither figures nor the ranker."""
    folder = stored(tmp_path, events(*crowd(200, cheapest_of_three)), buckets=2, described=PRICED)
    append(
        folder,
        events(
            *((f"c{number}", "purchase", "i30", day(0)) for number in range(100)),
            *((f"c{number}", "purchase", "i31", day(2), {"known_at": day(0)}) for number in range(100)),
        ),
    )
    again = fit_recommender(Behaviour.of(folder), AS_OF, 4, settings=QUICK)
    assert (again.gate, again.cutoffs, again.figures) == (won.gate, won.cutoffs, won.figures)
    assert again.recommender.ranker is not None
    assert won.recommender.ranker is not None
    assert again.recommender.ranker.importance() == won.recommender.ranker.importance()


def test_half_life_of_interest() -> None:
    """Interest halves in a tenth of the history, in one day at least and in thirty at most."""
    assert [source_settings(days).half_life_days for days in (0, 8, 120, 2000)] == [1.0, 1.0, 12.0, 30.0]
