"""The tables of the database, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

SCHEMA_VERSION = 1
"""The number of the shape below; a database of another number is not touched."""

METADATA = MetaData()

SCHEMA = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
)
"""One row: the number of the shape that the database was made with."""

INBOX = Table(
    "inbox",
    METADATA,
    # SQLite gives rising numbers only to a column of its own INTEGER type.
    Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("absorbed_version", BigInteger, nullable=True),
    UniqueConstraint("event_id", name="inbox_event_id"),
    Index("inbox_customer", "customer_id", "sequence"),
    Index("inbox_absorbed", "absorbed_version", "sequence"),
    # Without it SQLite would give the number of a removed newest row a second time.
    sqlite_autoincrement=True,
)
"""Events that the API took: ``customer_id`` is the person as stored, ``payload`` the event as JSON.

``absorbed_version`` is the version of the warehouse that holds the event, null until it does.
"""

DESCRIBED = Table(
    "described_customers",
    METADATA,
    Column("customer_id", String, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("personalized", Boolean, nullable=True),
    Column("changed_us", BigInteger, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Index("described_waiting", "waiting"),
)
"""Customers that the API was told of: ``payload`` is everything that was said of one, as JSON.

``personalized`` is what the customer chose, null where nothing was said; ``waiting`` says that the warehouse does not
have the description yet.
"""
