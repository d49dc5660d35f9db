"""The whole service: small workers, the parts that were asked for, and one line when it cannot start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.command_line.command import as_process
from tests.serving.running.running_service import RunningService, running_service

MOST_PRIVATE_KB = 80_000
HEAVY = ("duckdb", "deltalake", "pandas", "sklearn", "scipy/stats", "scipy/optimize", "implicit")
PATHS = (
    "/v1/recommendations?customer_id=anna",
    "/v1/recommendations?visitor_id=v%201&placement=item&context_items=kettle",
    "/v1/items/kettle",
    "/v1/items/kettle/related?kind=viewed_together",
    "/v1/items/kettle/customers",
    "/v1/items/kettle/bundles",
    "/v1/bundles",
    "/v1/customers/anna",
    "/v1/customers/anna/items",
    "/v1/customers/anna/similar",
    "/v1/clusters",
    "/v1/placements",
    "/health/ready",
    "/metrics",
    "/openapi.json",
)


@pytest.fixture(scope="module")
def service(published: Path) -> Iterator[RunningService]:
    """Two workers as on a shop's machine: with the libraries that a service imports for itself."""
    with running_service(published, cold=True) as running:
        yield running


def test_workers_stay_small(service: RunningService) -> None:
    """After requests of all kinds a worker has little memory of its own, and none of the heavy libraries."""
    with httpx2.Client(base_url=service.url) as client:
        for path in PATHS * 20:
            assert client.get(path).status_code in (200, 404), path
        assert client.post("/v1/recommendations", json={"customer_id": "anna", "n": 5}).status_code == 200
    for pid in service.pids:
        maps = Path(f"/proc/{pid}/maps").read_text()
        assert [name for name in HEAVY if f"/{name}/" in maps] == []
        assert _private_kb(pid) < MOST_PRIVATE_KB


def test_only_what_was_asked_for(service: RunningService) -> None:
    """Two workers and no mover, when that was said; the processes tell what they are."""
    assert len(service.pids) == 2
    assert service.children("mover") == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://x", "HUITOU_DATABASE must be the URL of a PostgreSQL or SQLite database"),
        ("postgresql+psycopg://huitou:secret@127.0.0.1:1/huitou", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used(url: str, message: str, published: Path) -> None:
    """A service without its database says so in one line, without the password, and ends with status 1."""
    ran = as_process("serve", "--shop", published, "--port", 0, folder=published.parent, HUITOU_DATABASE=url)
    assert ran.status == 1
    assert message in ran.complaint
    assert ran.complaint.count("\n") == 1
    assert "secret" not in ran.complaint


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--workers", 0), "workers must be between 1 and 64; got 0. Leave it out to have one for each core."),
        (("--graceful-s", -1), "graceful_s must be between 0 and 3600 seconds; got -1. 10 is usual."),
    ],
)
def test_settings_that_make_no_sense(arguments: tuple[object, ...], message: str, published: Path) -> None:
    """Numbers that make no sense are refused before anything is started."""
    ran = as_process("serve", "--shop", published, "--port", 0, *arguments, folder=published.parent)
    assert (ran.status, ran.said, ran.complaint) == (1, "", f"huitou: {message}\n")


def _private_kb(pid: int) -> int:
    rows = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(row[1]) for row in rows if row[0] in ("Private_Clean:", "Private_Dirty:"))
