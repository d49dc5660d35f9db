"""What is told of a list in sentences, in English and in Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from serving.care.exclusions import EXCLUSION_NAMES
from serving.database.marketing.lists import FrozenList

FEW_CONTROL = 100
"""With fewer people in the control group hardly any effect can be told from chance."""


def sentences(frozen: FrozenList, language: str) -> list[str]:
    """How many people are on a list, who was left out and why, and what it is ordered by."""
    counts, english = frozen.counts, language == "en"
    members, control = counts["members"], counts["control"]
    moment = f"{frozen.as_of:%Y-%m-%d %H:%M} UTC"
    if english:
        groups = f"{members - control:,} to write to, {control:,} in the control group"
        told = [f"{members:,} {_for(members, 'person', 'people')}, as of {moment}: {groups}"]
    else:
        told = [f"{members:,}人（数据截至{moment}）：触达组{members - control:,}人，对照组{control:,}人"]
    if "merchant" in counts:
        told.append(_merchant(counts, english))
    for reason, count in counts["excluded"].items():
        name = EXCLUSION_NAMES[reason][language]
        fit = _for(count, "fits and was", "fit and were")
        told.append(f"{count:,} {fit} left out: {name}" if english else f"{count:,}人符合条件但未列入：{name}")
    if counts["below_top"]:
        few = counts["below_top"]
        come = _for(few, "fits and comes", "fit and come")
        told.append(f"{few:,} more {come} after the last place" if english else f"另有{few:,}人符合条件，排在名单之后")
    return [*told, frozen.ranking["why"][language], *warnings(frozen, language)]


def warnings(frozen: FrozenList, language: str) -> list[str]:
    """What speaks against a list."""
    control, english = frozen.counts["control"], language == "en"
    if not control:
        return [
            "nobody is left alone, so what this list brings cannot be measured; make it with a control share"
            if english
            else "未设对照组，无法衡量效果；建议保留一定比例的对照组"
        ]
    if control < FEW_CONTROL:
        are = _for(control, "is", "are")
        return [
            f"only {control:,} {are} in the control group: hardly any effect can be told from chance"
            if english
            else f"对照组仅{control:,}人，效果难以与随机波动区分"
        ]
    return []


def unknown_ids(unknown: Sequence[str], language: str) -> list[str]:
    """That some ids of a merchant's list are not known, and which the first of them are."""
    if not unknown:
        return []
    count, first = len(unknown), ", ".join(unknown[:5])
    ids, are = _for(count, "id", "ids"), _for(count, "is", "are")
    return [
        f"{count:,} {ids} of the merchant's list {are} not known, such as {first}"
        if language == "en"
        else f"商家名单中有{count:,}个编号未知，例如{first}"
    ]


def _merchant(counts: Mapping[str, Any], english: bool) -> str:
    model, merchant, both = counts["by_model"], counts["by_merchant"], counts["by_both"]
    known, left_out = counts["merchant"]["known"], sum(counts["merchant"]["excluded"].values())
    if english:
        chosen, were = (_for(count, "was", "were") for count in (model, left_out))
        told = f"{model:,} {chosen} chosen by the model, {merchant:,} by the merchant, {both:,} by both"
        return told + (f"; {left_out:,} of the merchant's {known:,} {were} left out" if left_out else "")
    told = f"模型选出{model:,}人，商家选出{merchant:,}人，两者重合{both:,}人"
    return told + (f"；商家名单中的{known:,}人有{left_out:,}人未列入" if left_out else "")


def _for(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
