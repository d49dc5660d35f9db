"""Tiny and odd shops go all the way on rules, and say so: import, train, publish, list, backtest, answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from features.events.event import VISITOR_PREFIX
from features.shop_folder import ShopFolder
from tests.command_line.command import done, new_shop, refused, written
from tests.serving.api.served_shop import encoded, serving

Event = tuple[str, str, str, datetime]
"""Customer (a visitor begins with ``visitor:``), item, kind, time."""

FIRST = datetime(2025, 1, 1, 9, tzinfo=UTC)
ODD_IDS = (
    "a b",
    "a/b",
    "x/items",
    "q\"uo'te",
    "🍵",
    "张三 李",
    "%2F",
    "a?b#c&d=e",
    "a\\b",
    "[red]",
    "=1+1",
    "-9",
    "007",
)


def after(days: float) -> datetime:
    """A moment some days after the first event."""
    return FIRST + timedelta(days=days)


def mixed(people: Iterable[str], items: Iterable[str], kinds: Iterable[str], count: int) -> list[Event]:
    """``count`` events over some months that go through people, items and kinds in turn."""
    who, what, how = list(people), list(items), list(kinds)
    return [(who[n % len(who)], what[n % len(what)], how[n % len(how)], after(5.5 * n)) for n in range(count)]


SHOPS: dict[str, list[Event]] = {
    "ten events": mixed(["anna", "bo", "visitor:v"], ["tea", "cup"], ["view", "cart", "purchase", "purchase"], 10),
    "one event": [("anna", "tea", "view", FIRST)],
    "one purchase": [("anna", "tea", "purchase", FIRST)],
    "one customer": mixed(["anna"], ["tea", "cup", "pot"], ["view", "purchase", "favorite", "purchase"], 20),
    "one item": mixed(["anna", "bo", "cy"], ["tea"], ["view", "purchase", "cart", "purchase"], 20),
    "no purchases": mixed(["anna", "bo", "cy"], ["tea", "cup", "pot"], ["view", "favorite", "cart", "unfavorite"], 20),
    "all purchases on one day": [(f"c{n % 30}", f"i{n % 7}", "purchase", after(n / 500)) for n in range(200)],
    "only visitors": mixed([f"visitor:{n}" for n in range(5)], ["tea", "cup"], ["view", "view", "cart"], 20),
    "returns alone": [("anna", "tea", "return", FIRST), ("bo", "tea", "return", after(3))],
    "odd ids": [
        (person, item, "purchase" if n % 2 else "view", after(n + m / 20))
        for n, person in enumerate(ODD_IDS)
        for m, item in enumerate(ODD_IDS)
    ],
}


class Tiny:
    """One shop that went all the way, and what was said on the way."""

    def __init__(self, folder: Path, events: list[Event], store: Path) -> None:
        self.folder = folder
        self.people = sorted({person for person, *_ in events})
        self.items = sorted({item for _, item, *_ in events})
        self.shop = new_shop(folder / "shop", store, "--buckets", 1)
        done("import", "events", exported(folder / "events.csv", events), "--shop", self.shop)
        self.trained = done("train", "--shop", self.shop)
        self.published = done("publish", "--shop", self.shop)
        asked = ("list", "--shop", self.shop, "--out", folder / "list.csv")
        if any(kind == "purchase" for _, _, kind, _ in events):
            done(*asked)
        else:
            assert refused(*asked).startswith("nobody in the snapshot fits")
        cutoff = (events[0][3] + (events[-1][3] - events[0][3]) / 2 + timedelta(seconds=1)).isoformat()
        done("backtest", "--shop", self.shop, "--cutoff", cutoff, "--out", folder / "backtest")
        self.earlier = sorted({person for person, _, _, at in events if at.isoformat() < cutoff})

    def parquet(self, name: str) -> list[dict[str, Any]]:
        """Rows of a file of the backtest."""
        rows: list[dict[str, Any]] = pq.read_table(self.folder / "backtest" / name).to_pylist()
        return rows


def exported(file: Path, events: list[Event]) -> Path:
    """The events as a CSV file of a shop without a table of items."""
    with open(file, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["customer_id", "visitor_id", "item_id", "kind", "occurred_at", "unit_price"])
        for person, item, kind, at in events:
            visitor = person.removeprefix(VISITOR_PREFIX) if person.startswith(VISITOR_PREFIX) else ""
            writer.writerow(["" if visitor else person, visitor, item, kind, at.isoformat(), 5])
    return file


@pytest.fixture(scope="module", params=SHOPS)
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, store: Path) -> Tiny:
    """Each shop in turn."""
    return Tiny(tmp_path_factory.mktemp("tiny"), SHOPS[request.param], store)


@pytest.fixture(scope="module")
def client(tiny: Tiny) -> Iterator[TestClient]:
    """A client of the shop's service."""
    with serving(ShopFolder.open(tiny.shop)) as client:
        yield client


def test_it_says_that_rules_serve(tiny: Tiny) -> None:
    """Training and publishing name the tier, and the gate says why."""
    assert "version 1 (rules, rules) is now the champion" in tiny.trained
    assert ": the rule serves" in tiny.trained
    assert tiny.published.rstrip().endswith("is published, made by version 1 (rules, rules)")


def test_everyone_has_a_probability(tiny: Tiny, client: TestClient) -> None:
    """Every customer, whatever the id, is answered with a probability inside (0, 1) and the tier."""
    for person in tiny.people:
        response = client.get(f"/v1/customers/{encoded(person)}")
        assert response.status_code == 200, response.text
        said = response.json()
        horizon = said["horizon_days"]
        assert (said["customer_id"], said["tier"]) == (person, "rules")
        assert 0 < said[f"order_probability_{horizon}d"] < 1
        churn = said[f"churn_probability_{horizon}d"]
        assert churn is None if said["order_count_all"] == 0 else 0 < churn < 1


def test_everyone_is_shown_something(tiny: Tiny, client: TestClient) -> None:
    """Recommendations for everyone, and for strangers, are never empty and name the tier.

    Who has bought all that would be proposed is shown what is popular, and the answer says so.
    """
    for person in [*tiny.people, "a stranger", None]:
        response = client.post("/v1/recommendations", json={"customer_id": person})
        assert response.status_code == 200, response.text
        said = response.json()
        assert said["tier"] == ("popular" if said["fallback"] else "rules")
        known = {None, "no_candidates"}
        assert said["fallback"] in (known if person in tiny.people else {"unknown_customer", "anonymous"})
        shown = [item["item_id"] for item in said["items"]]
        assert shown
        assert len(set(shown)) == len(shown)
        assert set(shown) <= set(tiny.items)


def test_every_item_has_a_page(tiny: Tiny, client: TestClient) -> None:
    """Related items of every item, whatever its id, are answered, and never hold the item itself."""
    for item in tiny.items:
        response = client.get(f"/v1/items/{encoded(item)}/related")
        assert response.status_code == 200, response.text
        assert response.json()["item_id"] == item
        assert item not in [related["item_id"] for related in response.json()["items"]]


def test_the_list_holds_every_buyer(tiny: Tiny, client: TestClient) -> None:
    """The recall list has a row for each buyer, with ids as they are except what Excel would run or make a number."""
    file = tiny.folder / "list.csv"
    listed = set()
    if file.exists():
        with open(file, encoding="utf-8-sig", newline="") as handle:
            listed = {row["customer_id"] for row in csv.DictReader(handle)}
    answers = [client.get(f"/v1/customers/{encoded(person)}").json() for person in tiny.people]
    buyers = [answer["customer_id"] for answer in answers if answer["order_count_all"]]
    assert listed == {f"'{name}" if name[0] in "=+-@" or name == "007" else name for name in buyers}


def test_the_backtest_is_whole(tiny: Tiny) -> None:
    """The backtest knows everyone seen before its cutoff, with probabilities inside (0, 1) and items in order."""
    report = json.loads((tiny.folder / "backtest" / "report.json").read_text(encoding="utf-8"))
    assert (report["churn"]["tier"], report["recommendations"]["tier"]) == ("rules", "rules")
    assert all(0 < row["probability"] < 1 for row in tiny.parquet("churn.parquet"))
    rows = tiny.parquet("recommendations.parquet")
    assert sorted({row["customer_id"] for row in rows}) == tiny.earlier
    firsts = [row["customer_id"] for row in rows if row["rank"] == 1]
    assert sorted(firsts) == tiny.earlier


def test_a_shop_without_events(tmp_path: Path, store: Path) -> None:
    """A shop that has only items trains, publishes a snapshot of nobody, and shows strangers its items."""
    shop = new_shop(tmp_path / "shop", store)
    items = written(tmp_path / "items.csv", ["item_id,title,price", "tea,Tea,5", "cup,Cup,9"])
    done("import", "items", items, "--shop", shop)
    assert "version 1 (rules, rules) is now the champion" in done("train", "--shop", shop)
    done("publish", "--shop", shop)
    assert refused("list", "--shop", shop, "--out", tmp_path / "list.csv").startswith("nobody in the snapshot fits")
    with serving(ShopFolder.open(shop)) as client:
        answer = client.get("/v1/recommendations", params={"customer_id": "anyone"}).json()
    assert sorted(item["item_id"] for item in answer["items"]) == ["cup", "tea"]
    assert answer["fallback"] == "unknown_customer"
