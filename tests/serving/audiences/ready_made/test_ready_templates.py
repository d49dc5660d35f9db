"""The ready audiences by name; what each means is tested in test_templates.py."""

from __future__ import annotations

from serving.audiences.ready_made.before_ordering import BEFORE_ORDERING
from serving.audiences.ready_made.interests import INTERESTS
from serving.audiences.ready_made.leaving import LEAVING
from serving.audiences.ready_made.ready_templates import READY
from serving.audiences.ready_made.staying import STAYING
from serving.audiences.ready_made.wording import WITHIN, at_least, at_most, days, equals, everything, group


def test_none_is_lost() -> None:
    """No two have one name, and they stand in the order in which people meet the shop."""
    everyone = (*BEFORE_ORDERING, *STAYING, *LEAVING, *INTERESTS)
    assert [*READY] == [ready.name for ready in everyone]
    assert next(iter(READY)) == "visitors-to-convert"


def test_small_filters() -> None:
    """What they are written with are filters."""
    assert everything(equals("a", 1), at_least("b", 2), at_most("c", 3)) == {
        "all": [{"field": "a", "is": 1}, {"field": "b", "at_least": 2}, {"field": "c", "at_most": 3}]
    }
    assert group("layer", "lost")({}) == {"field": "layer", "is": "lost"}
    assert days(3, WITHIN).usual == 3
