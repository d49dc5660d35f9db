"""The tables of the database, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

# SQLite gives rising numbers only to a column of its own INTEGER type.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

INBOX = Table(
    "inbox",
    METADATA,
    Column("sequence", NUMBER, primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False),
    Column("person_key", BigInteger, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("absorbed_version", BigInteger, nullable=True),
    UniqueConstraint("event_id", name="inbox_event_id"),
    Index("inbox_person", "person_key", "sequence"),
    Index("inbox_absorbed", "absorbed_version", "sequence"),
    # Without it SQLite would give the number of a removed newest row a second time.
    sqlite_autoincrement=True,
)
"""Events that the API took: ``customer_id`` is the person as stored, ``payload`` the event as JSON.

``person_key`` is the id as a number (``person_key``): an index of numbers is half the size and read three times as
fast as one of texts. ``absorbed_version`` is the version of the warehouse that holds the event, null until it does.
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
    Index("described_changed", "changed_us"),
)
"""Customers that the API was told of: ``payload`` is everything that was said of one, as JSON.

``personalized`` is what the customer chose, null where nothing was said; ``waiting`` says that the warehouse does not
have the description yet.
"""

DESCRIBED_ITEMS = Table(
    "described_items",
    METADATA,
    Column("item_id", String, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("waiting", Boolean, nullable=False),
    Column("absorbed_us", BigInteger, nullable=True),
    Index("described_items_change", "change"),
    Index("described_items_waiting", "waiting"),
)
"""Items that the API was told of, as JSON; ``change`` is the number of the newest change, from ``COUNTERS``.

``absorbed_us`` is when the warehouse had the description: a snapshot begun later holds it, and the row goes.
"""

COUNTERS = Table(
    "counters",
    METADATA,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Numbers that only rise: whoever takes one holds the row until the commit, so a lower number is never seen later."""

MERGED = Table(
    "merged_visitors",
    METADATA,
    Column("visitor", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("merged_us", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("moved", Text, nullable=False),
    Index("merged_customer", "customer_id"),
)
"""Visitors (as stored, with their prefix) who turned out to be customers.

``state`` is ``waiting`` until the warehouse knows, then ``moved``, and ``leaving`` while it is undone; ``moved`` are
the ids of the events that the warehouse moved, as a JSON list, so that undoing moves exactly these back.
"""

CONTACT_DETAILS = Table(
    "contact_details",
    METADATA,
    Column("customer_id", String, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("encrypted", Boolean, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("email_hash", String, nullable=True),
    Column("phone_hash", String, nullable=True),
    Index("contact_details_email", "email_hash"),
    Index("contact_details_phone", "phone_hash"),
    Index("contact_details_changed", "changed_us"),
)
"""How to reach customers: e-mail, telephone, name. Nothing else holds these; encrypted where a key is set.

The hashes (null where nothing is known) tell who can be reached, who is suppressed, and which customers are the same
person, without reading the payload.
"""

CONTACT_HASH_KEYS = Table(
    "contact_hash_keys",
    METADATA,
    Column("name", String, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("encrypted", Boolean, nullable=False),
)
"""The one key of the hashes of contact details, made once; encrypted where a key is set.

It stays when that key is changed: suppressed addresses are known by their hashes alone, which nobody could renew.
"""

ERASED = Table(
    "erased_customers",
    METADATA,
    Column("person_hash", String, primary_key=True),
    Column("customer_id", String, nullable=True),
    Column("asked_us", BigInteger, nullable=False),
    Column("done_us", BigInteger, nullable=True),
    Column("places", Text, nullable=False),
)
"""Whom the shop deleted: ``customer_id`` only until it is gone everywhere, then the hash alone.

The hash keeps a backup from bringing them back. ``places`` says as JSON where something was found and removed.
"""

API_KEYS = Table(
    "api_keys",
    METADATA,
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
"""Keys of the API; of the secret only its SHA-256 is kept. ``origins`` is a JSON list of allowed web origins."""

AUDIT = Table(
    "audit_log",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("details", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Administrative acts: who (id of a key, or the command line), what, on what; people are named by their hash."""

SHOWN = Table(
    "shown",
    METADATA,
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
    Index("shown_at", "at_us"),
    Index("shown_person", "person_key"),
)
"""Answers that were given; ``items`` is JSON: ``{"items": [[item_id, source, score], ...]}`` in the order shown.

Where there is one, ``"offset"`` is the number of places before the first item, and ``"explored"`` the place of an
explored item and its propensity. ``arm`` is the side of a running comparison (``name:a`` or ``name:b``), null outside
of one; ``weight`` is how many answers this one stands for where only a sample is stored.
"""

RESPONSES = Table(
    "responses",
    METADATA,
    Column("event_id", String, primary_key=True),
    Column("recommendation_id", String, nullable=False),
    Column("person_key", BigInteger, nullable=False),
    Column("item_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("amount", Float, nullable=True),
    Index("responses_recommendation", "recommendation_id"),
    Index("responses_person", "person_key"),
    Index("responses_at", "at_us"),
)
"""Events that came with a ``recommendation_id``, and all purchases: they stay after the inbox has handed theirs on.

``recommendation_id`` is empty for a purchase that came without one: it may follow from an item clicked before, and
comparisons count everything that people bought. ``amount`` is price times pieces, null where no price was told.
"""

COMPARISONS = Table(
    "comparisons",
    METADATA,
    Column("name", String, primary_key=True),
    Column("snapshot_a", String, nullable=False),
    Column("snapshot_b", String, nullable=False),
    Column("share_b", Float, nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, nullable=True),
)
"""Comparisons of two snapshots: each customer sees one of the two, by a stable hash of name and customer."""
