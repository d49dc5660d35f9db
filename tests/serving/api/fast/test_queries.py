"""Query strings are read as Starlette reads them, but for what is said twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from serving.api.fast.queries import parameters


@given(
    query=st.binary(max_size=40)
    | st.text("ab=&+%2f;é ", max_size=30).map(str.encode)
    | st.text("ab=&-", max_size=12).map(str.encode)
)
def test_the_same_as_starlette(query: bytes) -> None:
    """Whatever the bytes: of a list all values, and no other name twice."""
    expected = QueryParams(query)
    if any(len(expected.getlist(name)) > 1 for name in set(expected) - {"a"}):
        with pytest.raises(ValueError, match="said twice"):
            parameters(query, {"a"})
        return
    found = parameters(query, {"a"})
    assert set(found) == set(expected)
    for name, value in found.items():
        assert value == (expected.getlist(name) if name == "a" else expected[name])
