"""The groups of a snapshot: how many customers, orders and how much money each holds, and what is suggested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.shop.groups.behaviour_groups import BEHAVIOUR_GROUPS
from features.shop.groups.named_group import NamedGroup, named
from features.shop.groups.playbook import Plan, Playbook
from features.shop.groups.rfm import RFM_GROUPS
from features.shop.groups.stages import STAGES
from features.shop.groups.value_levels import VALUE_LEVELS
from features.shop.layers import LayerLimits
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.columns import UNKNOWN, Columns

TITLES: Mapping[str, Mapping[str, str]] = {
    "layer": {"en": "Layers", "zh": "客户分层"},
    "stage": {"en": "Life-cycle stages", "zh": "生命周期阶段"},
    "rfm_group": {"en": "RFM groups", "zh": "RFM 分群"},
    "value_level": {"en": "Value levels", "zh": "价值等级"},
    "behaviour_group": {"en": "Behaviour groups", "zh": "行为分群"},
}
"""What each grouping is called."""

LAYER_TITLES: Mapping[str, Mapping[str, str]] = {
    "new": {"en": "New", "zh": "新客"},
    "active": {"en": "Active", "zh": "活跃老客"},
    "high_win_back": {"en": "High win-back", "zh": "高召回价值"},
    "low_win_back": {"en": "Low win-back", "zh": "低召回价值"},
    "lost": {"en": "Lost", "zh": "流失"},
    "visitor": {"en": "Visitors", "zh": "访客"},
}
"""What each layer is called, in the order in which customers go through them."""

_GROUPS: Mapping[str, tuple[NamedGroup, ...]] = {
    "stage": STAGES,
    "rfm_group": RFM_GROUPS,
    "value_level": tuple(reversed(VALUE_LEVELS)),
    "behaviour_group": BEHAVIOUR_GROUPS,
}


@dataclass(frozen=True)
class GroupSize:
    """One group as it is in a snapshot."""

    named: NamedGroup
    """Its name, and who is in it."""
    customers: int
    """Its people; who is set aside is among them."""
    customer_share: float
    """They as a part of all who are in a group of this grouping; 0 where nobody is."""
    orders: int
    """Their orders."""
    order_share: float
    """They as a part of all orders; 0 where there are none."""
    net_spend: float
    """Their net spend of all time, in the shop's currency."""
    net_spend_share: float
    """It as a part of all net spend; 0 where there is none."""
    plan: Plan
    """What is suggested for it."""


@dataclass(frozen=True)
class GroupBook:
    """All groups of a snapshot."""

    limits: LayerLimits
    """The day rules in force."""
    groupings: Mapping[str, tuple[GroupSize, ...]]
    """The groups by grouping (a column of the table of customers), in the order in which they are described."""
    set_aside: int
    """How many of the people are set aside, such as bots and resellers; they are counted in their groups."""

    @classmethod
    def of(cls, snapshot: Snapshot, playbook: Playbook) -> GroupBook:
        """The groups counted in the columns of customers, 0.1 s for a million, with the plans of ``playbook``."""
        limits, columns = snapshot.group_rules.layers, snapshot.audience.columns
        described = {"layer": layers_in_words(limits), **_GROUPS}
        sizes = {grouping: _sizes(columns, grouping, groups, playbook) for grouping, groups in described.items()}
        return cls(limits, sizes, int(np.count_nonzero(columns.values("set_aside") != UNKNOWN)))

    def table(self, language: str) -> pa.Table:
        """A row for each group, with its plan in parts."""
        rows = [
            {
                "grouping": grouping,
                "group": size.named.name,
                "name": size.named.title[language],
                "customers": size.customers,
                "customer_share": round(size.customer_share, 4),
                "orders": size.orders,
                "order_share": round(size.order_share, 4),
                "net_spend": round(size.net_spend, 2),
                "net_spend_share": round(size.net_spend_share, 4),
                "rule": size.named.rule[language],
                "plan": size.plan.text[language],
                "channel": size.plan.channel,
                "offer": size.plan.offer[language],
                "timing": size.plan.timing[language],
            }
            for grouping, sizes in self.groupings.items()
            for size in sizes
        ]
        return pa.Table.from_pylist(rows)


def layers_in_words(limits: LayerLimits) -> tuple[NamedGroup, ...]:
    """The layers with their names and rules, by the days in force."""
    new, active, high, lost = limits.days
    rules = {
        "new": (f"one order, at most {new} days ago", f"仅一笔订单，且在{new}天内"),
        "active": (f"last order less than {active} days ago, and not new", f"最近一次下单不足{active}天，且非新客"),
        "high_win_back": (f"last order {active} to {high} days ago", f"最近一次下单在{active}至{high}天之前"),
        "low_win_back": (f"last order {high} to {lost} days ago", f"最近一次下单在{high}至{lost}天之前"),
        "lost": (f"last order {lost} days ago or longer", f"最近一次下单已有{lost}天或更久"),
        "visitor": ("have not ordered", "尚未下单"),
    }
    return tuple(named(name, title["en"], title["zh"], *rules[name]) for name, title in LAYER_TITLES.items())


def titles_of(grouping: str) -> Mapping[str, Mapping[str, str]]:
    """What each group of a grouping is called, in ``en`` and ``zh``, in the order in which they are described."""
    return LAYER_TITLES if grouping == "layer" else {group.name: group.title for group in _GROUPS[grouping]}


def _sizes(
    columns: Columns, grouping: str, groups: tuple[NamedGroup, ...], playbook: Playbook
) -> tuple[GroupSize, ...]:
    found = _sums(columns, grouping)
    totals = [sum(sizes[place] for sizes in found.values()) for place in range(3)]
    told = []
    for group in groups:
        people, orders, spend = found.get(group.name, (0, 0, 0.0))
        shares = [
            size / total if total > 0 else 0.0 for size, total in zip((people, orders, spend), totals, strict=True)
        ]
        plan = playbook.plan_of(grouping, group.name)
        told.append(GroupSize(group, people, shares[0], orders, shares[1], spend, shares[2], plan))
    return tuple(told)


def _sums(columns: Columns, grouping: str) -> dict[str, tuple[int, int, float]]:
    """People, orders and net spend of each group that somebody is in."""
    names, code = columns.described[grouping].names, columns.values(grouping)
    known = code != UNKNOWN
    orders, spend = (
        np.bincount(code[known], np.nan_to_num(columns.values(name)[known]), len(names))
        for name in ("order_count_all", "net_spend_all")
    )
    people = np.bincount(code[known], minlength=len(names))
    return {name: (int(people[place]), int(orders[place]), float(spend[place])) for place, name in enumerate(names)}
