"""Rows to train on: what was bought is kept, and those that are left out are counted for."""

from __future__ import annotations

import numpy as np
import pytest

from features.arrays import Flags
from training.recommend.proposing.candidates import Candidates, fixed_blend
from training.recommend.ranking.rows import LIKELY, SAMPLED, RankingRows, joined, sampled

SIZES = (150, 1, LIKELY, LIKELY + 1, LIKELY + SAMPLED, LIKELY + SAMPLED + 1, 90)
"""Candidates of each customer."""


def crowd(seed: int = 2) -> tuple[Candidates, Flags]:
    """Customers with so many candidates, ranked at random by two sources, a tenth of them bought."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(len(SIZES)), SIZES)
    item = np.concatenate([np.arange(size) for size in SIZES])
    rank = np.stack([np.concatenate([rng.permutation(size) for size in SIZES]) for _ in range(2)], axis=1)
    names = ("viewed", "popular")
    found = Candidates(customer, item, np.zeros(rank.shape), rank.astype(float), fixed_blend(rank, names), names)
    return found, rng.random(len(customer)) < 0.1


def of(found: Candidates, bought: Flags) -> RankingRows:
    """All candidates as rows that tell where they came from."""
    values = np.stack([found.customer, found.item], axis=1).astype(np.float32)
    return RankingRows(("customer", "item"), values, bought, np.array(SIZES), np.ones(len(found)))


@pytest.mark.parametrize("seed", range(5))
def test_weights_stand_for_all_candidates(seed: int) -> None:
    """The weights of each customer add up to the number of the customer's candidates."""
    found, bought = crowd()
    kept, weight = sampled(found, bought, seed)
    np.testing.assert_allclose(np.bincount(found.customer[kept], weights=weight), SIZES)
    assert len(kept) < len(found)
    assert (weight >= 1).all()
    assert (np.diff(kept) > 0).all()


def test_what_is_always_kept() -> None:
    """Every bought candidate and the likeliest ones are kept and stand for themselves, so many others for the rest."""
    found, bought = crowd()
    kept, weight = sampled(found, bought, 3)
    assert set(np.flatnonzero(bought)) <= set(kept)
    assert (weight[bought[kept]] == 1).all()
    for customer, size in enumerate(SIZES):
        mine = np.flatnonzero(found.customer == customer)
        likely = mine[np.argsort(-found.blend[mine], kind="stable")[:LIKELY]]
        assert set(likely) <= set(kept)
        rest = set(mine) - set(likely) - set(np.flatnonzero(bought))
        assert len(rest & set(kept)) == min(SAMPLED, len(rest))
        assert len(mine) == size


def test_the_same_seed_draws_the_same() -> None:
    """A seed draws the same rows each time, another seed other ones."""
    found, bought = crowd()
    for one, again in zip(sampled(found, bought, 3), sampled(found, bought, 3), strict=True):
        np.testing.assert_array_equal(one, again)
    assert not np.array_equal(sampled(found, bought, 3)[0], sampled(found, bought, 4)[0])


def test_the_share_of_bought_is_kept() -> None:
    """Weighted, the share that was bought is that of all candidates."""
    found, bought = crowd()
    kept, weight = sampled(found, bought, 3)
    assert np.average(bought[kept], weights=weight) == pytest.approx(bought.mean())


def test_nobody() -> None:
    """Without candidates nothing is drawn."""
    found, bought = crowd()
    none = np.zeros(0, dtype=np.int64)
    kept, weight = sampled(found.take(none), bought[none], 3)
    assert len(kept) == len(weight) == 0


def test_taken_rows_stay_with_their_customers() -> None:
    """Rows that are taken keep their values and labels, and customers without any are no group."""
    found, bought = crowd()
    rows = of(found, bought)
    chosen = np.flatnonzero((found.customer != 1) & (found.item % 40 == 3))
    taken = rows.take(chosen, np.full(len(chosen), 40.0))
    np.testing.assert_array_equal(taken.values[:, 0], found.customer[chosen])
    np.testing.assert_array_equal(taken.bought, bought[chosen])
    assert taken.group_sizes.tolist() == [np.sum(found.customer[chosen] == who) for who in (0, 2, 3, 4, 5, 6)]
    assert (taken.weight == 40).all()
    assert taken.names == rows.names


def test_joined_parts() -> None:
    """Parts follow one another, each with its groups."""
    one, other = of(*crowd(1)), of(*crowd(2))
    both = joined([one, other])
    np.testing.assert_array_equal(both.values, np.concatenate([one.values, other.values]))
    np.testing.assert_array_equal(both.bought, np.concatenate([one.bought, other.bought]))
    np.testing.assert_array_equal(both.group_sizes, [*SIZES, *SIZES])
    assert len(both.weight) == len(both.values)
