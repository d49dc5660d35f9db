"""The space in which customers are compared: every trait on one scale, every concept with its weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from features.arrays import Flags, Floats
from training.customers.alike.tastes import Tastes
from training.customers.alike.traits import Traits, trait_of

WEIGHTS: Mapping[str, float] = {
    "orders": 1.0,
    "rhythm": 0.5,
    "silence": 0.5,
    "tenure": 0.25,
    "spend": 0.5,
    "basket": 0.75,
    "browsing": 0.75,
    "cart": 0.25,
    "favorites": 0.25,
    "variety": 0.5,
    "loyalty": 0.25,
    "price": 1.0,
    "discount": 0.75,
    "returns": 0.25,
    "week": 0.5,
    "hours": 1.0,
    "category": 2.0,
    "brand": 0.5,
}
"""How much each concept may set customers apart: the mean square of its traits together."""

BOUND = 3.0
"""No trait lies farther from the middle than this many usual deviations; those beyond come ever closer to it."""

NORMAL_QUARTILES = 1.349
"""Distance between the quartiles of a normal distribution, in standard deviations."""

LARGEST_LOG = 60.0
"""No number has a larger logarithm; what lies at the bound would have."""

LEAST_KNOWN = 0.01
"""A trait that fewer customers have is left out."""

ARRAYS = ("middle", "spread", "weight")
"""The fields of a space with one number for each trait."""

PAIRS = 5_000
"""So many pairs of customers tell how far two usually are apart."""


@dataclass(frozen=True)
class Space:
    """How traits become coordinates. One customer alone gets the very same ones as in a crowd."""

    tastes: tuple[Tastes, ...]
    """The main categories and brands."""
    names: tuple[str, ...]
    """The traits that differ between customers; the others are left out."""
    middle: Floats
    """The median of each, on its scale, and the mean of shares; what is not known lies here. Shape (n,)."""
    spread: Floats
    """The usual deviation of each, on its scale; shape (n,)."""
    weight: Floats
    """What each is multiplied by at last; shape (n,)."""
    usual_distance: float
    """Median distance of two customers."""

    @classmethod
    def fit(cls, traits: Traits, tastes: tuple[Tastes, ...]) -> Space:
        """The space of a shop, told by some of its customers who are known well enough."""
        scaled = _scaled(traits.names, traits.values)
        kept = [place for place, column in enumerate(scaled.T) if _varies(column)]
        if not kept:
            return replace(cls.nowhere(), tastes=tastes)
        names = tuple(traits.names[place] for place in kept)
        scaled, trust = scaled[:, kept], traits.trust[:, kept]
        middle, spread = _middle(names, scaled), _spread(names, scaled)
        bounded = _bounded((scaled - middle) / spread * trust)
        weight = _weights(names, bounded)
        return cls(tastes, names, middle, spread, weight, _usual_distance(bounded * weight))

    @classmethod
    def nowhere(cls) -> Space:
        """The space of a shop in which nobody is known."""
        return cls((), (), np.zeros(0), np.zeros(0), np.zeros(0), 1.0)

    def vectors(self, traits: Traits) -> Floats:
        """The coordinates of customers, 0 where a trait is not known; float32, shape ``(n_customers, n)``."""
        places = [traits.names.index(name) for name in self.names]
        scaled = _scaled(self.names, traits.values[:, places])
        deviation = (scaled - self.middle) / self.spread * traits.trust[:, places]
        return np.asarray(_bounded(deviation) * self.weight, dtype=np.float32)

    def values(self, vectors: Floats) -> Floats:
        """The numbers as people know them that have these coordinates; shape of ``vectors``.

        What was not known comes back as the shop's middle, and shares as they were drawn to it.
        """
        bounded = np.clip(vectors / self.weight / BOUND, -0.9999, 0.9999)
        scaled = bounded * BOUND / np.sqrt(1 - np.square(bounded)) * self.spread + self.middle
        return _unscaled(self.names, scaled)

    def deviations(self, vectors: Floats) -> Floats:
        """The coordinates in usual deviations, bounded by ``BOUND``; shape of ``vectors``."""
        return np.asarray(vectors / self.weight)

    def as_dict(self) -> dict[str, Any]:
        """As plain values that become the same space again."""
        arrays = {name: getattr(self, name).tolist() for name in ARRAYS}
        tastes = [each.as_dict() for each in self.tastes]
        return {"tastes": tastes, "names": list(self.names), **arrays, "usual_distance": self.usual_distance}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Space:
        """The space that :meth:`as_dict` wrote."""
        arrays = {name: np.array(said[name], dtype=np.float64) for name in ARRAYS}
        tastes = tuple(Tastes.of(each) for each in said["tastes"])
        return cls(tastes, tuple(said["names"]), **arrays, usual_distance=said["usual_distance"])


def _scaled(names: tuple[str, ...], values: Floats) -> Floats:
    """The values on the scale on which they are compared."""
    scaled = np.array(values, dtype=np.float64)
    for column, name in zip(scaled.T, names, strict=True):
        if trait_of(name).scale == "log":
            np.log1p(np.maximum(column, 0.0), out=column)
        elif trait_of(name).scale == "root":
            np.sqrt(np.maximum(column, 0.0), out=column)
    return scaled


def _unscaled(names: tuple[str, ...], scaled: Floats) -> Floats:
    """Back from that scale."""
    values = np.array(scaled, dtype=np.float64)
    for column, name in zip(values.T, names, strict=True):
        if trait_of(name).scale == "log":
            np.expm1(np.clip(column, 0.0, LARGEST_LOG), out=column)
        elif trait_of(name).scale == "root":
            np.square(np.maximum(column, 0.0), out=column)
    return values


def _varies(column: Floats) -> bool:
    known = column[~np.isnan(column)]
    return len(known) > LEAST_KNOWN * len(column) and float(known.std()) > 1e-6


def _middle(names: tuple[str, ...], scaled: Floats) -> Floats:
    """The median, and for what is drawn to the shop's the mean: little evidence must not look like a preference."""
    return np.where(_is_drawn(names), np.nanmean(scaled, axis=0), np.nanmedian(scaled, axis=0))


def _spread(names: tuple[str, ...], scaled: Floats) -> Floats:
    """The standard deviation, told by the quartiles where those do not lie together.

    Shares of which most people have none have no quartiles that would say anything.
    """
    low, high = np.nanquantile(scaled, [0.25, 0.75], axis=0)
    quartiles = (high - low) / NORMAL_QUARTILES
    deviation = np.nanstd(scaled, axis=0)
    return np.where(_is_drawn(names) | (quartiles <= 0.1 * deviation), deviation, quartiles)


def _is_drawn(names: tuple[str, ...]) -> Flags:
    return np.array([bool(trait_of(name).evidence) for name in names])


def _bounded(deviation: Floats) -> Floats:
    """Missing ones as the median, far ones ever closer to the bound; it can be turned back."""
    known = np.nan_to_num(deviation, nan=0.0)
    return np.asarray(known / np.sqrt(1 + np.square(known / BOUND)))


def _weights(names: tuple[str, ...], bounded: Floats) -> Floats:
    """So that the traits of each concept together have the concept's weight, however many there are."""
    concepts = [trait_of(name).concept for name in names]
    square = np.square(bounded).mean(axis=0)
    together = {
        concept: sum(square[place] for place, of in enumerate(concepts) if of == concept) for concept in concepts
    }
    return np.sqrt([WEIGHTS[concept] / together[concept] for concept in concepts])


def _usual_distance(vectors: Floats) -> float:
    """The median distance of two different customers, 1 where all are the same."""
    draw = np.random.default_rng(0).integers(0, max(len(vectors), 1), (2, PAIRS if len(vectors) else 0))
    apart = np.sqrt(np.square(vectors[draw[0]] - vectors[draw[1]]).sum(axis=1))
    return float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
