"""Whom a snapshot names."""

from __future__ import annotations

from pathlib import Path

from serving.snapshot import current_id
from serving.snapshot_parts.named_people import named_people, people_in
from tests.serving.published_shop import PEOPLE, small_shop


def test_everybody_is_told(tmp_path: Path) -> None:
    """Customers with rows of their own, and who only said that nothing personal is wanted."""
    shop = small_shop(tmp_path)
    folder = shop.snapshots / current_id(shop)
    everybody = [person.id for person in PEOPLE] + ["stranger who said no"]
    assert {*named_people(folder)} == {*everybody}
    assert people_in(folder, [*everybody, "nobody"]) == everybody
