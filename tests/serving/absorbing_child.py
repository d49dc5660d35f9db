"""A process that takes what waits into the warehouse, and is killed at a given step."""

from __future__ import annotations

import os
import signal

from features.shop_folder import ShopFolder
from serving.absorb import absorb_all
from serving.database.connection import open_database
from tests.serving.database.fresh_events import RECEIVED


def absorb_until(shop: ShopFolder, url: str | None, last: str) -> None:
    """Absorb, and be killed at the step ``last``."""

    def die_at(step: str) -> None:
        if step == last:
            os.kill(os.getpid(), signal.SIGKILL)

    absorb_all(shop, open_database(shop, url), lambda: RECEIVED, die_at)
