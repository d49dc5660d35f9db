"""The rules in words."""

from __future__ import annotations

import json

from serving.care.rules import ContactCare
from serving.care.sentences import sentences


def test_every_rule_is_told() -> None:
    """What holds for all channels comes first, in both languages, with the shop's numbers."""
    said = {
        "caps": [{"most": 1, "within_days": 1}],
        "least_days": 2.5,
        "quiet_hours": {"from": "22:00", "until": "07:30"},
        "quiet_weekdays": ["sunday"],
        "quiet_dates": ["2026-04-05", "2026-02-17"],
        "channels": {
            "sms": {
                "consent": "opt_in",
                "caps": [{"most": 2, "within_days": 14}],
                "quiet_hours": {"from": "18:00", "until": "10:00"},
            }
        },
    }
    told = sentences(ContactCare.read(json.dumps(said)))
    english, chinese = [first for first, _ in told], [second for _, second in told]
    assert english[:5] == [
        "On all channels together: at most 1 message to one person within 1 day.",
        "At least 2.5 days between two messages to one person.",
        "Nothing goes out from 22:00 to 07:30.",
        "Nothing goes out on Sundays.",
        "Nothing goes out on 2026-02-17, 2026-04-05.",
    ]
    assert chinese[:5] == [
        "所有渠道合计：每人1天内最多1次。",
        "同一人两次触达至少间隔2.5天。",
        "22:00至07:30不发送。",
        "星期日不发送。",
        "以下日期不发送：2026-02-17, 2026-04-05。",
    ]
    place = english.index("Text message: only who agreed to it.")
    assert english[place + 1 : place + 3] == [
        "Text message: at most 2 messages to one person within 14 days.",
        "Text message: nothing from 18:00 to 10:00.",
    ]
    assert "短信：仅限明确同意者。" in chinese


def test_what_does_not_hold_is_not_told() -> None:
    """Without caps and quiet times only consent is told of each channel."""
    nothing = {"caps": [], "least_days": 0, "quiet_hours": None, "one_per_person": False}
    channels: dict[str, dict[str, object]] = {name: {} for name in ("email", "sms", "app", "wechat", "phone", "post")}
    told = sentences(ContactCare.read(json.dumps(nothing | {"channels": channels})))
    assert len(told) == len(channels)
