"""The commands about rules, as a shop types them: ``huitou rules check|show``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.shop_folder import ShopFolder
from tests.command_line.command import done, refused
from tests.serving.published_shop import small_shop

PIN = {"item": "apple", "place": 1}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A published shop of seven items."""
    return small_shop(tmp_path_factory.mktemp("rules") / "shop")


def keep_to(shop: ShopFolder, said: dict[str, Any]) -> None:
    (shop.path / "arrange.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def test_rules_that_can_be_used(shop: ShopFolder) -> None:
    """Check counts the rules, and says which names nothing in the served snapshot has."""
    keep_to(shop, {"rules": [{"name": "one", "pin": [PIN]}]})
    assert done("rules", "check", "--shop", shop.path) == "1 rule can be used\n"
    old = {"name": "[old]", "hide": {"item": ["no such"], "category": ["fruit", "Obst"], "brand": ["Brindolo"]}}
    keep_to(shop, {"rules": [{"name": "one", "pin": [PIN]}, old]})
    assert done("rules", "check", "--shop", shop.path).splitlines() == [
        "2 rules can be used",
        "mind: rule '[old]': no item has the id 'no such'",
        "mind: rule '[old]': no item has the category 'Obst'",
        "mind: rule '[old]': no item has the brand 'Brindolo'",
    ]


def test_rules_before_the_first_publish(tmp_path: Path) -> None:
    """Without a snapshot the rules are checked, and the command says that names were not looked up."""
    new = ShopFolder.create(tmp_path / "shop")
    keep_to(new, {})
    said = done("rules", "check", "--shop", new.path)
    assert said.startswith("0 rules can be used\nmind: names were not looked up: nothing is published for the shop in ")


def test_rules_that_cannot_be_used(shop: ShopFolder) -> None:
    """Both commands tell what is wrong in one line."""
    keep_to(shop, {"rules": [{"name": "one", "pin": [PIN | {"place": 99}]}]})
    for command in ("check", "show"):
        assert refused("rules", command, "--shop", shop.path) == (
            "arrange.json: rule 1 ('one'): pin.0.place must be at most 50; got 99. "
            "Mend it, and look with: huitou rules check"
        )


def test_no_rules(tmp_path: Path) -> None:
    """A shop that has written no rules is told where they would be."""
    new = ShopFolder.create(tmp_path / "shop")
    assert refused("rules", "show", "--shop", new.path) == (
        f"there are no rules: {new.path / 'arrange.json'} is not there. docs/arranging.md says how to write it."
    )


def test_rules_are_shown(shop: ShopFolder) -> None:
    """Show prints the settings of each placement, and of every rule when it holds and what it does."""
    keep_to(
        shop,
        {
            "usual": {"diversity": 0.25},
            "placements": {"cart": {"exploration": 0}},
            "rules": [
                {"name": "[bold]春季", "placement": ["home"], "layer": ["new"], "pin": [PIN]},
                {"name": "over", "until": "2020-01-01", "boost": [{"brand": ["Brindolo"], "factor": 1.5}]},
                {"name": "to come", "from": "2999-01-01", "hide": {"category": ["paper"]}},
            ],
        },
    )
    said = done("rules", "show", "--shop", shop.path).replace("│", " ")
    words = " ".join(said.split())
    for expected in (
        "(all) 0.2500 0.2500 0.0500",
        "cart 0.2500 0.2500 0.0000",
        "[bold]春季 holds placement home, layer new pins apple at 1",
        "over over until 2020-01-01 brand Brindolo x 1.5",
        "to come not yet from 2999-01-01 hides category paper",
    ):
        assert expected in words
