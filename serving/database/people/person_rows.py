"""Every row of the database that is about a person, table by table: to count, to read and to delete them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, or_, select

from serving.database.connection import told
from serving.database.marketing_tables import CONTACT_LOG, SUPPRESSIONS
from serving.database.people.person_key import person_key
from serving.database.tables import CONTACT_DETAILS, DESCRIBED, INBOX, MERGED, RESPONSES, SHOWN

People = Sequence[str]
"""A customer and the visitors merged into it, as stored."""


def _inbox(people: People) -> ColumnElement[bool]:
    return INBOX.c.person_key.in_([*map(person_key, people)]) & INBOX.c.customer_id.in_(people)


def _contact_log(people: People) -> ColumnElement[bool]:
    return CONTACT_LOG.c.person_key.in_([*map(person_key, people)]) & CONTACT_LOG.c.customer_id.in_(people)


def _suppressions(people: People) -> ColumnElement[bool]:
    # Those by an address hold its hash alone: they must outlive the person, who said no to letters.
    return (SUPPRESSIONS.c.kind == "customer") & SUPPRESSIONS.c.value.in_(people)


def _merged(people: People) -> ColumnElement[bool]:
    return or_(MERGED.c.visitor.in_(people), MERGED.c.customer_id.in_(people))


def _by_key(table: Table) -> Callable[[People], ColumnElement[bool]]:
    # Nothing but the number is kept there; that two people share one happens once in 10^19.
    return lambda people: table.c.person_key.in_([*map(person_key, people)])


def _by_id(table: Table) -> Callable[[People], ColumnElement[bool]]:
    return lambda people: table.c.customer_id.in_(people)


PERSON_TABLES: Mapping[str, tuple[Table, Callable[[People], ColumnElement[bool]]]] = {
    "inbox": (INBOX, _inbox),
    "described_customers": (DESCRIBED, _by_id(DESCRIBED)),
    "contact_details": (CONTACT_DETAILS, _by_id(CONTACT_DETAILS)),
    "merged_visitors": (MERGED, _merged),
    "shown": (SHOWN, _by_key(SHOWN)),
    "responses": (RESPONSES, _by_key(RESPONSES)),
    "contact_log": (CONTACT_LOG, _contact_log),
    "suppressions": (SUPPRESSIONS, _suppressions),
}
"""The tables that hold rows of people, and which rows are whose."""


def count_rows(connection: Connection, people: People) -> dict[str, int]:
    """How many rows of some people each table holds."""
    return {
        name: int(connection.execute(select(func.count()).select_from(table).where(rows_of(people))).scalar_one())
        for name, (table, rows_of) in PERSON_TABLES.items()
    }


def delete_rows(connection: Connection, people: People) -> dict[str, int]:
    """Delete every row of some people; return how many went, by table."""
    return {
        name: connection.execute(delete(table).where(rows_of(people))).rowcount
        for name, (table, rows_of) in PERSON_TABLES.items()
    }


def read_rows(engine: Engine, name: str, people: People) -> list[dict[str, Any]]:
    """The rows of some people in the table of a name."""
    table, rows_of = PERSON_TABLES[name]
    query = select(table).where(rows_of(people)).order_by(*table.primary_key.columns)
    with told(), engine.execution_options(reading=True).connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
