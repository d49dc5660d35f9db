"""Comparisons: who sees which side, and what can be started, renewed and stopped."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparison, Comparisons
from serving.database.connection import open_database
from tests.serving.shown.small_memory import NOON, hours

SNAPSHOTS = {"a": "usual", "b": "tried"}
MANY = 100_000


@pytest.fixture
def comparisons(tmp_path: Path, database_url: str | None) -> Iterator[Comparisons]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield Comparisons(engine)
    engine.dispose()


def sees_b(name: str, share_b: float) -> np.ndarray:
    """Who of a hundred thousand sees side b."""
    comparison = Comparison(name, "usual", "tried", share_b, NOON)
    return np.array([comparison.side(f"c-{number}") == "b" for number in range(MANY)])


@pytest.mark.parametrize("share_b", [0.5, 0.1, 0.9])
def test_the_share_is_kept(share_b: float) -> None:
    """Of 100,000 people as many see side b as should, within what chance allows once in ten thousand cases."""
    deviation = (share_b * (1 - share_b) / MANY) ** 0.5
    assert abs(sees_b("try", share_b).mean() - share_b) < 3.9 * deviation


def test_names_are_independent() -> None:
    """Who sees side b in one comparison sees it in the next one as often as anybody else."""
    first, second = sees_b("try", 0.5), sees_b("try-2", 0.5)
    assert abs(np.corrcoef(first, second)[0, 1]) < 3.9 / MANY**0.5


def test_a_person_keeps_the_side() -> None:
    """The side follows from name and id alone; a larger share only adds people to it."""
    small, large = (Comparison("try", "usual", "tried", share, NOON) for share in (0.2, 0.4))
    people = [f"王 {number} 🍵" for number in range(500)]
    assert {person for person in people if small.side(person) == "b"} < {
        person for person in people if large.side(person) == "b"
    }
    assert small.side("c-1") == Comparison("try", "x", "y", 0.2, hours(5)).side("c-1")
    assert small.arm("b") == "try:b"


def test_the_life_of_a_comparison(comparisons: Comparisons) -> None:
    """It runs, may get newer snapshots, ends, and is remembered."""
    assert comparisons.running() is None
    comparisons.start("try", SNAPSHOTS, 0.25, NOON)
    running = comparisons.running()
    assert running == Comparison("try", "usual", "tried", 0.25, NOON)
    assert comparisons.pinned() == ("usual", "tried")
    assert comparisons.renew("try", {"b": "newer"}).snapshots == {"a": "usual", "b": "newer"}
    ended = comparisons.stop("try", hours(2))
    assert (ended.ended, ended.snapshot_b) == (hours(2), "newer")
    assert (comparisons.running(), comparisons.pinned()) == (None, ())
    comparisons.start("again", SNAPSHOTS, 0.5, hours(3))
    assert [found.name for found in comparisons.all()] == ["again", "try"]


@pytest.mark.parametrize(
    ("name", "snapshots", "share_b", "message"),
    [
        (
            "a b",
            SNAPSHOTS,
            0.5,
            "the name of a comparison must have 1 to 64 letters, digits, - or _; got 'a b'.",
        ),
        ("new", SNAPSHOTS, 1.0, "share_b must be above 0 and below 1; got 1.0. Use 0.5 to learn soonest."),
        (
            "new",
            {"a": "x", "b": "x"},
            0.5,
            "a and b must be two snapshots; got x twice. Make another one with: huitou publish --aside",
        ),
        (
            "old",
            SNAPSHOTS,
            0.5,
            (
                "the name of a comparison must be new; 'old' was used. Choose another one, "
                "so that customers are divided anew."
            ),
        ),
    ],
)
def test_what_cannot_be_compared(
    comparisons: Comparisons, name: str, snapshots: dict[str, str], share_b: float, message: str
) -> None:
    """A mistake is told with what is allowed."""
    comparisons.start("old", SNAPSHOTS, 0.5, NOON)
    comparisons.stop("old", hours(1))
    with pytest.raises(HuitouError) as caught:
        comparisons.start(name, snapshots, share_b, hours(2))
    assert caught.value.message == message


def test_of_many_that_start_at_once_one_runs(comparisons: Comparisons) -> None:
    """The others are told, whoever asks first."""

    def start(number: int) -> bool:
        try:
            comparisons.start(f"try-{number}", SNAPSHOTS, 0.5, NOON)
        except HuitouError as error:
            return error.code != "busy"
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, range(8))) == 1
    assert len(comparisons.all()) == 1


def test_one_runs_at_a_time(comparisons: Comparisons) -> None:
    """A second one must wait; what has ended or never was cannot be stopped."""
    comparisons.start("try", SNAPSHOTS, 0.5, NOON)
    with pytest.raises(HuitouError, match="only one comparison can run; 'try' does. End it with: huitou compare stop"):
        comparisons.start("other", SNAPSHOTS, 0.5, NOON + timedelta(hours=1))
    comparisons.stop("try", hours(1))
    with pytest.raises(HuitouError, match=r"comparison 'try' must be running; it ended on 2025-03-01 13:00 UTC\."):
        comparisons.stop("try", hours(2))
    with pytest.raises(HuitouError, match=r"comparison must be one of try; got 'who'\."):
        comparisons.stop("who", hours(2))
