"""Deletions that a backup does not know of, carried over to the shop that was made from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, select, union

from features.moments import microseconds
from features.shop_folder import ShopFolder
from serving.database.connection import open_database, told
from serving.database.marketing_tables import CONTACT_LOG, SUPPRESSIONS
from serving.database.people.erased import Erased
from serving.database.people.person_hash import person_hash
from serving.database.tables import CONTACT_DETAILS, DESCRIBED, ERASED, INBOX, MERGED, SHOWN

_PEOPLE = (
    INBOX.c.customer_id,
    DESCRIBED.c.customer_id,
    MERGED.c.visitor,
    MERGED.c.customer_id,
    CONTACT_DETAILS.c.customer_id,
    SHOWN.c.customer_id,
    CONTACT_LOG.c.customer_id,
)


def erased_hashes(engine: Engine) -> list[str]:
    """The hashes of everyone whom a shop deleted, in order."""
    query = select(ERASED.c.person_hash).order_by(ERASED.c.person_hash)
    with told(), engine.execution_options(reading=True).connect() as connection:
        return [*connection.execute(query).scalars()]


def erased_in(shop: ShopFolder, url: str | None) -> list[str]:
    """The same of a shop whose database is not open; nobody where it has none yet."""
    if not (url or shop.database.exists()):
        return []
    engine = open_database(shop, url)
    try:
        return erased_hashes(engine)
    finally:
        engine.dispose()


def erase_again(engine: Engine, hashes: Iterable[str], others: Iterable[str], now: datetime) -> int:
    """Have everyone deleted whose hash is in ``hashes``; how many of them the shop knows.

    ``others`` are people whom the warehouse or a snapshot knows. Their rows in the database go at once, the rest with
    :meth:`serving.privacy.erasing.Erasing.carry_out`. Who is not known gets a tombstone all the same, so that nothing
    is ever stored of them.
    """
    wanted = set(hashes)
    known = {person_hash(person): person for person in {*_people(engine), *others}}
    erased = Erased(engine)
    for found in sorted(wanted & set(known)):
        erased.begin([known[found]], now)
    _set_tombstones(engine, wanted - set(known), now)
    return len(wanted & set(known))


def _people(engine: Engine) -> list[str]:
    suppressed = select(SUPPRESSIONS.c.value).where(SUPPRESSIONS.c.kind == "customer")
    query = union(*(select(column).where(column.is_not(None)) for column in _PEOPLE), suppressed)
    with told(), engine.execution_options(reading=True).connect() as connection:
        return [*connection.execute(query).scalars()]


def _set_tombstones(engine: Engine, hashes: set[str], now: datetime) -> None:
    now_us = microseconds(now)
    with told(), engine.begin() as connection:
        there = {*connection.execute(select(ERASED.c.person_hash)).scalars()}
        rows = [
            {"person_hash": each, "customer_id": None, "asked_us": now_us, "done_us": now_us, "places": "{}"}
            for each in sorted(hashes - there)
        ]
        if rows:
            connection.execute(ERASED.insert(), rows)
