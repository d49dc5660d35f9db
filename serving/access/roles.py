"""The roles of keys, and which of them may use which route."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "shop": "the shop's own server: events, items, customers, recommendations, related items, bundles",
        "browser": "pages in a browser; the key is public: sends events and gets recommendations",
        "marketer": "people and tools that look at customers, groups and results",
        "scientist": "results and metrics",
        "monitor": "metrics",
        "admin": "everything, deletion and keys included",
    }
)
"""The roles, and what each is for."""

PER_MINUTE: Mapping[str, int] = MappingProxyType(
    {"shop": 600_000, "browser": 600_000, "marketer": 1_200, "scientist": 600, "monitor": 120, "admin": 1_200}
)
"""How many requests a key may make in a minute when it was made without a number of its own."""

EVERYONE = frozenset({"everyone"})
"""The mark of routes that ask for no key."""

_SHOP = frozenset({"shop", "admin"})
_PAGES = frozenset({"shop", "browser", "admin"})
_SHELF = frozenset({"shop", "marketer", "admin"})
_CUSTOMERS = frozenset({"marketer", "admin"})
_RESULTS = frozenset({"marketer", "scientist", "admin"})
_METRICS = frozenset({"scientist", "monitor", "admin"})
_TOOLS = frozenset({"shop", "marketer", "scientist", "admin"})
_ADMIN = frozenset({"admin"})

SEES_CONTACTS = _ADMIN
"""Who may export names, e-mail addresses and telephone numbers in plain words."""

ALLOWED: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "/health/live": {"GET": EVERYONE},
        "/health/ready": {"GET": EVERYONE},
        "/openapi.json": {"GET": _TOOLS, "HEAD": _TOOLS},
        "/metrics": {"GET": _METRICS},
        "/v1/events": {"POST": _PAGES},
        "/v1/recommendations": {"GET": _PAGES, "POST": _PAGES},
        "/v1/items": {"PUT": _SHOP},
        "/v1/placements": {"GET": _SHELF},
        "/v1/items/{id}": {"GET": _SHELF},
        "/v1/items/{id}/related": {"GET": _SHELF},
        "/v1/items/{id}/bundles": {"GET": _SHELF},
        "/v1/items/{id}/customers": {"GET": _CUSTOMERS},
        "/v1/bundles": {"GET": _SHELF},
        "/v1/clusters": {"GET": _CUSTOMERS},
        "/v1/interested-customers": {"GET": _CUSTOMERS},
        "/v1/customers": {"PUT": _SHOP},
        "/v1/customers/{id}": {"GET": _CUSTOMERS, "DELETE": _ADMIN},
        "/v1/customers/{id}/items": {"GET": _CUSTOMERS},
        "/v1/customers/{id}/similar": {"GET": _CUSTOMERS},
        "/v1/customers/{id}/merge": {"POST": _SHOP, "DELETE": _SHOP},
        "/v1/customers/{id}/contact-details": {"GET": _ADMIN},
        "/v1/customers/{id}/export": {"GET": _ADMIN},
        "/v1/deletions/{request_id}": {"GET": _ADMIN},
        "/v1/results/recommendations": {"GET": _RESULTS},
        "/v1/results/comparisons/{name}": {"GET": _RESULTS},
        "/v1/shop/overview": {"GET": _RESULTS},
        "/v1/shop/second-orders": {"GET": _RESULTS},
        "/v1/shop/definitions": {"GET": _RESULTS},
        "/v1/shop/funnel": {"GET": _RESULTS},
        "/v1/shop/cohorts": {"GET": _RESULTS},
        "/v1/shop/habits": {"GET": _RESULTS},
        "/v1/shop/best-sellers": {"GET": _RESULTS},
        "/v1/shop/attention": {"GET": _TOOLS},
        "/v1/shop/groups": {"GET": _RESULTS},
        "/v1/shop/flow": {"GET": _RESULTS},
        "/v1/shop/promotions": {"GET": _RESULTS},
        "/v1/shop/promotions/effect": {"GET": _RESULTS},
        "/v1/shop/trends": {"GET": _RESULTS},
        "/v1/shop/alerts": {"GET": _RESULTS},
        "/v1/lists": {"GET": _CUSTOMERS, "POST": _CUSTOMERS},
        "/v1/lists/{id}": {"GET": _CUSTOMERS},
        "/v1/lists/{id}/members": {"GET": _CUSTOMERS},
        "/v1/lists/{id}/refresh": {"POST": _CUSTOMERS},
        "/v1/lists/{id}/export": {"GET": _CUSTOMERS},
        "/v1/lists/{id}/deliveries": {"GET": _CUSTOMERS, "POST": _CUSTOMERS},
        "/v1/list-schedules": {"GET": _CUSTOMERS, "POST": _CUSTOMERS},
        "/v1/list-schedules/{id}": {"DELETE": _CUSTOMERS},
        "/v1/audiences": {"GET": _CUSTOMERS},
        "/v1/audiences/fields": {"GET": _CUSTOMERS},
        "/v1/audiences/templates": {"GET": _CUSTOMERS},
        "/v1/audiences/preview": {"POST": _CUSTOMERS},
        "/v1/audiences/{name}": {"GET": _CUSTOMERS, "PUT": _CUSTOMERS, "DELETE": _CUSTOMERS},
        "/v1/contact-care": {"GET": _CUSTOMERS},
        "/v1/suppressions": {"GET": _CUSTOMERS, "POST": _SHELF},
        "/v1/holdout": {"GET": _ADMIN, "PUT": _ADMIN},
        "/v1/campaigns": {"GET": _CUSTOMERS, "POST": _CUSTOMERS},
        "/v1/campaigns/planned": {"GET": _CUSTOMERS},
        "/v1/campaigns/{id}": {"GET": _RESULTS},
        "/v1/campaigns/{id}/contacts": {"POST": _CUSTOMERS},
        "/v1/campaigns/{id}/stop": {"POST": _CUSTOMERS},
        "/v1/campaigns/{id}/results": {"GET": _RESULTS},
        "/v1/campaigns/pools/{id}/results": {"GET": _RESULTS},
        "/v1/results/holdout": {"GET": _RESULTS},
        "/v1/audit": {"GET": _ADMIN},
        "/v1/keys": {"GET": _ADMIN},
    }
)
"""For each route (its template) and method the roles that may use it: every route of the application is here."""
