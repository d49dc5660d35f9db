"""The few numbers of a recall list, as a filter."""

from __future__ import annotations

import numpy as np
import pytest

from features.shop.layers import BUYER_LAYERS
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh
from serving.audiences.matching import matching
from serving.lists.recall_filter import recall_filter
from serving.snapshot import Snapshot
from tests.serving.published_shop import NOW, small_shop


def test_buyers_where_nothing_is_said() -> None:
    """Every layer but that of visitors."""
    assert recall_filter() == {"field": "layer", "in": [*BUYER_LAYERS]}


def test_the_filter_means_what_the_numbers_say(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All limits hold together, each with its end included."""
    snapshot = Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))
    said = recall_filter(["lost", "active", "high_win_back"], (), 0.2, 0.9, 500.0)
    flags = matching(snapshot, parse_filter(said), Fresh.nothing(), NOW)
    assert {snapshot.customers.id(row) for row in np.flatnonzero(flags).tolist()} == {"anna", "quiet"}
    clusters = recall_filter(["lost"], (1, 2))
    assert {"field": "cluster", "in": [1, 2]} in clusters["all"]
