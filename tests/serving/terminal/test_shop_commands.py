"""The commands about the shop's numbers, as they are typed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.shop_commands import ShopCommands
from serving.terminal.shop_tables import show_cohorts, show_overview
from tests.serving.shop_numbers.asked_shop import asked_shop

NOW = datetime(2025, 3, 9, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asked_shop(tmp_path_factory.mktemp("asked") / "shop").path


def printed(shop: Path, *arguments: str) -> str:
    """What a command prints; raises what it raises."""
    said = StringIO()
    app = typer.Typer(pretty_exceptions_enable=False)
    ShopCommands(lambda: NOW, lambda: None, Console(file=said, width=120)).add_to(app)
    command, *options = arguments
    result = CliRunner().invoke(app, [command, "--shop", str(shop), *options], catch_exceptions=True)
    if isinstance(result.exception, HuitouError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return said.getvalue()


def test_the_overview_in_both_languages(shop: Path) -> None:
    """Numbers stand beside those before, in the language that was asked for."""
    english = printed(shop, "overview")
    assert "2025-01-27 to 2025-02-25, 30 days" in english
    assert "Nothing is known of the same days last year: the history does not reach that far." in english
    assert any("Orders" in line and " 2 " in line and "+100.0%" in line for line in english.splitlines())
    assert "订单数" in printed(shop, "overview", "--language", "zh")
    assert "没有去年同期的数据" in printed(shop, "funnel", "--language", "zh")


def test_the_file_holds_everything(shop: Path, tmp_path: Path) -> None:
    """What a narrow table leaves out is in the file, definitions included."""
    file = tmp_path / "cohorts.json"
    assert f"everything is in {file}" in printed(shop, "cohorts", "--json", str(file)).replace("\n", "")
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["cohorts"][0]["months"][0]["figures"]["retention_rate"]["value"] == 1.0
    assert "retention_rate" in found["definitions"]


def test_months_that_are_not_shown_are_told_of() -> None:
    """Nine months fit beside each other; whether there are more, and where they are, is said in both languages."""

    def said_of(months: int, language: str) -> str:
        each = {"figures": {"retention_rate": {"value": 0.5}}, "is_partial": False}
        cohort = {"month": "2024-01", "customers": {"value": 7}, "months": [each] * (months + 1)}
        said = StringIO()
        report = {"cohorts": [cohort], "set_aside_left_out": False}
        show_cohorts(Console(file=said, width=120), report, language)
        return said.getvalue()

    assert "Shown are the first 9 of 10 months; all of them are in the file of --json." in said_of(10, "en")
    assert "仅显示12个月中的前9个月；全部月份见 --json 输出的文件。" in said_of(12, "zh")
    assert "--json" not in said_of(9, "en")


def test_every_table(shop: Path) -> None:
    """Funnel, habits, best sellers and attention print their rows, titles in Chinese intact."""
    assert "(no category)" not in printed(shop, "funnel", "--by", "category")
    assert "drinks" in printed(shop, "funnel", "--by", "category")
    assert "2025-02-24" in printed(shop, "funnel", "--by", "days")
    assert "Thursday" in printed(shop, "habits")
    assert "绿茶" in printed(shop, "best-sellers")
    assert "Trending" in printed(shop, "attention", "--days", "10")


def test_what_rounds_to_nothing_has_no_minus() -> None:
    """A change too small to be written is no fall."""
    report = {
        "figures": {
            "orders": {
                "value": 9_999,
                "previous": 10_000,
                "last_year": None,
                "change": -1.0,
                "change_share": -0.0001,
                "change_last_year": None,
                "change_last_year_share": None,
            }
        },
        "definitions": {"orders": {"unit": "orders", "title": {"en": "Orders"}}},
        "periods": {
            "current": {"from": "2025-01-01", "to": "2025-01-31", "days": 30, "promotion_days": 0, "coverage": "full"},
            "last_year": {"coverage": "full"},
        },
        "window_is_short": False,
        "set_aside_left_out": False,
    }
    said = StringIO()
    show_overview(Console(file=said, width=120), report, "en")
    assert "+0.0%" in said.getvalue()
    assert "Nothing is known of" not in said.getvalue()


def test_a_day_that_is_none(shop: Path) -> None:
    """A mistyped day is told with the option that it was typed at."""
    with pytest.raises(HuitouError, match=r"^--from must be a day, such as 2025-03-01; got '2025-13-01'\. Write year,"):
        printed(shop, "overview", "--from", "2025-13-01")


@pytest.mark.parametrize("command", ["overview", "funnel", "cohorts", "habits", "best-sellers", "attention"])
def test_a_shop_without_events(command: str, tmp_path: Path) -> None:
    """There is nothing to count, and what is to be done is told in one line instead of an empty table."""
    ShopFolder.create(tmp_path / "new")
    with pytest.raises(HuitouError, match="the shop has no events yet. Import some first, with: huitou import events"):
        printed(tmp_path / "new", command)
