"""What a command did, written into the shop's audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from features.shop_folder import ShopFolder


def write_down(
    shop: ShopFolder, url: str | None, act: str, subject: str, details: Mapping[str, Any], now: datetime
) -> None:
    """Add one act of the command line; ``url`` is the value of ``HUITOU_DATABASE``.

    A shop that has no database yet has no audit log either, and none is made for this.
    """
    if not (url or shop.database.exists()):
        return
    from serving.database.access.audit import COMMAND_LINE, Audit
    from serving.database.connection import open_database

    engine = open_database(shop, url)
    try:
        Audit(engine).add(COMMAND_LINE, act, subject, details, now)
    finally:
        engine.dispose()
