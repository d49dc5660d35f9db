"""The rules that a running service keeps to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.arranging.current_rules import CurrentRules
from serving.arranging.rules import ArrangeRules
from tests.serving.arranging.small_shelf import opened

ROWS = [("cup", "kitchen", 7), ("tea", "food", 3)]


def hiding(item: str) -> str:
    return json.dumps({"rules": [{"name": item, "hide": {"item": [item]}}]})


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path / "shop")


@pytest.fixture
def write(shop: ShopFolder) -> Callable[[str], None]:
    """Writes the file of rules; each text has another time of change, however fast the test is."""
    moments = iter(range(1, 100))

    def write(text: str) -> None:
        file = shop.path / "arrange.json"
        file.write_text(text, encoding="utf-8")
        os.utime(file, ns=(0, next(moments) * 1_000_000_000))

    return write


def names(rules: CurrentRules) -> list[str]:
    return [rule.name for rule in rules.get().rules]


def test_no_file_is_no_rules(shop: ShopFolder) -> None:
    """A shop that has written nothing has no rules and no trouble."""
    rules = CurrentRules(shop)
    assert (names(rules), rules.trouble) == ([], None)


def test_a_changed_file_counts_at_once(shop: ShopFolder, write: Callable[[str], None]) -> None:
    """The next answer after a change keeps to it, and a removed file ends the rules."""
    rules = CurrentRules(shop)
    write(hiding("cup"))
    assert names(rules) == ["cup"]
    write(hiding("tea"))
    assert names(rules) == ["tea"]
    (shop.path / "arrange.json").unlink()
    assert names(rules) == []


def test_a_broken_file_keeps_the_last_good_rules(
    shop: ShopFolder, write: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be read changes nothing, is told of and logged once, and is over when the file is mended."""
    rules = CurrentRules(shop)
    write(hiding("cup"))
    assert names(rules) == ["cup"]
    write('{"rules": [')
    assert names(rules) == ["cup"]
    assert rules.trouble is not None
    assert rules.trouble.message.startswith("arrange.json: it must be JSON; ")
    assert names(rules) == ["cup"]
    assert len(caplog.records) == 1
    write(hiding("tea"))
    assert names(rules) == ["tea"]
    mended = rules.trouble
    assert mended is None


def test_a_service_starts_with_a_broken_file(shop: ShopFolder, write: Callable[[str], None]) -> None:
    """Without good rules before it a broken file leaves no rules, and the trouble is told."""
    write("[]")
    rules = CurrentRules(shop)
    assert names(rules) == []
    assert rules.trouble is not None


def test_codes_are_looked_up_once(shop: ShopFolder, write: Callable[[str], None], tmp_path: Path) -> None:
    """The same rules on the same shelf are the same object; other rules or another shelf are looked up anew."""
    rules = CurrentRules(shop)
    write(hiding("cup"))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (opened(tmp_path / name, ROWS).shelf for name in ("one", "two"))
    first = rules.on(one)
    assert rules.on(one) is first
    assert rules.on(two) is not first
    write(hiding("tea"))
    assert rules.on(two).said.rules[0].name == "tea"


def test_files_that_are_no_text(shop: ShopFolder) -> None:
    """A file in another encoding, a folder and a very long file are refused; a byte order mark is passed over."""
    file = shop.path / "arrange.json"
    file.write_bytes(b"\xff\xfe{}")
    with pytest.raises(HuitouError, match=r"^arrange\.json: it must be a file of UTF-8 text; .* Mend it, and look"):
        ArrangeRules.in_folder(shop.path)
    file.write_bytes(b" " * (ArrangeRules.kind.most_bytes + 1))
    with pytest.raises(HuitouError, match=r"^arrange\.json: it must have at most 4,000,000 bytes; it has more\."):
        ArrangeRules.in_folder(shop.path)
    file.write_bytes(b"\xef\xbb\xbf{}")
    assert ArrangeRules.in_folder(shop.path).rules == []
    file.unlink()
    file.mkdir()
    with pytest.raises(HuitouError, match=r"must be a file of UTF-8 text"):
        ArrangeRules.in_folder(shop.path)
