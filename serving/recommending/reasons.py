"""Why items of an answer are shown, in words."""

from __future__ import annotations

from functools import lru_cache

from serving.recommending.offers import Candidate
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from training.recommend.reason_texts import (
    ABOUT_CATEGORY,
    ABOUT_CYCLE,
    ABOUT_ITEM,
    ABOUT_ITEM_CYCLE,
    ABOUT_OWN_ITEM,
    reason,
)

# No title and no name of a category holds these: a sentence is told once with them in place of the names.
_ITEM, _CATEGORY = "\x00item\x00", "\x00category\x00"

SPECIAL_SOURCES = frozenset({*ABOUT_CATEGORY, *ABOUT_CYCLE, *ABOUT_ITEM, *ABOUT_ITEM_CYCLE, *ABOUT_OWN_ITEM})
"""The sources whose reasons may speak of an item, its category or its cycle; all others have one sentence each."""


def reason_of(snapshot: Snapshot, candidate: Candidate, language: str) -> str:
    """Why the item is shown."""
    item, _, source, because, every_days = candidate
    shelf = snapshot.shelf
    names_item = because not in (NO_ITEM, item)
    category = shelf.category_name(item) if source in ABOUT_CATEGORY else None
    item_days = shelf.usual_days(item) if source in ABOUT_ITEM_CYCLE else 0
    sentence = _sentence(source, language, names_item, category is not None, every_days, item_days)
    if names_item and _ITEM in sentence:
        return sentence.replace(_ITEM, shelf.label(because))
    return sentence if category is None else sentence.replace(_CATEGORY, category)


@lru_cache(maxsize=4_096)
def _sentence(
    source: str, language: str, names_item: bool, names_category: bool, every_days: int, item_days: int
) -> str:
    return reason(
        source,
        language,
        because=_ITEM if names_item else None,
        category=_CATEGORY if names_category else None,
        own=True,
        every_days=every_days,
        item_days=item_days,
    )
