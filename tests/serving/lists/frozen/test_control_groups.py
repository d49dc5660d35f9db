"""Control groups: the share of every stratum is exact, nobody changes sides, and no list leans on another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from features.arrays import Floats, Ints
from serving.care.person_numbers import shares
from serving.lists.frozen.control_groups import drawn, kept_or_drawn, start_of

SHARES = st.sampled_from([0.0, 0.05, 0.1, 0.3, 0.5, 0.9])
SIZES = st.lists(st.integers(1, 80), min_size=1, max_size=8)
SALTS = st.text(st.characters(codec="ascii"), min_size=1, max_size=16)


def people(size: int, seed: int = 1) -> np.ndarray:
    """The numbers of some persons."""
    return np.random.default_rng(seed).integers(0, 2**63, size).astype(np.uint64)


def strata(sizes: list[int], seed: int = 2) -> Ints:
    """The stratum of each of some people, in no order."""
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


def lots(size: int, salt: str = "salt") -> Floats:
    return shares(people(size), salt)


@given(sizes=SIZES, share=SHARES, salt=SALTS)
def test_every_stratum_has_the_share_as_far_as_whole_people_allow(sizes: list[int], share: float, salt: str) -> None:
    """In each stratum, and in all together, the control group is the share rounded up or down."""
    where = strata(sizes)
    control = drawn(lots(len(where), salt), where, share, start_of(salt, 1))
    for number, size in enumerate(sizes):
        assert abs(np.count_nonzero(control[where == number]) - share * size) < 1
    assert abs(np.count_nonzero(control) - share * sum(sizes)) < 1


@given(sizes=SIZES, share=SHARES)
def test_a_whole_number_of_people_is_exact(sizes: list[int], share: float) -> None:
    """Where the share of every stratum is a whole number there is nothing to round."""
    where = strata([20 * size for size in sizes])
    control = drawn(lots(len(where)), where, share, start_of("salt", 3))
    assert [np.count_nonzero(control[where == number]) for number in range(len(sizes))] == [
        round(20 * size * share) for size in sizes
    ]


@given(sizes=SIZES, share=SHARES, seed=st.integers(0, 99))
def test_the_order_of_people_does_not_matter(sizes: list[int], share: float, seed: int) -> None:
    """Drawn again, in whatever order, everybody is in the same group."""
    where = strata(sizes)
    order = np.random.default_rng(seed).permutation(len(where))
    control = drawn(lots(len(where)), where, share, 0.3)
    assert (drawn(lots(len(where))[order], where[order], share, 0.3) == control[order]).all()


@given(sizes=SIZES, share=SHARES, seed=st.integers(0, 99))
def test_who_has_a_group_keeps_it_and_new_people_get_the_share(sizes: list[int], share: float, seed: int) -> None:
    """Whatever the groups were, those of before stay in theirs; of those who are new the share is left alone."""
    where = strata(sizes)
    earlier = np.random.default_rng(seed).integers(-1, 2, len(where))
    control = kept_or_drawn(earlier, lots(len(where)), where, share, start_of("salt", 2))
    assert (control[earlier >= 0] == (earlier[earlier >= 0] == 1)).all()
    new = earlier < 0
    assert abs(np.count_nonzero(control[new]) - share * np.count_nonzero(new)) < 1
    for number in range(len(sizes)):
        there = new & (where == number)
        assert abs(np.count_nonzero(control[there]) - share * np.count_nonzero(there)) < 1


def test_two_lists_have_nothing_to_do_with_each_other() -> None:
    """Of those whom one list leaves alone another leaves as many alone as of all: chi-squared says nothing else."""
    size, share = 50_000, 0.2
    where = np.zeros(size, dtype=np.int64)
    first, second = (drawn(lots(size, salt), where, share, 0.5) for salt in ("one list", "another"))
    both = np.array([[np.count_nonzero((first == a) & (second == b)) for b in (True, False)] for a in (True, False)])
    expected = both.sum(axis=1, keepdims=True) * both.sum(axis=0, keepdims=True) / size
    assert ((both - expected) ** 2 / expected).sum() < chi2.ppf(0.999, 1)


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_alike_in_what_nobody_looked_at(seed: int) -> None:
    """Balance: something that neither lots nor strata know is as frequent, and as large, in both groups."""
    size = 40_000
    random = np.random.default_rng(seed)
    spend, ordered = random.gamma(1.5, 100.0, size), random.random(size) < 0.04
    control = drawn(shares(people(size, seed + 10), f"salt {seed}"), strata([size // 4] * 4), 0.25, 0.5)
    for values in (spend, ordered.astype(float)):
        a, b = values[control], values[~control]
        error = np.sqrt(a.var() / len(a) + b.var() / len(b))
        assert abs(a.mean() - b.mean()) < 3.9 * error


def test_small_strata_are_not_favoured() -> None:
    """A stratum of three people has 0.3 of one in the control group on average: rounding takes neither side."""
    where = np.repeat(np.arange(4), [3, 5, 7, 2])
    counts = [
        np.bincount(where[drawn(lots(17, f"s{n}"), where, 0.1, start_of(f"s{n}", 1))], minlength=4)
        for n in range(4_000)
    ]
    assert np.mean(counts, axis=0) == pytest.approx([0.3, 0.5, 0.7, 0.2], abs=0.04)


def test_starts_are_spread_evenly() -> None:
    """Where rounding begins is drawn from all of [0, 1), by salt and version."""
    starts = np.array([start_of(f"salt {n}", version) for n in range(500) for version in (1, 2)])
    assert start_of("salt", 1) == start_of("salt", 1) != start_of("salt", 2)
    assert np.histogram(starts, 10, (0, 1))[0] == pytest.approx(100, abs=35)
