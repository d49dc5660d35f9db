"""The suggested plan of each member, as the shop's playbook says it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from features.shop.groups.playbook import GROUPINGS, Playbook
from training.recommend.reason_texts import LANGUAGES


def told_plans(
    playbook: Playbook, entry: str | None, people: pa.Table, channel: str | None = None
) -> tuple[pa.Array, ...]:
    """The plan of each row of the table of customers as one sentence, in English and in Simplified Chinese.

    ``entry`` is the plan for everybody, such as ``layer:lost``; None gives each the plan of their own groups.
    ``channel`` is that of the list, which stands in place of the plan's own; None leaves each plan its own.
    """
    if entry is None:
        place, plans = playbook.plans_of({name: people[name] for name in GROUPINGS})
    else:
        place, plans = np.zeros(len(people), dtype=np.int64), [playbook.plan_of(*entry.split(":", 1))]
    if channel is not None:
        plans = [replace(plan, channel=channel) for plan in plans]
    # A dozen different plans stand behind a million rows.
    return tuple(
        pa.array([plan.sentence(language) for plan in plans], pa.string()).take(pa.array(place))
        for language in LANGUAGES
    )
