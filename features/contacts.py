"""Who was written to by campaigns: what was known of it at a cutoff, and what happened in a label window.

Contacts are rows of :data:`features.events.event.STORED_CONTACT_SCHEMA`, by customer and time. Those of the arm
``control`` were chosen by a campaign and left alone on purpose: they were not contacted, and count nowhere here. Who
was contacted by one campaign as a customer and as a visitor, or as several visitors, was contacted by it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints, joined
from features.events.event import ARROW_TYPES, FieldType
from features.history import DAY_US

TIME = ARROW_TYPES[FieldType.TIME]

CONTACT_WINDOW_DAYS = (30, 90)
"""The nested windows that contacts are counted in."""


@dataclass(frozen=True)
class ContactMarks:
    """How lately and how often some customers had been contacted before a cutoff."""

    days_since_contact: Floats
    """Days between the newest contact and the cutoff, NaN where there was none; shape (n_customers,)."""
    contact_count_30d: Ints
    """Contacts in the 30 days before the cutoff; shape (n_customers,)."""
    contact_count_90d: Ints
    """Contacts in the 90 days before the cutoff; shape (n_customers,)."""


def contact_marks(contacts: pa.Table, customer_ids: pa.Array, cutoff: datetime) -> ContactMarks:
    """The marks of each customer from contacts that happened, and were known, before ``cutoff``."""
    made = _made(contacts, customer_ids, cutoff)
    customer, made_us = _people_and_times(made, customer_ids)
    age_days = (_microseconds(cutoff) - made_us) / DAY_US
    newest = np.full(len(customer_ids), np.nan)
    np.fmin.at(newest, customer, age_days)
    recent = [age_days <= days for days in CONTACT_WINDOW_DAYS]
    month, quarter = (
        np.bincount(customer[each][_once(made.filter(pa.array(each)))], minlength=len(customer_ids)) for each in recent
    )
    return ContactMarks(newest, month, quarter)


def first_contact_days(contacts: pa.Table, customer_ids: pa.Array, since: datetime, before: datetime) -> Floats:
    """Days from ``since`` to each customer's first contact in ``[since, before)``, NaN where none; ``(n_customers,)``.

    Only contacts known before ``before`` count, as for labels. This looks at what came after ``since``: it belongs
    beside the labels, never among the features of a prediction at ``since``.
    """
    customer, made_us = _people_and_times(_made(contacts, customer_ids, before), customer_ids)
    after_us = made_us - _microseconds(since)
    first = np.full(len(customer_ids), np.nan)
    np.fmin.at(first, customer[after_us >= 0], after_us[after_us >= 0] / DAY_US)
    return first


def treated_within(contacts: pa.Table, customer_ids: pa.Array, since: datetime, before: datetime) -> Flags:
    """Who was contacted in ``[since, before)``, see :func:`first_contact_days`; shape ``(n_customers,)``."""
    treated: Flags = ~np.isnan(first_contact_days(contacts, customer_ids, since, before))
    return treated


def _made(contacts: pa.Table, customer_ids: pa.Array, before: datetime) -> pa.Table:
    """The contacts of these customers that were made and known before a moment.

    Most contacts belong to other buckets or other times: times are looked at first, ids last.
    """
    limit = pa.scalar(before, TIME)
    there = pc.and_(pc.less(contacts["contacted_at"], limit), pc.less(contacts["known_at"], limit))
    made = contacts.filter(pc.and_(there, pc.equal(contacts["arm"], "treated")))
    return made.filter(pc.is_in(made["customer_id"], value_set=customer_ids))


def _people_and_times(made: pa.Table, customer_ids: pa.Array) -> tuple[Ints, Ints]:
    """The position of the customer of each contact, and its time in microseconds; both of shape ``(n_made,)``."""
    place = joined(pc.index_in(made["customer_id"], value_set=customer_ids))
    return place.to_numpy().astype(np.int64), joined(made["contacted_at"]).cast(pa.int64()).to_numpy()


def _once(made: pa.Table) -> Flags:
    """Which contacts count where campaigns knew one person under several ids: those of the id that came first."""
    if made["visitor_id"].null_count == len(made):
        return np.ones(len(made), dtype=bool)
    customer, campaign, visitor = (
        joined(made[name]).dictionary_encode("encode").indices.to_numpy().astype(np.int64)
        for name in ("customer_id", "campaign_id", "visitor_id")
    )
    _, first, place = np.unique(np.column_stack([customer, campaign]), axis=0, return_index=True, return_inverse=True)
    counts: Flags = visitor == visitor[first[place.reshape(-1)]]
    return counts | made["campaign_id"].is_null().to_numpy()


def _microseconds(moment: datetime) -> int:
    value: int = pa.scalar(moment, TIME).value
    return value
