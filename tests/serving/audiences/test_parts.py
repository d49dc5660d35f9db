"""The parts of filters as values."""

from __future__ import annotations

from serving.audiences.filters import parse_filter
from serving.audiences.parts import Did, Which


def test_which_items_are_meant() -> None:
    """Without a condition all are, with any condition some; a price alone is one."""
    assert Which().is_all
    assert not Which(least_price=0.0).is_all
    for said in ({"item": "a"}, {"category": "b"}, {"brand": ["c"]}, {"price": {"at_most": 3}}):
        found = parse_filter({"did": "view", **said})
        assert isinstance(found, Did)
        assert not found.which.is_all
