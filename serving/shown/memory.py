"""The three tables of what was shown, opened together for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.access.audit import Audit
from serving.database.answers.comparisons import Comparisons
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown
from serving.database.connection import open_database
from serving.database.people.merged import Merged
from serving.shown.same_people import SamePeople
from serving.shown.set_aside_people import set_aside_people
from serving.snapshot import Snapshot


@dataclass(frozen=True)
class Memory:
    """What was shown, what followed, and what was compared."""

    shown: Shown
    """The answers."""
    responses: Responses
    """What people did."""
    comparisons: Comparisons
    """Which snapshots are or were compared."""
    merged: Merged
    """Which visitors are customers."""
    audit: Audit
    """Where administrative acts are written down."""

    @property
    def same_people(self) -> SamePeople:
        """Who is whom by now."""
        return SamePeople(self.merged.in_force())


@contextmanager
def opened(shop: ShopFolder, url: str | None) -> Iterator[Memory]:
    """The memory of a shop; ``url`` is the value of ``HUITOU_DATABASE``."""
    engine = open_database(shop, url)
    try:
        yield Memory(Shown(engine), Responses(engine), Comparisons(engine), Merged(engine), Audit(engine))
    finally:
        engine.dispose()


def compared_snapshots(shop: ShopFolder, url: str | None) -> tuple[str, ...]:
    """Ids of the snapshots of a running comparison; none where the shop has no database yet."""
    if not (url or shop.database.exists()):
        return ()
    with opened(shop, url) as memory:
        return memory.comparisons.pinned()


def not_counted(shop: ShopFolder) -> frozenset[str]:
    """Ids of those who are set aside by the served snapshot; nobody where nothing is published."""
    try:
        return set_aside_people(Snapshot.open_current(shop))
    except HuitouError as error:
        if error.code != "no_snapshot":
            raise
        return frozenset()
