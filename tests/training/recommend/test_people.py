"""People: the views of their histories that several sources share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import scipy.sparse as sparse

from features.customers import customer_features
from features.history import History
from features.pairs import CUSTOMER_COLUMNS, Touches
from tests.small_shop import events, history, moment, random_events
from training.recommend.people import People

CUTOFF = moment("2025-03-11T00:00Z")


def known(*rows: tuple[Any, ...]) -> History:
    """The history of these events: customer, kind, item and age in days."""
    return history(events(*((who, kind, item, CUTOFF - timedelta(days=age)) for who, kind, item, age in rows)), CUTOFF)


def told(people: People, matrix: sparse.csr_matrix) -> dict[tuple[str, str], float]:
    """The entries of a matrix by names."""
    entries = matrix.tocoo()
    assert matrix.shape == people.shape
    return {
        (people.history.customer_ids[who].as_py(), people.history.catalogue.ids[what].as_py()): float(value)
        for who, what, value in zip(entries.row, entries.col, entries.data, strict=True)
    }


def close(found: dict[Any, float], wanted: dict[Any, float]) -> bool:
    return found.keys() == wanted.keys() and np.allclose([found[key] for key in wanted], list(wanted.values()))


ROWS = (
    ("anna", "view", "cup", 4),
    ("anna", "view", "cup", 2),
    ("anna", "cart", "pan", 2),
    ("anna", "purchase", "tea", 6),
    ("anna", "purchase", "tea", 4),
    ("bo", "favorite", "cup", 2),
    ("cy", "return", "tea", 1),
)


def test_interest_adds_up_decayed_touches() -> None:
    """A view counts 1, a cart 3, a favourite 2, each halved with every half-life; returns are no interest."""
    people = People(known(*ROWS), 2.0, 50)
    assert close(
        told(people, people.interest),
        {
            ("anna", "cup"): 0.25 + 0.5,
            ("anna", "pan"): 3 * 0.5,
            ("anna", "tea"): 0.125 + 0.25,
            ("bo", "cup"): 2 * 0.5,
        },
    )


def test_a_strong_history_is_bounded() -> None:
    """Only the strongest items of each person are kept, whatever a bot does."""
    rows = [
        (who, kind, f"i{age}", age) for who in ("bot", "anna") for age in range(1, 9) for kind in ("view", "purchase")
    ]
    people = People(known(*rows, ("anna", "cart", "i8", 8)), 2.0, 3)
    for matrix in (people.interest, people.purchased, people.viewed):
        assert np.diff(matrix.indptr).tolist() == [3, 3]
        assert {item for who, item in told(people, matrix) if who == "bot"} == {"i1", "i2", "i3"}
    np.testing.assert_allclose(sorted(people.interest.toarray()[1])[-3:], [2 * 0.5 ** (age / 2) for age in (3, 2, 1)])


def test_bought_and_viewed_by_how_lately() -> None:
    """What was bought and what was viewed come apart, each item by its newest event of that kind."""
    people = People(known(*ROWS), 2.0, 50)
    assert close(told(people, people.purchased), {("anna", "tea"): 0.25})
    assert close(told(people, people.viewed), {("anna", "cup"): 0.5})


def test_shared_views_are_made_once() -> None:
    """Features and touches are those of the history, and asking again gives the very same objects."""
    whole = history(random_events(3, 400), moment("2024-12-01T00:00Z"))
    people = People(whole, 7.0, 50)
    np.testing.assert_array_equal(people.features.values, customer_features(whole).values)
    np.testing.assert_array_equal(people.touches.key, Touches.of(whole).key)
    np.testing.assert_array_equal(people.weight, Touches.of(whole).weight(7.0))
    for name in ("touches", "features", "weight", "interest", "purchased", "viewed"):
        assert getattr(people, name) is getattr(people, name)
    assert len(people) == len(whole)


def test_one_person_as_in_the_crowd() -> None:
    """The rows of one person are the same alone."""
    whole = history(random_events(4, 400), moment("2024-12-01T00:00Z"))
    people = People(whole, 7.0, 4)
    for place in range(len(whole)):
        alone = People(whole.part(place, place + 1), 7.0, 4)
        for name in ("interest", "purchased", "viewed"):
            found, wanted = getattr(alone, name).toarray(), getattr(people, name)[[place]].toarray()
            np.testing.assert_array_equal(found, wanted)


def test_nobody_and_nothing() -> None:
    """Without people, and without items, there are matrices of no size."""
    for people in (People(known(), 7.0, 50), People(known(*ROWS).part(0, 0), 7.0, 50)):
        assert people.interest.shape == people.purchased.shape == people.viewed.shape == people.shape
        assert people.shape[0] == len(people) == len(people.touches.key) == 0


def test_features_for_pairs() -> None:
    """What features of pairs need of a customer is computed alone, and is the same as among all features."""
    people = People(history(random_events(3, 400), CUTOFF), half_life_days=7.0, history_items=5)
    some, whole = people.features_for_pairs, people.features
    assert set(CUSTOMER_COLUMNS) <= set(some.names) < set(whole.names)
    for name in some.names:
        np.testing.assert_array_equal(some.column(name), whole.column(name))


def test_once() -> None:
    """What is asked for twice is made once for these people, and anew for others."""
    made = []

    def count(people: People) -> int:
        made.append(people)
        return len(people)

    people, others = (People(known(*rows), half_life_days=7.0, history_items=5) for rows in (ROWS, ROWS[:1]))
    assert [people.once(count), people.once(count)] == [len(people)] * 2
    assert others.once(count) == 1
    assert [one is other for one, other in zip(made, (people, others), strict=True)] == [True, True]


def test_interest_lies_by_item() -> None:
    """Columns rise within each row of the views, as the library's own matrices have them."""
    people = People(history(random_events(4, 400), CUTOFF), half_life_days=7.0, history_items=3)
    for matrix in (people.interest, people.viewed, people.purchased):
        again = sparse.csr_matrix(matrix.tocoo())
        for one, other in ((matrix.indptr, again.indptr), (matrix.indices, again.indices), (matrix.data, again.data)):
            np.testing.assert_array_equal(one, other)
