"""The lock of those who write snapshots: one at a time for each shop."""

from __future__ import annotations

import fcntl
import os

from features.errors import HuitouError
from features.shop_folder import ShopFolder


def publishing_lock(shop: ShopFolder) -> int:
    """Hold the lock until the handle that is returned is closed; the system releases it when the process ends.

    Raises :class:`HuitouError` while another process holds it.
    """
    handle = os.open(shop.snapshots / ".publishing.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise HuitouError(
            f"another process is publishing for the shop in {shop.path}. Wait until it has finished.",
            code="busy",
            field="shop",
            value=str(shop.path),
        ) from None
    return handle
