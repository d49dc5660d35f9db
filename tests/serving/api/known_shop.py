"""A served shop in which everything is there that a route can tell of, and requests that find it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from features.channels import CHANNELS
from features.shop_folder import ShopFolder
from serving.access.roles import ROLES
from tests.serving.lists.listed_shop import crowd
from tests.serving.living_service import LivingService
from tests.serving.published_shop import ITEMS, PEOPLE, write_snapshot
from tests.serving.shop_numbers.simulated_year import simulated_year

AFTER = datetime(2026, 1, 1, 4, tzinfo=UTC)
"""When the simulated year of the shop is over: noon there, and no quiet hour."""
LATER = AFTER + timedelta(days=3)
"""When there is something to tell of campaigns."""

EVERYONE = {"name": "all", "filter": {"everyone": True}}
LOST = {"name": "lost", "filter": {"field": "layer", "is": "lost"}}
CRM = '{"webhooks": {"crm": {"url": "https://crm.example.com/", "secret_env": "HUITOU_WEBHOOK_CRM"}}}'

QUERIES: dict[str, dict[str, Any]] = {
    "GET /v1/shop/flow": {"from": "2025-03-01", "to": "2025-06-01"},
    "GET /v1/shop/promotions/effect": {"on": "2025-11-11"},
    "GET /v1/lists/{id}/export": {"format": "jsonl"},
    "GET /v1/results/holdout": {"since": "2026-01-02T00:00:00Z"},
    **{
        f"GET /v1/shop/{name}": {"days": 90}
        for name in ("overview", "second-orders", "funnel", "habits", "best-sellers", "attention", "trends")
    },
    "GET /v1/shop/alerts": {"days": 1},
    "GET /v1/shop/cohorts": {"months": 3},
}
"""Queries that are answered, by operation."""

BODIES: dict[str, dict[str, Any]] = {
    "PUT /v1/audiences/{name}": {"filter": {"everyone": True}, "note": "全部"},
    "POST /v1/audiences/preview": {"audience": "carts", "overlap_with": [{"template": "open-cart"}]},
    "POST /v1/lists": EVERYONE,
    "POST /v1/lists/{id}/refresh": {},
    "POST /v1/lists/{id}/deliveries": {"webhook": "crm"},
    "POST /v1/list-schedules": {"list": EVERYONE, "rhythm": {"every": "day"}},
    "POST /v1/campaigns/{id}/contacts": {"contacts": [{"customer_id": "c00002", "outcome": "delivered"}]},
    "POST /v1/campaigns/{id}/stop": {},
}
"""Bodies that are taken, by operation; drawn ones hardly ever name what is there."""


class Clock:
    """The present of the shop; it stands still until it is set."""

    def __init__(self) -> None:
        self.now = AFTER

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


@dataclass(frozen=True)
class Known:
    """What is there."""

    ids: dict[str, str]
    """An id by the segment before it in a path."""
    campaigns: dict[str, str] = field(default_factory=dict)
    """A running campaign for each role: one can be stopped once."""

    def identity(self, segment: str, method: str, role: str) -> str:
        """An id after ``segment`` of a path; what a method deletes is there once for each role."""
        if method == "delete":
            return {"customers": "noletter"}.get(segment, role)
        return self.campaigns[role] if segment == "campaigns" else self.ids.get(segment, "none")

    def body(self, label: str, role: str) -> dict[str, Any] | None:
        """A body that the operation takes from a role; None where drawn ones do."""
        if label == "POST /v1/campaigns":
            starts = LATER + timedelta(days=30 * (1 + [*ROLES].index(role)))
            again = {"name": "again", "list_id": self.ids["lists"], "channel": "email"}
            return again | {"starts": starts.isoformat()}
        return BODIES.get(label)


def known_shop(folder: Path) -> ShopFolder:
    """A year of events, and a snapshot of few people."""
    shop = simulated_year(folder)
    write_snapshot(shop, [*PEOPLE, *crowd(60)], ITEMS)
    (shop.path / "webhooks.json").write_text(CRM, encoding="utf-8")
    return shop


def filled(service: LivingService, session: requests.Session, admin: dict[str, str]) -> Known:
    """Audiences, lists, schedules, campaigns and a holdout, made over HTTP."""

    def sent(method: str, path: str, body: dict[str, Any]) -> Any:
        answer = session.request(method, service.url + path, headers=admin, json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    for name in ("carts", *ROLES):
        sent("PUT", f"/v1/audiences/{name}", {"filter": {"open": "cart"}})
        sent("POST", "/v1/list-schedules", {"list": EVERYONE | {"name": name}, "rhythm": {"every": "day"}})
    over, list_id = (sent("POST", "/v1/lists", LOST)["list_id"] for _ in range(2))
    short = {"name": "over", "channel": "phone", "window_days": 1, "pool": "spring"}
    sent("POST", "/v1/campaigns", short | {"list_id": over})
    campaigns = {
        role: sent("POST", "/v1/campaigns", {"name": role, "list_id": list_id, "channel": channel})
        for role, channel in zip(ROLES, CHANNELS, strict=True)
    }
    sent("PUT", "/v1/holdout", {"share": 0.05})
    ids = {"audiences": "carts", "customers": "王小明", "items": "kettle", "lists": list_id, "pools": "spring"}
    return Known(ids, {role: made["campaign_id"] for role, made in campaigns.items()})
