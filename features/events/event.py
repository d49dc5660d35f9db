"""What an event, an item, a customer and a contact are: the only place where their shape is said.

The row check (:mod:`features.events.checks`), the Arrow schemas below and the API models all follow from the
field tables in this file.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.channels import CHANNELS, consent_field

KINDS = ("view", "favorite", "cart", "uncart", "unfavorite", "purchase", "return")
"""Kinds of event, in the order in which they are taken to happen when their times are equal."""

KIND_CODES: Mapping[str, int] = {kind: code for code, kind in enumerate(KINDS)}

KIND_ALIASES: Mapping[str, str] = {
    # GA4
    "view_item": "view",
    "add_to_cart": "cart",
    "remove_from_cart": "uncart",
    "add_to_wishlist": "favorite",
    "remove_from_wishlist": "unfavorite",
    "refund": "return",
    # Segment
    "product viewed": "view",
    "product added": "cart",
    "product removed": "uncart",
    "product added to wishlist": "favorite",
    "product removed from wishlist": "unfavorite",
    "order completed": "purchase",
    "order refunded": "return",
    # Taobao, Tmall, RetailRocket, REES46
    "pv": "view",
    "click": "view",
    "fav": "favorite",
    "favourite": "favorite",
    "collect": "favorite",
    "buy": "purchase",
    "transaction": "purchase",
    "addtocart": "cart",
    "remove_from_favorites": "unfavorite",
}
"""Names that other systems give the kinds, in lower case."""

ARMS = ("treated", "control")
"""The arms of a campaign: who was written to, and who was chosen like them and left alone on purpose."""

ARM_ALIASES: Mapping[str, str] = {
    "treatment": "treated",
    "holdout": "control",
    "holdback": "control",
    "实验组": "treated",
    "对照组": "control",
}
"""Names that other systems give the arms, in lower case."""

VISITOR_PREFIX = "visitor:"
"""Visitors without a customer id are stored under this prefix and their visitor id."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What microseconds and days are counted from."""

MAX_ID_LENGTH = 256
"""The longest id accepted, in characters."""


class FieldType(StrEnum):
    """What a field holds."""

    ID = "id"
    KIND = "kind"
    ARM = "arm"
    TEXT = "text"
    TIME = "time"
    INTEGER = "integer"
    MONEY = "money"
    FLAG = "flag"
    BIRTHDAY = "birthday"


ARROW_TYPES: Mapping[FieldType, pa.DataType] = {
    FieldType.ID: pa.string(),
    FieldType.KIND: pa.string(),
    FieldType.ARM: pa.string(),
    FieldType.TEXT: pa.string(),
    FieldType.TIME: pa.timestamp("us", tz="UTC"),
    FieldType.INTEGER: pa.int64(),
    FieldType.MONEY: pa.decimal128(18, 4),
    FieldType.FLAG: pa.bool_(),
    FieldType.BIRTHDAY: pa.string(),
}


@dataclass(frozen=True)
class Field:
    """One column of what comes in."""

    name: str
    """Its name in files, in storage and in the API."""
    type: FieldType
    """What it holds."""
    description: str
    """One line for the API's document and for error messages."""
    required: bool = False
    """True when a row without it is rejected."""


EVENT_FIELDS = (
    Field(
        "event_id",
        FieldType.ID,
        "Unique id of the event; makes retries safe. Derived from content if absent.",
    ),
    Field("customer_id", FieldType.ID, "Who did it. Either customer_id or visitor_id must be given."),
    Field("visitor_id", FieldType.ID, "The browser or device, when the customer is not known, or beside it."),
    Field("item_id", FieldType.ID, "The item it is about.", required=True),
    Field("kind", FieldType.KIND, f"One of {', '.join(KINDS)}.", required=True),
    Field("occurred_at", FieldType.TIME, "When it happened, with a time zone.", required=True),
    Field("known_at", FieldType.TIME, "When the shop learned of it; occurred_at if absent."),
    Field("quantity", FieldType.INTEGER, "How many pieces, 1 if absent; a negative purchase is a return."),
    Field("unit_price", FieldType.MONEY, "Price of one piece in the shop's currency."),
    Field("order_id", FieldType.ID, "The order a purchase or return belongs to."),
    Field("session_id", FieldType.ID, "The visit it belongs to."),
    Field("channel", FieldType.TEXT, "Where it happened: web, app, store, ..."),
    Field("recommendation_id", FieldType.ID, "The recommendation that led to it."),
)

ITEM_FIELDS = (
    Field("item_id", FieldType.ID, "The item's id.", required=True),
    Field("title", FieldType.TEXT, "What customers read."),
    Field("category", FieldType.TEXT, "The category it is sold under."),
    Field("brand", FieldType.TEXT, "Its brand."),
    Field("price", FieldType.MONEY, "List price of one piece in the shop's currency."),
    Field("in_stock", FieldType.FLAG, "False when it cannot be bought now; true if absent."),
    Field("added_at", FieldType.TIME, "When it was first offered."),
    Field("unit_cost", FieldType.MONEY, "What one piece costs the shop; price less cost is what it earns."),
)

CUSTOMER_FIELDS = (
    Field("customer_id", FieldType.ID, "The customer's id.", required=True),
    Field("joined_at", FieldType.TIME, "When the customer signed up."),
    Field("contactable", FieldType.FLAG, "False when the customer must not be written to; true if absent."),
    Field(
        "personalized",
        FieldType.FLAG,
        "False when the customer opted out of personalisation; true if absent.",
    ),
    Field(
        "internal",
        FieldType.FLAG,
        "True for staff and test accounts: they are set aside; false for one that no rule may set aside.",
    ),
    *(
        Field(
            consent_field(channel),
            FieldType.FLAG,
            f"Whether the customer agreed to be written to by {channel}; absent where nothing was said.",
        )
        for channel in CHANNELS
    ),
    # The year is not kept: nothing needs it.
    Field("birthday", FieldType.BIRTHDAY, "Month and day, as 03-31 or 1990-03-31; a year is not kept."),
)

CONTACT_FIELDS = (
    Field(
        "contact_id",
        FieldType.ID,
        "Unique id of the contact within its customer; makes retries safe. Derived from content if absent.",
    ),
    Field("customer_id", FieldType.ID, "Whom a campaign chose.", required=True),
    Field("contacted_at", FieldType.TIME, "When the message went out, with a time zone.", required=True),
    Field("known_at", FieldType.TIME, "When the shop learned of it; contacted_at if absent."),
    Field("campaign_id", FieldType.ID, "The campaign it belongs to."),
    Field("channel", FieldType.TEXT, "How: email, sms, app, ..."),
    Field("arm", FieldType.ARM, "treated, or control for one who was chosen and left alone; treated if absent."),
)


def arrow_schema(fields: tuple[Field, ...]) -> pa.Schema:
    """The Arrow schema of rows with these fields, every column nullable as it comes in."""
    return pa.schema([pa.field(field.name, ARROW_TYPES[field.type]) for field in fields])


EVENT_SCHEMA = arrow_schema(EVENT_FIELDS)
ITEM_SCHEMA = arrow_schema(ITEM_FIELDS)
CUSTOMER_SCHEMA = arrow_schema(CUSTOMER_FIELDS)
CONTACT_SCHEMA = arrow_schema(CONTACT_FIELDS)

STORED_EVENT_SCHEMA = (
    EVENT_SCHEMA.append(pa.field("local_date", pa.date32()))
    .append(pa.field("local_hour", pa.int8()))
    .append(pa.field("bucket", pa.int16()))
)
"""An event as the warehouse keeps it: with the shop's own day and hour, and the customer's bucket."""

STORED_CONTACT_SCHEMA = CONTACT_SCHEMA.append(pa.field("visitor_id", ARROW_TYPES[FieldType.ID]))
"""A contact as the warehouse keeps it: with the visitor (without prefix) who was contacted and merged since."""


def bucket_of(customer_id: str, buckets: int) -> int:
    """The bucket of one customer: CRC-32 of the UTF-8 id modulo ``buckets``; any language can compute it."""
    return zlib.crc32(customer_id.encode()) % buckets


def bucket_column(customer_ids: pa.Array | pa.ChunkedArray, buckets: int) -> np.ndarray:
    """The bucket of each customer, shape ``(n,)``, int16."""
    array = customer_ids.combine_chunks() if isinstance(customer_ids, pa.ChunkedArray) else customer_ids
    encoded = array.dictionary_encode()
    of_unique = np.array([bucket_of(value, buckets) for value in encoded.dictionary.to_pylist()], dtype=np.int16)
    found: np.ndarray = of_unique[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def with_defaults(events: pa.Table) -> pa.Table:
    """The events with an absent ``quantity`` as 1 and an absent ``known_at`` as ``occurred_at``."""
    quantity = pc.fill_null(events["quantity"], 1)
    known_at = pc.coalesce(events["known_at"], events["occurred_at"])
    filled = events.set_column(events.schema.get_field_index("quantity"), "quantity", quantity)
    return filled.set_column(filled.schema.get_field_index("known_at"), "known_at", known_at)


def with_person(events: pa.Table) -> pa.Table:
    """The events with ``customer_id`` filled for visitors: ``visitor:`` and their visitor id."""
    visitor = pc.binary_join_element_wise(VISITOR_PREFIX, events["visitor_id"], "")
    person = pc.coalesce(events["customer_id"], visitor)
    return events.set_column(events.schema.get_field_index("customer_id"), "customer_id", person)


def with_local_time(events: pa.Table, timezone: str) -> pa.Table:
    """The events with ``local_date`` and ``local_hour`` in the shop's time zone."""
    local = pc.local_timestamp(events["occurred_at"].cast(pa.timestamp("us", tz=timezone)))
    dated = events.append_column("local_date", local.cast(pa.date32(), safe=False))
    return dated.append_column("local_hour", pc.hour(local).cast(pa.int8()))
