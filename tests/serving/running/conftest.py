"""A shop to serve, and one service that several tests of a file talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.published_shop import small_shop
from tests.serving.running.running_service import RunningService, running_service


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small published shop."""
    return small_shop(tmp_path_factory.mktemp("running") / "shop").path


@pytest.fixture(scope="module")
def service(published: Path) -> Iterator[RunningService]:
    """Two workers that serve the small shop."""
    with running_service(published) as running:
        yield running
