"""Numbers that only rise, and the turn that writers take by them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from serving.database.tables import COUNTERS

CONTACT_DETAILS_TOLD = "contact_details"
"""Rises when contact details of somebody are told."""

CUSTOMERS_TOLD = "described_customers"
"""Rises when something is said of customers."""

CONTACT_DETAILS_REMOVED = "contact_details_removed"
"""Rises when contact details of somebody go."""

MERGES_CHANGED = "merged_visitors"
"""Rises when a visitor is merged, or no longer."""

SUPPRESSIONS_CHANGED = "suppressions"
"""Rises when somebody is suppressed, or no longer."""

HOLDOUT_SET = "holdout"
"""Rises when the holdout is set."""

AUDIENCES_SAVED = "audiences"
"""Rises when an audience is saved."""

CAMPAIGNS_MADE = "campaigns"
"""Rises when a campaign is made."""


def dialect_of(connection: Connection) -> Any:
    """The dialect's own words, such as ``insert`` with ``on_conflict_do_update``."""
    return postgresql if connection.dialect.name == "postgresql" else sqlite


def next_number(connection: Connection, name: str) -> int:
    """The next number of a counter; others who ask for one wait here until the commit.

    What is written after it becomes visible in the order of the numbers.
    """
    insert = dialect_of(connection).insert(COUNTERS).values(name=name, value=1)
    higher = {"value": COUNTERS.c.value + 1}
    taken = insert.on_conflict_do_update(index_elements=["name"], set_=higher).returning(COUNTERS.c.value)
    return int(connection.execute(taken).scalar_one())


def newest_number(connection: Connection, name: str) -> int:
    """The number that was given last; 0 before the first."""
    return int(connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == name)).scalar() or 0)
