"""Whatever arrives, the answer is a good one or one clear error, and what is refused leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving.api.hostile_input import (
    OF_DATABASES,
    as_bytes,
    hostile_bodies,
    hostile_headers,
    hostile_queries,
    hostile_segments,
    spoilt,
    with_each,
)
from tests.serving.api.raw_requests import JSON
from tests.serving.api.served_shop import event
from tests.serving.api.watched_service import Target, watched
from tests.serving.published_shop import small_shop

fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what never comes to a database, and for drawn bodies: PostgreSQL is given each of their parts in turn."""
OF_MARKETERS = ("/v1/audiences", "/v1/list", "/v1/campaigns", "/v1/suppressions", "/v1/holdout")
"""Bodies that marketing/test_hostile_marketing.py spoils on both databases."""
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The shop's own file, then a PostgreSQL database, each the same for all tests of this file."""
    if request.param == "sqlite":
        yield None
    else:
        with request.getfixturevalue("postgresql_server").database() as url:
            yield url


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, database_url: str | None) -> Iterator[Target]:
    """The service of a small shop, the same for all tests of this file."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    with watched(shop, database_url) as watching:
        yield watching


@on_sqlite
@fuzzed
@given(data=st.data())
def test_spoilt_bodies(target: Target, data: st.DataObject) -> None:
    """A good body in which anything was changed is answered well or refused clearly, at every operation."""
    operation = data.draw(st.sampled_from(target.with_body))
    body = as_bytes(data.draw(spoilt(operation.example)))
    target.ask(operation.method, operation.target(), body)


@on_postgresql
def test_every_part_of_every_body(target: Target) -> None:
    """What PostgreSQL cannot keep is refused clearly, or kept otherwise, wherever it stands in what is written."""
    for operation in target.with_body:
        if not operation.path.startswith(OF_MARKETERS):
            for body in with_each(operation.example, OF_DATABASES):
                target.ask(operation.method, operation.target(), as_bytes(body))


@on_sqlite
@fuzzed
@given(data=st.data(), body=hostile_bodies)
def test_bodies_that_are_no_request(target: Target, data: st.DataObject, body: bytes) -> None:
    """Broken, deep, huge, doubled and foreign bodies are refused, or mean what JSON says they mean."""
    operation = data.draw(st.sampled_from(target.with_body))
    target.ask(operation.method, operation.target(), body)


@fuzzed
@given(data=st.data(), identity=hostile_segments)
def test_ids_in_paths(target: Target, data: st.DataObject, identity: bytes) -> None:
    """Any bytes in the place of an id are an unknown id, a clear error or another path."""
    operation = data.draw(st.sampled_from(target.with_id))
    body = b"" if operation.example is None else as_bytes(operation.example)
    target.ask(operation.method, operation.target(identity), body)


@fuzzed
@given(data=st.data())
def test_queries(target: Target, data: st.DataObject) -> None:
    """Any query is answered well or refused clearly."""
    operation = data.draw(st.sampled_from(target.operations))
    query = data.draw(hostile_queries(operation.parameters))
    body = b"" if operation.example is None else as_bytes(operation.example)
    target.ask(operation.method, operation.target() + b"?" + query, body)


@on_sqlite
@fuzzed
@given(data=st.data(), headers=hostile_headers)
def test_headers(target: Target, data: st.DataObject, headers: list[tuple[bytes, bytes]]) -> None:
    """Odd, long, doubled and non-latin headers are answered well or refused clearly."""
    operation = data.draw(st.sampled_from(target.operations))
    body = b"" if operation.example is None else as_bytes(operation.example)
    answer = target.ask(operation.method, operation.target(), body, [*JSON, *headers])
    assert not any("\n" in value or "\r" in value for value in answer.headers.values())


@on_sqlite
@fuzzed
@given(
    method=st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "odd", "")),
    segments=st.lists(hostile_segments | st.sampled_from((b"v1", b"", b"events", b"items", b"health")), max_size=5),
)
def test_paths_and_methods(target: Target, method: str, segments: list[bytes]) -> None:
    """Whatever is not there is told as such."""
    target.ask(method, b"/" + b"/".join(segments), b"{}")


@pytest.mark.parametrize("length", [256, 257])
def test_the_longest_id(target: Target, length: int) -> None:
    """An id has 256 characters at most, counted as characters: with one more the row is refused and not stored."""
    for character in ("a", "é", "🍵"):
        one = event(event_id=character * length)
        said = target.ask("POST", b"/v1/events", as_bytes({"events": [one]})).json()
        assert said["stored"] + said["repeated"] == (length == 256)
        refused = target.ask("POST", b"/v1/recommendations", as_bytes({"customer_id": character * length})).status
        assert refused == (200 if length == 256 else 422)


def test_a_thousand_rows_and_one_more(target: Target) -> None:
    """1,000 rows are taken and 1,001 refused as a whole, so that nobody wonders which were stored."""
    rows = [event(event_id=f"many-{number}") for number in range(1_001)]
    assert target.ask("POST", b"/v1/events", as_bytes({"events": rows})).status == 422
    assert target.ask("POST", b"/v1/events", as_bytes({"events": rows[:-1]})).json()["stored"] == 1_000


@on_sqlite
def test_a_body_over_the_limit(target: Target) -> None:
    """A body may have 1 MB: one more byte is refused, whether it was announced or not."""
    body = b'{"events": []' + b" " * (1_048_576 - 14) + b"}"
    assert len(body) == 1_048_576
    assert target.ask("POST", b"/v1/events", body).status == 200
    assert target.ask("POST", b"/v1/events", body + b" ").status == 413
    announced = [*JSON, (b"content-length", b"1048577")]
    assert target.ask("POST", b"/v1/events", b"{}", announced).status == 413
