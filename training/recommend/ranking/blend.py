"""The blend: a few dozen weights over what the sources and the person's own history say; for shops with few buyers.

A conditional logit (McFadden 1974): of a person's candidates, one is taken with a chance in proportion to
``exp(weights . terms)``. Only differences between the candidates of one person count, so who buys much or little is
left out of it. Measured at earlier cutoffs of a shop with some hundred buyers a day, it beat the open-cart rule by
.007 ndcg@10 where boosted trees on the same rows lost up to .005.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from features.arrays import Flags, Floats, Ints, run_starts
from features.errors import HuitouError
from training.recommend.ranking.rows import RankingRows, joined


@dataclass(frozen=True)
class BlendSettings:
    """How the blend is fitted."""

    ridge: float = 200.0
    """Penalty on the weights, whose terms all have the deviation 1; worth about so many purchases."""
    most_bought: int = 5
    """Somebody who bought more of the candidates counts as much as so many purchases."""
    iterations: int = 200
    """Steps of the search for the weights, at most."""


ABOUT = ("fit_affinity", "fit_demand", "item_price_level", "item_purchase_per_cart", "item_purchase_per_view")
"""What counts of an item that the person knows."""

NOTHING = {
    "pair_open_cart_days": 0.0,
    "pair_open_favorite_days": 0.0,
    "pair_days_since_any": 0.0,
    "fit_cart_newer_share": 1.0,
    "fit_cart_place": np.inf,
    "fit_touch_newer_share": 1.0,
    "pair_purchase_count": 0.0,
    "pair_view_count": 0.0,
    "pair_days_since_view": np.inf,
    "pair_cart_count": 0.0,
    "pair_touch_weight": 0.0,
    "pair_category_share": 0.0,
    "fit_band_share": 0.0,
    **dict.fromkeys(ABOUT, 0.0),
}
"""The columns behind the other terms, and what stands for one that says nothing."""

TERM_COLUMNS, TERM_NOTHING = tuple(NOTHING), np.array([*NOTHING.values()])[:, None]

AT = {name: number for number, name in enumerate(TERM_COLUMNS)}
"""Where each of those columns is."""

LOGGED = [
    *(AT[name] for name in ("pair_open_cart_days", "pair_open_favorite_days", "pair_days_since_any")),
    *(AT[name] for name in ("pair_view_count", "pair_cart_count", "pair_touch_weight")),
]
"""The columns that count by their logarithm."""

OWN = (
    *("cart", "cart_days", "favorite", "favorite_days", "touch", "touch_days"),
    *("cart_newest", "cart_place", "touch_newest", "bought_before"),
    *("views", "views_in_cart", "never_viewed", "viewed_lately", "carted", "interest"),
    *("category", "category_of_cart", "price_band"),
)
"""The terms that tell what is between person and item."""


class Blend:
    """Scores candidate pairs; higher is likelier to be bought."""

    def __init__(self, weights: Mapping[str, float], settings: BlendSettings) -> None:
        self.weights = dict(weights)
        """Weight of each term of :func:`terms`."""
        self.settings = settings
        self._weight_of: dict[tuple[str, ...], Floats] = {}  # In the order of the terms of some columns.

    @classmethod
    def fit(cls, folds: Sequence[RankingRows], settings: BlendSettings | None = None) -> Blend:
        """The weights that make what was taken at several cutoffs likeliest; all 0 where nothing was taken."""
        settings = settings or BlendSettings()
        rows = joined(folds)
        named = terms(rows.names, rows.values)
        person = np.repeat(np.arange(len(rows.group_sizes)), rows.group_sizes)
        taken = np.bincount(person, weights=rows.bought, minlength=len(rows.group_sizes))
        chosen = np.flatnonzero(taken[person] > 0)
        if not len(chosen):
            return cls(dict.fromkeys(named, 0.0), settings)
        values = np.stack([term[chosen] for term in named.values()], axis=1)
        deviation = values.std(axis=0)
        deviation[deviation < 1e-9] = np.inf
        from scipy.optimize import minimize  # Heavy, and only to learn: answering does without.

        choice = _Choice(values / deviation, rows.bought[chosen], rows.weight[chosen], person[chosen], settings)
        found = minimize(
            choice.loss,
            np.zeros(len(deviation)),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": settings.iterations},
        )
        return cls(dict(zip(named, (found.x / deviation).tolist(), strict=True)), settings)

    def score(self, names: tuple[str, ...], values: Floats) -> Floats:
        """The score of each pair, shape ``(n_pairs,)``; raises when the columns do not make the terms of training."""
        weight = self._weight_of.get(names)
        if weight is None:
            weight = self._weight_of[names] = self._weights(_places(names).terms)[:, None]
        score: Floats = np.add.reduce(_table(names, values) * weight, axis=0)
        return score

    def _weights(self, named: tuple[str, ...]) -> Floats:
        if set(named) != self.weights.keys():
            missing = [f"- {name}" for name in self.weights if name not in named]
            extra = [f"+ {name}" for name in named if name not in self.weights]
            raise HuitouError(
                f"This blend was trained with other terms: {'  '.join(missing + extra)}.  Retrain.",
                code="other_features",
            )
        return np.array([self.weights[name] for name in named])

    def importance(self) -> dict[str, float]:
        """Weight of each term, the greatest first by size."""
        return dict(sorted(self.weights.items(), key=lambda entry: -abs(entry[1])))

    def save(self, folder: Path) -> None:
        """Write weights and settings as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        said = {"weights": self.weights, "settings": asdict(self.settings)}
        (folder / "blend.json").write_text(json.dumps(said, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Blend:
        """What :meth:`save` wrote; it scores the same."""
        said = json.loads((folder / "blend.json").read_text(encoding="utf-8"))
        return cls(said["weights"], BlendSettings(**said["settings"]))


def terms(names: tuple[str, ...], values: Floats) -> dict[str, Floats]:
    """The blend's terms from the columns of the ranking rows, each of shape ``(n_pairs,)`` and never NaN.

    One for each source that proposes new items, by the place it gives the pair; the others are about what the person
    did with the item, and about the item where the person knows it.
    """
    return dict(zip(_places(names).terms, _table(names, values), strict=True))


def _table(names: tuple[str, ...], values: Floats) -> Floats:
    """The terms below each other, shape ``(n_terms, n_pairs)``."""
    places = _places(names)
    sources, table = len(places.rank), np.empty((len(places.terms), len(values)))
    near, rest = table[:sources], table[sources:]
    near[:] = 1 / (1 + values.T[places.rank].astype(np.float64))
    near[np.isnan(near)] = 0.0
    column = np.full((len(TERM_COLUMNS), len(values)), np.nan)
    column[places.there] = values.T[places.column]
    unknown = np.isnan(column)
    here, column = (~unknown).astype(np.float64), np.where(unknown, TERM_NOTHING, column)
    cart, known = here[AT["pair_open_cart_days"]], here[AT["pair_days_since_any"]]
    cart_days, favorite_days, touch_days, views, carted, interest = np.log1p(column[LOGGED])
    rest[: len(OWN)] = (
        cart,
        cart_days,
        here[AT["pair_open_favorite_days"]],
        favorite_days,
        known,
        touch_days,
        cart * (1 - column[AT["fit_cart_newer_share"]]),
        cart / (1 + column[AT["fit_cart_place"]]),
        known * (1 - column[AT["fit_touch_newer_share"]]),
        column[AT["pair_purchase_count"]] > 0,
        views,
        cart * views,
        known * (1 - here[AT["pair_days_since_view"]]),
        np.exp(-column[AT["pair_days_since_view"]]),
        carted,
        interest,
        column[AT["pair_category_share"]],
        cart * column[AT["pair_category_share"]],
        column[AT["fit_band_share"]],
    )
    rest[len(OWN) :] = known * column[-len(ABOUT) :]
    return table


class _Places(NamedTuple):
    """Where the columns that the terms are made of are among others."""

    terms: tuple[str, ...]
    """The terms that they make."""
    rank: Ints
    """The columns of the sources' ranks."""
    there: Ints
    """Which of ``TERM_COLUMNS`` there are."""
    column: Ints
    """Where those are."""


@lru_cache(maxsize=8)
def _places(names: tuple[str, ...]) -> _Places:
    place = {name: number for number, name in enumerate(names)}
    ranks = {name[7:-5]: at for name, at in place.items() if name.startswith("source_") and name.endswith("_rank")}
    there = [number for number, name in enumerate(TERM_COLUMNS) if name in place]
    terms = (*(f"from_{name}" for name in ranks), *OWN, *(f"known_{name}" for name in ABOUT))
    rank, column = [*ranks.values()], [place[TERM_COLUMNS[number]] for number in there]
    return _Places(terms, *(np.array(numbers, dtype=np.int64) for numbers in (rank, there, column)))


@dataclass(frozen=True)
class _Choice:
    """What some people took of their candidates; the rows of one person lie together."""

    values: Floats
    bought: Flags
    weight: Floats
    person: Ints
    settings: BlendSettings

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """Minus the log likelihood with the ridge, and its slope."""
        starts = run_starts(np.diff(self.person) != 0, len(self.person))
        place = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(self.person))))
        taken = np.add.reduceat(self.bought.astype(np.float64), starts)
        each = np.minimum(taken, self.settings.most_bought) / taken
        score = self.values @ weights
        highest = np.maximum.reduceat(score, starts)
        share = self.weight * np.exp(score - highest[place])
        total = np.add.reduceat(share, starts)
        log_total = np.log(total) + highest
        loss = (each * taken * log_total).sum() - (each[place] * self.bought * score).sum()
        slope = (share / total[place] * (each * taken)[place] - each[place] * self.bought) @ self.values
        ridge = self.settings.ridge
        return float(loss + ridge / 2 * (weights @ weights)), slope + ridge * weights
