"""Popularity: bands by hand, bits by hand, and what nobody knew."""

from __future__ import annotations

import numpy as np
import pytest

from features.items import item_statistics
from tests.small_shop import events, history, moment
from training.recommend.measuring.popularity import BANDS, Popularity

CUTOFF = moment("2025-03-11T00:00Z")
HEAD, MID, TAIL = range(len(BANDS))


def popularity(purchases: dict[str, int], views: dict[str, int]) -> Popularity:
    """Of a shop whose items were bought and viewed so often."""
    rows = [
        (f"{kind} {number}", kind, item, "2025-03-01T00:00Z")
        for kind, counts in (("purchase", purchases), ("view", views))
        for item, count in counts.items()
        for number in range(count)
    ]
    return Popularity.of(item_statistics(history(events(*rows), CUTOFF)))


def test_bands_by_hand() -> None:
    """The head begins a fifth of the purchases, the tail holds the last fifth and what nobody bought."""
    # Ten purchases in all; above b lie four, above c seven, above d nine: the edges are two and eight.
    found = popularity({"a": 4, "b": 3, "c": 2, "d": 1}, {"e": 50})
    assert found.band.tolist() == [HEAD, MID, MID, TAIL, TAIL]


def test_ties_go_by_touches() -> None:
    """Of items bought as often, those with more touches come first."""
    found = popularity(dict.fromkeys("abcde", 1), {"e": 3, "c": 2})
    # In order: e, c, a, b, d.
    assert found.band.tolist() == [MID, MID, MID, TAIL, HEAD]


def test_without_purchases_views_decide() -> None:
    """In a shop where nothing was bought the bands go by touches."""
    assert popularity({}, {"a": 2, "b": 7, "c": 1}).band.tolist() == [MID, HEAD, TAIL]


def test_bits_by_hand() -> None:
    """An item with half of all touches, one added to each item, is worth one bit, with an eighth three bits."""
    found = popularity({"a": 1, "b": 1}, {"a": 2, "b": 0, "c": 1})
    # Touches with one added: a 4, b 2, c 2 of eight.
    assert found.surprise_bits == pytest.approx([1, 2, 2])


def test_unknown_items_are_tail() -> None:
    """Codes past the catalogue, which nobody could know, and padding belong to the tail."""
    found = popularity({"a": 5}, {})
    assert found.bands_of(np.array([[0, 1], [7, -1]])).tolist() == [[HEAD, TAIL], [TAIL, TAIL]]


def test_an_empty_catalogue() -> None:
    """Without items there is nothing to band."""
    found = popularity({}, {})
    assert (len(found.band), len(found.surprise_bits)) == (0, 0)
    assert found.bands_of(np.array([3])).tolist() == [TAIL]
