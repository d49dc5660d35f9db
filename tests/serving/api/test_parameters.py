"""No route passes over a query parameter that it does not know, nor one that was said twice."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from serving.api.routers import ROUTES

OPERATIONS = [
    (method, route.path_format)
    for route in ROUTES
    if isinstance(route, APIRoute) and route.path_format.startswith("/v1/")
    for method in sorted(route.methods or ())
]
SHORT = "/v1/recommendations"


@pytest.fixture(scope="module")
def document(reader: TestClient) -> dict[str, Any]:
    """What the service says of itself."""
    document: dict[str, Any] = reader.get("/openapi.json").json()
    return document


def queries(document: dict[str, Any], method: str, path: str) -> dict[str, bool]:
    """The parameters of an operation as documented, and whether each takes several values."""
    said = document["paths"][path][method.lower()].get("parameters", ())
    return {part["name"]: _is_list(part["schema"]) for part in said if part["in"] == "query"}


def _is_list(schema: dict[str, Any]) -> bool:
    return "array" in [choice.get("type") for choice in (schema, *schema.get("anyOf", ()))]


def asked(client: TestClient, method: str, path: str, query: str) -> httpx.Response:
    body: dict[str, Any] | None = {} if method in ("POST", "PUT") else None
    for name in ("id", "name", "request_id"):
        path = path.replace(f"{{{name}}}", "anna")
    return client.request(method, f"{path}?{query}", json=body)


def refused(client: TestClient, method: str, path: str, query: str) -> dict[str, Any]:
    """The error of a question whose parameters are not accepted."""
    answer = asked(client, method, path, query)
    error: dict[str, Any] = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid"), error
    return error


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_parameter_that_is_not_there(reader: TestClient, document: dict[str, Any], method: str, path: str) -> None:
    """It is named, and so are those that the document has."""
    names = list(queries(document, method, path))
    for query in ("foo=1", "&".join([*(f"{name}=1" for name in names), "foo"])):
        error = refused(reader, method, path, query)
        assert (error["field"], error["value"], error["allowed"]) == ("foo", "foo", names)
        if names:
            rule = f"a query parameter of {method} {path} must be one of {', '.join(names)}; got 'foo'."
            assert error["message"] == f"{rule} Correct its name, or leave it out."
        else:
            assert error["message"] == f"{method} {path} takes no query parameters; got 'foo'. Leave it out."
    assert {"414", "422"} <= set(document["paths"][path][method.lower()]["responses"])


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_parameter_said_twice(reader: TestClient, document: dict[str, Any], method: str, path: str) -> None:
    """One value cannot be two, even where both are the same; lists are lists."""
    for name, is_list in queries(document, method, path).items():
        if not is_list:
            error = refused(reader, method, path, f"{name}=1&{name}=1")
            assert error["message"] == f"{name} must be given once; got it 2 times. Leave out all but one."
            assert (error["field"], error["value"], error["allowed"]) == (name, ["1", "1"], None)
        elif path == SHORT:
            assert asked(reader, method, path, f"{name}=zip&{name}=kettle").status_code == 200


@pytest.mark.parametrize(
    ("query", "got"),
    [
        ("=1", "''"),
        ("N=3", "'N'"),
        ("n%20=3", "'n '"),
        ("n=3&%E6%95%B0=1", "'数'"),
        ("colour=red&size=m", "'colour'"),
        ("a%0Ab%00=1", r"'a\nb\x00'"),
        ("n=900&colour=red", "'colour'"),
        (f"{'a' * 5_000}=1", f"'{'a' * 199}…'"),
    ],
)
@pytest.mark.parametrize("path", [SHORT, "/v1/items/kettle/related", "/v1/bundles"])
def test_odd_names(reader: TestClient, path: str, query: str, got: str) -> None:
    """Names are compared letter by letter, before any value is looked at, and told so that they can be read."""
    assert f"; got {got}. " in refused(reader, "GET", path, query)["message"]


def test_a_mistyped_name_deletes_nobody(client: TestClient) -> None:
    """Who wanted to try first, and misspelt that, has deleted nothing."""
    refused(client, "DELETE", "/v1/customers/anna", "dryrun=true")
    assert client.get("/v1/customers/anna").status_code == 200


def test_an_empty_query(reader: TestClient) -> None:
    """A question mark alone, or separators without a name, ask for nothing."""
    for path in (f"{SHORT}?", f"{SHORT}?&&", "/v1/placements?", "/v1/placements?&"):
        assert reader.get(path).status_code == 200


def test_health_is_not_particular(reader: TestClient) -> None:
    """What watches a service may add what it likes."""
    assert reader.get("/health/live?t=1").status_code == 200
