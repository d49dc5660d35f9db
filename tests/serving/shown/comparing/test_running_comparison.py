"""The comparison that runs, as a worker knows it: noticed soon, asked for seldom."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from serving.database.answers.comparisons import Comparisons
from serving.database.connection import open_database
from serving.shown.comparing.running_comparison import LOOK_EVERY_S, RunningComparison
from tests.serving.shown.small_memory import NOON, hours

SNAPSHOTS = {"a": "usual", "b": "tried"}


class Seconds:
    """Time that passes when it is told to."""

    passed = 0.0

    def __call__(self) -> float:
        return self.passed


def test_it_is_noticed_within_a_second(tmp_path: Path, database_url: str | None) -> None:
    """What begins or ends elsewhere is known at the next look, and not before."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    comparisons, seconds = Comparisons(engine), Seconds()
    running = RunningComparison(comparisons, seconds)
    assert running() is None
    comparisons.start("try", SNAPSHOTS, 0.5, NOON)
    assert running() is None
    seconds.passed = LOOK_EVERY_S
    found = running()
    assert found is not None
    assert found.name == "try"
    comparisons.stop("try", hours(1))
    seconds.passed = 2 * LOOK_EVERY_S
    assert running() is None
    assert LOOK_EVERY_S <= 1
    engine.dispose()


def test_a_database_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The comparison goes on as it was known."""
    shop, seconds = ShopFolder.create(tmp_path), Seconds()
    engine = open_database(shop)
    comparisons = Comparisons(engine)
    comparisons.start("try", SNAPSHOTS, 0.5, NOON)
    running = RunningComparison(comparisons, seconds)
    before = running()
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table comparisons")
    seconds.passed = 10.0
    assert running() is before is not None
    engine.dispose()
