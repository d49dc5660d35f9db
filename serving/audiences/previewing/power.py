"""Whether a campaign to so many people could show its effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.campaigns.power import POWER, needed_people, smallest_lift

WANTED_LIFT = 0.2
"""How many people are needed is told for a lift of a fifth."""

LARGEST_LIFT = 2.0
"""No message makes three orders of one: a list that could show only more shows nothing."""


@dataclass(frozen=True)
class Power:
    """What a list of a size can show."""

    people: int
    """Both arms together."""
    control_share: float
    """The share that is left alone."""
    control_rate: float
    """The share that is expected to order without being written to."""
    smallest_lift: float | None
    """The smallest relative lift that is seen four times of five; None where even the largest is missed."""
    needed_people: int
    """So many people would be needed to see a relative lift of a fifth four times of five."""

    def sentence(self) -> Mapping[str, str]:
        """What it means, in ``en`` and ``zh``."""
        if self.smallest_lift is None or self.smallest_lift > LARGEST_LIFT:
            return {
                "en": "too few people to see an effect; "
                f"to see a lift of {WANTED_LIFT:.0%} takes {self.needed_people:,}",
                "zh": f"人数太少，无法看出效果；要看出{WANTED_LIFT:.0%}的提升需要{self.needed_people:,}人",
            }
        lift = f"{self.smallest_lift:.0%}"
        return {
            "en": f"a campaign to them would show a lift of {lift} or more; "
            f"to see one of {WANTED_LIFT:.0%} takes {self.needed_people:,} people",
            "zh": f"对这些人的活动可看出{lift}及以上的提升；要看出{WANTED_LIFT:.0%}的提升需要{self.needed_people:,}人",
        }


def told_power(people: int, expected_orders: float, control_share: float) -> Power | None:
    """What a list of so many people can show; None where there is no control group, nobody, or nothing to compare."""
    rate = expected_orders / people if people else 0.0
    if not (0 < rate < 1 and 0 < control_share < 1):
        return None
    wanted = min(WANTED_LIFT, 1 / rate - 1)
    return Power(
        people,
        control_share,
        rate,
        smallest_lift(people, rate, control_share, POWER),
        needed_people(rate, wanted, control_share, POWER),
    )
