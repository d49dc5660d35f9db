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

import numpy as np
import scipy.sparse as sparse
from threadpoolctl import threadpool_limits

from features.arrays import Floats, Ints
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People
from training.recommend.top import Rows, rows_of, strongest

with warnings.catch_warnings():
    # In a notebook the library's progress bar warns that it would like widgets; it is not used here.
    warnings.simplefilter("ignore")
    from implicit.cpu.als import AlternatingLeastSquares

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

AT_ONCE = 128
"""People whose scores of all items are held at once."""

EQUALS = 20
"""So many more items than wanted are compared exactly: of equal ones the same are kept for one person as in a crowd."""


@dataclass(frozen=True)
class LowRank:
    """Item vectors, and what is needed to place a person among them."""

    vectors: Floats
    """Vector of each item, 0 where nobody touched it; float32, shape (n_items, dimensions)."""
    inverse: Floats
    """Inverse of the vectors' products plus the ridge; float32, shape (dimensions, dimensions)."""
    damping: Floats
    """What a touch of each item counts, shape (n_items,); float32."""
    found: Ints
    """The items that are looked for, rising; shape (n_found,)."""
    found_vectors: Floats
    """Their vectors once more, next to each other; float32, shape (n_found, dimensions)."""

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
        found = np.flatnonzero(held >= LEAST_PEOPLE)
        return cls(vectors, np.linalg.inv(products).astype(np.float32), damping, found, vectors[found])

    def placed(self, people: People) -> Floats:
        """Vector of each of some people, 0 for who touched nothing; ``(n_people, dimensions)``."""
        return self.places(people.interest)

    def places(self, interest: sparse.csr_matrix) -> Floats:
        """Vector of each person by the items of their interest, 0 for who has none; ``(n_people, dimensions)``.

        The least squares solution given the item vectors ``V``: with ``c`` the confidence of each touched item,
        ``(V'V + ridge + V'(c - 1)V)^-1 V'c``, worked out among the touched items only.
        """
        counts = _counts(interest, self.damping)
        found = np.zeros((interest.shape[0], self.vectors.shape[1]), dtype=np.float32)
        for person in np.flatnonzero(np.diff(interest.indptr)):
            run = slice(interest.indptr[person], interest.indptr[person + 1])
            own = self.vectors[interest.indices[run]]
            weight = CONFIDENCE * counts[run]
            turned = own @ self.inverse
            among = np.eye(len(own), dtype=np.float32) + (weight - 1)[:, None] * (turned @ own.T)
            found[person] = np.linalg.solve(among, weight) @ turned
        return found

    def affinity(self, places: Floats, person: Ints, item: Ints) -> Floats:
        """How much each pair of person and item goes together, about 0 to 1; shape ``(n_pairs,)``."""
        found: Floats = np.empty(len(person), dtype=np.float32)
        for start in range(0, len(person), 100_000):
            part = slice(start, start + 100_000)
            found[part] = np.einsum("pd,pd->p", places[person[part]], self.vectors[item[part]])
        return found

    def nearest(self, places: Floats, without: sparse.csr_matrix, each: int) -> tuple[Ints, Ints, Floats]:
        """The ``each`` items of the greatest affinity to every person: person, item and affinity, the best first.

        Items of ``without``, ``(n_people, n_items)``, and those of no affinity are left out. Shapes ``(n,)``.
        """
        placed = np.flatnonzero(places.any(axis=1)) if len(self.found) else np.zeros(0, np.int64)
        persons: list[Ints] = [np.zeros(0, np.int64)]
        items: list[Ints] = [np.zeros(0, np.int64)]
        for start in range(0, len(placed), AT_ONCE):
            some = placed[start : start + AT_ONCE]
            scores = places[some] @ self.found_vectors.T
            row, place = self._among_found(rows_of(without, some))
            scores[row, place] = -np.inf
            most = min(each + EQUALS, scores.shape[1])
            # By item, so that equal affinities come in the same order for one person as in a crowd.
            best = np.sort(np.argpartition(-scores, most - 1, axis=1)[:, :most], axis=1)
            allowed = np.take_along_axis(scores, best, axis=1).ravel() > -np.inf
            persons.append(np.repeat(some, most)[allowed])
            items.append(self.found[best.ravel()[allowed]])
        person, item = np.concatenate(persons), np.concatenate(items)
        affinity = self.affinity(places, person, item)
        kept = strongest(person, affinity, each)
        kept = kept[affinity[kept] > 0]
        return person[kept], item[kept], affinity[kept]

    def _among_found(self, touched: Rows) -> tuple[Ints, Ints]:
        """The entries of some people whose items are looked for: row, and place among the found."""
        row = touched.row
        place = np.minimum(np.searchsorted(self.found, touched.indices), len(self.found) - 1)
        same = self.found[place] == touched.indices
        return row[same], place[same]


def _learned(touched: sparse.csr_matrix, seed: int) -> Floats:
    """Item vectors, float32, shape ``(n_items, dimensions)``."""
    dimensions = max(1, min(DIMENSIONS, *touched.shape))
    if not touched.nnz:
        return np.zeros((touched.shape[1], dimensions), dtype=np.float32)
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


def _counts(presence: sparse.csr_matrix, damping: Floats) -> Floats:
    """What each touch counts, by the number of its person's items and by its item; float32, ``(n_touches,)``."""
    counts = np.diff(presence.indptr)
    person = np.repeat(np.maximum(counts, 1) ** -PERSON_DAMPING, counts)
    return (person * damping[presence.indices]).astype(np.float32)
