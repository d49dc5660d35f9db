"""Ready audiences of customers who fall asleep, leave, or have left."""

from __future__ import annotations

from serving.audiences.ready import DUE_AGAIN, SHARE, Parameter, Ready
from serving.audiences.ready_made.wording import CHANCE, at_least, days, equals, everything, group

LEAVING = (
    Ready(
        "one-purchase-sleepers",
        {"en": "One purchase, then asleep", "zh": "一次购买后沉睡"},
        {
            "en": "Ordered once and have been silent since; those who are likeliest to come back come first.",
            "zh": "仅下单一次且此后沉默，最可能回购者在前。",
        },
        lambda said: everything(
            equals("kind", "one_order"),
            {"field": "days_since_last_order", "between": [said["silent_days"], said["lost_after_days"]]},
        ),
        "order_probability",
        "stage:acquired",
        parameters={
            "silent_days": days(45, {"en": "silent for at least so many days", "zh": "至少沉默天数"}),
            "lost_after_days": days(360, {"en": "silent for at most so many days", "zh": "至多沉默天数"}),
        },
    ),
    Ready(
        "overdue",
        {"en": "Overdue", "zh": "逾期未复购"},
        {
            "en": "Would have ordered by now if they had kept to their own cycle; those who are lost are left out.",
            "zh": "按个人复购周期本应已下单的客户，不含已流失者。",
        },
        lambda said: everything(at_least("overdue_days", said["overdue_days"]), {"not": equals("layer", "lost")}),
        "at_stake",
        None,
        DUE_AGAIN,
        {"overdue_days": days(1, {"en": "overdue for at least so many days", "zh": "至少逾期天数"})},
    ),
    Ready(
        "about-to-leave",
        {"en": "About to leave", "zh": "即将流失"},
        {
            "en": "Are still customers and will probably not order within the shop's horizon.",
            "zh": "仍是客户，但在预测期内很可能不再下单。",
        },
        lambda said: everything(
            {"field": "layer", "in": ["new", "active", "high_win_back"]},
            at_least("churn_probability", said["at_least"]),
        ),
        "at_stake",
        None,
        parameters={"at_least": Parameter(SHARE, 0.8, CHANCE)},
    ),
    Ready(
        "vip-at-risk",
        {"en": "Best customers at risk", "zh": "高价值流失风险"},
        {
            "en": "Belong to the upper fifth by spend and will probably not order within the shop's horizon.",
            "zh": "消费额居前五分之一，但在预测期内很可能不再下单。",
        },
        lambda said: everything(
            equals("value_level", "high"),
            at_least("churn_probability", said["at_least"]),
            {"not": equals("layer", "lost")},
        ),
        "at_stake",
        "value_level:high",
        parameters={"at_least": Parameter(SHARE, 0.5, CHANCE)},
    ),
    Ready(
        "high-win-back",
        {"en": "High win-back", "zh": "高挽回客户"},
        {
            "en": "Silent past the active days and still easy to win back.",
            "zh": "已超过活跃期，但仍较易挽回。",
        },
        group("layer", "high_win_back"),
        "at_stake",
        "layer:high_win_back",
    ),
    Ready(
        "low-win-back",
        {"en": "Low win-back", "zh": "低挽回客户"},
        {
            "en": "Silent for long and hard to win back; write once, with the best offer that still pays.",
            "zh": "沉默较久、较难挽回，宜用仍有利润的最优优惠触达一次。",
        },
        group("layer", "low_win_back"),
        "at_stake",
        "layer:low_win_back",
    ),
    Ready(
        "lost",
        {"en": "Lost", "zh": "流失客户"},
        {
            "en": "Silent past the day on which everybody is called lost; for the largest sales only.",
            "zh": "沉默超过流失天数，仅在全年最大促销时召回。",
        },
        group("layer", "lost"),
        "at_stake",
        "layer:lost",
    ),
)
"""In the order in which people meet them."""
