"""Simulated events as an Arrow table: numbers become ids, codes become words, hundredths become money."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.events.event import ARROW_TYPES, EVENT_SCHEMA, KINDS, VISITOR_PREFIX, FieldType
from features.events.simulated.arrays import Flags, Integers
from features.events.simulated.block import BlockEvents
from features.events.simulated.catalogue import Catalogue
from features.events.simulated.people import CHANNELS

SIMULATED_COLUMNS = (
    *("event_id", "customer_id", "visitor_id", "item_id", "kind", "occurred_at", "quantity", "unit_price"),
    *("order_id", "session_id", "channel"),
)
SIMULATED_SCHEMA = pa.schema([EVENT_SCHEMA.field(name) for name in SIMULATED_COLUMNS])
"""The columns of simulated events, with the types of :data:`features.events.event.EVENT_SCHEMA`."""

EVENT_DIGITS = 14
PERSON_DIGITS = 8


def numbered_ids(letter: str, numbers: Integers, digits: int, known: Flags | None = None) -> pa.Array:
    """Ids of one letter and fixed digits, null where not known, shape ``(n,)``."""
    width = digits + 1
    text = np.empty((len(numbers), width), dtype=np.uint8)
    text[:, 0] = ord(letter)
    rest = np.where(numbers < 0, 0, numbers)
    for place in range(digits, 0, -1):
        text[:, place] = rest % 10 + ord("0")
        rest = rest // 10
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * width
    return pa.Array.from_buffers(
        pa.string(), len(numbers), [_validity(known), pa.py_buffer(offsets), pa.py_buffer(text)]
    )


def money(cents: Integers) -> pa.Array:
    """Hundredths as decimal(18,4), null where negative, shape ``(n,)``."""
    words = np.zeros((len(cents), 2), dtype=np.int64)
    words[:, 0] = np.maximum(cents, 0) * 100
    return pa.Array.from_buffers(ARROW_TYPES[FieldType.MONEY], len(cents), [_validity(cents >= 0), pa.py_buffer(words)])


def _validity(known: Flags | None) -> pa.Buffer | None:
    return None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))


def words(codes: Integers, dictionary: tuple[str, ...]) -> pa.Array:
    """The word of each code, shape ``(n,)``."""
    return pa.array(dictionary, pa.string()).take(pa.array(codes))


def customer_ids(person: Integers, customers: int) -> pa.Array:
    """Ids of the accounts, null for visitors without one; accounts have the numbers below ``customers``."""
    return numbered_ids("c", person + 1, PERSON_DIGITS, person < customers)


def visitor_ids(person: Integers, customers: int) -> pa.Array:
    """Ids of the visitors, null for accounts."""
    return numbered_ids("v", person - customers + 1, PERSON_DIGITS, person >= customers)


def stored_ids(person: Integers, customers: int) -> list[str]:
    """The ids under which people are stored: a visitor's id stands behind ``visitor:``."""
    visitors = visitor_ids(person, customers).to_pylist()
    accounts = customer_ids(person, customers).to_pylist()
    return [account or f"{VISITOR_PREFIX}{visitor}" for account, visitor in zip(accounts, visitors, strict=True)]


def event_table(blocks: list[BlockEvents], catalogue: Catalogue, customers: int) -> pa.Table:
    """The events of some blocks in order of time."""
    order = np.argsort(np.concatenate([block.moment_us for block in blocks]), kind="stable")

    def column(name: str) -> Integers:
        return np.asarray(np.concatenate([getattr(block, name) for block in blocks])[order])

    person, session, bought = column("person"), column("session"), column("order")
    arrays = [
        numbered_ids("e", column("number"), EVENT_DIGITS),
        customer_ids(person, customers),
        visitor_ids(person, customers),
        words(column("item"), catalogue.ids),
        words(column("kind"), KINDS),
        pa.array(column("moment_us"), pa.timestamp("us", tz="UTC")),
        pa.array(column("quantity")),
        money(column("price_cents")),
        numbered_ids("o", bought, EVENT_DIGITS, bought >= 0),
        numbered_ids("s", session, EVENT_DIGITS, session >= 0),
        words(column("channel"), CHANNELS),
    ]
    return pa.Table.from_arrays(arrays, schema=SIMULATED_SCHEMA)
