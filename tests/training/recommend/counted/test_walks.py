"""Walks: two steps lead to what no one person held together with an item."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from features.history import History
from tests.small_shop import events, history
from tests.training.recommend.counted.walked import CUTOFF, walk
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.walks import Walks
from training.recommend.people import People

SETTINGS = SourceSettings(half_life_days=5.0, neighbours=3)


def walks(past: History, parts: int = 1) -> Walks:
    """The walks of ``past``, counted in so many parts."""
    edges = pairwise(np.linspace(0, len(past), parts + 1).astype(int))
    counted = [Walks.part(People(past.part(*edge), 5.0, 50), SETTINGS) for edge in edges]
    return Walks.of(counted, Shop(CUTOFF, SETTINGS, past.catalogue, None, None))  # type: ignore[arg-type]


def reached(found: Walks, item: str) -> dict[str, float]:
    """Where walks from an item lead, items called by letters from ``a``."""
    row = found.reached[ord(item) - ord("a")]
    return {chr(ord("a") + other): float(share) for other, share in zip(row.indices, row.data, strict=True)}


def test_two_steps() -> None:
    """From a, which only Anna touched, a walk leads over her b to Bo's c; it never ends where it began."""
    past = history(events(*walk("anna", "ab"), *walk("bo", "bc"), *walk("cy", "de")), CUTOFF)
    found = walks(past)
    assert set(reached(found, "a")) == {"c"}
    assert set(reached(found, "d")) == set(), "from d all walks come back"


def test_shares() -> None:
    """The walks from an item are shares of all of them: above 0 and together at most 1."""
    rng = np.random.default_rng(3)
    rows = [row for who in range(40) for row in walk(f"c{who}", "".join(rng.choice(list("abcdefgh"), 4, False)))]
    found = walks(history(events(*rows), CUTOFF))
    sums = np.asarray(found.reached.sum(axis=1)).ravel()
    assert (found.reached.data > 0).all()
    assert ((sums > 0) & (sums <= 1 + 1e-6)).all()
    assert np.diff(found.reached.indptr).max() <= SETTINGS.neighbours + 1
    assert found.reached.diagonal().max() == 0


def test_bestsellers_are_damped() -> None:
    """Of two items one step from where a walk goes on, what fewer others touch is reached more easily."""
    crowd = [row for who in range(30) for row in walk(f"c{who}", "dg")]
    rows = [*walk("anna", "ab"), *walk("bo", "bc"), *walk("cy", "bd"), *crowd]
    found = reached(walks(history(events(*rows), CUTOFF)), "a")
    assert found["c"] > found["d"]


@pytest.mark.parametrize("parts", [2, 5])
def test_parts_add_up(parts: int) -> None:
    """Counted in parts, the walks are the same."""
    rows = [row for who in range(20) for row in walk(f"c{who:02}", "abcdef"[who % 4 : who % 4 + 3])]
    past = history(events(*rows), CUTOFF)
    whole, added = walks(past).reached, walks(past, parts).reached
    np.testing.assert_allclose(added.toarray(), whole.toarray(), atol=1e-6)


def test_nobody() -> None:
    """Without anything touched there are no walks."""
    past = history(events(("anna", "return", "a", "2025-03-10T10:00Z")), CUTOFF)
    assert walks(past).reached.nnz == 0
