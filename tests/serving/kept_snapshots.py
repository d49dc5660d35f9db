"""First snapshots of shops, kept in memory: what tests publish again and again is written once and then put down."""

from __future__ import annotations

import os
from collections.abc import Callable

from features.shop_folder import ShopFolder

MOST = 32
"""How many are kept; the oldest goes when there are more."""

_KEPT: dict[str, tuple[str, dict[str, bytes | None]]] = {}


def first_snapshot(shop: ShopFolder, told: str, publish: Callable[[], str]) -> str:
    """The id of the snapshot that ``publish`` writes into a shop that has none yet.

    ``told`` says all that it is made from: where that was published before, the same files are put down.
    """
    folder = str(shop.snapshots)
    if told not in _KEPT:
        identity = publish()
        if len(_KEPT) == MOST:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[told] = identity, _read(folder)
        return identity
    identity, files = _KEPT[told]
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        if content is None:
            os.mkdir(f"{folder}/{name}")
        else:
            with open(f"{folder}/{name}", "xb", buffering=0) as file:
                file.write(content)
    return identity


def _read(folder: str) -> dict[str, bytes | None]:
    """The content of every file by its path from ``folder``; None for a folder, which comes before what is in it."""
    found: dict[str, bytes | None] = {}
    for parent, folders, files in os.walk(folder):
        start = os.path.relpath(parent, folder)
        found |= {os.path.normpath(f"{start}/{name}"): None for name in folders}
        for name in files:
            with open(f"{parent}/{name}", "rb") as file:
                found[os.path.normpath(f"{start}/{name}")] = file.read()
    return found
