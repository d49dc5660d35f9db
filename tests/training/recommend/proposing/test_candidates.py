"""Candidates: what each source proposes, in which order, and which source gives the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from features.history import History
from tests.training.recommend.conftest import PlantedShop, histories
from tests.training.recommend.proposing.proposed import DESCRIBED, NAMES, Proposed, at
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.candidates import (
    RANK_OFFSET,
    Candidates,
    candidates,
    fixed_blend,
    tiered_score,
)
from training.recommend.proposing.registry import PURCHASE_SOURCES, REGISTRY


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
    assert shop.reasons("bo")["kettle"] == "bought_before"
    anna = shop.history.customer_ids.to_pylist().index("anna")
    mine = shop.found.take(shop.found.customer == anna)
    count = dict(zip((shop.ids[code] for code in mine.item), mine.columns()["source_count"], strict=True))
    assert count["cup"] > 2


def test_ordered_by_customer(planted: PlantedShop, sources: Sources) -> None:
    """Candidates come by customer, no pair twice, each proposed by at least one source."""
    for history in histories(planted, sources):
        found = candidates(sources, sources.people(history))
        key = found.customer * len(sources.catalogue) + found.item
        assert (np.diff(key) > 0).all()
        assert not np.isnan(found.rank).all(axis=1).any()
        assert len(np.unique(found.customer)) == len(history)


def test_known_sources_propose_touched_items(planted: PlantedShop, sources: Sources) -> None:
    """Sources of known items propose what the customer has touched, others also more, and all within the bound."""
    for history in histories(planted, sources):
        people = sources.people(history)
        found = candidates(sources, people)
        _, touched = people.touches.find(found.customer, found.item)
        for name in PURCHASE_SOURCES:
            proposed = ~np.isnan(found.column(name))
            assert proposed.any(), name
            assert np.bincount(found.customer[proposed]).max() <= sources.settings.per_source
            assert touched[proposed].all() == REGISTRY[name].known, name


def test_one_source_known_or_best_gives_the_reason(planted: PlantedShop, sources: Sources) -> None:
    """The reason's source has proposed the item; one that knows it from the customer goes before all others."""
    found = candidates(sources, sources.people(next(histories(planted, sources))))
    known = np.array([REGISTRY[name].known for name in found.names])
    proposed = ~np.isnan(found.rank)
    rows = np.arange(len(found))
    assert proposed[rows, found.source].all()
    np.testing.assert_array_equal(known[found.source], (proposed & known).any(axis=1))
    earlier = proposed & known & (np.arange(len(known)) < found.source[:, None])
    assert not earlier[known[found.source]].any(), "of the known ones the first"
    others = ~known[found.source]
    np.testing.assert_array_equal(
        found.rank[rows, found.source][others], np.nanmin(found.rank[others], axis=1), "of the others the best rank"
    )


def test_only_the_sources_that_are_asked(planted: PlantedShop, sources: Sources) -> None:
    """Other names give other columns in their order; a source that was not asked has no ranks."""
    people = sources.people(next(histories(planted, sources)))
    asked = candidates(sources, people, ("popular", "viewed"))
    assert asked.names == ("popular", "viewed")
    assert asked.score.shape == asked.rank.shape == (len(asked), 2)
    assert np.isnan(asked.column("open_cart")).all()
    everything = candidates(sources, people)
    for name in asked.names:
        wanted = ~np.isnan(everything.column(name))
        given = ~np.isnan(asked.column(name))
        np.testing.assert_array_equal(everything.item[wanted], asked.item[given])
        np.testing.assert_array_equal(everything.column(name)[wanted], asked.column(name)[given])


def test_the_fixed_blend() -> None:
    """Each source adds its weight / (its rank + the offset), and nothing where it did not propose."""
    weight = {name: REGISTRY[name].weight for name in ("popular", "open_cart", "viewed")}
    found = proposed({"popular": 0}, {"open_cart": 2, "viewed": 5})
    wanted = [
        weight["popular"] / RANK_OFFSET,
        weight["open_cart"] / (2 + RANK_OFFSET) + weight["viewed"] / (5 + RANK_OFFSET),
    ]
    np.testing.assert_allclose(found.blend, wanted)


def test_the_blend_of_what_is_proposed(planted: PlantedShop, sources: Sources) -> None:
    """The blend by which candidates are chosen is that of the ranks that they are told with."""
    found = candidates(sources, sources.people(next(histories(planted, sources))))
    np.testing.assert_allclose(found.blend, fixed_blend(found.rank, found.names), rtol=1e-6)


def test_no_more_than_are_looked_at(planted: PlantedShop, sources: Sources) -> None:
    """Of more candidates than ``most_candidates`` those with the best blend are kept, as they were and in order."""
    people = sources.people(next(histories(planted, sources)))
    everything = candidates(sources, people)
    few = candidates(replace(sources, settings=SourceSettings(most_candidates=20)), people)
    size = len(sources.catalogue)
    key, kept = everything.customer * size + everything.item, few.customer * size + few.item
    assert (np.diff(kept) > 0).all()
    place = np.searchsorted(key, kept)
    np.testing.assert_array_equal(everything.take(place).rank, few.rank)
    left = np.ones(len(key), dtype=bool)
    left[place] = False
    for customer in range(len(people)):
        mine = everything.customer == customer
        assert (mine & ~left).sum() == min(20, mine.sum())
        assert everything.blend[mine & ~left].min() >= everything.blend[mine & left].max(initial=0)


def test_one_customer_alone(planted: PlantedShop, sources: Sources) -> None:
    """One customer is proposed the same alone as in the bucket."""
    history = next(histories(planted, sources))
    everyone = candidates(sources, sources.people(history))
    for place in (0, 7, len(history) - 1):
        table = planted.behaviour.reader.customer(0, history.customer_ids[place].as_py(), before=planted.cutoff)
        alone = History.before(table, planted.cutoff, sources.catalogue)
        found, rows = candidates(sources, sources.people(alone)), everyone.customer == place
        np.testing.assert_array_equal(found.item, everyone.item[rows])
        np.testing.assert_array_equal(found.rank, everyone.rank[rows])
        np.testing.assert_allclose(found.score, everyone.score[rows], rtol=1e-5)


def test_empty_history(planted: PlantedShop, sources: Sources) -> None:
    """Nobody is proposed nothing, and the columns are there."""
    empty = History.before(planted.behaviour.reader.bucket(0).slice(0, 0), planted.cutoff, sources.catalogue)
    found = candidates(sources, sources.people(empty))
    assert len(found) == len(found.source) == 0
    assert found.score.shape == found.rank.shape == (0, len(PURCHASE_SOURCES))
    named = {f"source_{name}_{what}" for name in PURCHASE_SOURCES for what in ("score", "rank")}
    assert set(found.columns()) == {*named, "source_count", "source_blend"}


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
    rank = np.full((len(ranks), len(NAMES)), np.nan)
    for row, named in enumerate(ranks):
        for name, value in named.items():
            rank[row, NAMES.index(name)] = value
    size = len(ranks)
    blend = fixed_blend(rank, NAMES)
    return Candidates(np.zeros(size, dtype=np.int64), np.arange(size), np.zeros_like(rank), rank, blend, NAMES)


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


def test_hostile_ids(tmp_path: Path) -> None:
    """Ids with spaces, quotes, slashes and emoji are proposed like any other."""
    names = ["a/b 苹果", 'quo"te', "tea 🍵", "=1+1", "'; drop table items; --"]
    shop = Proposed(tmp_path, *((name, "cart", name, at(1)) for name in names))
    for name in names:
        assert shop.ranked("open_cart", name) == [name]
