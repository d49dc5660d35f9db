"""Reasons: the same words as told one by one, whatever the titles hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.recommending.offers import Candidate
from serving.recommending.reasons import reason_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from tests.serving.published_shop import small_shop
from training.recommend.reason_texts import LANGUAGES, PLAIN, reason


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(Path(tmp_path_factory.mktemp("shop"))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", [*PLAIN, "unheard of"])
def test_every_source_has_its_words(snapshot: Snapshot, source: str, language: str) -> None:
    """With and without another item, a category, and a cycle of the customer or the item."""
    shelf = snapshot.shelf
    for item in range(len(shelf)):
        for because in (NO_ITEM, item, (item + 1) % len(shelf)):
            for days in (0, 21):
                told = reason_of(snapshot, Candidate(item, 1.0, source, because, days), language)
                other = shelf.label(because) if because not in (NO_ITEM, item) else None
                assert told == reason(
                    source,
                    language,
                    because=other,
                    category=shelf.item(item).category,
                    own=True,
                    every_days=days,
                    item_days=shelf.usual_days(item),
                )
