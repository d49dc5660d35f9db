"""What is asked of a campaign before it begins, and not changed when its figures are there."""

from __future__ import annotations

from dataclasses import dataclass

from features.errors import HuitouError

LIFT_WORTH_KNOWING = 0.2
"""The relative lift that a campaign is large enough for, unless somebody said another one: +20 %."""

OUTCOMES = ("conversion", "revenue")
"""What the verdict can be about; one of them, chosen before the campaign."""


@dataclass(frozen=True)
class Question:
    """What was asked before the campaign."""

    outcome: str = "conversion"
    """One of :data:`OUTCOMES`."""
    lift_worth_knowing: float = LIFT_WORTH_KNOWING
    """The relative lift that the campaign should be large enough for, above 0."""

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise HuitouError(
                f"outcome must be one of {', '.join(OUTCOMES)}; got {self.outcome!r}.",
                field="outcome",
                value=self.outcome,
                allowed=list(OUTCOMES),
            )
        if not 0 < self.lift_worth_knowing <= 10:
            raise HuitouError(
                f"lift_worth_knowing must be above 0 and at most 10; got {self.lift_worth_knowing:g}. "
                "A lift of 20 % is 0.2.",
                field="lift_worth_knowing",
                value=self.lift_worth_knowing,
            )
