"""Who is set aside: bots, resellers, test orders and internal accounts; and above all who is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop.anomalies import REASONS, Anomalies, AnomalySettings
from features.shop_folder import ShopFolder, ShopSettings
from tests.odd_people import CUTOFF, START, browsed, crowd, ordered, viewed
from tests.small_shop import EventRow, append, events, people


def opened(path: Path, *rows: Sequence[EventRow], buckets: int = 4, rules: bool = True) -> ShopFolder:
    """A shop with these events."""
    folder = ShopFolder.create(path, ShopSettings(buckets=buckets, set_aside=rules))
    append(folder, events(*(row for part in rows for row in part)))
    return folder


def aside(folder: ShopFolder) -> dict[str, str]:
    """Who is set aside at the cutoff, with the reason."""
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(CUTOFF)
    anomalies = Anomalies.before(behaviour, CUTOFF, catalogue)
    found: dict[str, str] = {}
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, CUTOFF, catalogue)
        reasons = anomalies.set_aside(history).reasons.to_pylist()
        names = history.customer_ids.to_pylist()
        found |= {name: reason for name, reason in zip(names, reasons, strict=True) if reason}
    return found


def test_each_reason_is_found(tmp_path: Path) -> None:
    """A bot, a reseller and a tester among a crowd are found for what they are, and nobody else is."""
    folder = opened(
        tmp_path,
        crowd(),
        viewed("machine", 800),
        ordered("wholesale", orders=6, lines=5, pieces=60),
        ordered("tries", price=0),
    )
    Warehouse.open(folder).put_customers(people("crowd 7", "not here", internal=True))
    assert aside(folder) == {
        "machine": "bot",
        "wholesale": "reseller",
        "tries": "test_orders",
        "crowd 7": "internal",
    }


@pytest.mark.parametrize(
    "rows",
    [
        browsed("anna", 800),
        viewed("anna", 400),
        [*viewed("anna", 800), *ordered("anna", orders=1, lines=1)],
        [*viewed("anna", 800), *[("anna", "cart", "i2", START)] * 5],
    ],
    ids=["no rhythm", "few views", "an order", "carts"],
)
def test_one_sign_of_a_bot_is_not_enough(tmp_path: Path, rows: list[EventRow]) -> None:
    """Many views, machine rhythm and no order: without any of them it may be a customer."""
    assert aside(opened(tmp_path, crowd(), rows)) == {}


def test_many_views_are_many_for_the_shop(tmp_path: Path) -> None:
    """Where buyers themselves have hundreds of views, eight hundred are not far above."""
    fond = [row for number in range(120) for row in browsed(f"crowd {number}", 450, number)]
    assert aside(opened(tmp_path, crowd(), fond, viewed("machine", 800))) == {}


def test_a_young_shop_knows_bots_by_number_and_rhythm(tmp_path: Path) -> None:
    """Before there are enough buyers to compare with, the least number of views and the rhythm decide."""
    assert aside(opened(tmp_path, viewed("machine", 800), browsed("anna", 800))) == {"machine": "bot"}


@pytest.mark.parametrize(
    "rows",
    [
        ordered("anna", orders=60, lines=8, pieces=2),
        ordered("anna", orders=2, lines=20, pieces=60),
        ordered("anna", orders=4, lines=2, pieces=90),
        ordered("anna", orders=6, lines=5, pieces=60, price=0.01),
        ordered("anna", orders=3, lines=4, pieces=12),
    ],
    ids=["many small lines", "two orders", "few lines", "small change", "no bulk"],
)
def test_one_sign_of_a_reseller_is_not_enough(tmp_path: Path, rows: list[EventRow]) -> None:
    """Much in all, in bulk, again and again, and for more than small change: without any it may be a customer."""
    assert aside(opened(tmp_path, crowd(), rows)) == {}


def test_wholesale_among_wholesalers_is_usual(tmp_path: Path) -> None:
    """In a shop where everybody buys sixty at a time nobody is set aside for it, not even the most faithful."""
    trade = [row for number in range(120) for row in ordered(f"shop {number}", orders=1 + number % 6, pieces=60)]
    assert aside(opened(tmp_path, trade, ordered("faithful", orders=14, lines=20, pieces=60))) == {}


def test_what_was_sent_back_was_not_resold(tmp_path: Path) -> None:
    """Pieces that went back take away from what was bought."""
    bought = ordered("anna", orders=6, lines=5, pieces=60)
    back = [(name, "return", item, at + timedelta(days=2), more) for name, _, item, at, more in bought]
    assert aside(opened(tmp_path, crowd(), bought, back)) == {}


@pytest.mark.parametrize(
    "rows",
    [
        ordered("anna", orders=2, price=0),
        [*ordered("anna", orders=3, price=0), *ordered("anna", orders=1, price=5)],
    ],
    ids=["two orders", "one in earnest"],
)
def test_gifts_and_slips_are_no_test_orders(tmp_path: Path, rows: list[EventRow]) -> None:
    """Once or twice a free order happens to customers, and one order in earnest shows one."""
    assert aside(opened(tmp_path, crowd(), rows)) == {}


def test_orders_taken_back_within_minutes_are_tests(tmp_path: Path) -> None:
    """Three orders that all went back ten minutes later were no orders."""
    bought = ordered("tries")
    back = [(name, "return", item, at + timedelta(minutes=10), more) for name, _, item, at, more in bought]
    assert aside(opened(tmp_path, crowd(), bought, back)) == {"tries": "test_orders"}


def test_a_shop_without_prices_has_no_test_orders(tmp_path: Path) -> None:
    """Where prices of zero stand for unknown ones, they are common and prove nothing."""
    free = [row for number in range(120) for row in ordered(f"free {number}", price=0)]
    assert aside(opened(tmp_path, crowd(), free)) == {}


def test_names_prove_nothing(tmp_path: Path) -> None:
    """A customer who is called a bot or a test is a customer."""
    names = ("test", "staff-1", "bot", "admin@shop")
    assert aside(opened(tmp_path, crowd(), *(ordered(name) + browsed(name, 20) for name in names))) == {}


def test_what_is_said_goes_before_the_rules(tmp_path: Path) -> None:
    """Who is said not to be internal is kept, who is said to be is set aside, and an empty cell says nothing."""
    folder = opened(tmp_path, crowd(), viewed("partner", 800), viewed("machine", 800), ordered("wholesale", pieces=60))
    warehouse = Warehouse.open(folder)
    warehouse.put_customers(people("partner", internal=False))
    warehouse.put_customers(people("wholesale", "machine", contactable=True))
    warehouse.put_customers(people("wholesale", internal=True))
    assert aside(folder) == {"machine": "bot", "wholesale": "internal"}


def test_a_shop_may_do_without_rules(tmp_path: Path) -> None:
    """With the setting off only internal accounts are set aside."""
    folder = opened(tmp_path, crowd(), viewed("machine", 800), ordered("wholesale", orders=6, pieces=60), rules=False)
    assert aside(folder) == {}
    Warehouse.open(folder).put_customers(people("machine", internal=True))
    assert aside(folder) == {"machine": "internal"}


def test_the_future_never_matters(tmp_path: Path) -> None:
    """What happens or becomes known after the cutoff changes nobody's fate, nor what is usual."""
    before = [*crowd(), *viewed("machine", 800), *ordered("wholesale", orders=6, lines=5, pieces=60)]
    later = [
        ("machine", "purchase", "i1", CUTOFF, {"quantity": 1, "unit_price": 5}),
        ("wholesale", "return", "i1", CUTOFF + timedelta(days=1), {"quantity": 900}),
        ("machine", "purchase", "i1", START, {"known_at": CUTOFF, "quantity": 1, "unit_price": 5}),
        *[("crowd 1", "view", "i1", CUTOFF + timedelta(minutes=number)) for number in range(900)],
    ]
    folder = opened(tmp_path / "one", before)
    other = opened(tmp_path / "two", before, later)
    assert aside(folder) == aside(other) == {"machine": "bot", "wholesale": "reseller"}
    usual = [
        Anomalies.before(shop, CUTOFF, shop.catalogue(CUTOFF)).usual for shop in map(Behaviour.of, (folder, other))
    ]
    assert usual[0] == usual[1]


@pytest.mark.parametrize("buckets", [1, 16])
def test_any_number_of_buckets_sets_the_same_people_aside(tmp_path: Path, buckets: int) -> None:
    """One bucket or sixteen: the same people for the same reasons."""
    rows = [*crowd(), *viewed("machine", 800), *ordered("wholesale", orders=6, lines=5, pieces=60)]
    assert aside(opened(tmp_path, rows, buckets=buckets)) == {"machine": "bot", "wholesale": "reseller"}


def test_counts_name_every_reason(tmp_path: Path) -> None:
    """Everybody who is set aside is counted once, and reasons without anybody are there."""
    behaviour = Behaviour.of(opened(tmp_path, crowd(), viewed("machine", 800), viewed("machine 2", 800), buckets=1))
    catalogue = behaviour.catalogue(CUTOFF)
    found = Anomalies.before(behaviour, CUTOFF, catalogue).set_aside(behaviour.history(0, CUTOFF, catalogue))
    assert found.counts() == {"bot": 2, "reseller": 0, "test_orders": 0, "internal": 0}
    assert tuple(found.counts()) == REASONS
    assert found.flags.sum() == 2


def test_an_empty_shop(tmp_path: Path) -> None:
    """Without events nobody is set aside."""
    assert aside(opened(tmp_path)) == {}


def test_the_document_tells_the_thresholds(root: Path) -> None:
    """What docs/serving.md says of the rules is what they are set to."""
    usual = AnomalySettings()
    text = (root / "docs" / "serving.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith(("| `bot", "| `res", "| `test"))}
    assert f"{usual.bot.least_views} views" in rows["bot"]
    assert "twice those of 99 %" in rows["bot"]
    assert (usual.bot.times_upper_views, usual.bot.views_per_hour) == (2, 3_600 / 10)
    assert f"{usual.reseller.least_pieces_per_line:.0f} pieces or more" in rows["reseller"]
    assert f"{usual.reseller.least_orders} orders and {usual.reseller.least_lines} lines" in rows["reseller"]
    assert f"at least {usual.test_orders.least_orders} orders" in rows["test_orders"]
    assert (usual.reseller.fence, usual.test_orders.return_minutes, usual.least_buyers) == (1.5, 30, 100)


def test_thresholds_are_settings(tmp_path: Path) -> None:
    """A threshold that is moved moves the rule."""
    behaviour = Behaviour.of(opened(tmp_path, crowd(), viewed("machine", 300), buckets=1))
    catalogue = behaviour.catalogue(CUTOFF)
    usual = Anomalies.before(behaviour, CUTOFF, catalogue)
    strict = replace(usual.settings, bot=replace(usual.settings.bot, least_views=200))
    moved = Anomalies.before(behaviour, CUTOFF, catalogue, strict)
    history = behaviour.history(0, CUTOFF, catalogue)
    assert (usual.set_aside(history).counts()["bot"], moved.set_aside(history).counts()["bot"]) == (0, 1)
