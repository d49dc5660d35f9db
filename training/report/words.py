"""The words of the page, in English and Simplified Chinese; the English text is the key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.charts.words import CHINESE as CHART_CHINESE

CHINESE: Mapping[str, str] = json.loads(Path(__file__).with_name("chinese.json").read_text(encoding="utf-8"))
"""Chinese for every text of the page that is not on a chart."""

METRIC_NAMES: Mapping[str, tuple[str, str]] = {
    "roc_auc": ("ROC-AUC", "ROC-AUC"),
    "average_precision": ("average precision", "平均精确率"),
    "log_loss": ("log loss", "对数损失"),
    "brier": ("Brier score", "Brier 分数"),
    "brier_skill": ("Brier skill", "Brier 技能分"),
    "ece": ("calibration error (ECE)", "校准误差（ECE）"),
    "lift_at_5pct": ("lift at 5 %", "前 5% 提升度"),
    "lift_at_10pct": ("lift at 10 %", "前 10% 提升度"),
    "lift_at_20pct": ("lift at 20 %", "前 20% 提升度"),
    "expected_profit_at_5pct": ("profit at 5 %", "前 5% 利润"),
    "expected_profit_at_10pct": ("profit at 10 %", "前 10% 利润"),
    "expected_profit_at_20pct": ("profit at 20 %", "前 20% 利润"),
    "known_recall@10": ("recall@10, known items", "recall@10（已接触商品）"),
    "new_recall@10": ("recall@10, new items", "recall@10（新商品）"),
    "hit_rate@10": ("hit rate@10", "命中率@10"),
    "head_recall@10": ("recall@10, head", "recall@10（头部商品）"),
    "mid_recall@10": ("recall@10, middle", "recall@10（腰部商品）"),
    "tail_recall@10": ("recall@10, tail", "recall@10（长尾商品）"),
    "new_share@10": ("share of new items shown", "新商品展示占比"),
    "novelty_bits@10": ("novelty (bits)", "新颖度（比特）"),
    "catalogue_coverage@10": ("share of the catalogue shown", "商品目录覆盖率"),
    "candidate_recall": ("among the candidates", "候选召回率"),
    "known_candidate_recall": ("known items among the candidates", "候选召回率（已接触商品）"),
    "new_candidate_recall": ("new items among the candidates", "候选召回率（新商品）"),
    "proposes": ("proposes to", "有候选的顾客占比"),
}
"""What people call the metrics, in English and Chinese."""

GROUP_NAMES: Mapping[str, tuple[str, str]] = {
    "all": ("everyone", "全部"),
    "one_order": ("one order", "仅一单"),
    "repeat": ("regulars (two or more orders)", "复购客（两单及以上）"),
    "high_value": ("high value (the top fifth by spend)", "高价值（消费前五分之一）"),
    "not_lost": ("not lost yet", "尚未沉睡"),
    "visitor": ("visitors (no order yet)", "访客（尚无订单）"),
    "touches_1": ("one touch", "接触 1 次"),
    "touches_2_to_4": ("2 to 4 touches", "接触 2 至 4 次"),
    "touches_5_to_19": ("5 to 19 touches", "接触 5 至 19 次"),
    "touches_20_or_more": ("20 touches or more", "接触 20 次及以上"),
}
"""What people call the groups, in English and Chinese."""

KIND_NAMES: Mapping[str, tuple[str, str]] = {
    "visitor": ("Visitors", "访客"),
    "one_order": ("Customers with one order", "仅一单的顾客"),
    "repeat": ("Regulars", "复购客"),
}
"""What people call the kinds of people, in English and Chinese."""


TIER_NAMES: Mapping[str, tuple[str, str]] = {
    "rules": ("tier: rules", "层级：规则"),
    "priors": ("tier: priors", "层级：先验"),
    "model": ("tier: model", "层级：模型"),
}
"""What people call the tiers, in English and Chinese."""


@dataclass(frozen=True)
class Words:
    """The page's texts in one language."""

    language: str
    """``en`` or ``zh``."""

    def __call__(self, text: str, **filled: object) -> str:
        """The text with its blanks filled."""
        if self.language == "zh":
            text = CHINESE[text] if text in CHINESE else CHART_CHINESE[text]
        return text.format(**filled)


def metric_name(metric: str, language: str) -> str:
    """What people call a metric; one without a name is called as it is written."""
    return METRIC_NAMES.get(metric, (metric, metric))[language == "zh"]


def group_name(group: str, language: str) -> str:
    """What people call a group of customers."""
    return GROUP_NAMES.get(group, (group, group))[language == "zh"]


def kind_name(kind: str, language: str) -> str:
    """What people call a kind of people."""
    return KIND_NAMES.get(kind, (kind, kind))[language == "zh"]


def tier_name(tier: str, language: str) -> str:
    """What people call a tier."""
    return TIER_NAMES.get(tier, (tier, tier))[language == "zh"]
