"""Candidates: what each source proposes, in which order, and which source gives the reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from features.behaviour import Behaviour
from features.history import History
from features.pairs import Touches
from tests.small_shop import events, items, moment, stored
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.sources import Sources, SourceSettings
from training.recommend.proposing.candidates import KNOWN_SOURCES, SOURCES, Candidates, candidates, tiered_score
from training.recommend.top import top_items

CUTOFF = moment("2025-03-11T00:00Z")
DESCRIBED = items(("cup", "kitchen", None), ("kettle", "kitchen", None), ("pan", "kitchen", None), ("tea", None, None))


def at(days: float) -> Any:
    return CUTOFF - timedelta(days=days)


class Proposed:
    """What is proposed to the customers of a small shop of one bucket."""

    def __init__(self, path: Path, *rows: Any, settings: SourceSettings | None = None, described: Any = None) -> None:
        behaviour = Behaviour.of(stored(path, events(*rows), buckets=1, described=described))
        self.sources = Sources.fit(behaviour, CUTOFF, settings or SourceSettings())
        self.history = behaviour.history(0, CUTOFF, self.sources.catalogue)
        self.found = candidates(self.sources, self.history, Touches.of(self.history))
        self.ids = self.sources.catalogue.ids.to_pylist()

    def ranked(self, source: str, customer: str) -> list[str]:
        """What one source proposes to one customer, the best first."""
        rank, mine = self.found.rank[:, SOURCES.index(source)], self._rows(customer)
        chosen = [row for row in np.argsort(rank, kind="stable") if mine[row] and not np.isnan(rank[row])]
        assert rank[chosen].tolist() == list(range(len(chosen))), "ranks count from 0 without a gap"
        scores = self.found.score[chosen, SOURCES.index(source)]
        assert (np.diff(scores) <= 0).all(), "scores fall with the rank"
        return [self.ids[self.found.item[row]] for row in chosen]

    def score(self, source: str, customer: str, item: str) -> float:
        """The score of one proposal."""
        (row,) = np.flatnonzero(self._rows(customer) & (self.found.item == self.ids.index(item)))
        return float(self.found.score[row, SOURCES.index(source)])

    def reasons(self, customer: str) -> dict[str, str]:
        """The source that gives the reason, by item."""
        rows = np.flatnonzero(self._rows(customer))
        return {self.ids[self.found.item[row]]: SOURCES[self.found.source[row]] for row in rows}

    def _rows(self, customer: str) -> Any:
        return self.found.customer == self.history.customer_ids.to_pylist().index(customer)


def test_open_cart_newest_first(tmp_path: Path) -> None:
    """The cart's newest comes first, of equal times the one with the most interest; scores fall with age."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(4)),
        ("anna", "cart", "cup", at(3)),
        ("anna", "cart", "pan", at(3)),
        ("anna", "cart", "a jar", at(3)),
        ("anna", "view", "a jar", at(4)),
        ("anna", "view", "a jar", at(5)),
        ("anna", "cart", "tea", at(1)),
    )
    assert shop.ranked("open_cart", "anna") == ["tea", "a jar", "cup", "pan"]
    assert shop.score("open_cart", "anna", "tea") == 0.5
    assert shop.score("open_cart", "anna", "cup") == 0.25


def test_what_leaves_the_cart(tmp_path: Path) -> None:
    """Bought and taken-out items are no longer in the cart; carted again, they are."""
    shop = Proposed(
        tmp_path,
        *(("anna", "cart", item, at(5)) for item in ("cup", "pan", "tea", "kettle")),
        ("anna", "uncart", "cup", at(4)),
        ("anna", "purchase", "pan", at(4)),
        ("anna", "purchase", "tea", at(4)),
        ("anna", "cart", "tea", at(3)),
    )
    assert shop.ranked("open_cart", "anna") == ["tea", "kettle"]


def test_open_favorites(tmp_path: Path) -> None:
    """Favourites are proposed until they are taken away or bought."""
    shop = Proposed(
        tmp_path,
        ("anna", "favorite", "cup", at(5)),
        ("anna", "favorite", "tea", at(2)),
        ("anna", "favorite", "pan", at(2)),
        ("anna", "unfavorite", "pan", at(1)),
    )
    assert shop.ranked("open_favorite", "anna") == ["tea", "cup"]
    assert shop.ranked("open_cart", "anna") == []


def test_buy_again_by_count_and_recency(tmp_path: Path) -> None:
    """What was bought often comes before what was bought once, of equal counts the later; views do not count."""
    shop = Proposed(
        tmp_path,
        ("anna", "purchase", "cup", at(1)),
        ("anna", "purchase", "tea", at(8)),
        ("anna", "purchase", "tea", at(4)),
        ("anna", "purchase", "pan", at(2)),
        ("anna", "view", "kettle", at(1)),
        settings=SourceSettings(half_life_days=2.0),
    )
    assert shop.ranked("buy_again", "anna") == ["tea", "cup", "pan"]
    np.testing.assert_allclose(shop.score("buy_again", "anna", "tea"), 2 * 0.5 ** (4 / 8), rtol=1e-6)


def test_viewed_by_interest(tmp_path: Path) -> None:
    """One's own items come by decayed interest, and their number is bounded."""
    rows = [("anna", "view", f"i{day}", at(day)) for day in range(1, 9)]
    shop = Proposed(tmp_path, *rows, ("anna", "cart", "i8", at(2.5)), settings=SourceSettings(2.0, per_source=3))
    assert shop.ranked("viewed", "anna") == ["i8", "i1", "i2"]


def test_related_items(tmp_path: Path) -> None:
    """Who viewed the cup gets what others viewed with it; who bought it, what others bought with it that day."""
    others = [(f"c{person}", "view", item, at(3)) for person in range(4) for item in ("cup", "kettle")]
    buyers = [(f"b{person}", "purchase", item, at(3)) for person in range(4) for item in ("cup", "tea")]
    shop = Proposed(tmp_path, *others, *buyers, ("anna", "view", "cup", at(1)), ("bo", "purchase", "cup", at(1)))
    assert "kettle" in shop.ranked("viewed_together", "anna")
    assert shop.ranked("bought_together", "anna") == [], "Anna bought nothing"
    assert shop.ranked("bought_together", "bo") == ["tea"]


def test_category_trends(tmp_path: Path) -> None:
    """The trending items of the categories one looks at are proposed; items without a category never are."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(1)),
        ("bo", "purchase", "pan", at(1)),
        ("bo", "view", "tea", at(1)),
        ("cy", "view", "tea", at(1)),
        described=DESCRIBED,
    )
    assert shop.ranked("category", "anna") == ["pan", "cup"]
    assert shop.ranked("category", "cy") == [], "tea has no category"


def test_popular_for_everyone(tmp_path: Path) -> None:
    """Everyone is proposed the popular items, in one order."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(1)),
        ("bo", "purchase", "pan", at(1)),
        ("cy", "return", "pan", at(1)),
        settings=SourceSettings(per_source=2),
    )
    for customer in ("anna", "bo", "cy"):
        assert shop.ranked("popular", customer) == ["pan", "cup"]


def test_the_first_source_gives_the_reason(tmp_path: Path) -> None:
    """An item that several sources propose is one candidate, and the first source in the list is its reason."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(3)),
        ("anna", "cart", "cup", at(2)),
        ("anna", "favorite", "tea", at(2)),
        ("anna", "view", "pan", at(2)),
        ("bo", "purchase", "kettle", at(2)),
    )
    assert shop.reasons("anna") == {"cup": "open_cart", "tea": "open_favorite", "pan": "viewed", "kettle": "popular"}
    assert shop.reasons("bo")["kettle"] == "buy_again"
    count = dict(zip(shop.ids, shop.found.columns()["source_count"], strict=False))
    assert count["cup"] > 2


def test_ordered_by_customer(planted: PlantedShop, sources: Sources) -> None:
    """Candidates come by customer, no pair twice, each proposed by at least one source."""
    for history in histories(planted, sources):
        found = candidates(sources, history, Touches.of(history))
        key = found.customer * len(sources.catalogue) + found.item
        assert (np.diff(key) > 0).all()
        assert not np.isnan(found.rank).all(axis=1).any()
        assert len(np.unique(found.customer)) == len(history)


def test_known_sources_propose_touched_items(planted: PlantedShop, sources: Sources) -> None:
    """Open cart, favourites, buy again and viewed propose items the customer has touched, and all within the bound."""
    for history in histories(planted, sources):
        touches = Touches.of(history)
        found = candidates(sources, history, touches)
        _, touched = touches.find(found.customer, found.item)
        for place, name in enumerate(SOURCES):
            proposed = ~np.isnan(found.rank[:, place])
            assert proposed.any(), name
            assert np.bincount(found.customer[proposed]).max() <= sources.settings.per_source
            assert touched[proposed].all() == (name in KNOWN_SOURCES), name


def test_one_customer_alone(planted: PlantedShop, sources: Sources) -> None:
    """One customer is proposed the same alone as in the bucket."""
    history = next(histories(planted, sources))
    everyone = candidates(sources, history, Touches.of(history))
    for place in (0, 7, len(history) - 1):
        table = planted.behaviour.reader.customer(0, history.customer_ids[place].as_py(), before=planted.cutoff)
        alone = History.before(table, planted.cutoff, sources.catalogue)
        found, rows = candidates(sources, alone, Touches.of(alone)), everyone.customer == place
        np.testing.assert_array_equal(found.item, everyone.item[rows])
        np.testing.assert_array_equal(found.rank, everyone.rank[rows])
        np.testing.assert_allclose(found.score, everyone.score[rows], rtol=1e-5)


def histories(planted: PlantedShop, sources: Sources) -> Any:
    return planted.behaviour.map_histories(lambda _, known: known, planted.cutoff, sources.catalogue)


def test_empty_history(planted: PlantedShop, sources: Sources) -> None:
    """Nobody is proposed nothing, and the columns are there."""
    empty = History.before(planted.behaviour.reader.bucket(0).slice(0, 0), planted.cutoff, sources.catalogue)
    found = candidates(sources, empty, Touches.of(empty))
    assert len(found) == len(found.source) == 0
    assert found.score.shape == found.rank.shape == (0, len(SOURCES))
    assert set(found.columns()) >= {"source_open_cart_score", "source_popular_rank", "source_count"}


def test_the_smallest_shops(tmp_path: Path) -> None:
    """Where nothing happened nothing is proposed; the one item of a shop is proposed to its one customer, once."""
    assert len(Proposed(tmp_path / "empty").found) == 0
    shop = Proposed(tmp_path / "one", ("anna", "cart", "cup", at(1)))
    assert shop.reasons("anna") == {"cup": "open_cart"}
    assert len(shop.found) == 1


def test_someone_who_only_returned(tmp_path: Path) -> None:
    """A customer without touches is proposed popular items."""
    shop = Proposed(tmp_path, ("anna", "return", "cup", at(1)), ("bo", "view", "tea", at(1)))
    assert shop.reasons("anna") == {"cup": "popular", "tea": "popular"}


def test_interest_of_long_ago_still_proposes(tmp_path: Path) -> None:
    """A customer whose touches have faded to nothing is proposed each item once."""
    shop = Proposed(
        tmp_path,
        ("anna", "purchase", "cup", at(3000)),
        ("anna", "view", "pan", at(3000)),
        ("bo", "view", "tea", at(1)),
        settings=SourceSettings(half_life_days=1.0),
        described=DESCRIBED,
    )
    assert {"cup", "pan", "tea"} <= set(shop.reasons("anna"))


def proposed(*ranks: dict[str, float]) -> Candidates:
    """Candidates of one customer with these ranks by source."""
    rank = np.full((len(ranks), len(SOURCES)), np.nan)
    for row, named in enumerate(ranks):
        for name, value in named.items():
            rank[row, SOURCES.index(name)] = value
    size = len(ranks)
    return Candidates(np.zeros(size, dtype=np.int64), np.arange(size), np.zeros_like(rank), rank)


def test_tiers() -> None:
    """An earlier tier wins whatever the rank, within a tier the best rank of its sources; the rest is last."""
    found = proposed(
        {"popular": 0},
        {"open_cart": 40},
        {"viewed": 3, "open_favorite": 1},
        {"viewed": 2},
        {"category": 0},
        {"open_cart": 2, "viewed": 0},
    )
    score = tiered_score(found, (("open_cart",), ("viewed", "open_favorite"), ("popular",)))
    assert np.argsort(-score, kind="stable").tolist() == [5, 1, 2, 3, 0, 4]
    assert score[4] == -np.inf


def test_top_items() -> None:
    """The best of each customer come in order, -1 pads where there are fewer, equal scores keep their order."""
    customer, item = np.array([0, 0, 0, 2, 2]), np.array([10, 11, 12, 13, 14])
    best, place = top_items(customer, item, np.array([0.1, 0.9, 0.5, 0.2, 0.2]), customers=3, k=2)
    assert best.tolist() == [[11, 12], [-1, -1], [13, 14]]
    assert place.tolist() == [[1, 2], [-1, -1], [3, 4]]
    padded, _ = top_items(customer, item, np.zeros(5), customers=3, k=4)
    assert padded.tolist() == [[10, 11, 12, -1], [-1] * 4, [13, 14, -1, -1]]
    none = np.zeros(0, dtype=np.int64)
    assert top_items(none, none, np.zeros(0), customers=0, k=3)[0].shape == (0, 3)
    assert top_items(none, none, np.zeros(0), customers=2, k=1)[0].tolist() == [[-1], [-1]]


def test_hostile_ids(tmp_path: Path) -> None:
    """Ids with spaces, quotes, slashes and emoji are proposed like any other."""
    names = ["a/b 苹果", 'quo"te', "tea 🍵", "=1+1", "'; drop table items; --"]
    shop = Proposed(tmp_path, *((name, "cart", name, at(1)) for name in names))
    for name in names:
        assert shop.ranked("open_cart", name) == [name]
