"""What share is held out, since when."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

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


@pytest.mark.parametrize("share", [-0.1, 0.51, float("nan"), float("inf")], ids=["less", "more", "nan", "inf"])
def test_a_share_that_makes_no_sense(tmp_path: Path, share: float) -> None:
    """Nothing is stored of it."""
    engine = open_database(ShopFolder.create(tmp_path))
    with pytest.raises(HuitouError, match=r"^share must be between 0 and 0\.5; got .*\. Use for example 0\.05\.$"):
        Holdout(engine).set(share, NOW, "k-1", lambda: "salt")
    assert Holdout(engine).get() is None
    engine.dispose()
