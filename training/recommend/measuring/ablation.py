"""What each source is worth: how good it is alone, and what the answer loses when it is taken away.

*Alone*: the source's own proposals in its own order. *Without*: the source is taken away wholly, as on a night on which
it failed: pairs that it alone proposed are gone, of the other pairs it says nothing any more (not proposed), and the
same order (rule, blend or ranker) sorts what is left. Only dropping its own pairs would call a source worthless whose
items others propose too but which alone knows that they are the good ones. What the order knows of the pair itself,
such as that the item lies in the cart, stays. The order is not learned anew: one trained without the source could make
up for a part of the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints, ratio
from training.recommend.counted.sources import Sources
from training.recommend.measuring.evaluation import judged, known_answers, per_customer
from training.recommend.measuring.intervals import differences, intervals
from training.recommend.measuring.popularity import Popularity
from training.recommend.people import People
from training.recommend.proposing.candidates import Candidates, candidates, fixed_blend
from training.recommend.proposing.proposal import Proposal
from training.recommend.proposing.registry import REGISTRY
from training.recommend.ranking.answers import Answers
from training.recommend.ranking.cases import Case, enough
from training.recommend.top import top_items

MOST_CUSTOMERS = 2_000
"""Customers with an answer that are looked at; whole cases are taken, so that they are an unbiased part."""

TOP = 10
"""Places of the answer that are compared."""

MEASURES = ("recall@10", "ndcg@10", "hit_rate@10", "known_recall@10", "new_recall@10")
"""What is told of a source alone, of the answer, and of what it loses."""

Order = Callable[[People, Candidates], Floats]
"""What orders candidates: a score of each pair by what is said of that pair alone, shape ``(n_pairs,)``."""

PerCustomer = dict[str, Floats]
"""Measures of each customer, shapes ``(n_customers,)``."""


@dataclass(frozen=True)
class Ablated:
    """The measures of some customers."""

    whole: PerCustomer
    """Of the answer with every source."""
    alone: dict[str, PerCustomer]
    """Of each source alone."""
    without: dict[str, PerCustomer]
    """Of the answer without each source."""


def ablation(
    sources: Sources,
    names: Sequence[str],
    order: Order,
    cases: Iterable[Case],
    seed: int,
    *,
    most_customers: int = MOST_CUSTOMERS,
) -> dict[str, Any]:
    """The worth of each of the sources ``names``, on people of ``cases`` who have an answer.

    Returns ``{"customers", "whole": {measure: told}, "sources": {name: {"alone": {measure: told}, "lost": {measure:
    told}}}}`` with ``told`` as ``{"value", "low", "high"}``; ``lost`` is the paired difference that taking the source
    away makes, above 0 where the answer is better with it. ``candidate_recall`` is the share of a customer's answers
    that are among all that is proposed, also for items known to the customer and new ones; of a source alone there is
    ``proposes`` as well, the share of customers it proposes anything to.
    """
    popularity = Popularity.of(sources.statistics)
    parts = [
        _ablated(sources, names, order, case, popularity) for case in enough(cases, most_customers) if len(case.history)
    ]
    if not parts:
        return {"customers": 0, "whole": {}, "sources": {}}
    whole = _joined([part.whole for part in parts])
    told: dict[str, Any] = {}
    for name in names:
        without = _joined([part.without[name] for part in parts])
        told[name] = {
            "alone": intervals(_joined([part.alone[name] for part in parts]), seed),
            "lost": differences(whole, without, seed),
        }
    return {"customers": len(whole["recall@10"]), "whole": intervals(whole, seed), "sources": told}


def _ablated(sources: Sources, names: Sequence[str], order: Order, case: Case, popularity: Popularity) -> Ablated:
    people = sources.people(case.history)
    found = candidates(sources, people, names)

    score = order(people, found)

    def measured(left: Candidates, score: Floats) -> PerCustomer:
        items, _ = top_items(left.customer, left.item, score, len(people), TOP)
        return _measures(items, people, case.answers, popularity) | _found(left, people, case.answers)

    return Ablated(
        whole=measured(found, score),
        alone={name: _alone(sources, name, people, case.answers, popularity) for name in names},
        without={
            name: measured(without(found, name), score_without(found, name, people, order, score)) for name in names
        },
    )


def score_without(found: Candidates, name: str, people: People, order: Order, score: Floats) -> Floats:
    """How the candidates :func:`without` a source are ordered, ``(n_left,)``; ``score`` is that of all of ``found``.

    Only pairs that the source spoke of are scored again: a fifth of the time of scoring all of them.
    """
    rank = found.column(name)
    kept = np.flatnonzero(_left(found, name))
    changed = np.flatnonzero(~np.isnan(rank[kept]))
    scored = np.array(score[kept], dtype=np.float64)
    scored[changed] = order(people, without(found, name).take(changed))
    return scored


def without(found: Candidates, name: str) -> Candidates:
    """The candidates that are left when a source proposes nothing; its columns say so."""
    column = found.names.index(name)
    score, rank = found.score.copy(), found.rank.copy()
    score[:, column], rank[:, column] = 0.0, np.nan
    silent = replace(found, score=score, rank=rank, blend=fixed_blend(rank, found.names))
    return silent.take(np.flatnonzero(_left(found, name)))


def _left(found: Candidates, name: str) -> Flags:
    """Which pairs another source proposed as well, or instead."""
    others = [place for place, other in enumerate(found.names) if other != name]
    left: Flags = np.logical_or.reduce(~np.isnan(found.rank[:, others]), axis=1)
    return left


def _alone(sources: Sources, name: str, people: People, answers: Answers, popularity: Popularity) -> PerCustomer:
    proposal = REGISTRY[name].propose(sources, people, sources.settings.per_source)
    items, _ = top_items(proposal.customer, proposal.item, -proposal.rank.astype(np.float64), len(people), TOP)
    told = _measures(items, people, answers, popularity) | _found(proposal, people, answers)
    return told | {"proposes": (np.bincount(proposal.customer, minlength=len(people)) > 0).astype(np.float64)}


def _measures(items: Ints, people: People, answers: Answers, popularity: Popularity) -> PerCustomer:
    told = per_customer(judged(items, people, answers, popularity))
    return {name: told[name] for name in MEASURES}


def _found(pairs: Candidates | Proposal, people: People, answers: Answers) -> PerCustomer:
    """The share of each customer's answers that are among some pairs: of all, of known and of new items."""
    right = np.flatnonzero(answers.hold(pairs.customer, pairs.item))
    owner = pairs.customer[right]
    _, touched = people.touches.find(owner, pairs.item[right])
    size, known = len(people), known_answers(people, answers)
    counted = {
        "candidate_recall": (owner, answers.bought),
        "known_candidate_recall": (owner[touched], known),
        "new_candidate_recall": (owner[~touched], answers.bought - known),
    }
    return {name: ratio(np.bincount(hits, minlength=size), whole) for name, (hits, whole) in counted.items()}


def _joined(parts: Sequence[PerCustomer]) -> PerCustomer:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
