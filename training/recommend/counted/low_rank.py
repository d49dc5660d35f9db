"""Low-rank vectors of items: what is wanted by the same people lies in the same directions, seen together or not.

Alternating least squares on who touched what (Hu, Koren and Volinsky 2008), with two changes measured on public logs:
a person's touches count ``1 / touches^PERSON_DAMPING`` each and an item's ``1 / people^ITEM_DAMPING``, so that neither
keen people nor bestsellers fill the directions. Nobody's vector is kept: anyone's is worked out from their items, one
is enough.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sparse
from threadpoolctl import threadpool_limits

from features.arrays import Floats, Ints
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People
from training.recommend.top import Rows, ordered_matrix, strongest

DIMENSIONS = 128
"""Directions that are learned; fewer where there are fewer items."""

ITERATIONS = 8
"""How often people and items are fitted in turn."""

CONFIDENCE = 30.0
"""How much more a touch says than that there is none."""

RIDGE = 1.0
"""Penalty on long vectors."""

PERSON_DAMPING = 0.25
"""A touch of somebody with n items counts ``n ** -PERSON_DAMPING``."""

ITEM_DAMPING = 0.4
"""A touch of an item of n people counts ``n ** -ITEM_DAMPING``."""

MOST_PEOPLE = 300_000
"""The vectors are learned from so many people at most, evenly spread."""

LEAST_PEOPLE = 2
"""Items of fewer people are not looked for: where one person's single item lies says little."""

NEAR = 40
"""Items that are looked for behind each item of a person."""

MOST_FOUND = 20_000
"""The items that most people touched are looked for, so many at most."""

AT_ONCE = 256
"""Items whose affinities to all that are looked for are held at once."""


@dataclass(frozen=True)
class Placed:
    """Where some people are among the items."""

    place: Floats
    """Vector of each person, 0 for who touched nothing; float32, shape (n_people, dimensions)."""
    pull: Rows
    """How much each of their items adds to it: ``place`` is ``pull @ vectors @ inverse``; shape (n_people, n_items)."""


@dataclass(frozen=True)
class LowRank:
    """Item vectors, and what is needed to place a person among them."""

    vectors: Floats
    """Vector of each item, 0 where nobody touched it; float32, shape (n_items, dimensions)."""
    inverse: Floats
    """Inverse of the vectors' products plus the ridge; float32, shape (dimensions, dimensions)."""
    damping: Floats
    """What a touch of each item counts, shape (n_items,); float32."""
    near: sparse.csr_matrix
    """How much the best ``NEAR`` items each gain in affinity by a touch of an item; ``(n_items, n_items)``."""

    @classmethod
    def part(cls, people: People, settings: SourceSettings) -> sparse.csr_matrix:
        """Who touched what among one bucket of customers, shape ``(n_people, n_items)``."""
        return _presence(people.interest)

    @classmethod
    def of(cls, parts: Sequence[sparse.csr_matrix], shop: Shop) -> LowRank:
        """The vectors of the whole shop's items."""
        touched = sparse.csr_matrix(sparse.vstack(parts, format="csr"), dtype=np.float32)
        held = np.bincount(touched.indices, minlength=touched.shape[1])
        damping = (np.maximum(held, 1) ** -ITEM_DAMPING).astype(np.float32)
        vectors = _learned(_damped(touched[:: -(-touched.shape[0] // MOST_PEOPLE) or 1], damping), shop.settings.seed)
        vectors[held == 0] = 0
        products = vectors.T.astype(np.float64) @ vectors + RIDGE * np.eye(vectors.shape[1])
        inverse = np.linalg.inv(products).astype(np.float32)
        return cls(vectors, inverse, damping, _near(vectors, inverse, _looked_for(held)))

    def placed(self, people: People) -> Placed:
        """Where each of some people is."""
        return self.places(people.interest_rows)

    def places(self, interest: sparse.csr_matrix | Rows) -> Placed:
        """Where each person is by the items of their interest.

        The least squares solution given the item vectors ``V``: with ``c`` the confidence of each touched item,
        ``(V'V + ridge + V'(c - 1)V)^-1 V'c``, worked out among the touched items only.
        """
        counts = _counts(interest, self.damping)
        found = np.zeros((interest.shape[0], self.vectors.shape[1]), dtype=np.float32)
        pull = np.zeros(len(counts), dtype=np.float32)
        edges = interest.indptr.tolist()
        for person, (start, stop) in enumerate(pairwise(edges)):
            if start == stop:
                continue
            own = self.vectors[interest.indices[start:stop]]
            weight = CONFIDENCE * counts[start:stop]
            turned = own @ self.inverse
            among = (weight - 1)[:, None] * (turned @ own.T)
            among.flat[:: len(own) + 1] += 1
            pull[start:stop] = solved = np.linalg.solve(among, weight)
            found[person] = solved @ turned
        return Placed(found, Rows(pull, interest.indices, interest.indptr, interest.shape))

    def affinity(self, places: Floats, person: Ints, item: Ints) -> Floats:
        """How much each pair of person and item goes together, about 0 to 1; shape ``(n_pairs,)``."""
        found: Floats = np.empty(len(person), dtype=np.float32)
        for start in range(0, len(person), 100_000):
            part = slice(start, start + 100_000)
            found[part] = np.einsum("pd,pd->p", places[person[part]], self.vectors[item[part]])
        return found


def _looked_for(held: Ints) -> Ints:
    """The items that are looked for, rising, by how many people touched each."""
    found = np.flatnonzero(held >= LEAST_PEOPLE)
    most: Ints = np.sort(found[np.argsort(-held[found], kind="stable")[:MOST_FOUND]])
    return most


def _near(vectors: Floats, inverse: Floats, found: Ints) -> sparse.csr_matrix:
    """For each item the best of ``found`` by what a touch of it adds to their affinity, the best first."""
    most, wanted = min(NEAR, len(found)), np.ascontiguousarray(vectors[found].T)
    rows: list[Ints] = [np.zeros(0, np.int64)]
    columns: list[Ints] = [np.zeros(0, np.int64)]
    values: list[Floats] = [np.zeros(0, np.float32)]
    touched = np.flatnonzero(vectors.any(axis=1)) if most else np.zeros(0, np.int64)
    for start in range(0, len(touched), AT_ONCE):
        some = touched[start : start + AT_ONCE]
        scores = vectors[some] @ inverse @ wanted
        bound = np.maximum(np.partition(scores, -most, axis=1)[:, -most], 0)
        place = np.flatnonzero((scores >= bound[:, None]) & (scores > 0))  # Much faster than in two dimensions.
        row, column, value = place // len(found), place % len(found), scores.ravel()[place]
        best = strongest(row, value, most)
        rows.append(some[row[best]])
        columns.append(found[column[best]])
        values.append(value[best])
    shape = (len(vectors), len(vectors))
    return ordered_matrix(np.concatenate(rows), np.concatenate(columns), np.concatenate(values), shape)


def _learned(touched: sparse.csr_matrix, seed: int) -> Floats:
    """Item vectors, float32, shape ``(n_items, dimensions)``."""
    dimensions = max(1, min(DIMENSIONS, *touched.shape))
    if not touched.nnz:
        return np.zeros((touched.shape[1], dimensions), dtype=np.float32)
    with warnings.catch_warnings():
        # In a notebook the library's progress bar warns that it would like widgets; it is not used here.
        warnings.simplefilter("ignore")
        from implicit.cpu.als import AlternatingLeastSquares  # Only to learn: answering does without.
    # The library warns of nested threads unless the linear algebra below it keeps to one.
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=dimensions,
            regularization=RIDGE,
            alpha=CONFIDENCE,
            iterations=ITERATIONS,
            num_threads=2,
            random_state=seed,
        )
        model.fit(touched, show_progress=False)
    return np.array(model.item_factors, dtype=np.float32)


def _presence(interest: sparse.csr_matrix) -> sparse.csr_matrix:
    """1 wherever there is an entry."""
    return sparse.csr_matrix(
        (np.ones(interest.nnz, dtype=np.float32), interest.indices, interest.indptr), shape=interest.shape
    )


def _damped(presence: sparse.csr_matrix, damping: Floats) -> sparse.csr_matrix:
    """The same with what each touch counts."""
    return sparse.csr_matrix((_counts(presence, damping), presence.indices, presence.indptr), shape=presence.shape)


def _counts(presence: sparse.csr_matrix | Rows, damping: Floats) -> Floats:
    """What each touch counts, by the number of its person's items and by its item; float32, ``(n_touches,)``."""
    counts = np.diff(presence.indptr)
    person = np.repeat(np.maximum(counts, 1) ** -PERSON_DAMPING, counts)
    return (person * damping[presence.indices]).astype(np.float32)
