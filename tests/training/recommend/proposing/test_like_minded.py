"""What customers with like baskets buy."""

from __future__ import annotations

from pathlib import Path

from tests.training.recommend.proposing.proposed import Proposed, at


def test_like_baskets(tmp_path: Path) -> None:
    """A tea drinker is proposed what tea drinkers buy, a coffee drinker what those buy, a visitor nothing."""
    rows = []
    for number in range(6):
        rows += [(f"t{number}", "purchase", item, at(number + 1)) for item in ("tea", "pot")]
        rows += [(f"k{number}", "purchase", item, at(number + 1)) for item in ("coffee", "mill")]
    rows += [("anna", "purchase", "tea", at(2)), ("bo", "purchase", "coffee", at(2)), ("cy", "view", "tea", at(2))]
    shop = Proposed(tmp_path, *rows, names=("like_minded",))
    assert set(shop.ranked("like_minded", "anna")) == {"tea", "pot"}
    assert set(shop.ranked("like_minded", "bo")) == {"coffee", "mill"}
    assert shop.ranked("like_minded", "cy") == []
    assert 0 < shop.score("like_minded", "anna", "pot") < 1
