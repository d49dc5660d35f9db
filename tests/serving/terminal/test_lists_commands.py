"""``huitou lists``: what was made, who is on it, and where it went."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from features.events.event import CUSTOMER_SCHEMA
from features.shop_folder import ShopFolder
from serving.database.marketing.lists import FrozenLists
from serving.database.people.described import Described
from serving.desk.workroom import workroom
from tests.serving.lists.webhooks.listening_system import listening_system
from tests.serving.published_shop import NOW, small_shop
from tests.serving.terminal.lists_app import run


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    """A shop with one list of open carts, all of them to be written to."""
    shop = small_shop(tmp_path / "shop")
    run(shop, "list", "--template", "open-cart", "--control", "0", "--out", str(tmp_path / "carts.csv"))
    return shop


def newest(shop: ShopFolder) -> str:
    """The id of the newest version of the list."""
    with workroom(shop, None, lambda: NOW) as room:
        return FrozenLists(room.database).versions("open-cart")[0].list_id


def test_lists_and_members_are_shown(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """By id and name; the members with their group and first reason."""
    assert run(shop, "lists", "refresh", newest(shop)) == 0
    assert "open-cart, version 2; its id is" in capsys.readouterr().out
    assert run(shop, "lists", "show") == 0
    assert "open-cart, version 2" in capsys.readouterr().out
    assert run(shop, "lists", "versions", "open-cart") == 0
    assert run(shop, "lists", "members", newest(shop), "-n", "2", "--language", "zh") == 0
    told = capsys.readouterr().out
    assert "5人" in told
    assert "quiet" in told
    assert "anna" not in told


def test_a_list_is_made_by_itself(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Scheduled from a list that was made, shown, and removed."""
    assert run(shop, "lists", "schedule", newest(shop), "--every", "week", "--weekday", "friday", "--hour", "9") == 0
    assert "open-cart is made next at 2025-03-07 09:00 UTC" in capsys.readouterr().out
    assert run(shop, "lists", "schedules") == 0
    assert "week" in capsys.readouterr().out
    assert run(shop, "lists", "unschedule", "open-cart") == 0
    assert run(shop, "lists", "unschedule", "open-cart") == 1
    assert "no schedule is called 'open-cart'" in capsys.readouterr().err
    assert run(shop, "lists", "schedule", newest(shop), "--every", "hour") == 1
    assert "rhythm.every must be one of" in capsys.readouterr().err


def test_a_list_is_sent(shop: ShopFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """To a webhook of the shop's file, and to no other."""
    monkeypatch.setenv("HUITOU_WEBHOOK_CRM", "0123456789abcdef")
    with listening_system() as system:
        crm = {"url": system.url, "secret_env": "HUITOU_WEBHOOK_CRM", "groups": "all"}
        (shop.path / "webhooks.json").write_text(json.dumps({"webhooks": {"crm": crm}}), encoding="utf-8")
        assert run(shop, "lists", "send", newest(shop), "--webhook", "crm") == 0
        assert len(system.customers[0]) == 5
    assert ": sent" in capsys.readouterr().out
    assert run(shop, "lists", "send", newest(shop), "--webhook", "other") == 1
    assert "webhook must be one of crm; got 'other'." in capsys.readouterr().err


def test_who_is_not_sent_is_told(
    shop: ShopFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why, as of a file, in the language asked for; of what did not arrive, how far it came."""
    monkeypatch.setenv("HUITOU_WEBHOOK_CRM", "0123456789abcdef")
    with workroom(shop, None, lambda: NOW) as room:
        said = [{"customer_id": "anna", "contactable": False}]
        Described(room.database).put(pa.Table.from_pylist(said, schema=CUSTOMER_SCHEMA), NOW)
    capsys.readouterr()
    with listening_system() as system:
        crm = {"url": system.url, "secret_env": "HUITOU_WEBHOOK_CRM", "groups": "all"}
        (shop.path / "webhooks.json").write_text(json.dumps({"webhooks": {"crm": crm}}), encoding="utf-8")
        for language in ("en", "zh"):
            assert run(shop, "lists", "send", newest(shop), "--webhook", "crm", "--language", language) == 0
        assert "anna" not in system.customers[0] + system.customers[1]
    sent, reason, _, grund = capsys.readouterr().out.splitlines()
    assert sent.endswith(": sent, up to place 5")
    assert reason == "1 on the list was left out: must not be written to"
    assert grund == "名单中1人被排除：不可联系"


def test_a_language_that_nobody_reads(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, and nothing is sent."""
    for words in (["members", newest(shop)], ["send", newest(shop), "--webhook", "crm"]):
        assert run(shop, "lists", *words, "--language", "de") == 1
        assert capsys.readouterr().err == "huitou: language must be one of en, zh; got 'de'. Leave it out for en.\n"


def test_no_such_list(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says where to look."""
    for command in (["members", "l9"], ["refresh", "l9"], ["export", "l9", "--out", str(shop.path / "x.csv")]):
        assert run(shop, "lists", *command) == 1
        assert capsys.readouterr().err.startswith("huitou: there is no list 'l9'.")


def test_no_list_of_that_name(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that no list has is told, not answered with an empty table."""
    assert run(shop, "lists", "versions", "open-chart") == 1
    assert "there is no list called 'open-chart'. huitou lists show tells which there are." in capsys.readouterr().err


def test_a_list_with_the_merchants_ids_has_no_schedule(
    shop: ShopFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ids are not kept with the list, and would grow old: a rule is asked for."""
    (tmp_path / "own.csv").write_text("anna\n")
    out = str(tmp_path / "both.csv")
    assert run(shop, "list", "--template", "open-cart", "--merchant", str(tmp_path / "own.csv"), "--out", out) == 0
    assert run(shop, "lists", "schedule", newest(shop), "--every", "day") == 1
    assert "a schedule takes a merchant's rule, not ids" in capsys.readouterr().err
