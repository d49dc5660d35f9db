"""The tables of what marketers decide: audiences, lists, schedules, campaigns, contacts, suppressions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from serving.database.tables import METADATA, NUMBER

AUDIENCES = Table(
    "audiences",
    METADATA,
    Column("name", String, primary_key=True),
    Column("filter", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("changed_by", String, nullable=False),
)
"""Filters that were given a name; ``filter`` is the filter as JSON."""

LISTS = Table(
    "lists",
    METADATA,
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
    Index("lists_made", "made_us"),
)
"""Frozen lists. A list of the same name is a new version of it; the members lie in a file of the shop's folder.

``request`` is what was asked for and ``counts`` who is on it and who was left out, ``ranking`` what it is ordered by
and why, all as JSON; ``checksum`` is that of the file, ``salt`` what people are drawn into groups with, the same for
all versions; ``erased`` how many members were deleted since.
"""

LIST_SCHEDULES = Table(
    "list_schedules",
    METADATA,
    Column("name", String, primary_key=True),
    Column("request", Text, nullable=False),
    Column("rhythm", Text, nullable=False),
    Column("next_us", BigInteger, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", String, nullable=False),
    Column("last_list_id", String, nullable=True),
    Column("trouble", Text, nullable=True),
    Index("list_schedules_next", "next_us"),
)
"""Lists that are made anew by themselves: ``rhythm`` says when, as JSON; ``trouble`` why the last time failed."""

CAMPAIGNS = Table(
    "campaigns",
    METADATA,
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
    Index("campaigns_starts", "starts_us"),
    Index("campaigns_list", "list_id"),
)
"""Campaigns, each to the members of one list; outcomes count in ``[starts_us, ends_us)``.

``settings`` is JSON: cost, message, promotion, what is asked, and the name of those that are pooled with it.
``list_id`` is empty until the list is frozen where that is left to the start; ``started_us`` says when everybody was
in the log of contacts, ``trouble`` why that failed.
"""

CONTACT_LOG = Table(
    "contact_log",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
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
    Index("contact_log_person", "person_key"),
    Index("contact_log_campaign", "campaign_id"),
    Index("contact_log_at", "contacted_us"),
    Index("contact_log_received", "received_us"),
    Index("contact_log_waiting", "waiting"),
    sqlite_autoincrement=True,
)
"""Whom campaigns chose, and what became of the message; ``waiting`` says that the warehouse lacks the contact.

``outcome`` is ``chosen`` (nothing is known yet), ``sent``, ``delivered``, ``opened``, ``clicked``, ``bounced`` or
``unsubscribed``. The control arm has rows, too: it is what the others are compared with.
"""

SUPPRESSIONS = Table(
    "suppressions",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("added_us", BigInteger, nullable=False),
    Index("suppressions_value", "value"),
)
"""Who must not be written to: ``kind`` is customer, email or phone; ``value`` the customer's id, else a keyed hash.

``channel`` is empty for all channels. The hashes are those of ``contact_details``.
"""

WEBHOOK_DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
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
    Index("webhook_deliveries_asked", "asked_us"),
)
"""Lists that were sent to another system: ``state`` is waiting, sent or failed.

The next batch begins behind the member at ``sent_place`` and is tried at ``next_us``; ``attempts`` failed since the
last that arrived.
"""

HELD_OUT = Table(
    "holdout",
    METADATA,
    Column("since_us", BigInteger, primary_key=True),
    Column("share", Float, nullable=False),
    Column("salt", String, nullable=False),
    Column("changed_by", String, nullable=False),
)
"""What share of all customers no campaign writes to, since when; the newest row counts."""
