"""Events found by a number of their person; items, merges, deletions, keys, the audit log, and what was shown."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text, bindparam, column, select, table

from serving.database.people.person_key import person_key

revision = "0002"
down_revision = "0001"

_MOST_ROWS = 10_000
"""So many people are given their number at a time."""


def upgrade() -> None:
    """Give each event its person's number, and make the tables that are new."""
    _number_people()
    _make_people()
    _make_items()
    _make_keys()
    _make_shown()


def _number_people() -> None:
    op.drop_index("inbox_customer", "inbox")
    op.add_column("inbox", Column("person_key", BigInteger, nullable=True))
    inbox = table("inbox", column("customer_id", String), column("person_key", BigInteger))
    unnumbered = select(inbox.c.customer_id).distinct().where(inbox.c.person_key.is_(None)).limit(_MOST_ROWS)
    numbered = inbox.update().where(inbox.c.customer_id == bindparam("who")).values(person_key=bindparam("key"))
    connection = op.get_bind()
    op.create_index("inbox_unnumbered", "inbox", ["customer_id"])
    while people := connection.execute(unnumbered).scalars().all():
        connection.execute(numbered, [{"who": person, "key": person_key(person)} for person in people])
    op.drop_index("inbox_unnumbered", "inbox")
    with op.batch_alter_table("inbox", table_kwargs={"sqlite_autoincrement": True}) as inbox_again:
        inbox_again.alter_column("person_key", existing_type=BigInteger(), nullable=False)
    op.create_index("inbox_person", "inbox", ["person_key", "sequence"])


def _make_people() -> None:
    op.create_table(
        "merged_visitors",
        Column("visitor", String, primary_key=True),
        Column("customer_id", String, nullable=False),
        Column("merged_us", BigInteger, nullable=False),
        Column("state", String, nullable=False),
        Column("moved", Text, nullable=False),
    )
    op.create_index("merged_customer", "merged_visitors", ["customer_id"])
    op.create_table(
        "contact_details",
        Column("customer_id", String, primary_key=True),
        Column("payload", Text, nullable=False),
        Column("encrypted", Boolean, nullable=False),
        Column("changed_us", BigInteger, nullable=False),
    )
    op.create_table(
        "erased_customers",
        Column("person_hash", String, primary_key=True),
        Column("customer_id", String, nullable=True),
        Column("asked_us", BigInteger, nullable=False),
        Column("done_us", BigInteger, nullable=True),
        Column("places", Text, nullable=False),
    )


def _make_items() -> None:
    op.create_table(
        "described_items",
        Column("item_id", String, primary_key=True),
        Column("payload", Text, nullable=False),
        Column("change", BigInteger, nullable=False),
        Column("waiting", Boolean, nullable=False),
        Column("absorbed_us", BigInteger, nullable=True),
    )
    op.create_index("described_items_change", "described_items", ["change"])
    op.create_index("described_items_waiting", "described_items", ["waiting"])
    op.create_table("counters", Column("name", String, primary_key=True), Column("value", BigInteger, nullable=False))


def _make_keys() -> None:
    op.create_table(
        "api_keys",
        Column("key_id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("role", String, nullable=False),
        Column("secret_hash", String, nullable=False),
        Column("per_minute", Integer, nullable=False),
        Column("origins", Text, nullable=False),
        Column("created_us", BigInteger, nullable=False),
        Column("expires_us", BigInteger, nullable=True),
        Column("revoked_us", BigInteger, nullable=True),
    )
    op.create_table(
        "audit_log",
        Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("at_us", BigInteger, nullable=False),
        Column("actor", String, nullable=False),
        Column("act", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("details", Text, nullable=False),
        sqlite_autoincrement=True,
    )


def _make_shown() -> None:
    op.create_table(
        "shown",
        Column("recommendation_id", String, primary_key=True),
        Column("at_us", BigInteger, nullable=False),
        Column("person_key", BigInteger, nullable=True),
        Column("customer_id", String, nullable=True),
        Column("placement", String, nullable=False),
        Column("tier", String, nullable=False),
        Column("fallback", String, nullable=True),
        Column("model_version", String, nullable=False),
        Column("snapshot_id", String, nullable=False),
        Column("arm", String, nullable=True),
        Column("weight", Float, nullable=False),
        Column("items", Text, nullable=False),
    )
    op.create_index("shown_at", "shown", ["at_us"])
    op.create_index("shown_person", "shown", ["person_key"])
    op.create_table(
        "responses",
        Column("event_id", String, primary_key=True),
        Column("recommendation_id", String, nullable=False),
        Column("person_key", BigInteger, nullable=False),
        Column("item_id", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("at_us", BigInteger, nullable=False),
        Column("amount", Float, nullable=True),
    )
    op.create_index("responses_recommendation", "responses", ["recommendation_id"])
    op.create_index("responses_person", "responses", ["person_key"])
    op.create_index("responses_at", "responses", ["at_us"])
    op.create_table(
        "comparisons",
        Column("name", String, primary_key=True),
        Column("snapshot_a", String, nullable=False),
        Column("snapshot_b", String, nullable=False),
        Column("share_b", Float, nullable=False),
        Column("started_us", BigInteger, nullable=False),
        Column("ended_us", BigInteger, nullable=True),
    )
