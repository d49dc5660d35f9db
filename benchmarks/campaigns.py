"""How often the intervals of campaigns hold the truth, and how often an effect is declared where there is none.

``python -m benchmarks.campaigns [--campaigns 2000] [--bootstrap 300]`` simulates campaigns with a known effect, and
prints a table and one line of JSON. With 2,000 campaigns a share of 95 % is known to one per cent.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from features.arrays import Flags, Floats
from features.estimate import Estimate, Z
from training.campaigns import means, proportions
from training.campaigns.means import Arms
from training.campaigns.outcomes import compared_strata
from training.campaigns.proportions import Counts
from training.campaigns.selections import model_against_merchant
from training.campaigns.simulation import SimulatedCampaign, SimulatedChoices
from training.campaigns.verdict import LEAST_EXPECTED

USUAL = SimulatedCampaign()
CASES: Mapping[str, SimulatedCampaign] = {
    "2,000 people, 90/10, 0.5 %, no effect": replace(USUAL, people=2_000, control_rate=0.005),
    "2,000 people, 90/10, 5 %, no effect": replace(USUAL, people=2_000, control_rate=0.05),
    "10,000 people, 90/10, 2 %, no effect": USUAL,
    "10,000 people, 90/10, 2 %, no effect, huge orders": replace(USUAL, basket_spread=1.5),
    "6,000 people, 50/50, 1 %, +20 %": replace(
        USUAL, people=6_000, control_share=0.5, control_rate=0.01, relative_lift=0.2
    ),
    "20,000 people, 90/10, 1 %, +20 %": replace(USUAL, people=20_000, control_rate=0.01, relative_lift=0.2),
    "20,000 people, 90/10, 5 %, +50 %, huge orders": replace(
        USUAL, people=20_000, control_rate=0.05, relative_lift=0.5, basket_spread=1.5
    ),
    "20,000 people, 90/10, 5 %, -30 %": replace(USUAL, people=20_000, control_rate=0.05, relative_lift=-0.3),
    "10,000 people, uneven strata, 2 %, +20 %": replace(
        USUAL, relative_lift=0.2, layer_rates=(0.4, 1.0, 1.6), layer_control_shares=(0.05, 0.1, 0.3)
    ),
}
"""What is simulated."""

WAYS = ("difference", "ratio", "revenue", "revenue ratio", "Welch", "1.96 score")
"""The intervals: four that are told, and two that are not."""


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=2_000)
    parser.add_argument("--bootstrap", type=int, default=0)
    asked = parser.parse_args()
    begun = time.perf_counter()
    rows = {name: measured(case, asked.campaigns, asked.bootstrap) for name, case in CASES.items()}
    choices = {share: compared(share, asked.campaigns // 4) for share in (0.1, 0.6)}
    for line in table(rows):
        print(line)
    for share, held in choices.items():
        print(f"model against merchant, {share:.0%} on both lists: {held:.1%} of differences hold the truth")
    found = {"campaigns": asked.campaigns, "seconds": round(time.perf_counter() - begun), "cases": rows}
    print(json.dumps(found | {"model_against_merchant": choices}, ensure_ascii=False))


def measured(case: SimulatedCampaign, campaigns: int, bootstrap: int) -> dict[str, float]:
    """How often each interval holds the truth, and how often an effect is declared."""
    random = np.random.default_rng(20_250_301)
    held: Counter[str] = Counter()
    for number in range(campaigns):
        outcomes, day = case.draw(random)
        strata = compared_strata(outcomes.treated, outcomes.stratum)
        counts = Counts.of(outcomes.converted, outcomes.treated, strata)
        found = proportions.difference(counts)
        held["difference"] += holds(found, case.absolute_lift)
        held["ratio"] += holds(proportions.relative_difference(counts), case.relative_lift)
        held["1.96 score"] += holds(proportions.difference(counts, Z), case.absolute_lift)
        held["declared"] += found.leaves_out_zero and counts.expected_least >= LEAST_EXPECTED
        held["daily"] += seen_on_some_day(outcomes.treated, day, case.window_days)
        arms = Arms.of(outcomes.revenue, outcomes.treated, strata)
        if arms is not None:
            held["revenue"] += holds(means.difference(arms), case.revenue_lift)
            held["revenue ratio"] += holds(means.relative_difference(arms), case.relative_lift)
            held["Welch"] += holds(welch(arms), case.revenue_lift)
        if number < bootstrap:
            held["bootstrap-t"] += holds(bootstrap_t(outcomes.revenue, outcomes.treated, random), case.revenue_lift)
    shares = {name: held[name] / campaigns for name in (*WAYS, "declared", "daily")}
    return shares | ({"bootstrap-t": held["bootstrap-t"] / bootstrap} if bootstrap else {})


def seen_on_some_day(treated: Flags, day: Any, days: int) -> bool:
    """Whether somebody who looks every day would see a difference on some day, by the usual test."""
    people = np.array([treated.sum(), (~treated).sum()], dtype=float)
    done = np.array([np.bincount(day[arm & (day >= 0)], minlength=days).cumsum() for arm in (treated, ~treated)])
    rate = done.sum(axis=0) / people.sum()
    error = np.sqrt(np.maximum(rate * (1 - rate) * (1 / people).sum(), 1e-300))
    return bool((np.abs(done[0] / people[0] - done[1] / people[1]) > Z * error)[rate > 0].any())


def compared(both_share: float, campaigns: int) -> float:
    """How often the difference between two lists holds the truth."""
    choices, random = SimulatedChoices(both_share=both_share), np.random.default_rng(7)
    held = 0
    for _ in range(campaigns):
        outcomes, by_model, by_merchant = choices.draw(random)
        found = model_against_merchant(outcomes, by_model, by_merchant, ended=True)
        held += found is not None and holds(found.orders_per_contact, choices.true_difference)
    return held / campaigns


def holds(found: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth; an end that is not known is as far as can be."""
    return (found.low is None or found.low <= truth) and (found.high is None or truth <= found.high)


def welch(arms: Arms) -> Estimate:
    """B. L. Welch's interval."""
    half = Z * (arms.treated.own.variance + arms.control.own.variance) ** 0.5
    return Estimate(arms.gap, arms.gap - half, arms.gap + half)


def bootstrap_t(values: Floats, treated: Flags, random: np.random.Generator, draws: int = 400) -> Estimate:
    """The bootstrap-t: each arm is drawn again, and the gap told in its own deviations."""
    means_of, variances, whole = [], [], []
    for arm in (treated, ~treated):
        own = values[arm]
        paid, people = own[own != 0], len(own)
        sizes = random.binomial(people, len(paid) / people, draws) if len(paid) else np.zeros(draws, dtype=int)
        drawn = [paid[random.integers(len(paid), size=size)] if size else np.zeros(0) for size in sizes]
        first = np.array([each.sum() / people for each in drawn])
        means_of.append(first)
        variances.append(np.array([(each @ each) / people for each in drawn]) - first**2)
        whole.append((float(own.mean()), float(own.var()), people))
    error = np.sqrt(sum(variance / people for variance, (_, _, people) in zip(variances, whole, strict=True)))
    gap = whole[0][0] - whole[1][0]
    own_error = sum(variance / people for _, variance, people in whole) ** 0.5
    deviations = (means_of[0] - means_of[1] - gap) / np.maximum(error, 1e-12)
    low, high = np.quantile(deviations, [0.975, 0.025])
    return Estimate(gap, gap - float(low) * own_error, gap - float(high) * own_error)


def table(rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The table in Markdown."""
    names = list(next(iter(rows.values())))
    lines = [f"| campaign | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    return lines + [f"| {name} | {' | '.join(f'{row[each]:.1%}' for each in names)} |" for name, row in rows.items()]


if __name__ == "__main__":
    main()
