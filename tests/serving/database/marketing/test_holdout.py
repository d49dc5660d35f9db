"""What share is held out, since when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.holdout import Holdout
from tests.small_shop import moment

NOW = moment("2025-03-01T12:00Z")


def test_the_salt_stays(tmp_path: Path, database_url: str | None) -> None:
    """A share that changes keeps the salt, so that the same people are drawn; each share is remembered."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    holdout, salts = Holdout(engine), iter(["first", "second"])
    assert holdout.get() is None
    holdout.set(0.05, NOW, "k-1", lambda: next(salts))
    holdout.set(0.1, NOW, "command line", lambda: next(salts))
    held = holdout.get()
    assert held is not None
    assert (held.share, held.salt, held.changed_by) == (0.1, "first", "command line")
    assert [(each.share, each.since - NOW) for each in holdout.history()] == [
        (0.05, timedelta(0)),
        (0.1, timedelta(microseconds=1)),
    ]
    engine.dispose()


def test_set_by_several_at_one_moment(tmp_path: Path, database_url: str | None) -> None:
    """All succeed, each share is remembered under a moment of its own, and there is one salt."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    holdout, together, salts = Holdout(engine), Barrier(4), count()

    def set_share(share: float) -> str:
        together.wait()
        return holdout.set(share, NOW, "k-1", lambda: f"salt {next(salts)}").salt

    with ThreadPoolExecutor(4) as pool:
        told = [*pool.map(set_share, (0.1, 0.2, 0.3, 0.4))]
    history = holdout.history()
    assert sorted(each.share for each in history) == [0.1, 0.2, 0.3, 0.4]
    assert [(each.since - NOW) // timedelta(microseconds=1) for each in history] == [0, 1, 2, 3]
    assert {*told} == {each.salt for each in history} == {"salt 0"}
    engine.dispose()


@pytest.mark.parametrize("share", [-0.1, 0.51, float("nan"), float("inf")], ids=["less", "more", "nan", "inf"])
def test_a_share_that_makes_no_sense(tmp_path: Path, share: float) -> None:
    """Nothing is stored of it."""
    engine = open_database(ShopFolder.create(tmp_path))
    with pytest.raises(HuitouError, match=r"^share must be between 0 and 0\.5; got .*\. Use for example 0\.05\.$"):
        Holdout(engine).set(share, NOW, "k-1", lambda: "salt")
    assert Holdout(engine).get() is None
    engine.dispose()
