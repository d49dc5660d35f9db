"""One protocol run through the product's own code: what serves beside rules and the library ``implicit``, timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from benchmarks.recommend_baskets import basket_measures, basket_rules
from benchmarks.recommend_protocols import Protocol
from features.arrays import Floats, Ints
from training.gate import Gate
from training.recommend.fitting import fit_recommender
from training.recommend.measuring.ablation import ablation
from training.recommend.measuring.baselines import Baseline, by_rule, rule_baselines
from training.recommend.measuring.implicit_models import (
    ImplicitModel,
    fit_als,
    fit_bm25,
    fit_item_knn,
    interest_matrix,
    ranked_by,
)
from training.recommend.measuring.intervals import Told, differences, intervals
from training.recommend.measuring.popularity import Popularity
from training.recommend.measuring.trial import SERVED, Trial
from training.recommend.ranking.cases import Case
from training.recommend.ranking.goals import VIEW
from training.recommend.recommender import FittedRecommender

DEPTH = 50
"""Items that everyone is answered."""

SEED = 7

ABLATION_CUSTOMERS = 5_000
"""People that the worth of sources is measured on, at most."""

VIEW_RULES = ("popular", "trending")
"""The baselines that need no carts or purchases."""

Result = TypeVar("Result")


@dataclass
class Clock:
    """Seconds by what they were spent on."""

    fitting: dict[str, float] = field(default_factory=dict)
    """Learning or counting, by method."""
    answering: dict[str, float] = field(default_factory=dict)
    """Ranking all items for everyone measured, by method."""

    def timed(self, spent: dict[str, float], name: str, work: Callable[[], Result]) -> Result:
        """What ``work`` returns, its time added to ``spent``."""
        started = time.perf_counter()
        done = work()
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - started
        return done


@dataclass(frozen=True)
class Ran:
    """What was found."""

    protocol: Protocol
    """What was asked."""
    tier: str
    """What serves."""
    gate: Gate
    """Why."""
    trial: Trial
    """All answers."""
    ablation: dict[str, Any]
    """What each source is worth."""
    clock: Clock
    """How long each method took."""

    def values(self, name: str) -> dict[str, Floats]:
        """Every measure of each customer by one method."""
        found = self.trial.values(name)
        return found | basket_measures(self.trial.judged[name]) if self.protocol.baskets else found

    @property
    def told(self) -> dict[str, dict[str, Told]]:
        """Every measure of every method, with intervals."""
        return {name: intervals(self.values(name), SEED) for name in self.trial.judged}

    def over(self, name: str) -> dict[str, Told]:
        """What serves minus another method, paired over customers."""
        return differences(self.values(SERVED), self.values(name), SEED)


def run(protocol: Protocol) -> Ran:
    """Train on what was known before the cutoff, then ask what serves and every baseline for the same people."""
    clock, behaviour, cutoff = Clock(), protocol.behaviour, protocol.cutoff
    training = clock.timed(
        clock.fitting, SERVED, lambda: fit_recommender(behaviour, cutoff, protocol.horizon_days, said=_said)
    )
    catalogue = behaviour.catalogue(cutoff)
    fitted = clock.timed(
        clock.fitting,
        "counting for it",
        lambda: FittedRecommender.fit(behaviour, cutoff, catalogue, training.recommender),
    )
    others = _others(protocol, fitted, clock)
    trial = Trial(Popularity.of(fitted.sources.statistics))
    _ask(trial, fitted, others, protocol.cases(catalogue), clock)
    worth = ablation(
        fitted.sources,
        training.recommender.names,
        fitted.score,
        protocol.cases(catalogue),
        SEED,
        most_customers=ABLATION_CUSTOMERS,
    )
    return Ran(protocol, training.recommender.tier, training.gate, trial, worth, clock)


def _said(text: str) -> None:
    print(f"  {text}", flush=True)


def _others(protocol: Protocol, fitted: FittedRecommender, clock: Clock) -> dict[str, Baseline]:
    """The rules, and the models of ``implicit`` on the same interest."""
    sources, recommender = fitted.sources, fitted.recommender
    rules = rule_baselines(sources, DEPTH)
    if recommender.goal == VIEW:
        rules = {name: rules[name] for name in VIEW_RULES}
    if recommender.ranker is not None:
        asked = tuple(tuple(name for name in tier if name in recommender.names) for tier in recommender.rule)
        rules["our_rule"] = partial(by_rule, sources, tuple(filter(None, asked)), DEPTH)
    if protocol.baskets:
        rules |= basket_rules(sources, DEPTH)
    interest = interest_matrix(protocol.behaviour, sources)
    fits: dict[str, Callable[[], ImplicitModel]] = {
        "item_knn": lambda: fit_item_knn(interest),
        "als": lambda: fit_als(interest, SEED),
        "bm25_knn": lambda: fit_bm25(interest),
    }
    models = {name: clock.timed(clock.fitting, name, fit) for name, fit in fits.items()}
    return rules | {name: partial(ranked_by, model, sources, DEPTH) for name, model in models.items()}


def _ask(
    trial: Trial, fitted: FittedRecommender, others: dict[str, Baseline], cases: Iterable[Case], clock: Clock
) -> None:
    methods: dict[str, Baseline] = {SERVED: lambda history: fitted.recommend(history, DEPTH).item} | others
    for bucket in cases:
        for case in bucket.parts():
            ranked: dict[str, Ints] = {
                name: clock.timed(clock.answering, name, partial(rank, case.history)) for name, rank in methods.items()
            }
            trial.add(ranked, fitted.sources.people(case.history), case.answers)
