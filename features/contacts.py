"""Who was written to by campaigns: what was known of it at a cutoff, and what happened in a label window.

Contacts are rows of :data:`features.events.event.CONTACT_SCHEMA`. Those of the arm ``control`` were chosen by a
campaign and left alone on purpose: they were not contacted, and count nowhere here.
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
    customer, made_us = _made(contacts, customer_ids, cutoff)
    age_days = (_microseconds(cutoff) - made_us) / DAY_US
    newest = np.full(len(customer_ids), np.nan)
    np.fmin.at(newest, customer, age_days)
    month, quarter = (
        np.bincount(customer[age_days <= days], minlength=len(customer_ids)) for days in CONTACT_WINDOW_DAYS
    )
    return ContactMarks(newest, month, quarter)


def first_contact_days(contacts: pa.Table, customer_ids: pa.Array, since: datetime, before: datetime) -> Floats:
    """Days from ``since`` to each customer's first contact in ``[since, before)``, NaN where none; ``(n_customers,)``.

    Only contacts known before ``before`` count, as for labels. This looks at what came after ``since``: it belongs
    beside the labels, never among the features of a prediction at ``since``.
    """
    customer, made_us = _made(contacts, customer_ids, before)
    after_us = made_us - _microseconds(since)
    first = np.full(len(customer_ids), np.nan)
    np.fmin.at(first, customer[after_us >= 0], after_us[after_us >= 0] / DAY_US)
    return first


def treated_within(contacts: pa.Table, customer_ids: pa.Array, since: datetime, before: datetime) -> Flags:
    """Who was contacted in ``[since, before)``, see :func:`first_contact_days`; shape ``(n_customers,)``."""
    treated: Flags = ~np.isnan(first_contact_days(contacts, customer_ids, since, before))
    return treated


def _made(contacts: pa.Table, customer_ids: pa.Array, before: datetime) -> tuple[Ints, Ints]:
    """The contacts of these customers that were made and known before a moment: position of the customer, and time.

    Most contacts belong to other buckets or other times: times are looked at first, ids last. Both ``(n_made,)``; the
    time is in microseconds.
    """
    limit = pa.scalar(before, TIME)
    there = pc.and_(pc.less(contacts["contacted_at"], limit), pc.less(contacts["known_at"], limit))
    made = contacts.filter(pc.and_(there, pc.equal(contacts["arm"], "treated")))
    place = pc.index_in(made["customer_id"], value_set=customer_ids)
    made_us = joined(made["contacted_at"]).cast(pa.int64()).filter(joined(pc.is_valid(place)))
    return joined(place).drop_null().to_numpy().astype(np.int64), made_us.to_numpy()


def _microseconds(moment: datetime) -> int:
    value: int = pa.scalar(moment, TIME).value
    return value
