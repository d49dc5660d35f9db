"""The files of a shop that a backup holds, gathered as they are at one moment."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from features.errors import HuitouError
from features.events.warehouse import TABLES, Warehouse
from features.shop.groups.playbook import PLAYBOOK_FILE
from features.shop.promotions.own_promotions import PROMOTIONS_FILE
from features.shop_folder import ShopFolder
from serving.arranging.rules import RULES_FILE
from serving.care.rules import CARE_FILE
from serving.lists.frozen.member_file import FOLDER as LISTS
from serving.lists.webhooks.webhook_file import WEBHOOKS_FILE
from serving.snapshot import current_id

EDITED_FILES = (RULES_FILE, PLAYBOOK_FILE, PROMOTIONS_FILE, CARE_FILE, WEBHOOKS_FILE)
"""The files in its folder that a shop writes by hand; any of them may be missing."""

_LOG = "_delta_log"
_LOGGED = re.compile(r"(\d{20})\.(json|checkpoint\..*parquet)")
_ATTEMPTS = 5


def gather(shop: ShopFolder, folder: Path, compared: Iterable[str] = ()) -> None:
    """Gather everything but the database in ``folder``, which lies in the shop's own; to be called after the dump.

    Of the snapshots these are the served one and those that are ``compared`` with each other.
    Files that never change are linked, which copies nothing and keeps those that are deleted meanwhile.
    """
    _copy(shop.path / "shop.json", folder / "shop.json")
    for edited in filter(lambda name: (shop.path / name).exists(), EDITED_FILES):
        _copy(shop.path / edited, folder / edited)
    for name in TABLES:
        _again_when_gone(partial(_gather_table, shop, name, folder / "warehouse" / name))
    _again_when_gone(partial(_gather_snapshots, shop, folder / "snapshots", set(compared)))
    _gather_registry(shop, folder / "mlflow")
    for file in _files(shop.path / LISTS):
        _again_when_gone(partial(_link, file, folder / LISTS / file.name))
    for file in _files(shop.bundles):
        _link(file, folder / "bundles" / file.relative_to(shop.bundles))


def _gather_table(shop: ShopFolder, name: str, folder: Path) -> None:
    """One version of a table of the warehouse: its files, and the log up to it."""
    shutil.rmtree(folder, ignore_errors=True)
    version, files = Warehouse.open(shop).version_files(name)
    place = shop.warehouse / name
    for file in files:
        _link(file, folder / file.relative_to(place))
    for file in _files(place / _LOG):
        logged = _LOGGED.fullmatch(file.name)
        if logged is not None and int(logged[1]) <= version:
            _link(file, folder / _LOG / file.name)


def _gather_snapshots(shop: ShopFolder, folder: Path, compared: set[str]) -> None:
    """The snapshot that is served now, and those that are compared; none where nothing is published."""
    shutil.rmtree(folder, ignore_errors=True)
    if not (shop.snapshots / "CURRENT").exists():
        return
    served = current_id(shop)
    for identity in {served, *compared}:
        for file in _files(shop.snapshots / identity):
            _link(file, folder / identity / file.relative_to(shop.snapshots / identity))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "CURRENT").write_text(served + "\n", encoding="utf-8")


def _gather_registry(shop: ShopFolder, folder: Path) -> None:
    """The embedded registry: its database first, so that every artefact that it names is there."""
    store = shop.registry / "mlflow.db"
    if not store.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(folder / store.name)) as copy:
        source.backup(copy)
    for file in _files(shop.registry):
        if not file.name.startswith(store.name):
            _link(file, folder / file.relative_to(shop.registry))


def _again_when_gone(gather_part: Callable[[], None]) -> None:
    """Gather once more when a file was deleted under our hands: a newer version has taken its place."""
    for attempt in range(_ATTEMPTS):
        try:
            gather_part()
            return
        except FileNotFoundError:
            if attempt + 1 == _ATTEMPTS:
                raise
        except HuitouError as error:
            if error.code != "erased_version" or attempt + 1 == _ATTEMPTS:
                raise


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, none when it does not exist; half-written ones, whose names begin with a dot, not."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts):
            yield file


def _link(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        shutil.copyfile(file, target)


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
