"""What marketers' routes do with hostile bodies and queries: one clear error, and nothing half made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serving.api.hostile_input import OF_DATABASES, as_bytes, with_each
from tests.serving.api.known_shop import LATER, known_shop
from tests.serving.api.served_shop import encoded
from tests.serving.api.watched_service import Target, watched

HOSTILE: tuple[Any, ...] = (
    *("", " ", "a\x00b", "\ud800", "\x7f\x1b[31m", "'; DROP TABLE lists; --", "../../etc/passwd", "a/b", "=1+1"),
    *("<script>alert(1)</script>", "🍵" * 200, "a" * 5_000, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"),
    *(None, True, -1, 0, 2**63, 10**400, 1e308, 5e-324, [], {}, [[[[]]]], {"a": {"a": {}}}),
)
"""Put in the place of every value of a good body, one after the other."""

EVERYONE = {"everyone": True}
FILTERS: tuple[dict[str, Any], ...] = (
    {"field": "layer", "in": ["lost"]},
    {"field": "churn_probability", "between": [0.5, 0.9]},
    {"did": ["view"], "category": ["fruit"], "price": {"at_least": 2}, "within_days": 9, "at_least": 1},
    {"did": "purchase", "item": "kettle", "on_days": 2, "between": ["2025-01-01", "today-3"]},
    {"open": "cart", "within_days": 14, "brand": "Clay"},
    {"contacted": {"channel": ["email"], "within_days": 14, "campaign": "spring"}},
    {"all": [{"birthday": ["today", "today+6"]}, {"interested_in": "kettle", "top": 5}, {"not": EVERYONE}]},
)
"""A filter of each sort."""

LIST = {"name": "all", "filter": EVERYONE}
GOOD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *(("POST", "/v1/audiences/preview", {"filter": filter}) for filter in FILTERS),
    (
        "POST",
        "/v1/audiences/preview",
        {
            "template": "open-cart",
            "parameters": {"within_days": 9},
            "channel": "email",
            "control_share": 0.1,
            "overlap_with": [{"list_id": "none"}, {"audience": "x"}],
        },
    ),
    ("PUT", "/v1/audiences/x", {"filter": EVERYONE, "note": "n"}),
    (
        "POST",
        "/v1/lists",
        {
            "name": "n",
            "filter": EVERYONE,
            "channel": "email",
            "top": 5,
            "control_share": 0.5,
            "strata": ["layer"],
            "merchant": {"customer_ids": ["anna"]},
            "rank_by": "auto",
            "language": "en",
            "reasons": 1,
            "items": 1,
        },
    ),
    ("POST", "/v1/lists", {"name": "n", "interested_in": {"category": ["fruit"], "min_price": 1}}),
    ("POST", "/v1/list-schedules", {"list": LIST, "rhythm": {"every": "week", "weekday": "monday", "hour": 7}}),
    (
        "POST",
        "/v1/campaigns",
        {
            "name": "n",
            "list": LIST,
            "channel": "email",
            "starts": "2027-01-01T00:00:00Z",
            "window_days": 9,
            "cost_per_contact": 0.1,
            "fixed_cost": 1,
            "margin_share": 0.5,
            "promotion": "p",
            "message": "m",
            "pool": "p",
            "outcome": "conversion",
            "lift_worth_knowing": 0.2,
        },
    ),
    ("POST", "/v1/campaigns", {"name": "n", "list_id": "none", "channel": "email"}),
    ("POST", "/v1/campaigns/none/contacts", {"contacts": [{"customer_id": "anna", "outcome": "sent"}]}),
    ("POST", "/v1/campaigns/none/stop", {}),
    ("POST", "/v1/lists/none/deliveries", {"webhook": "crm"}),
    ("POST", "/v1/lists/none/refresh", {}),
    (
        "POST",
        "/v1/suppressions",
        {"suppressions": [{"customer_id": "anna", "channel": "email", "source": "s"}, {"email": "a@example.com"}]},
    ),
    ("PUT", "/v1/holdout", {"share": 0.05}),
)
"""Good bodies."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A shop with a year of events and a snapshot, watched, on each database."""
    shop = known_shop(tmp_path_factory.mktemp("shop") / "shop")
    if request.param == "sqlite":
        with watched(shop, None, clock=lambda: LATER) as watching:
            yield watching
    else:
        server = request.getfixturevalue("postgresql_server")
        with server.database() as url, watched(shop, url, clock=lambda: LATER) as watching:
            yield watching


on_sqlite = pytest.mark.parametrize("target", ["sqlite"], indirect=True)
"""For what is refused, or answered, without asking the database anything but what other tests ask of both."""


def asked(target: Target, method: str, path: str, body: bytes = b"") -> int:
    """The status of an answer that was checked; it is the caller's mistake, never "try again later"."""
    status = target.ask(method, path.encode(), body).status
    assert status < 500
    return status


@pytest.mark.parametrize(("method", "path", "good"), GOOD, ids=[f"{number}" for number in range(len(GOOD))])
def test_every_part_of_every_body(target: Target, method: str, path: str, good: dict[str, Any]) -> None:
    """Each is answered well or refused in the one shape; what is refused leaves no row and no file."""
    for body in with_each(good, HOSTILE if target.is_local else OF_DATABASES):
        asked(target, method, path, as_bytes(body))


@on_sqlite
@pytest.mark.parametrize("levels", [9, 50, 100, 190, 5_000])
def test_filters_in_filters(target: Target, levels: int) -> None:
    """Ten levels are read; one more, or a thousand, is one error."""
    nested = b'{"not": ' * levels + b'{"everyone": true}' + b"}" * levels
    for method, path, body in (
        ("POST", b"/v1/audiences/preview", b'{"filter": ' + nested + b"}"),
        ("POST", b"/v1/lists", b'{"name": "deep", "filter": ' + nested + b"}"),
        (
            "POST",
            b"/v1/campaigns",
            b'{"name": "d", "channel": "sms", "list": {"filter": ' + nested + b"}}",
        ),
        ("PUT", b"/v1/audiences/deep", b'{"filter": ' + nested + b"}"),
    ):
        status = target.ask(method, path, body).status
        assert status in ((200, 422) if levels == 9 else (400, 422))


@on_sqlite
def test_a_filter_of_very_many_parts(target: Target) -> None:
    """It is refused before anything is counted."""
    wide = {"any": [{"field": "layer", "is": "lost"}] * 20_000}
    long = {"field": "layer", "in": [f"x{number}" for number in range(50_000)]}
    for filter in (wide, long):
        assert target.ask("POST", b"/v1/audiences/preview", as_bytes({"filter": filter})).status == 422


@on_sqlite
@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5_000])
def test_numbers_that_are_none(target: Target, text: str) -> None:
    """What JSON does not know as a number, or nobody can count to, is refused."""
    for method, path, body in (
        ("PUT", b"/v1/holdout", '{"share": %s}'),
        ("POST", b"/v1/lists", '{"name": "n", "filter": {"everyone": true}, "control_share": %s}'),
        ("POST", b"/v1/audiences/preview", '{"filter": {"field": "churn_probability", "at_least": %s}}'),
        ("POST", b"/v1/campaigns", '{"name": "n", "list": {}, "channel": "email", "fixed_cost": %s}'),
    ):
        assert target.ask(method, path, (body % text).encode()).status in (400, 422)


SHOP = ("overview", "second-orders", "funnel", "habits", "best-sellers", "attention", "flow", "cohorts", "promotions")
ENDS = ("from=0001-01-01&to=0001-01-03", "from=9999-12-30&to=9999-12-31", "to=0001-01-02&days=3660", "to=9999-12-31")
ODD = (
    "from=2025-02-30",
    "days=" + "9" * 400,
    "days=-1",
    "days=1e3",
    "from=NaN",
    "from=%00&to=%ff",
    "to=" + "a" * 9_000,
)


@on_sqlite
@pytest.mark.parametrize("name", SHOP)
def test_days_at_the_ends_of_time(target: Target, name: str) -> None:
    """Days that no calendar has before or after them are an answer or an error, never a fault."""
    path = f"/v1/shop/{name}"
    [taken] = [operation.parameters for operation in target.operations if operation.path == path]
    for query in (*ENDS, *ODD):
        for more in ("", "&by=days&slice_days=1"):
            parts = [part for part in f"{query}{more}".split("&") if part.partition("=")[0] in taken]
            asked(target, "GET", f"{path}?{'&'.join(parts)}")


@pytest.mark.parametrize(
    "query",
    [
        *(f"/v1/shop/promotions/effect?on={day}" for day in ("0001-01-01", "9999-12-31", "2025-02-30")),
        *(f"/v1/shop/promotions/effect?name={name}" for name in ("%00", "%ff", "a%2Fb", "'%3B--", "a" * 5_000)),
        *(f"/v1/shop/trends?days={days}" for days in ("60", "9" * 400, "-1")),
        *(f"/v1/shop/alerts?days={days}" for days in ("9" * 400, "0")),
        *(f"/v1/results/holdout?since={at}" for at in ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59")),
        *(f"/v1/campaigns/planned?channel=email&days={days}" for days in ("365", "9" * 400)),
        *(
            f"/v1/{kind}?offset={offset}"
            for kind in ("lists", "campaigns", "suppressions")
            for offset in (2**63, "1e3")
        ),
    ],
    ids=lambda query: query[:60],
)
def test_other_queries(target: Target, query: str) -> None:
    """Odd names, days and moments are an answer or an error."""
    asked(target, "GET", query)


@pytest.mark.parametrize("identity", ["no/thing", "..", "a\x00b", "🍵", "' OR '1'='1", "a" * 3_900, "x.parquet"])
def test_ids_that_nothing_has(target: Target, identity: str) -> None:
    """Whatever stands for the id of a list, campaign, pool, schedule or audience, nothing of it is found or made."""
    for name in (encoded(identity), identity.encode().hex()):
        for method, path in (
            *(("GET", f"/v1/lists/{name}{rest}") for rest in ("", "/members", "/export?format=xlsx", "/deliveries")),
            *(("GET", f"/v1/campaigns/{name}{rest}") for rest in ("", "/results")),
            ("GET", f"/v1/campaigns/pools/{name}/results"),
            ("GET", f"/v1/audiences/{name}"),
            *(("DELETE", f"/v1/{kind}/{name}") for kind in ("audiences", "list-schedules")),
        ):
            assert target.ask(method, path.encode()).status in (404, 405, 422)
        for path in (f"lists/{name}/refresh", f"campaigns/{name}/stop"):
            assert target.ask("POST", f"/v1/{path}".encode(), b"{}").status in (404, 422)


def test_names_are_kept_as_they_are(target: Target) -> None:
    """SQL, markup and formulas in names are text: what was said comes back, and every table is still there."""
    for text in ("'; DROP TABLE lists; --", "<b>x</b>", "=HYPERLINK(1)", "{{7*7}}", "../../x", "a/b", "购物车 🍵"):
        made = target.ask("POST", b"/v1/lists", as_bytes(LIST | {"name": text})).json()
        assert made["name"] == text
        assert made["list_id"].isalnum()
        path = f"/v1/audiences/{encoded(text)}".encode()
        if "/" not in text:
            assert target.ask("PUT", path, as_bytes({"filter": EVERYONE})).json()["name"] == text
            assert target.ask("GET", path).json()["name"] == text
    assert json.loads(target.ask("GET", b"/v1/lists").body)["total"] >= 7
