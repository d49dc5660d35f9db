"""Why somebody who fits a filter is not written to."""

from __future__ import annotations

from collections.abc import Mapping

from features.shop.anomalies import REASONS as SET_ASIDE

EXCLUSIONS = (
    *SET_ASIDE,
    "deleted",
    "holdout",
    "not_contactable",
    "no_consent",
    "suppressed",
    "no_address",
    "capped_channel",
    "capped",
    "too_soon",
    "same_person",
    "bought_since",
)
"""The reasons; the code of one is its place here plus one, 0 says that there is none. Of several the first counts."""

EXCLUSION_CODES: Mapping[str, int] = {name: place + 1 for place, name in enumerate(EXCLUSIONS)}

EXCLUSION_NAMES: Mapping[str, Mapping[str, str]] = {
    "bot": {"en": "set aside for behaving like a bot", "zh": "疑似机器人"},
    "reseller": {"en": "set aside for reselling", "zh": "疑似转售商"},
    "test_orders": {"en": "set aside for test orders", "zh": "测试订单"},
    "internal": {"en": "set aside as the shop's own", "zh": "内部账户"},
    "deleted": {"en": "deleted", "zh": "已删除"},
    "holdout": {"en": "held out of all campaigns, to compare with", "zh": "长期对照组，不参与任何活动"},
    "not_contactable": {"en": "must not be written to", "zh": "不可联系"},
    "no_consent": {"en": "no consent to this channel", "zh": "未同意该渠道"},
    "suppressed": {"en": "on a suppression list", "zh": "在屏蔽名单中"},
    "no_address": {"en": "no address for this channel", "zh": "缺少该渠道的联系方式"},
    "capped_channel": {"en": "had enough messages on this channel", "zh": "该渠道触达次数已达上限"},
    "capped": {"en": "had enough messages", "zh": "触达次数已达上限"},
    "too_soon": {"en": "written to a short while ago", "zh": "距上次触达时间过短"},
    "same_person": {"en": "the same person as somebody else on the list", "zh": "与名单中其他客户为同一人"},
    "bought_since": {"en": "ordered since the snapshot", "zh": "快照之后已下单"},
}
"""What people read for each reason, by language; it suits one person and many."""
