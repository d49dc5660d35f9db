"""What an answer is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from serving.arranging.rules import ArrangeRules, Boost
from serving.arranging.shelf_rules import ShelfRules
from serving.recommending.wish import Wish, day_of
from serving.snapshot import Snapshot
from tests.serving.published_shop import NOW, small_shop


@pytest.mark.parametrize(("timezone", "day"), [("UTC", 1), ("Asia/Shanghai", 2), ("America/New_York", 1)])
def test_the_day_is_the_shops(timezone: str, day: int) -> None:
    """Late in the evening in London it is the next day in Shanghai."""
    assert day_of(datetime(2025, 3, 1, 20, tzinfo=UTC), timezone) == date(2025, 3, day)


def test_settings_of_a_placement(tmp_path: Path) -> None:
    """A placement has its own settings; without rules candidates stay in their order."""
    shelf = Snapshot.open_current(small_shop(tmp_path)).shelf
    rules = ShelfRules.of(ArrangeRules.read('{"placements": {"email": {"diversity": 0.5}}}'), shelf)
    assert Wish(NOW, rules=rules, placement="email").usual.diversity == 0.5
    assert Wish(NOW, rules=rules).usual.diversity == 0.05
    assert Wish(NOW).usual.diversity == Wish(NOW).usual.exploration == 0.0


def test_what_a_request_pins_and_boosts(tmp_path: Path) -> None:
    """It becomes a rule about the shelf's items; an unknown item is passed over, and nothing asked is no rule."""
    shelf = Snapshot.open_current(small_shop(tmp_path)).shelf
    asked = Wish(NOW, pins=[("zip", 3), ("nobody sells it", 1)], boosts=[Boost(category=["fruit"], factor=2.0)])
    rule = asked.asked_rule(shelf)
    assert rule is not None
    assert rule.pins == ((3, shelf.ids.row("zip")),)
    assert [factor for _, factor in rule.boosts] == [2.0]
    assert Wish(NOW).asked_rule(shelf) is None
