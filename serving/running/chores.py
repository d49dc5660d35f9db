"""What the mover does in each round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from features.shop_folder import ShopFolder
from serving.absorb import Absorber
from serving.backups.backup import remove_leftovers
from serving.database.access.audit import Audit
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown
from serving.database.connection import open_database
from serving.privacy.erasing import Erasing
from serving.privacy.merging import Merging
from serving.running.mover import Chore
from serving.running.noted_rules import NotedRules
from serving.shown.retention import Retention


@contextmanager
def chores(
    shop: ShopFolder, clock: Callable[[], datetime], database_url: str | None = None
) -> Iterator[Mapping[str, Chore]]:
    """The chores by name, in the order in which they are done, with a database of their own."""
    engine = open_database(shop, database_url)
    retention = Retention(Shown(engine), Responses(engine), shop.settings.shown_days, clock)
    try:
        yield {
            "what arrived": Absorber(shop, engine, clock).step,
            "merges": Merging(shop, engine).carry_out,
            "deletions": lambda: Erasing(shop, engine).carry_out(clock()),
            "old answers": retention.step,
            "rules": NotedRules(shop, Audit(engine), clock).step,
            "leftovers": partial(remove_leftovers, shop),
        }
    finally:
        engine.dispose()
