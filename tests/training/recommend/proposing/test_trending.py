"""Demand: the trending items of one's categories, and what is popular with everybody."""

from __future__ import annotations

from pathlib import Path

from tests.training.recommend.proposing.proposed import DESCRIBED, Proposed, at
from training.recommend.counted.table import SourceSettings


def test_category_trends(tmp_path: Path) -> None:
    """The trending new items of the categories one looks at are proposed; items without a category never are."""
    shop = Proposed(
        tmp_path,
        ("anna", "view", "cup", at(1)),
        ("bo", "purchase", "pan", at(1)),
        ("bo", "view", "tea", at(1)),
        ("cy", "view", "tea", at(1)),
        described=DESCRIBED,
    )
    assert shop.ranked("category", "anna") == ["pan"], "the cup Anna knows"
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
