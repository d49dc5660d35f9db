"""The customers most like one, and what they have in common in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from training.customers.alike.portraits import words_of
from training.customers.alike.space import Space
from training.customers.alike.traits import trait_of

BLOCK = 131_072
"""So many customers are compared at a time: the memory does not grow with the shop."""

SPARE = 16
"""So many more than asked for are compared exactly, because the quick comparison rounds."""

UNUSUAL = 0.6
"""What two have in common is told where both lie so many usual deviations from the shop's middle, on one side."""

ALIKE = 0.75
"""And no farther from each other than so many."""

MOST_TOLD = 3
"""So much is told of what two have in common at most."""

NOTHING_UNUSUAL = {"en": "both are close to the shop's usual in most respects", "zh": "两人在多数方面都接近全店平均"}
"""What is told of two who have nothing unusual in common."""


@dataclass(frozen=True)
class Nearest:
    """The customers nearest to one."""

    rows: Ints
    """Their rows, the nearest first; shape (n,)."""
    distance: Floats
    """How far each is; shape (n,)."""


def half_squares(vectors: Floats) -> Floats:
    """Half the square of each one's distance from the middle, which :func:`nearest` wants; float32, ``(n,)``."""
    return np.asarray(np.square(vectors.astype(np.float64)).sum(axis=1) / 2, dtype=np.float32)


def nearest(vectors: Floats, half: Floats, rows: Ints, count: int) -> Nearest:
    """The ``count`` customers nearest to those of ``rows``, exactly, without them; fewer where there are fewer.

    Nearest to several are those nearest to the middle of them. ``vectors`` is float32 of shape ``(n, n_traits)`` and
    may be a memory map, ``half`` what :func:`half_squares` says of it, infinite for those who are not compared. One
    pass over the vectors answers, see ``docs/alike.md``.
    """
    point, most = middle(vectors, rows), count + SPARE + len(rows)
    found, scores = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        # |v - p|^2 / 2 = |v|^2 / 2 - v p + |p|^2 / 2, and the last is the same for all.
        score = vectors[start : start + BLOCK] @ point - half[start : start + BLOCK]
        best = _largest(score, most)
        found, scores = np.append(found, start + best), np.append(scores, score[best])
        kept = _largest(scores, most)
        found, scores = found[kept], scores[kept]
    found = np.setdiff1d(found[np.isfinite(scores)], rows)
    distance = np.sqrt(np.square(vectors[found].astype(np.float64) - point).sum(axis=1))
    order = np.argsort(distance, kind="stable")[:count]
    return Nearest(found[order], distance[order])


def middle(vectors: Floats, rows: Ints) -> Floats:
    """The mean coordinates of some customers; float32, shape ``(n_traits,)``."""
    return np.asarray(vectors[rows].mean(axis=0, dtype=np.float64), dtype=np.float32)


def similarity(space: Space, distance: Floats) -> Floats:
    """1 for customers of the very same traits, 0 for those as far apart as two usually are, or farther; ``(n,)``."""
    return np.maximum(1 - distance / space.usual_distance, 0.0)


def in_common(space: Space, one: Floats, other: Floats, language: str) -> list[str]:
    """What two customers with these coordinates have in common that is not usual, the most unusual first."""
    pair = np.array([one, other], dtype=np.float64)
    deviations, values = space.deviations(pair), space.values(pair)
    shop = space.values(np.zeros((1, len(space.names))))[0]
    same_side = np.sign(deviations[0]) == np.sign(deviations[1])
    unusual = np.where(same_side, np.abs(deviations).min(axis=0), 0.0)
    alike = np.abs(deviations[0] - deviations[1]) <= ALIKE
    told: dict[str, str] = {}
    for place in np.argsort(-unusual, kind="stable"):
        trait = space.names[place]
        concept, words = trait_of(trait).concept, words_of(space, trait)
        if unusual[place] < UNUSUAL or len(told) == MOST_TOLD:
            break
        # That both do not care for one of many categories says little.
        if alike[place] and concept not in told and (deviations[0, place] > 0 or not words.of_mean):
            numbers = dict.fromkeys(words.number(float(value), language) for value in values[:, place])
            own = ("与" if language == "zh" else " and ").join(numbers)
            sentence = words.sentence[language == "zh"]
            told[concept] = sentence.format(own=own, shop=words.number(float(shop[place]), language))
    return list(told.values()) or [NOTHING_UNUSUAL[language]]


def _largest(scores: Floats, count: int) -> Ints:
    """Positions of the ``count`` largest, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]
