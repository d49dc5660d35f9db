"""Repeated campaigns as one: the effect they had on average, and whether they had the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Ints
from training.campaigns.effects import Effects, effects_of
from training.campaigns.heterogeneity import Heterogeneity, heterogeneity
from training.campaigns.layers import DIFFER_BELOW
from training.campaigns.looks import quantile_of_look
from training.campaigns.outcomes import Outcomes, compared_strata
from training.campaigns.question import Question
from training.campaigns.verdict import Verdict, verdict_of


@dataclass(frozen=True)
class Pooled:
    """Several campaigns together."""

    effects: Effects
    """What they brought in all; people who were in several count in each, and the intervals know it."""
    each: tuple[Effects, ...]
    """What each brought."""
    differ: Heterogeneity
    """How much their absolute lifts differ beyond chance."""
    verdict: Verdict
    """The verdict on all of them."""

    @property
    def note(self) -> Mapping[str, str]:
        """Whether they had the same effect, in a sentence, by language."""
        if self.differ.chance is None:
            return {
                "en": "One campaign alone says nothing about how campaigns differ.",
                "zh": "仅有一次活动，无法判断各次活动是否不同。",
            }
        if self.differ.chance < DIFFER_BELOW:
            return {
                "en": (
                    f"The campaigns differ more than by chance ({self.differ.between_share:.0%} of what is seen): what "
                    "is told here is their mean, and the next one may do otherwise."
                ),
                "zh": (
                    f"各次活动的差异超出偶然（占所见差异的{self.differ.between_share:.0%}）："
                    "此处为平均效果，下一次可能不同。"
                ),
            }
        return {
            "en": "There is no sign that the campaigns differ.",
            "zh": "没有迹象表明各次活动效果不同。",
        }


def pooled(
    campaigns: Sequence[Outcomes],
    person: Sequence[Ints],
    costs: Sequence[float | None],
    question: Question,
) -> Pooled:
    """Campaigns that have ended, pooled: arms are compared within each campaign, never across.

    A pool is looked at again after each further campaign; its intervals hold at all these looks together, see
    :func:`quantile_of_look`, so that repeating a campaign until it seems to help finds no help where there is none.

    ``person`` numbers the people of each campaign, the same person by the same number in all; shape ``(n_people,)``
    each. ``costs`` are what each cost; if one is not known, that of all is not.
    """
    each = tuple(effects_of(one, cost) for one, cost in zip(campaigns, costs, strict=True))
    every = _together(campaigns)
    known = [cost for cost in costs if cost is not None]
    whole = effects_of(
        every,
        sum(known) if len(known) == len(costs) else None,
        stratum=every.stratum,
        person=np.concatenate(list(person)),
        quantile=quantile_of_look(len(campaigns)),
    )
    differ = heterogeneity([one.absolute_lift for one in each])
    return Pooled(whole, each, differ, verdict_of(whole, question, ended=True))


def _together(campaigns: Sequence[Outcomes]) -> Outcomes:
    """All people of all campaigns; the strata are those within campaigns."""
    strata, first = [], 0
    for one in campaigns:
        strata.append(compared_strata(one.treated, one.stratum) + first)
        first += int(strata[-1].max(initial=0)) + 1
    margins = [one.margin for one in campaigns]
    return Outcomes(
        treated=np.concatenate([one.treated for one in campaigns]),
        stratum=np.concatenate(strata),
        converted=np.concatenate([one.converted for one in campaigns]),
        orders=np.concatenate([one.orders for one in campaigns]),
        revenue=np.concatenate([one.revenue for one in campaigns]),
        unsubscribed=np.concatenate([one.unsubscribed for one in campaigns]),
        margin=np.concatenate([m for m in margins if m is not None]) if all(m is not None for m in margins) else None,
    )
