"""A running service for each test file of the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.serving.api.served_shop import serving
from tests.serving.published_shop import small_shop


@pytest.fixture
def client(tmp_path_factory: pytest.TempPathFactory, database_url: str | None) -> Iterator[TestClient]:
    """A client of the small shop with nothing fresh; its tests run on SQLite and on PostgreSQL."""
    with serving(small_shop(tmp_path_factory.mktemp("shop")), database_url=database_url) as client:
        yield client


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One client for all tests of a file that send no events."""
    with serving(small_shop(tmp_path_factory.mktemp("shop"))) as client:
        yield client
