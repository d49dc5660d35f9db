"""Which role may use which route: the whole table, against the real application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from serving.access.roles import ALLOWED, EVERYONE, PER_MINUTE, ROLES
from serving.access.routes import Routes
from tests.serving.access.made_keys import asked, bearer, make_keys
from tests.serving.api.served_shop import serving
from tests.serving.published_shop import small_shop

JSON_TYPE = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A client of the small shop, and a key of each role."""
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    texts = make_keys(shop, *(asked(role, per_minute=1_000_000) for role in ROLES))
    with serving(shop) as client:
        yield client, dict(zip(ROLES, texts, strict=True))


def routes_of(holder: Any) -> Iterator[tuple[str, str]]:
    """Template and method of every route of an application or router, those that no description lists included."""
    for route in holder.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes_of(inner)
        else:
            for method in route.methods:
                yield route.path.replace(":path}", "}"), method


def example(template: str) -> str:
    """A path of this template; the id in it is also the last word of another route."""
    return re.sub(r"{\w+}", "related", template)


def test_every_route_has_its_roles(guarded: tuple[TestClient, dict[str, str]]) -> None:
    """A route without an entry in the table, or an entry without a route, fails here."""
    table = {(template, method) for template, roles in ALLOWED.items() for method in roles}
    assert set(routes_of(guarded[0].app)) == table


def test_the_application_and_the_table_agree(guarded: tuple[TestClient, dict[str, str]]) -> None:
    """For the path of each route the table finds that route and no other one."""
    routes = Routes(ALLOWED)
    for template, _ in routes_of(guarded[0].app):
        found = routes.find(example(template))
        assert found is not None
        assert found.template == template


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("template", ALLOWED)
def test_each_role_on_each_route(guarded: tuple[TestClient, dict[str, str]], template: str, role: str) -> None:
    """Each role gets in where the table says so, and is told which roles do where it does not."""
    client, keys = guarded
    for method, roles in ALLOWED[template].items():
        content = b"{}" if method in ("POST", "PUT") else None
        path = example(template)
        reply = client.request(method, path, headers=bearer(keys[role]) | JSON_TYPE, content=content)
        if roles is EVERYONE or role in roles:
            assert reply.status_code not in (401, 403, 405, 500)
            assert reply.status_code != 404 or reply.json()["error"]["field"] != "path"
        else:
            assert reply.status_code == 403
            error = {"code": "forbidden", "value": role, "allowed": sorted(roles)}
            assert method == "HEAD" or reply.json()["error"].items() >= error.items()


@pytest.mark.parametrize("role", ROLES)
def test_what_is_in_no_table(guarded: tuple[TestClient, dict[str, str]], role: str) -> None:
    """A path without a route is 404 for every role, and a method that a route does not take 405 with those it takes."""
    client, keys = guarded
    for path in ("/", "/docs", "/v1/nothing", "/v1/items/a/b/c", "/v1/customers/a/b", "/v1/events/"):
        reply = client.get(path, headers=bearer(keys[role]))
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
    reply = client.request("DELETE", "/v1/recommendations", headers=bearer(keys[role]))
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, POST")


def test_the_document_has_the_same_table(root: Path) -> None:
    """docs/access.md tells of every role, and of every route which roles may use it."""
    told = (root / "docs/access.md").read_text(encoding="utf-8")
    routes = re.findall(r"^\| `([A-Z]+) (/\S+)` \| (.+) \|$", told, re.MULTILINE)
    said = {(template, method): set(roles.split(", ")) for method, template, roles in routes}
    table = {(template, method): {*roles} for template, allowed in ALLOWED.items() for method, roles in allowed.items()}
    assert said == {place: roles for place, roles in table.items() if place[1] != "HEAD"}
    assert [role for role in ROLES if f"| `{role}` |" not in told] == []


def test_the_table_is_whole() -> None:
    """Each role that is named is one, has a usual limit, and the administrator may do everything."""
    named = {role for roles in ALLOWED.values() for allowed in roles.values() for role in allowed}
    assert named - EVERYONE == set(ROLES)
    assert set(PER_MINUTE) == set(ROLES)
    assert all("admin" in allowed or allowed is EVERYONE for roles in ALLOWED.values() for allowed in roles.values())


def test_browser_keys_read_nothing_of_people() -> None:
    """The public key of a page sends events and gets recommendations, and that is all."""
    browser = {
        (template, method) for template, roles in ALLOWED.items() for method in roles if "browser" in roles[method]
    }
    assert browser == {("/v1/events", "POST"), ("/v1/recommendations", "GET"), ("/v1/recommendations", "POST")}
