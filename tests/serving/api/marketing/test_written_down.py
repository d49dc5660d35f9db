"""Who did what with lists, campaigns and care: every act is in the audit log, and no person is in it or in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from serving.access.request_log import LogSettings, RequestLog
from serving.access.roles import ALLOWED, SEES_CONTACTS
from serving.database.access.audit import Audit
from serving.database.connection import open_database
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails
from tests.serving.access.made_keys import asked, bearer, make_keys
from tests.serving.api.known_shop import CRM
from tests.serving.api.served_shop import serving
from tests.serving.lists.listed_shop import crowd
from tests.serving.published_shop import ITEMS, NOW, PEOPLE, small_shop, write_snapshot

EVERYONE = {"everyone": True}
MAIL = "yuki-1987@example.com"
BY_THE_MARKETER = {
    "audience.save",
    "audience.delete",
    "list.make",
    "list.refresh",
    "list.export",
    "list.send",
    "list.schedule",
    "list.unschedule",
    "campaign.make",
    "campaign.start",
    "campaign.contacts",
    "campaign.stop",
    "suppressions.add",
}


def done(client: Any, marketer: dict[str, str], admin: dict[str, str]) -> None:
    """All that can be changed over HTTP, once, and what names people in an address or a body."""

    def said(method: str, path: str, body: Any = None, key: dict[str, str] = marketer) -> Any:
        answer = client.request(method, f"/v1/{path}", headers=key, json=body)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json() if "export" not in path else None

    said("PUT", "audiences/mine", {"filter": EVERYONE})
    listed = {"name": "all", "filter": EVERYONE, "merchant": {"customer_ids": ["c00003", "c00004"]}}
    list_id = said("POST", "lists", listed)["list_id"]
    said("POST", f"lists/{list_id}/refresh", {})
    said("GET", f"lists/{list_id}/members")
    said("GET", f"lists/{list_id}/export?columns=customer_id")
    said("GET", f"lists/{list_id}/export?columns=customer_id&columns=email", key=admin)
    said("POST", f"lists/{list_id}/deliveries", {"webhook": "crm"})
    said("POST", "list-schedules", {"list": {"name": "mine", "audience": "mine"}, "rhythm": {"every": "day"}})
    said("DELETE", "list-schedules/mine")
    said("DELETE", "audiences/mine")
    campaign = said("POST", "campaigns", {"name": "spring", "list_id": list_id, "channel": "phone"})["campaign_id"]
    rows = [{"customer_id": person.id, "outcome": "unsubscribed"} for person in crowd(30)]
    said("POST", f"campaigns/{campaign}/contacts", {"contacts": rows})
    said("POST", f"campaigns/{campaign}/stop", {})
    said("POST", "suppressions", {"suppressions": [{"customer_id": "c00005"}, {"email": MAIL}, {"email": f"{MAIL} x"}]})
    said("PUT", "holdout", {"share": 0.05}, admin)
    assert client.get("/v1/lists/c00006/members", headers=marketer).status_code == 404


def test_every_act_is_written_down_and_nobody_is_named(tmp_path: Path, database_url: str | None) -> None:
    """The audit log has each act with the key that did it; neither it nor the request log has an id or an address."""
    shop, written = small_shop(tmp_path / "shop"), list[bytes]()
    write_snapshot(shop, [*PEOPLE, *crowd(30)], ITEMS)
    (shop.path / "webhooks.json").write_text(CRM, encoding="utf-8")
    engine = open_database(shop, database_url)
    ContactDetails(engine, ContactCipher(None)).put({"c00001": {"email": MAIL}}, NOW)
    texts = make_keys(shop, asked("marketer"), asked("admin"), database_url=database_url)
    log = RequestLog(written.append, lambda: NOW, LogSettings())
    with serving(shop, database_url=database_url, log=log) as client:
        done(client, *map(bearer, texts))
    acts = Audit(engine).newest(1_000)
    engine.dispose()
    marketer, admin = ({act.actor for act in acts if act.act == name} for name in ("list.make", "holdout.set"))
    assert len(marketer | admin) == 2
    assert {act.act for act in acts if act.actor in marketer} == BY_THE_MARKETER
    assert {act.act for act in acts if act.actor in admin} == {"holdout.set", "list.export"}
    told = json.dumps([[act.subject, act.details] for act in acts], ensure_ascii=False)
    lines = b"".join(written).decode()
    assert len(lines.splitlines()) == 16
    named = [*(person.id for person in (*PEOPLE, *crowd(30)) if person.id != "quiet"), MAIL]
    assert [name for name in named if name in told or name in lines] == []


@pytest.mark.parametrize(
    "place", [place for place in ALLOWED if place.startswith(("/v1/shop/", "/v1/results/holdout"))]
)
def test_numbers_of_the_shop_are_for_people_who_look_at_results(place: str) -> None:
    """A server's key reads none but the order of attention, which it sorts its shelves by; a page's key none at all."""
    roles = ALLOWED[place]["GET"]
    assert not roles & {"browser", "monitor"}
    assert ("shop" in roles) == (place == "/v1/shop/attention")


@pytest.mark.parametrize(
    "place",
    [
        (place, method)
        for place, methods in ALLOWED.items()
        for method in methods
        if place.startswith(("/v1/lists", "/v1/list-", "/v1/audiences", "/v1/campaigns", "/v1/suppr", "/v1/holdout"))
    ],
    ids="".join,
)
def test_marketing_has_the_least_rights(place: tuple[str, str]) -> None:
    """Only marketers and admins touch it; a server may tell who must not be written to, scientists see results."""
    template, method = place
    more = ALLOWED[template][method] - {"marketer", "admin"}
    may = {("/v1/suppressions", "POST"): {"shop"}}
    seen = template.endswith("/results") or template == "/v1/campaigns/{id}"
    assert more == may.get(place, {"scientist"} if seen and method == "GET" else set())
    assert template != "/v1/holdout" or ALLOWED[template][method] == SEES_CONTACTS
