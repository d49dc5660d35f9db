"""What was said of people holds for what comes in by a file, too."""

from __future__ import annotations

from datetime import datetime

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.database.connection import Database
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.privacy.erasing import Erasing
from serving.privacy.merging import Merging


def reapply(shop: ShopFolder, engine: Database, now: datetime) -> int:
    """Erase again who was deleted, and merge again who was merged; return how many people were erased again.

    It is called after an import. Raises :class:`HuitouError` (``busy``) while another process
    writes to the shop; what is left is done by the mover, or with the next call.
    """
    erased, merged = Erased(engine), Merged(engine)
    joined, has_erased = merged.in_force(), erased.any()
    if not (joined or has_erased):
        return 0
    people = Warehouse.open(shop).people()
    merged.unsettle([visitor for visitor in joined if visitor in people])
    gone = sorted(erased.among(people)) if has_erased else []
    for person in gone:
        erased.begin([person], now)
    Merging(shop, engine).carry_out()
    Erasing(shop, engine).carry_out(now)
    return len(gone)
