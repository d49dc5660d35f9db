"""Visit neighbours: like visits vote for their items, newer and shorter ones louder."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse

from features.history import History
from tests.small_shop import events, history, moment
from tests.training.recommend.counted.walked import CUTOFF, walk
from training.recommend.counted import visit_neighbours
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.counted.visit_neighbours import VisitItems, VisitNeighbours
from training.recommend.counted.visits import Visits
from training.recommend.people import People
from training.recommend.top import best_products

SETTINGS = SourceSettings(half_life_days=1.0)


def fitted(past: History, parts: int = 1, settings: SourceSettings = SETTINGS) -> VisitNeighbours:
    """The table of ``past``, counted in so many parts."""
    edges = pairwise(np.linspace(0, len(past), parts + 1).astype(int))
    counted = [VisitNeighbours.part(People(past.part(*edge), 1.0, 50), SETTINGS) for edge in edges]
    return VisitNeighbours.of(counted, Shop(CUTOFF, settings, past.catalogue, None, None))  # type: ignore[arg-type]


def votes(table: VisitNeighbours, touched: str, neighbours: int = 10, each: int = 10) -> dict[str, float]:
    """The votes for somebody who has just touched these items, called by letters from ``a``, the best first."""
    items = table.items_of.shape[1]
    share = np.full(len(touched), 1 / len(touched), dtype=np.float32)
    interest = sparse.csr_matrix((share, [ord(letter) - ord("a") for letter in touched], [0, len(touched)]), (1, items))
    found = best_products(table.likest(interest, neighbours), table.items_of, each)
    return {chr(ord("a") + item): float(score) for item, score in zip(found.indices, found.data, strict=True)}


def test_like_visits_vote() -> None:
    """What the visits that share an item hold is voted for, what others hold is not; shares are at most 1."""
    table = fitted(history(events(*walk("anna", "abc"), *walk("bo", "ab"), *walk("cy", "de")), CUTOFF))
    found = votes(table, "a")
    assert set(found) == {"a", "b", "c"}
    assert found["a"] == pytest.approx(1.0)
    assert found["b"] == pytest.approx(1.0)
    assert 0 < found["c"] < 0.5, "the longer visit speaks more softly"


def test_newer_visits_speak_louder() -> None:
    """Of two visits of one length the newer one counts more, and of all visits only the newest are kept."""
    past = history(events(*walk("anna", "ab", 2), *walk("bo", "ac", 10)), CUTOFF)
    found = votes(fitted(past), "a")
    assert found["c"] > 3 * found["b"] > 0
    assert set(votes(fitted(past), "a", neighbours=1)) == {"a", "c"}


def test_rare_items_tell_more() -> None:
    """Two visits share one item each: the one that shares what few have touched is the liker one."""
    often = [row for number in range(8) for row in walk(f"v{number}", "ae")]
    found = votes(fitted(history(events(*often, *walk("x", "ac"), *walk("y", "bd")), CUTOFF)), "ab")
    assert found["d"] > found["c"]


def test_the_order_of_customers_plays_no_part() -> None:
    """However the customers are cut into parts, the votes are the same."""
    rng = np.random.default_rng(4)
    rows = [
        row for who in range(30) for row in walk(f"v{who:02}", "".join(rng.choice(list("abcdefgh"), 5)), who % 9 + 1)
    ]
    past = history(events(*rows), CUTOFF)
    whole, cut = fitted(past), fitted(past, parts=4)
    for touched in "abcdefgh":
        assert votes(whole, touched) == pytest.approx(votes(cut, touched))


def test_what_comes_after_the_cutoff_counts_nothing() -> None:
    """A visit that goes on after the cutoff is known as far as it went before."""
    rows = walk("anna", "ab")
    late = [("anna", "view", "c", "2025-03-11T00:00Z"), *walk("bo", "ac", 12)]
    assert votes(fitted(history(events(*rows, *late), CUTOFF)), "a") == votes(
        fitted(history(events(*rows), CUTOFF)), "a"
    )


def test_single_items_and_bots() -> None:
    """Visits of one item say nothing; of an endless one the newest items are kept."""
    rows = [("bot", "view", f"i{step:03}", f"2025-03-10T00:{step // 60:02}:{step % 60:02}Z") for step in range(300)]
    told = VisitItems.of(Visits.of(history(events(*rows, *walk("anna", "a")), CUTOFF)), 301)
    assert len(told.age_days) == 1
    assert len(told.item) == visit_neighbours.ITEMS_PER_VISIT
    assert told.item.min() == 301 - visit_neighbours.ITEMS_PER_VISIT


def test_the_newest_visits_of_an_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """An item is looked up in so many visits, the newest; the shop keeps so many in all."""
    past = history(events(*walk("anna", "ab", 1), *walk("bo", "ac", 2), *walk("cy", "ad", 3)), CUTOFF)
    assert set(votes(fitted(past, settings=replace(SETTINGS, visits_per_item=1)), "a")) == {"a", "d"}
    monkeypatch.setattr(visit_neighbours, "MOST_VISITS", 2)
    assert set(votes(fitted(past), "a")) == {"a", "c", "d"}


def test_mapped_from_files(tmp_path: Path) -> None:
    """The table answers the same from its read-only files."""
    table = fitted(history(events(*walk("anna", "abc"), *walk("bo", "ab")), CUTOFF))
    save_table(table, tmp_path)
    opened = open_table(VisitNeighbours, tmp_path)
    assert votes(opened, "a") == votes(table, "a")
    np.testing.assert_array_equal(opened.held.matrix.toarray(), table.items_of.toarray())


def test_a_shop_without_visits() -> None:
    """Nobody votes for anything."""
    table = fitted(history(events(("anna", "return", "a", moment("2025-03-10T10:00Z"))), CUTOFF))
    assert votes(table, "a") == {}
