"""The groups of a snapshot: how many customers, orders and how much money each holds, and what is suggested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from features.shop.groups.behaviour_groups import BEHAVIOUR_GROUPS
from features.shop.groups.named_group import NamedGroup, named
from features.shop.groups.playbook import Plan, Playbook
from features.shop.groups.rfm import RFM_GROUPS
from features.shop.groups.stages import STAGES
from features.shop.groups.value_levels import VALUE_LEVELS
from features.shop.layers import LayerLimits
from serving.snapshot import Snapshot

TITLES: Mapping[str, Mapping[str, str]] = {
    "layer": {"en": "Layers", "zh": "客户分层"},
    "stage": {"en": "Life-cycle stages", "zh": "生命周期阶段"},
    "rfm_group": {"en": "RFM groups", "zh": "RFM 分群"},
    "value_level": {"en": "Value levels", "zh": "价值等级"},
    "behaviour_group": {"en": "Behaviour groups", "zh": "行为分群"},
}
"""What each grouping is called."""


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
        """The groups counted in the table of customers, 0.3 s for a million, with the plans of ``playbook``."""
        limits = snapshot.group_rules.layers
        names = [*TITLES, "order_count_all", "net_spend_all", "set_aside"]
        table = pq.read_table(snapshot.customers_file, columns=names, read_dictionary=list(TITLES), use_threads=False)
        table = table.unify_dictionaries()
        described = {
            "layer": layers_in_words(limits),
            "stage": STAGES,
            "rfm_group": RFM_GROUPS,
            "value_level": tuple(reversed(VALUE_LEVELS)),
            "behaviour_group": BEHAVIOUR_GROUPS,
        }
        sizes = {grouping: _sizes(table, grouping, groups, playbook) for grouping, groups in described.items()}
        return cls(limits, sizes, len(table) - table["set_aside"].null_count)

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
    return (
        named("new", "New", "新客", f"one order, at most {new} days ago", f"仅一笔订单，且在{new}天内"),
        named(
            "active",
            "Active",
            "活跃老客",
            f"last order less than {active} days ago, and not new",
            f"最近一次下单不足{active}天，且非新客",
        ),
        named(
            "high_win_back",
            "High win-back",
            "高召回价值",
            f"last order {active} to {high} days ago",
            f"最近一次下单在{active}至{high}天之前",
        ),
        named(
            "low_win_back",
            "Low win-back",
            "低召回价值",
            f"last order {high} to {lost} days ago",
            f"最近一次下单在{high}至{lost}天之前",
        ),
        named("lost", "Lost", "流失", f"last order {lost} days ago or longer", f"最近一次下单已有{lost}天或更久"),
        named("visitor", "Visitors", "访客", "have not ordered", "尚未下单"),
    )


def _sizes(table: pa.Table, grouping: str, groups: tuple[NamedGroup, ...], playbook: Playbook) -> tuple[GroupSize, ...]:
    counted = table.group_by(grouping).aggregate(
        [([], "count_all"), ("order_count_all", "sum"), ("net_spend_all", "sum")]
    )
    found = {
        row[grouping]: (row["count_all"], row["order_count_all_sum"] or 0, row["net_spend_all_sum"] or 0.0)
        for row in counted.to_pylist()
    }
    found.pop(None, None)
    totals = [sum(sizes[place] for sizes in found.values()) for place in range(3)]
    told = []
    for group in groups:
        people, orders, spend = found.get(group.name, (0, 0, 0.0))
        shares = [
            size / total if total > 0 else 0.0 for size, total in zip((people, orders, spend), totals, strict=True)
        ]
        plan = playbook.plan_of(grouping, group.name)
        told.append(GroupSize(group, people, shares[0], orders, shares[1], float(spend), shares[2], plan))
    return tuple(told)
