"""A process that absorbs shop after shop, each in a fork of its own that kills itself at a given step.

For tests; the arguments are a shop, a database's URL or nothing, and a step, for each shop.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from features.shop_folder import ShopFolder
from serving.absorb import absorb_all
from serving.database.connection import open_database
from tests.serving.database.fresh_events import RECEIVED


def absorb_until(shop: ShopFolder, url: str, last: str) -> None:
    """Absorb, and be killed at the step ``last``."""

    def die_at(step: str) -> None:
        if step == last:
            os.kill(os.getpid(), signal.SIGKILL)

    absorb_all(shop, open_database(shop, url or None), lambda: RECEIVED, die_at)


if __name__ == "__main__":
    for path, url, last in zip(*[iter(sys.argv[1:])] * 3, strict=True):
        child = os.fork()
        if not child:
            absorb_until(ShopFolder.open(Path(path)), url, last)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{last}: {os.waitstatus_to_exitcode(status)}\n")
