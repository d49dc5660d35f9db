"""Events and described customers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Text, UniqueConstraint

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables of the first databases."""
    op.create_table(
        "inbox",
        Column("sequence", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("event_id", String, nullable=False),
        Column("customer_id", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("payload", Text, nullable=False),
        Column("received_us", BigInteger, nullable=False),
        Column("absorbed_version", BigInteger, nullable=True),
        UniqueConstraint("event_id", name="inbox_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("inbox_customer", "inbox", ["customer_id", "sequence"])
    op.create_index("inbox_absorbed", "inbox", ["absorbed_version", "sequence"])
    op.create_table(
        "described_customers",
        Column("customer_id", String, primary_key=True),
        Column("payload", Text, nullable=False),
        Column("personalized", Boolean, nullable=True),
        Column("changed_us", BigInteger, nullable=False),
        Column("waiting", Boolean, nullable=False),
    )
    op.create_index("described_waiting", "described_customers", ["waiting"])
