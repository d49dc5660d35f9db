"""The space in which customers are compared: every trait on one scale, every concept with its weight, frozen once fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Floats
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

PAIRS = 5_000
"""So many pairs of customers tell how far two usually are apart."""


@dataclass(frozen=True)
class Space:
    """How traits become coordinates. One customer alone gets the very same ones as in a crowd."""

    tastes: tuple[Tastes, ...]
    """The main categories and brands."""
    names: tuple[str, ...]
    """The traits that differ between customers; the others are left out."""
    typical: Floats
    """The shop's mean of each, towards which shares of little evidence are drawn; shape (n,)."""
    middle: Floats
    """The median of each, on its scale; shape (n,)."""
    spread: Floats
    """The usual deviation of each, on its scale; shape (n,)."""
    weight: Floats
    """What each is multiplied by at last; shape (n,)."""
    usual_distance: float
    """Median distance of two customers."""

    @classmethod
    def fit(cls, traits: Traits, tastes: tuple[Tastes, ...]) -> Space:
        """The space of a shop, told by some of its customers who are known well enough."""
        with np.errstate(invalid="ignore"):
            told = ~np.isnan(traits.values)
        count = np.maximum(told.sum(axis=0), 1)
        typical = np.where(told, traits.values, 0.0).sum(axis=0) / count
        scaled = np.column_stack(
            [_scaled(name, column) for name, column in zip(traits.names, _drawn(traits, typical).T, strict=True)]
        )
        kept = [place for place in range(scaled.shape[1]) if told[:, place].mean() >= 0.01 and _varies(scaled[:, place])]
        scaled = scaled[:, kept]
        middle, spread = np.nanmedian(scaled, axis=0), _spread(scaled)
        names = tuple(traits.names[place] for place in kept)
        bounded = _bounded((scaled - middle) / spread)
        weight = _weights(names, bounded)
        draw = np.random.default_rng(0).integers(0, len(bounded), (2, PAIRS))
        apart = np.sqrt(np.square((bounded[draw[0]] - bounded[draw[1]]) * weight).sum(axis=1))
        return cls(tastes, names, typical[kept], middle, spread, weight, float(np.median(apart[apart > 0])))

    def vectors(self, traits: Traits) -> Floats:
        """The coordinates of customers, 0 where a trait is not known; float32, shape ``(n_customers, n)``."""
        places = [traits.names.index(name) for name in self.names]
        mine = Traits(self.names, traits.values[:, places], traits.trust[:, places], traits.known)
        drawn = _drawn(mine, self.typical)
        found = np.empty((len(traits), len(self.names)), dtype=np.float32)
        for place, name in enumerate(self.names):
            deviation = (_scaled(name, drawn[:, place]) - self.middle[place]) / self.spread[place]
            found[:, place] = _bounded(deviation) * self.weight[place]
        return found

    def values(self, vectors: Floats) -> Floats:
        """The numbers as people know them that have these coordinates; shape of ``vectors``.

        What was not known comes back as the shop's median, and shares as they were drawn to the shop's.
        """
        bounded = np.clip(vectors / self.weight / BOUND, -0.9999, 0.9999)
        scaled = bounded * BOUND / np.sqrt(1 - np.square(bounded)) * self.spread + self.middle
        return np.column_stack([_unscaled(name, column) for name, column in zip(self.names, scaled.T, strict=True)])

    def deviations(self, vectors: Floats) -> Floats:
        """The coordinates in usual deviations, bounded by ``BOUND``; shape of ``vectors``."""
        return np.asarray(vectors / self.weight)

    def as_dict(self) -> dict[str, Any]:
        """As plain values that become the same space again."""
        arrays = {name: getattr(self, name).tolist() for name in ("typical", "middle", "spread", "weight")}
        tastes = [each.as_dict() for each in self.tastes]
        return {"tastes": tastes, "names": list(self.names), **arrays, "usual_distance": self.usual_distance}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Space:
        """The space that :meth:`as_dict` wrote."""
        arrays = {name: np.array(said[name], dtype=np.float64) for name in ("typical", "middle", "spread", "weight")}
        tastes = tuple(Tastes.of(each) for each in said["tastes"])
        return cls(tastes, tuple(said["names"]), **arrays, usual_distance=said["usual_distance"])


def _drawn(traits: Traits, typical: Floats) -> Floats:
    """The values, shares of little evidence drawn to the shop's."""
    return np.asarray(traits.values * traits.trust + typical * (1 - traits.trust))


def _scaled(name: str, values: Floats) -> Floats:
    match trait_of(name).scale:
        case "log":
            return np.log1p(np.maximum(values, 0.0))
        case "root":
            return np.sqrt(np.maximum(values, 0.0))
        case _:
            return values


def _unscaled(name: str, values: Floats) -> Floats:
    match trait_of(name).scale:
        case "log":
            return np.expm1(np.maximum(values, 0.0))
        case "root":
            return np.square(np.maximum(values, 0.0))
        case _:
            return values


def _varies(column: Floats) -> bool:
    return bool(np.nanstd(column) > 1e-6)


def _spread(scaled: Floats) -> Floats:
    """Distance of the quartiles as a standard deviation; the deviation itself where more than half have one value."""
    low, high = np.nanquantile(scaled, [0.25, 0.75], axis=0)
    quartiles = (high - low) / NORMAL_QUARTILES
    deviation = np.nanstd(scaled, axis=0)
    return np.where(quartiles > 0.1 * deviation, quartiles, deviation)


def _bounded(deviation: Floats) -> Floats:
    """Missing ones as the median, far ones ever closer to the bound; it can be turned back."""
    known = np.nan_to_num(deviation, nan=0.0)
    return np.asarray(known / np.sqrt(1 + np.square(known / BOUND)))


def _weights(names: tuple[str, ...], bounded: Floats) -> Floats:
    """So that the traits of each concept together have the concept's weight, however many there are."""
    concepts = [trait_of(name).concept for name in names]
    square = np.square(bounded).mean(axis=0)
    together = {concept: sum(square[place] for place, of in enumerate(concepts) if of == concept) for concept in concepts}
    return np.sqrt([WEIGHTS[concept] / together[concept] for concept in concepts])
