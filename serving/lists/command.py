"""The recall list as the command line writes it: from the served snapshot and the fresh events, into one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from features.errors import HuitouError
from features.shop.layers import BUYER_LAYERS
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.lists.exports import export
from serving.lists.interested_list import interested_list
from serving.lists.recall_list import RecallFilter, RecallList, Refused, recall_list
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.reason_texts import LANGUAGES

EXCLUSIONS = {
    "bot": "set aside as bots",
    "reseller": "set aside as resellers",
    "test_orders": "set aside for test orders",
    "internal": "set aside as the shop's own accounts",
    "not_contactable": "must not be written to",
    "bought_since": "ordered since the snapshot",
}
"""Why someone is left out, in words."""


def write_recall_list(
    shop: ShopFolder,
    out: Path,
    format: str,
    language: str,
    layers: Sequence[str] | None,
    limits: Mapping[str, Any],
    database: str | None,
) -> list[str]:
    """Write the list to ``out``; return sentences that tell what is on it and who was left out.

    ``limits`` are the other fields of :class:`~serving.lists.recall_list.RecallFilter`; ``database`` is the URL of
    the shop's database, the shop's own SQLite file when None.
    """
    _check_language(language)
    wanted = RecallFilter(layers=tuple(layers or BUYER_LAYERS), **limits)
    snapshot = Snapshot.open_current(shop)
    buyers, refused = _since(shop, snapshot, database)
    found = recall_list(snapshot, wanted, bought_since=buyers, refused=refused, language=language)
    return _written(snapshot, found, out, format)


def write_interested_list(
    shop: ShopFolder,
    out: Path,
    format: str,
    language: str,
    item_id: str | None,
    wanted: ItemFilter,
    top: int,
    database: str | None,
) -> list[str]:
    """Write whom to tell of an item, or of any that ``wanted`` lets through, to ``out``; return sentences about it."""
    _check_language(language)
    snapshot = Snapshot.open_current(shop)
    buyers, refused = _since(shop, snapshot, database)
    found = interested_list(snapshot, item_id, wanted, top, bought_since=buyers, refused=refused, language=language)
    return _written(snapshot, found, out, format)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise HuitouError(
            f"language must be one of {', '.join(LANGUAGES)}; got {language!r}.",
            field="language",
            value=language,
        )


def _since(shop: ShopFolder, snapshot: Snapshot, database: str | None) -> tuple[list[str], Refused]:
    """Who ordered after the snapshot was computed, and who said no to letters or to personal answers."""
    engine = open_database(shop, database)
    try:
        described, joined, deleted = Described(engine), Merged(engine).in_force(), Erased(engine).pending()
        refused = Refused(*([*described.refused(flag), *deleted] for flag in ("contactable", "personalized")))
        buyers = Inbox(engine).buyers(snapshot.header.event_version)
        return [*buyers, *(joined[each] for each in buyers if each in joined)], refused
    finally:
        engine.dispose()


def _written(snapshot: Snapshot, found: RecallList, out: Path, format: str) -> list[str]:
    export(found.table, out, format)
    told = [f"{found.table.num_rows:,} customers are in {out}, as of {snapshot.header.as_of:%Y-%m-%d %H:%M} UTC"]
    for reason, count in (each for each in found.exclusions.items() if each[1]):
        told.append(f"{count:,} fit and were left out: {EXCLUSIONS.get(reason, reason)}")
    return told
