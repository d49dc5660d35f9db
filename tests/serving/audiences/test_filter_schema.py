"""What the API's document says of filters."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

from serving.audiences.filter_schema import FILTER_SCHEMA
from serving.audiences.filters import VERBS
from tests.serving.audiences.drawn_filters import FILTERS

SCHEMA = jsonschema_rs.validator_for(FILTER_SCHEMA)


@given(said=FILTERS)
def test_every_filter_fits(said: dict[str, Any]) -> None:
    """What can be asked is as the document says."""
    assert SCHEMA.is_valid(said)


def test_every_part_is_there() -> None:
    """Each part has its place in the document."""
    assert {part["title"] for part in FILTER_SCHEMA["oneOf"]} == set(VERBS)


@pytest.mark.parametrize(
    "said", [{}, {"all": []}, {"everyone": False}, {"open": "basket"}, {"everyone": True, "x": 1}, 3]
)
def test_what_is_no_filter(said: Any) -> None:
    """What can be seen from the document to be wrong does not fit it."""
    assert not SCHEMA.is_valid(said)
