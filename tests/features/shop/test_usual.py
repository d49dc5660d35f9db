"""What is usual among buyers: limits that follow the shop and that a few resellers do not move."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from features.shop.trade import Trade
from features.shop.usual import Usual, buyers_of, no_buyers
from tests.small_shop import events, history, moment


def crowd(count: int = 400, *, scale: float = 1.0) -> pd.DataFrame:
    """Buyers whose numbers are spread by a factor of about three."""
    rng = np.random.default_rng(1)
    numbers = scale * np.exp(rng.normal(2, 1, (count, 4)))
    return pd.DataFrame(numbers, columns=["views", "pieces", "pieces_per_line", "spend"]).assign(is_void=0.0)


def test_limits_lie_beyond_nearly_all() -> None:
    """Of buyers spread like a bell on the scale of logarithms about four in a thousand are beyond the fence."""
    buyers = crowd(20_000)
    usual = Usual.among(buyers, 100, 1.5)
    assert (buyers["pieces"] > usual.most_pieces).mean() == pytest.approx(0.0035, abs=0.002)
    assert (buyers["views"] > usual.upper_views).mean() == pytest.approx(0.01, abs=0.001)
    assert usual.pieces_per_line == pytest.approx(np.exp(2), rel=0.05)


def test_limits_follow_the_shop() -> None:
    """A shop in which everything is ten times as much has limits ten times as high."""
    small, large = (Usual.among(crowd(scale=scale), 100, 1.5) for scale in (1, 10))
    for name in ("upper_views", "most_pieces", "most_pieces_per_line", "upper_spend"):
        assert getattr(large, name) == pytest.approx(10 * getattr(small, name))


def test_some_resellers_do_not_move_the_limit() -> None:
    """With one reseller in twenty the limit stays far below them."""
    buyers = crowd()
    resellers = buyers.sample(20, random_state=1) * 1_000
    usual = Usual.among(pd.concat([buyers, resellers]), 100, 1.5)
    assert usual.most_pieces < 2 * Usual.among(buyers, 100, 1.5).most_pieces
    assert (resellers["pieces"] > usual.most_pieces).all()


def test_few_buyers_set_no_limits() -> None:
    """Below the least number of buyers nobody is far above the others."""
    usual = Usual.among(crowd(99), 100, 1.5)
    assert (usual.upper_views, usual.most_pieces, usual.most_pieces_per_line) == (0, np.inf, np.inf)
    nobody = Usual.among(no_buyers(), 100, 1.5)
    assert (nobody.most_pieces, nobody.void_share) == (np.inf, 0)


def test_nothing_but_returns_sets_no_limit() -> None:
    """Buyers without a piece that stayed with them have no logarithm, which is no failure."""
    assert Usual.among(crowd().assign(pieces=0.0), 100, 1.5).most_pieces == np.inf


def test_buyers_are_those_with_a_line() -> None:
    """A visitor is no buyer; a buyer's views, pieces and spend are told."""
    known = history(
        events(
            ("anna", "view", "tea", "2025-03-01T10:00Z"),
            ("ben", "view", "tea", "2025-03-01T10:00Z"),
            ("ben", "purchase", "tea", "2025-03-01T10:00Z", {"quantity": 3, "unit_price": 2}),
        ),
        moment("2025-04-01T00:00Z"),
    )
    found = buyers_of(known, Trade.of(known, 30))
    assert found.to_dict("records") == [
        {"views": 1.0, "pieces": 3.0, "pieces_per_line": 3.0, "spend": 6.0, "is_void": 0.0}
    ]
