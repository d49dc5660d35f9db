"""Why a customer is at risk, or likely to order: the concepts that moved the margin most, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Ints
from features.customers import CustomerFeatures
from training.customers.concepts import CONCEPTS, membership
from training.customers.propensity import Propensity
from training.customers.sentences import NUMBERS, sentence
from training.tables import taken

ROWS = 20_000
"""So many customers are explained at once, to bound the memory."""

LEAST_LOG_ODDS = 0.01
"""A concept that moves the margin by less gives no reason."""


@dataclass(frozen=True)
class Reason:
    """One sentence about a customer."""

    concept: str
    """What it is about, one of ``CONCEPTS``."""
    en: str
    """In English."""
    zh: str
    """In Simplified Chinese."""
    raises: bool
    """True when it raises the chance of an order, False when it lowers it."""


def reasons(propensity: Propensity, features: CustomerFeatures, limit: int = 3) -> list[list[Reason]]:
    """At most ``limit`` reasons for each customer, the weightiest first.

    For customers whose margin is below that of the usual customer of their kind the reasons say why they are at risk,
    for the others why they are likely to order.
    """
    told: list[list[Reason]] = []
    for start in range(0, len(features), ROWS):
        rows = np.arange(start, min(start + ROWS, len(features)))
        told.extend(_explained(propensity, taken(features, rows), limit))
    return told


def _explained(propensity: Propensity, features: CustomerFeatures, limit: int) -> list[list[Reason]]:
    moved = propensity.contributions(features).values[:, :-1] @ membership(features.names)
    raised: Flags = moved.sum(axis=1) > 0
    strength = np.where(raised[:, None], moved, -moved)
    ranking: Ints = np.argsort(-strength, axis=1, kind="stable")
    weighty = np.count_nonzero(strength >= LEAST_LOG_ODDS, axis=1)
    columns = [features.column(name).astype(np.float64).tolist() for name in NUMBERS]
    concepts = list(CONCEPTS)
    return [
        _told([concepts[place] for place in row[:most]], dict(zip(NUMBERS, numbers, strict=True)), raises, limit)
        for row, most, raises, numbers in zip(
            ranking.tolist(), weighty.tolist(), raised.tolist(), zip(*columns, strict=True), strict=True
        )
    ]


def _told(concepts: list[str], numbers: dict[str, float], raises: bool, limit: int) -> list[Reason]:
    found: list[Reason] = []
    for concept in concepts:
        said = sentence(concept, numbers, raises=raises)
        if said is not None:
            found.append(Reason(concept, *said, raises))
        if len(found) == limit:
            break
    return found
