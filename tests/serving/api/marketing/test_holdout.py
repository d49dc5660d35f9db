"""``/v1/holdout``: the share that is left alone, over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from serving.database.access.audit import Audit
from serving.database.connection import open_database
from tests.serving.api.served_shop import serving
from tests.serving.published_shop import small_shop


def test_a_share_is_set_and_told(tmp_path: Path, database_url: str | None) -> None:
    """Nothing is held out until somebody says so; who did, and when, is told and written down; the salt is not."""
    shop = small_shop(tmp_path / "shop")
    with serving(shop, database_url=database_url) as client:
        assert client.get("/v1/holdout").json() == {"share": 0.0, "since": None, "changed_by": None}
        expected = {"share": 0.05, "since": "2025-03-01T12:00:00Z", "changed_by": "open"}
        assert client.put("/v1/holdout", json={"share": 0.05}).json() == expected
        assert client.get("/v1/holdout").json() == expected
        assert client.put("/v1/holdout", json={"share": 0}).json()["share"] == 0
    engine = open_database(shop, database_url)
    assert [(entry.act, entry.details) for entry in Audit(engine).newest(5)] == [
        ("holdout.set", {"share": 0.0}),
        ("holdout.set", {"share": 0.05}),
    ]
    engine.dispose()


@pytest.mark.parametrize("share", [-0.01, 0.51, "0.05", True, None], ids=["less", "more", "text", "flag", "null"])
def test_a_share_that_makes_no_sense(tmp_path: Path, share: Any) -> None:
    """It is refused, and nothing is held out."""
    with serving(small_shop(tmp_path / "shop")) as client:
        assert client.put("/v1/holdout", json={"share": share}).status_code == 422
        assert client.get("/v1/holdout").json()["share"] == 0
