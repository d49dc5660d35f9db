"""What commands share: the workroom that they work in, and the file that they write."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.work_commands import WorkCommands
from tests.serving.published_shop import NOW


@pytest.fixture
def page() -> io.StringIO:
    """What is printed."""
    return io.StringIO()


@pytest.fixture
def commands(page: io.StringIO) -> WorkCommands:
    """Commands at a known moment."""
    return WorkCommands(lambda: NOW, lambda: None, Console(file=page, width=200))


def test_the_workroom_is_that_of_the_shop(commands: WorkCommands, tmp_path: Path) -> None:
    """It has the shop's folder and the commands' clock."""
    shop = ShopFolder.create(tmp_path / "shop")
    with commands.working(shop.path, "zh") as room:
        assert (room.shop.path, room.clock()) == (shop.path, NOW)


def test_an_unknown_language_is_told_before_the_work(commands: WorkCommands, tmp_path: Path) -> None:
    """Even where there is no shop."""
    with (
        pytest.raises(HuitouError, match=r"^language must be one of en, zh; got 'fr'\."),
        commands.working(tmp_path, "fr"),
    ):
        raise AssertionError


def test_everything_is_written_where_it_is_asked_for(commands: WorkCommands, page: io.StringIO, tmp_path: Path) -> None:
    """As JSON that people can read; without a file nothing is said."""
    commands.write({"name": "茶"}, None)
    assert page.getvalue() == ""
    file = tmp_path / "found.json"
    commands.write({"name": "茶"}, file)
    assert json.loads(file.read_text(encoding="utf-8")) == {"name": "茶"}
    assert "茶" in file.read_text(encoding="utf-8")
    assert page.getvalue() == f"everything is in {file}\n"
