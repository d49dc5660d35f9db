"""To whom campaigns wrote."""

from __future__ import annotations

from datetime import date

import numpy as np

from features.arrays import Flags
from features.channels import CHANNELS
from serving.audiences.parts import Contacted
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.contacts import Contacts


def contacted(snapshot: Snapshot, fresh: Contacts, wanted: Contacted, today: date) -> Flags:
    """Who was written to as it is wanted, shape ``(n_customers,)``; who was left alone on purpose was not."""
    first, last = wanted.days.on(today)
    flags = snapshot.audience.nobody()
    for contacts in (snapshot.audience.contacts, fresh):
        kept = (contacts.day >= first) & (contacts.day <= last)
        for codes, names, chosen in (
            (contacts.channel, CHANNELS, wanted.channels),
            # A campaign that has written to nobody yet is no mistake.
            (contacts.campaign, contacts.campaigns, wanted.campaigns),
        ):
            if chosen:
                # One more place, for what nobody named: its code, -1, is the last.
                kept &= np.array([name in chosen for name in names] + [False])[codes]
        flags[contacts.row[kept]] = True
    return flags
