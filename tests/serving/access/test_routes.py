"""Finding the route of a path."""

from __future__ import annotations

import pytest

from serving.access.routes import Routes

GET = {"GET": frozenset({"shop"})}
ROUTES = Routes(
    {
        "/v1/items": GET,
        "/v1/items/{id}": GET,
        "/v1/items/{id}/related": GET,
        "/v1/items/newest": {"POST": frozenset(), "GET": frozenset()},
        "/v1/lists/{id}/parts/{name}": GET,
    }
)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/items", "/v1/items"),
        ("/v1/items/zip", "/v1/items/{id}"),
        ("/v1/items/", "/v1/items/{id}"),
        ("/v1/items/%7Bid%7D", "/v1/items/{id}"),
        ("/v1/items/related/related", "/v1/items/{id}/related"),
        ("/v1/items/newest", "/v1/items/newest"),
        ("/v1/lists/a/parts/b", "/v1/lists/{id}/parts/{name}"),
    ],
)
def test_the_route_of_a_path(path: str, template: str) -> None:
    """One segment stands for an id, and a path that is written out goes before one with an id."""
    found = ROUTES.find(path)
    assert found is not None
    assert found.template == template


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/items/a/b", "/v1/items/a/b/related", "/v1/lists/a/b/c"])
def test_paths_without_a_route(path: str) -> None:
    """An id is one segment: what has more of them has no route."""
    assert ROUTES.find(path) is None


def test_the_methods_of_a_route() -> None:
    """They are told as the header Allow wants them."""
    found = ROUTES.find("/v1/items/newest")
    assert found is not None
    assert found.methods == "GET, POST"
