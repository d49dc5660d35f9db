"""How many people a campaign needs before its effect can be seen, and what a list of a size can show."""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

from features.errors import HuitouError

POWER = 0.8
"""How often an effect that is there is seen, when the number of people is chosen for it."""

LEVEL = 0.05
"""How often an effect is seen at most where there is none (two-sided)."""

_NORMAL = NormalDist()


def needed_people(
    control_rate: float, relative_lift: float, control_share: float, power: float = POWER, level: float = LEVEL
) -> int:
    """How many people, both arms together, show a relative lift of a conversion rate with so much power.

    Two-sided comparison of two proportions, each with its own variance (J. L. Fleiss, B. Levin and M. C. Paik,
    Statistical Methods for Rates and Proportions, 2003, section 4.3): at a control rate of 2 % a lift of +20 % needs
    about 42,000 people at 50/50 and 109,000 at 90/10. Raises :class:`HuitouError` for rates that cannot be.
    """
    _check(control_rate, control_share)
    gap = _treated_rate(control_rate, relative_lift) - control_rate
    return ceil(
        sum(quantiles(level, power)) ** 2 * _variance_of_one(control_rate, relative_lift, control_share) / gap**2
    )


def power(people: int, control_rate: float, relative_lift: float, control_share: float, level: float = LEVEL) -> float:
    """How often so many people, both arms together, show a relative lift that is there; 0 to 1."""
    _check(control_rate, control_share)
    gap = abs(_treated_rate(control_rate, relative_lift) - control_rate)
    error = sqrt(_variance_of_one(control_rate, relative_lift, control_share) / max(people, 1))
    edge = quantiles(level)[0]
    return _NORMAL.cdf(gap / error - edge) + _NORMAL.cdf(-gap / error - edge)


def smallest_lift(
    people: int, control_rate: float, control_share: float, power: float = POWER, level: float = LEVEL
) -> float | None:
    """The smallest relative lift that so many people show with so much power; None where even the largest is missed."""
    _check(control_rate, control_share)
    # gap^2 = wanted^2 x variance, where the variance is a square function of the gap as well.
    spread = control_rate * (1 - control_rate)
    a = max(people, 1) / sum(quantiles(level, power)) ** 2 + 1 / (1 - control_share)
    b = (1 - 2 * control_rate) / (1 - control_share)
    c = spread / (1 - control_share) + spread / control_share
    gap = (b + sqrt(b**2 + 4 * a * c)) / (2 * a)
    return gap / control_rate if gap <= 1 - control_rate else None


def _variance_of_one(control_rate: float, relative_lift: float, control_share: float) -> float:
    """The variance of the difference of both rates, times the number of people."""
    treated_rate = control_rate * (1 + relative_lift)
    treated = treated_rate * (1 - treated_rate) / (1 - control_share)
    return treated + control_rate * (1 - control_rate) / control_share


def _treated_rate(control_rate: float, relative_lift: float) -> float:
    rate = control_rate * (1 + relative_lift)
    if relative_lift == 0 or not 0 <= rate <= 1:
        raise HuitouError(
            "relative_lift must not be 0 and must lead to a rate of 0 to 1; "
            f"got {relative_lift:g} on a rate of {control_rate:g}. A lift of 20 % is 0.2.",
            field="relative_lift",
            value=relative_lift,
        )
    return rate


def _check(control_rate: float, control_share: float) -> None:
    for name, value in (("control_rate", control_rate), ("control_share", control_share)):
        if not 0 < value < 1:
            raise HuitouError(
                f"{name} must be above 0 and below 1; got {value:g}. Two per cent is 0.02.", field=name, value=value
            )


def quantiles(level: float, power: float = POWER) -> tuple[float, float]:
    """How many deviations must be seen, and how many more must be there; 1.96 and 0.84 for 5 % and 80 %."""
    return _NORMAL.inv_cdf(1 - level / 2), _NORMAL.inv_cdf(power)
