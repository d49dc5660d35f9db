"""Small questions about codes: the same answers as numpy's own functions give."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from serving.arranging.among import among, first_places

CODES = st.lists(st.integers(0, 60), max_size=80).map(lambda codes: np.array(codes, dtype=np.int64))


@given(items=CODES, others=CODES)
def test_among_others(items: np.ndarray, others: np.ndarray) -> None:
    """Each item is told to be among the others or not, few or many, none at all too."""
    assert among(items, others).tolist() == np.isin(items, others).tolist()


@given(keys=CODES)
def test_first_places(keys: np.ndarray) -> None:
    """Each key is found where it stands first, in the order in which they stand."""
    assert first_places(keys).tolist() == sorted(np.unique(keys, return_index=True)[1].tolist())
