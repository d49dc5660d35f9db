"""Audiences, lists, campaigns, contacts, suppressions; and hashes that find contact details without reading them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Text, UniqueConstraint

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of marketing, and the columns that find contact details."""
    _make_lists()
    _make_campaigns()
    _make_others()
    _find_contact_details()


def _make_lists() -> None:
    op.create_table(
        "audiences",
        Column("name", String, primary_key=True),
        Column("filter", Text, nullable=False),
        Column("note", Text, nullable=False),
        Column("changed_us", BigInteger, nullable=False),
        Column("changed_by", String, nullable=False),
    )
    op.create_table(
        "lists",
        Column("list_id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("version", Integer, nullable=False),
        Column("request", Text, nullable=False),
        Column("snapshot_id", String, nullable=False),
        Column("model_version", String, nullable=False),
        Column("as_of_us", BigInteger, nullable=False),
        Column("made_us", BigInteger, nullable=False),
        Column("made_by", String, nullable=False),
        Column("counts", Text, nullable=False),
        Column("ranking", Text, nullable=False),
        Column("checksum", String, nullable=False),
        Column("salt", String, nullable=False),
        Column("erased", Integer, nullable=False),
        UniqueConstraint("name", "version", name="lists_name_version"),
    )
    op.create_index("lists_made", "lists", ["made_us"])
    op.create_table(
        "list_schedules",
        Column("name", String, primary_key=True),
        Column("request", Text, nullable=False),
        Column("rhythm", Text, nullable=False),
        Column("next_us", BigInteger, nullable=False),
        Column("made_us", BigInteger, nullable=False),
        Column("made_by", String, nullable=False),
        Column("last_list_id", String, nullable=True),
        Column("trouble", Text, nullable=True),
    )
    op.create_index("list_schedules_next", "list_schedules", ["next_us"])


def _make_campaigns() -> None:
    op.create_table(
        "campaigns",
        Column("campaign_id", String, primary_key=True),
        Column("name", String, nullable=False),
        Column("list_id", String, nullable=False),
        Column("channel", String, nullable=False),
        Column("settings", Text, nullable=False),
        Column("starts_us", BigInteger, nullable=False),
        Column("ends_us", BigInteger, nullable=False),
        Column("made_us", BigInteger, nullable=False),
        Column("made_by", String, nullable=False),
        Column("started_us", BigInteger, nullable=True),
        Column("stopped_us", BigInteger, nullable=True),
        Column("trouble", Text, nullable=True),
    )
    op.create_index("campaigns_starts", "campaigns", ["starts_us"])
    op.create_index("campaigns_list", "campaigns", ["list_id"])
    op.create_table(
        "contact_log",
        Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("contact_id", String, nullable=False),
        Column("customer_id", String, nullable=False),
        Column("person_key", BigInteger, nullable=False),
        Column("campaign_id", String, nullable=True),
        Column("channel", String, nullable=True),
        Column("arm", String, nullable=False),
        Column("contacted_us", BigInteger, nullable=False),
        Column("outcome", String, nullable=False),
        Column("received_us", BigInteger, nullable=False),
        Column("waiting", Boolean, nullable=False),
        UniqueConstraint("customer_id", "contact_id", name="contact_log_contact"),
        sqlite_autoincrement=True,
    )
    op.create_index("contact_log_person", "contact_log", ["person_key"])
    op.create_index("contact_log_campaign", "contact_log", ["campaign_id"])
    op.create_index("contact_log_at", "contact_log", ["contacted_us"])
    op.create_index("contact_log_received", "contact_log", ["received_us"])
    op.create_index("contact_log_waiting", "contact_log", ["waiting"])
    op.create_table(
        "suppressions",
        Column("kind", String, primary_key=True),
        Column("value", String, primary_key=True),
        Column("channel", String, primary_key=True),
        Column("source", String, nullable=False),
        Column("added_us", BigInteger, nullable=False),
    )
    op.create_index("suppressions_value", "suppressions", ["value"])


def _make_others() -> None:
    op.create_table(
        "webhook_deliveries",
        Column("delivery_id", String, primary_key=True),
        Column("webhook", String, nullable=False),
        Column("list_id", String, nullable=False),
        Column("asked_us", BigInteger, nullable=False),
        Column("asked_by", String, nullable=False),
        Column("state", String, nullable=False),
        Column("sent_place", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("next_us", BigInteger, nullable=False),
        Column("trouble", Text, nullable=True),
    )
    op.create_index("webhook_deliveries_asked", "webhook_deliveries", ["asked_us"])
    op.create_table(
        "holdout",
        Column("since_us", BigInteger, primary_key=True),
        Column("share", Float, nullable=False),
        Column("salt", String, nullable=False),
        Column("changed_by", String, nullable=False),
    )


def _find_contact_details() -> None:
    for name in ("email", "phone"):
        op.add_column("contact_details", Column(f"{name}_hash", String, nullable=True))
        op.create_index(f"contact_details_{name}", "contact_details", [f"{name}_hash"])
    op.create_index("contact_details_changed", "contact_details", ["changed_us"])
    op.create_index("described_changed", "described_customers", ["changed_us"])
    op.create_table(
        "contact_hash_keys",
        Column("name", String, primary_key=True),
        Column("payload", Text, nullable=False),
        Column("encrypted", Boolean, nullable=False),
    )
