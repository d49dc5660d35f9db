"""The rules of contact care in sentences, for people."""

from __future__ import annotations

from collections.abc import Sequence

from features.channels import CHANNEL_NAMES, CHANNELS
from serving.care.rules import WEEKDAYS, Cap, ContactCare

Sentence = tuple[str, str]
"""The same in English and in Simplified Chinese."""

_WEEKDAYS_ZH = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def sentences(rules: ContactCare) -> Sequence[Sentence]:
    """What holds for all channels, and then for each."""
    told = [_cap(cap, ("On all channels together", "所有渠道合计")) for cap in rules.caps]
    if rules.least_days:
        days = f"{rules.least_days:g}"
        told.append((f"At least {days} days between two messages to one person.", f"同一人两次触达至少间隔{days}天。"))
    told += _quiet(rules)
    if rules.one_per_person:
        told.append(
            (
                "Of several customers with one e-mail or telephone only the one that did something last is written to.",
                "同一邮箱或手机号对应多个客户时，只联系最近活跃的一个。",
            )
        )
    for channel in CHANNELS:
        told += _channel(rules, channel)
    return told


def _quiet(rules: ContactCare) -> list[Sentence]:
    told = []
    if rules.quiet_hours is not None:
        start, end = rules.quiet_hours.start, rules.quiet_hours.end
        told.append((f"Nothing goes out from {start} to {end}.", f"{start}至{end}不发送。"))
    if rules.quiet_weekdays:
        english = ", ".join(f"{day.capitalize()}s" for day in rules.quiet_weekdays)
        chinese = "、".join(_WEEKDAYS_ZH[WEEKDAYS.index(day)] for day in rules.quiet_weekdays)
        told.append((f"Nothing goes out on {english}.", f"{chinese}不发送。"))
    if rules.quiet_dates:
        days = ", ".join(day.isoformat() for day in sorted(rules.quiet_dates))
        told.append((f"Nothing goes out on {days}.", f"以下日期不发送：{days}。"))
    return told


def _channel(rules: ContactCare, channel: str) -> list[Sentence]:
    care, names = rules.of_channel(channel), CHANNEL_NAMES[channel]
    english, chinese = names["en"], names["zh"]
    if care.consent == "opt_in":
        told = [(f"{english}: only who agreed to it.", f"{chinese}：仅限明确同意者。")]
    else:
        told = [(f"{english}: who has not refused it.", f"{chinese}：未明确拒绝者。")]
    told += [_cap(cap, (english, chinese)) for cap in care.caps]
    if care.quiet_hours is not None:
        start, end = care.quiet_hours.start, care.quiet_hours.end
        told.append((f"{english}: nothing from {start} to {end}.", f"{chinese}：{start}至{end}不发送。"))
    return told


def _cap(cap: Cap, where: Sentence) -> Sentence:
    messages = "1 message" if cap.most == 1 else f"{cap.most} messages"
    days = "1 day" if cap.within_days == 1 else f"{cap.within_days} days"
    return (
        f"{where[0]}: at most {messages} to one person within {days}.",
        f"{where[1]}：每人{cap.within_days}天内最多{cap.most}次。",
    )
