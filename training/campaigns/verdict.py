"""One sentence about a campaign: whether it helped, and if that cannot be said, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log10
from typing import Literal

from features.estimate import Estimate
from training.campaigns.effects import Effects
from training.campaigns.power import LEVEL, needed_people, quantiles
from training.campaigns.proportions import QUANTILE
from training.campaigns.question import Question

LEAST_EXPECTED = 10.0
"""So many of the smaller arm would have to order, if both arms were alike, before an effect is declared: below that,
counts come in steps so large that no interval keeps to 5 %."""

Kind = Literal["not_ended", "no_control", "helped", "hurt", "no_difference", "too_few"]


@dataclass(frozen=True)
class Verdict:
    """What can be said."""

    kind: Kind
    """Which of the things that can be said."""
    sentence: Mapping[str, str]
    """The sentence, by language: ``en`` and ``zh``."""
    more_people: int | None = None
    """About how many more people it needs; None unless it has too few."""


def verdict_of(effects: Effects, question: Question, *, ended: bool) -> Verdict:
    """The verdict on the one outcome that was chosen beforehand.

    An effect is declared only after the end, when the interval of the difference leaves out 0 and there are enough
    orders (:data:`LEAST_EXPECTED`): so one is declared in at most 5 % of the campaigns that have none, however often
    somebody looks before.
    """
    if not ended:
        return Verdict("not_ended", _NOT_ENDED)
    if not (effects.treated.people and effects.control.people):
        return Verdict("no_control", _NO_CONTROL)
    absolute = effects.absolute_lift if question.outcome == "conversion" else effects.revenue_per_head_lift
    if absolute.leaves_out_zero and effects.expected_least >= LEAST_EXPECTED:
        kind: Kind = "helped" if (absolute.low or 0.0) > 0 else "hurt"
        return Verdict(kind, _declared(kind, effects, question.outcome))
    if absolute.leaves_out_zero:
        more = max(_rounded(_enough(effects) - effects.people), 1)
        return Verdict("too_few", _nearly(more, effects), more)
    more = more_people(effects, question)
    if more:
        return Verdict("too_few", _too_few(more, question), more)
    return Verdict("no_difference", _no_difference(effects, question))


def more_people(effects: Effects, question: Question) -> int:
    """About how many more people show the lift worth knowing in 8 of 10 campaigns; 0 where there are enough."""
    people, share = effects.people, _control_share(effects)
    buyers = effects.treated.buyers + effects.control.buyers
    if question.outcome == "conversion":
        # Half a buyer more: without any there would be no number at all.
        rate = min((buyers + 0.5) / (people + 1), 1 / (1 + question.lift_worth_knowing))
        needed: float = needed_people(rate, question.lift_worth_knowing, share)
    else:
        needed = _needed_for_revenue(effects, question.lift_worth_knowing)
    return _rounded(max(needed, _enough(effects)) - people)


def _enough(effects: Effects) -> float:
    """So many people, like those there were, make :data:`LEAST_EXPECTED` orders in the smaller arm."""
    share = _control_share(effects)
    return effects.people * LEAST_EXPECTED / max(effects.expected_least, 0.5 * min(share, 1 - share))


def _control_share(effects: Effects) -> float:
    return effects.control.people / effects.people


def _needed_for_revenue(effects: Effects, lift: float) -> float:
    """As many people as make the interval of revenue per head as narrow as the lift wants it."""
    gap, usual = effects.revenue_per_head_lift, effects.control.revenue / effects.control.people
    if gap.low is None or gap.high is None or usual <= 0:
        return 0.0
    error = (gap.high - gap.low) / 2 / QUANTILE
    return effects.people * (sum(quantiles(LEVEL)) * error / (lift * usual)) ** 2


def _rounded(people: float) -> int:
    """A number of people to two digits, upwards; 0 where it is below 1."""
    if people < 1:
        return 0
    step = 10 ** max(int(log10(people)) - 1, 0)
    return ceil(people / step) * step


_NOT_ENDED: Mapping[str, str] = {
    "en": (
        "The campaign has not ended: these are interim figures without a verdict, because who looks every day and "
        "stops at the first difference finds one far too often where there is none."
    ),
    "zh": "活动尚未结束：以下为中期数据，不作结论。若每天查看并在首次出现差异时下结论，常会把偶然当成效果。",
}
_NO_CONTROL: Mapping[str, str] = {
    "en": "Nothing can be said: without people who were written to and a control group there is no comparison.",
    "zh": "无法判断：缺少已触达人群或对照组，没有可比较的对象。",
}


def _declared(kind: Kind, effects: Effects, outcome: str) -> Mapping[str, str]:
    if outcome == "conversion":
        treated, control, lift = (
            effects.treated.conversion.value or 0.0,
            effects.control.conversion.value or 0.0,
            effects.relative_lift,
        )
        seen = (
            f"{treated:.2%} of those written to ordered, against {control:.2%} of the control group",
            f"触达组下单率为{treated:.2%}，对照组为{control:.2%}",
        )
        gain = _gain(effects.incremental_orders, ("orders", "单"))
    else:
        treated, control = (arm.revenue / arm.people for arm in (effects.treated, effects.control))
        lift = effects.revenue_relative_lift
        seen = (
            f"{treated:,.2f} a head from those written to, against {control:,.2f} from the control group",
            f"触达组人均消费{treated:,.2f}，对照组{control:,.2f}",
        )
        gain = _gain(effects.incremental_revenue, ("revenue", "销售额"))
    word = {"helped": ("It helped", "活动有效"), "hurt": ("It hurt", "活动起了反作用")}[kind]
    return {
        "en": f"{word[0]}: {seen[0]} ({spread(lift)}); {gain[0]}.",
        "zh": f"{word[1]}：{seen[1]}（{spread(lift, 'zh')}）；{gain[1]}。",
    }


def _gain(gained: Estimate, noun: tuple[str, str]) -> tuple[str, str]:
    value, low, high = gained.value or 0.0, gained.low or 0.0, gained.high or 0.0
    ends = sorted((abs(low), abs(high)))
    more = ("more", "增加") if value >= 0 else ("fewer" if noun[0] == "orders" else "less", "减少")
    return (
        f"about {abs(value):,.0f} {noun[0]} {more[0]} ({ends[0]:,.0f} to {ends[1]:,.0f})",
        f"约{more[1]}{abs(value):,.0f}{noun[1]}（{ends[0]:,.0f}至{ends[1]:,.0f}）",
    )


def _too_few(more: int, question: Question) -> Mapping[str, str]:
    lift = question.lift_worth_knowing
    return {
        "en": (
            f"Not enough people yet: it needs about {more:,} more, so that a lift of {lift:.0%} would be seen in 8 of "
            "10 campaigns. Repeat it under the same pool."
        ),
        "zh": f"人数不足：还需约{more:,}人，才能在十次中有八次看出{lift:.0%}的提升。可在同一汇总名下重复活动。",
    }


def _nearly(more: int, effects: Effects) -> Mapping[str, str]:
    expected = effects.expected_least
    return {
        "en": (
            f"Not enough people yet: a difference shows, but it rests on about {expected:.1f} orders to be expected in "
            f"the smaller group, where {LEAST_EXPECTED:.0f} are needed to trust it; about {more:,} more people would "
            "do. Repeat it under the same pool."
        ),
        "zh": (
            f"人数不足：已出现差异，但较小一组预计仅约{expected:.1f}单，至少需{LEAST_EXPECTED:.0f}单才可信；"
            f"再有约{more:,}人即可。可在同一汇总名下重复活动。"
        ),
    }


def _no_difference(effects: Effects, question: Question) -> Mapping[str, str]:
    lift = effects.relative_lift if question.outcome == "conversion" else effects.revenue_relative_lift
    return {
        "en": (
            f"No difference seen: {spread(lift)}; a lift of {question.lift_worth_knowing:.0%} would have been seen in "
            "8 of 10 campaigns of this size."
        ),
        "zh": (
            f"未见差异：{spread(lift, 'zh')}；若有{question.lift_worth_knowing:.0%}的提升，同等规模十次中有八次能看出。"
        ),
    }


def spread(relative: Estimate, language: str = "en") -> str:
    """A relative difference and its interval, such as ``+12.0 %, between +3.0 % and +21.5 %``."""
    if relative.value is None or relative.low is None:
        return "提升幅度未知" if language == "zh" else "by how much is not known"
    value, low = f"{relative.value:+.1%}", f"{relative.low:+.1%}"
    high = None if relative.high is None else f"{relative.high:+.1%}"
    if language == "zh":
        return f"{value}，至少{low}" if high is None else f"{value}，区间{low}至{high}"
    return f"{value}, at least {low}" if high is None else f"{value}, between {low} and {high}"
