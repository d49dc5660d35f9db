"""What the mover does in each round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from types import MappingProxyType

from features.shop_folder import ShopFolder
from serving.absorb import Absorber
from serving.backups.backup import remove_leftovers
from serving.campaigns.starting import DueCampaigns
from serving.database.access.audit import Audit
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown
from serving.database.connection import open_database
from serving.desk.workroom import Workroom
from serving.lists.frozen.leftovers import remove_old_leftovers
from serving.lists.schedules.refreshing import refresh_due
from serving.lists.webhooks.delivering import DeliveryRound
from serving.live.current_snapshot import CurrentSnapshot
from serving.privacy.erasing import Erasing
from serving.privacy.merging import Merging
from serving.running.mover import Chore
from serving.running.noted_rules import NotedRules
from serving.shown.retention import Retention


@contextmanager
def chores(
    shop: ShopFolder,
    clock: Callable[[], datetime],
    database_url: str | None = None,
    contact_keys: str | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Mapping[str, Chore]]:
    """The chores by name, in the order in which they are done, with a database of their own.

    ``contact_keys`` is the value of ``HUITOU_CONTACT_KEY``; ``environment`` has the secrets of webhooks.
    """
    engine = open_database(shop, database_url)
    room = Workroom(shop, engine, clock, contact_keys, CurrentSnapshot(shop))
    retention = Retention(Shown(engine), Responses(engine), shop.settings.shown_days, clock)
    try:
        yield {
            "what arrived": Absorber(shop, engine, clock).step,
            "merges": Merging(shop, engine).carry_out,
            "deletions": lambda: Erasing(shop, engine).carry_out(clock()),
            "old answers": retention.step,
            "rules": NotedRules(shop, Audit(engine), clock).step,
            "leftovers": partial(remove_leftovers, shop),
            "lists": partial(refresh_due, room),
            "campaigns": DueCampaigns(room).start,
            "sending": DeliveryRound(room, environment).step,
            "leftovers of lists": partial(remove_old_leftovers, room),
        }
    finally:
        engine.dispose()
