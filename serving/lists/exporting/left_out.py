"""Who of a frozen list must no longer be written to: what people said and did since keeps them out of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints
from serving.care.care import Care, counted
from serving.care.exclusions import EXCLUSION_CODES, EXCLUSION_NAMES
from serving.database.marketing.lists import FrozenList
from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom
from serving.lists.frozen.control_groups import TREATMENT
from serving.lists.frozen.member_columns import row_keys
from serving.lists.frozen.member_file import member_batches
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW, key_of

REASONS = ("deleted", "holdout", "not_contactable", "no_consent", "suppressed", "bought_since")
"""Reasons that can begin to hold after a list was made; caps are none, since its own campaign fills them."""

UNKNOWN = "unknown"
"""The reason of who is no longer among the customers: of them nobody can say whether they may be written to."""

NAMES: Mapping[str, Mapping[str, str]] = {
    **{reason: EXCLUSION_NAMES[reason] for reason in REASONS},
    "bought_since": {"en": "ordered since the list was made", "zh": "名单生成后已下单"},
    UNKNOWN: {"en": "no longer among the customers", "zh": "已不在客户之列"},
}
"""What people read for each reason, by language."""

ROUNDED_DAYS = 0.005
"""How far off the days since an order are at most: they are kept to two decimals."""

_COLUMNS = ("place", "group", "person_key", "order_count_all")


@dataclass(frozen=True)
class LeftOut:
    """Those of one list who are left out of an export."""

    places: Ints
    """Their places on the list, rising."""
    counts: Mapping[str, int]
    """How many for each reason that there was."""

    @classmethod
    def nobody(cls) -> LeftOut:
        """Everybody stays."""
        return cls(np.zeros(0, dtype=np.int64), {})

    def kept(self, members: pa.Table) -> pa.Table:
        """Members (with a column ``place``) without those who are left out."""
        if not len(self.places):
            return members
        return members.filter(pa.array(~np.isin(members["place"].to_numpy(), self.places)))

    def sentences(self, language: str) -> list[str]:
        """One for each reason."""
        told = ((count, NAMES[reason][language]) for reason, count in self.counts.items())
        if language == "en":
            return [f"{count:,} on the list {'was' if count == 1 else 'were'} left out: {name}" for count, name in told]
        return [f"名单中{count:,}人被排除：{name}" for count, name in told]


def left_out_of(room: Workroom, frozen: FrozenList) -> LeftOut:
    """Who of those to write to must no longer be, as of now; the control group is measured as it was drawn.

    The snapshot that is served now is asked: of an older one it is no longer known what was said and ordered since.
    """
    treated = _Treated.of(room, frozen)
    care, now = Care(room.shop, room.database), room.clock()
    known = np.flatnonzero(treated.rows != NO_ROW)
    rows = treated.rows[known]
    codes = np.full(len(treated.rows), len(EXCLUSION_CODES) + 1, dtype=np.int64)
    codes[known] = care.exclusions(treated.snapshot, rows, frozen.request.get("channel"), now, REASONS)
    if treated.snapshot.id != frozen.snapshot_id:
        keys = care.person_keys(treated.snapshot, np.arange(len(treated.snapshot.customers)), now)
        bought = np.isin(keys[rows], keys[treated.ordered_since]) | treated.ordered_more[known]
        codes[known[bought & (codes[known] == 0)]] = EXCLUSION_CODES["bought_since"]
    counts = {**counted(codes), UNKNOWN: len(codes) - len(known)}
    return LeftOut(treated.places[codes > 0], {reason: count for reason, count in counts.items() if count})


@dataclass(frozen=True)
class _Treated:
    """Those of a list who are to be written to; arrays of shape ``(n,)`` where nothing else is said."""

    snapshot: Snapshot
    """What is served now."""
    frozen: FrozenList
    places: Ints
    rows: Ints
    """Their rows in the snapshot, ``NO_ROW`` where they are no longer in it."""
    orders: Floats
    """How many orders each had when the list was made."""

    @classmethod
    def of(cls, room: Workroom, frozen: FrozenList) -> _Treated:
        snapshot = room.snapshot
        parts = [
            rows.filter(pc.equal(rows["group"], TREATMENT)) for rows in member_batches(room.shop, frozen, _COLUMNS)
        ]
        members = pa.concat_tables(parts)
        keys = row_keys(members)
        rows = snapshot.customers.row_of_each(keys)
        lost = np.flatnonzero(rows == NO_ROW)
        if len(lost):  # a visitor who is a customer by now has no row
            merges = {key_of(who.encode()): customer for who, customer in Merged(room.database).in_force().items()}
            for place in lost.tolist():
                customer = merges.get(int(keys[place]))
                rows[place] = NO_ROW if customer is None else snapshot.customers.row(customer)
        orders = pc.fill_null(members["order_count_all"], 0).to_numpy().astype(np.float64)
        return cls(snapshot, frozen, members["place"].to_numpy().astype(np.int64), rows, orders)

    @cached_property
    def ordered_since(self) -> Flags:
        """Whose last order that the snapshot knows came after the list's moment; for all rows of the snapshot."""
        days = (self.snapshot.header.as_of - self.frozen.as_of).total_seconds() / 86_400
        flags: Flags = np.asarray(self.snapshot.audience.columns.values("days_since_last_order")) < days - ROUNDED_DAYS
        return flags

    @cached_property
    def ordered_more(self) -> Flags:
        """Who has more orders than on the list: it tells of the first minutes, which rounded days do not."""
        now = np.nan_to_num(np.asarray(self.snapshot.audience.columns.values("order_count_all")))
        flags: Flags = np.where(self.rows == NO_ROW, 0.0, now[self.rows]) > self.orders
        return flags
