"""What the fields of filters are called, and what their numbers are: for people, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from features.channels import CHANNEL_NAMES, consent_field

HORIZON = re.compile(r"(?P<base>.+)_(?P<days>[0-9]+)d")
"""How a column is called whose name has a number of days at its end."""


@dataclass(frozen=True)
class FieldName:
    """One field for people; where its column has a horizon, ``{days}`` stands for it."""

    unit: str
    """What the values are: ``share`` (0 to 1), ``days``, ``money``, ``orders``, ``score``, ...; empty for names."""
    en: str
    """In English."""
    zh: str
    """In Simplified Chinese."""

    def titles(self, days: str) -> Mapping[str, str]:
        """The name in both languages for a horizon."""
        return {"en": self.en.format(days=days), "zh": self.zh.format(days=days)}


UNITS: Mapping[str, Mapping[str, str]] = {
    "": {"en": "name", "zh": "名称"},
    "share": {"en": "share, 0 to 1", "zh": "比例，0至1"},
    "days": {"en": "days", "zh": "天"},
    "money": {"en": "money", "zh": "金额"},
    "orders": {"en": "orders", "zh": "订单数"},
    "contacts": {"en": "contacts", "zh": "触达次数"},
    "score": {"en": "score, 1 to 5", "zh": "评分，1至5"},
    "number": {"en": "number", "zh": "数字"},
    "month": {"en": "month, 1 to 12", "zh": "月份，1至12"},
    "day": {"en": "day of the month, 1 to 31", "zh": "日，1至31"},
    "hour": {"en": "hour, 0 to 23", "zh": "小时，0至23"},
    "weekday": {"en": "weekday, 0 is Monday", "zh": "星期，0为周一"},
    "date": {"en": "date", "zh": "日期"},
    "flag": {"en": "yes or no", "zh": "是或否"},
}
"""The units for people, by language."""

LIMITS: Mapping[str, tuple[float, float]] = {
    "share": (0, 1),
    "score": (1, 5),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "weekday": (0, 6),
}
"""Between which numbers the values of a unit lie."""

FIELD_NAMES: Mapping[str, FieldName] = {
    "layer": FieldName("", "Layer", "客户分层"),
    "kind": FieldName("", "Visitor, one order, or several", "访客、单次购买或多次购买"),
    "tier": FieldName("", "What predicted: model or rules", "预测方式：模型或规则"),
    "method": FieldName("", "Method of the prediction", "预测方法"),
    "rfm_recency_score": FieldName("score", "RFM recency score", "RFM近度评分"),
    "rfm_frequency_score": FieldName("score", "RFM frequency score", "RFM频次评分"),
    "rfm_monetary_score": FieldName("score", "RFM monetary score", "RFM金额评分"),
    "rfm_group": FieldName("", "RFM group", "RFM分组"),
    "stage": FieldName("", "Life-cycle stage", "生命周期阶段"),
    "value_level": FieldName("", "Value level", "价值等级"),
    "behaviour_group": FieldName("", "Behaviour group", "行为分组"),
    "order_probability": FieldName("share", "Chance of an order within {days} days", "{days}天内下单概率"),
    "churn_probability": FieldName("share", "Chance of no order within {days} days", "{days}天内流失概率"),
    "expected_orders": FieldName("orders", "Expected orders within {days} days", "{days}天内预期订单数"),
    "expected_net_spend": FieldName("money", "Expected net spend within {days} days", "{days}天内预期净消费"),
    "uplift": FieldName(
        "number", "How much a message raises the chance of an order within {days} days", "触达使{days}天内下单概率提升"
    ),
    "expected_incremental_profit": FieldName("money", "Expected extra profit from a message", "触达的预期增量利润"),
    "next_order_on": FieldName("date", "Expected date of the next order", "预计下次下单日期"),
    "next_order_from": FieldName("date", "Next order expected from", "预计下次下单最早日期"),
    "next_order_until": FieldName("date", "Next order expected until", "预计下次下单最晚日期"),
    "overdue_days": FieldName("days", "Days that the next order is overdue", "下次下单逾期天数"),
    "purchase_cycle_days": FieldName("days", "Own purchase cycle", "个人复购周期"),
    "order_count_all": FieldName("orders", "Orders so far", "累计订单数"),
    "net_spend_all": FieldName("money", "Net spend so far", "累计净消费"),
    "days_since_last_order": FieldName("days", "Days since the last order", "距上次下单天数"),
    "days_since_any": FieldName("days", "Days since anything was done", "距最近一次行为天数"),
    "purchase_gap_mean_days": FieldName("days", "Mean days between orders", "平均下单间隔天数"),
    "days_since_contact": FieldName("days", "Days since the last contact", "距上次触达天数"),
    "contact_count": FieldName("contacts", "Contacts in the last {days} days", "近{days}天触达次数"),
    "discount_order_share": FieldName("share", "Share of orders bought at a discount", "折扣订单占比"),
    "promotion_order_share": FieldName("share", "Share of orders on promotion days", "促销日订单占比"),
    "price_band": FieldName("", "Usual price band", "常购价格带"),
    "usual_hour": FieldName("hour", "Usual hour", "常活跃时段"),
    "usual_weekday": FieldName("weekday", "Usual weekday", "常活跃星期"),
    "contactable": FieldName("flag", "May be written to", "可联系"),
    "personalized": FieldName("flag", "May get personal recommendations", "接受个性化推荐"),
    **{
        consent_field(channel): FieldName("flag", f"Agreed to: {names['en']}", f"同意渠道：{names['zh']}")
        for channel, names in CHANNEL_NAMES.items()
    },
    "birthday_month": FieldName("month", "Month of the birthday", "生日月份"),
    "birthday_day": FieldName("day", "Day of the birthday", "生日日期"),
    "set_aside": FieldName("", "Why set aside", "排除原因"),
    "cluster": FieldName("number", "Cluster", "客户聚类"),
}
"""The fields by the name of their column, without its horizon."""


def field_name(column: str, kind: str) -> tuple[FieldName, str]:
    """What a column is called, and the horizon in its name, empty where it has none.

    A column that is not in :data:`FIELD_NAMES` is called as it is written.
    """
    found = HORIZON.fullmatch(column)
    for base, days in ((column, ""), (found["base"], found["days"]) if found else ("", "")):
        if base in FIELD_NAMES:
            return FIELD_NAMES[base], days
    words = column.replace("_", " ").replace("{", "").replace("}", "")
    units = {"date": "date", "flag": "flag", "number": "number"}
    return FieldName(units.get(kind, ""), words[:1].upper() + words[1:], words), ""
