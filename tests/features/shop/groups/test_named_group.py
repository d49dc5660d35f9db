"""Columns of group names."""

from __future__ import annotations

import numpy as np

from features.shop.groups.named_group import NOBODY, group_column, named


def test_codes_become_names() -> None:
    """A code is the place of the name, and whoever is in no group has none."""
    column = group_column(("low", "high"), np.array([1, NOBODY, 0], dtype=np.int8))
    assert column.to_pylist() == ["high", None, "low"]
    assert group_column(("low",), np.zeros(0, dtype=np.int64)).to_pylist() == []


def test_both_languages() -> None:
    """Name and rule are kept by language."""
    group = named("low", "Low", "低", "little", "少")
    assert (group.title["zh"], group.rule["en"]) == ("低", "little")
