"""Exact Shapley values of small trees, from tables, for a million customers in a second.

What a feature adds to a tree's value, with the shares of the training rows for what is left out (Lundberg et al.,
"Consistent individualized feature attribution for tree ensembles", 2018), depends on nothing but the answers to the
tree's splits. The values are those of LightGBM's ``pred_contrib``, which took 43 s for a million customers and 100
trees of 6 leaves on one core; the tables take .6 s, with the features grouped into twelve concepts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from features.arrays import Floats, Ints
from training.customers.scorers.tree_tables import Node, TreeTables, answers, leaves


def shapley_tables(roots: Sequence[Node], groups: Ints, group_count: int) -> TreeTables | None:
    """The tables of what groups of features add; feature ``i`` belongs to group ``groups[i]``.

    There are ``group_count + 1`` sums. The last is the mean value of the trees over their training rows, and what
    features of group ``group_count`` add. None where a tree is too large for a table.
    """
    expected = sum(
        leaf["leaf_value"] * np.prod([share for *_, share in way]) for root in roots for leaf, way in leaves(root)
    )
    return TreeTables.of(
        roots, np.append(np.zeros(group_count), expected), lambda root, splits: _added(root, splits, groups)
    )


def _added(root: Node, splits: Sequence[Node], groups: Ints) -> tuple[Ints, Floats]:
    """The groups of one tree's features, and what they add for every pattern."""
    bits = {node["split_index"]: bit for bit, node in enumerate(splits)}
    own = np.unique(groups[[node["split_feature"] for node in splits]])
    left = answers(len(splits))
    added = np.zeros((len(own), len(left)))
    for leaf, way in leaves(root):
        features = list(dict.fromkeys(node["split_feature"] for node, *_ in way))
        shares, follows = np.ones(len(features)), np.ones((len(left), len(features)), dtype=bool)
        for node, goes_left, share in way:
            place = features.index(node["split_feature"])
            shares[place] *= share
            follows[:, place] &= left[:, bits[node["split_index"]]] == goes_left
        parts = leaf["leaf_value"] * way_values(shares)[follows @ (1 << np.arange(len(features)))]
        np.add.at(added, np.searchsorted(own, groups[features]), parts.T)
    return own, added


def way_values(shares: Floats) -> Floats:
    """What each feature on the way to a leaf of value 1 adds, given which features follow that way.

    ``shares[i]`` of the rows follow where feature ``i`` is left out. Shape ``(2 ** n, n)``: bit ``i`` of the row says
    whether feature ``i`` follows. The leaf's value is a product of one factor for each feature, so the Shapley value
    is the integral, for t from 0 to 1, of what the feature's factor changes times the others' factors, each known with
    chance t (Owen, "Multilinear extensions of games", 1972): a polynomial, which Gauss and Legendre's points add up
    exactly.
    """
    follows = answers(len(shares)).astype(np.float64)
    chance, weights = _points(len(shares) // 2 + 1)
    factors = shares[:, None] + (follows - shares)[:, :, None] * chance
    others = factors.prod(axis=1, keepdims=True) / factors
    values: Floats = (follows - shares) * (others @ weights)
    return values


@cache
def _points(count: int) -> tuple[Floats, Floats]:
    """Places and weights that integrate polynomials of degree below ``2 * count`` from 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(count)
    return (points + 1) / 2, weights / 2
