"""The commands about promotions, as they are typed."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from features.errors import HuitouError
from serving.terminal.promotion_commands import PromotionCommands
from tests.serving.shop_numbers.test_promotion_reports import NOW, busy_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return busy_shop(tmp_path_factory.mktemp("busy") / "shop").path


def printed(shop: Path, *arguments: str) -> str:
    """What a command prints; raises what it raises."""
    said = StringIO()
    app = typer.Typer(pretty_exceptions_enable=False)
    app.add_typer(
        PromotionCommands(lambda: NOW, lambda: None, Console(file=said, width=140)).group(), name="promotions"
    )
    result = CliRunner().invoke(app, ["promotions", *arguments, "--shop", str(shop)], catch_exceptions=True)
    if isinstance(result.exception, HuitouError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return said.getvalue()


def test_the_calendar(shop: Path) -> None:
    """The shop's own dates stand among the built-in ones, in the language that was asked for."""
    told = printed(shop, "calendar", "--from", "2025-03-01", "--days", "30")
    assert any("Tea days" in line and "2025-03-12" in line and "20% off" in line for line in told.splitlines())
    assert "3.8 Women's Day" in told
    assert "茶日" in printed(shop, "calendar", "--from", "2025-03-01", "--language", "zh", "--kind", "sale")


def test_check_says_what_can_be_used(shop: Path, tmp_path: Path) -> None:
    """A good file is counted, unknown categories are named, a missing file and a wrong one are told."""
    assert "1 promotion can be used" in printed(shop, "check")
    file = shop / "promotions.json"
    kept = file.read_text(encoding="utf-8")
    try:
        said = json.loads(kept)
        said["promotions"][0]["categories"] = ["drinks", "[red]tee"]
        file.write_text(json.dumps(said), encoding="utf-8")
        assert "mind: no item has the category '[red]tee'" in printed(shop, "check")
        file.write_text('{"promotions": [{}]}', encoding="utf-8")
        with pytest.raises(HuitouError, match=r"promotions\.json: promotion 1: name must be given; got nothing\."):
            printed(shop, "check")
        file.unlink()
        with pytest.raises(HuitouError, match="the shop has no dates of its own"):
            printed(shop, "check")
    finally:
        file.write_text(kept, encoding="utf-8")


def test_an_effect_with_its_chart_and_file(shop: Path, tmp_path: Path) -> None:
    """Sentences are printed; the chart is a page that loads nothing, the file holds everything."""
    chart, file = tmp_path / "chart.html", tmp_path / "effect.json"
    told = printed(shop, "effect", "Tea days", "--chart", str(chart), "--json", str(file))
    assert "Tea days, 2025-03-10 to 2025-03-12" in told
    assert "- orders: 90, where 30 (" in told
    assert json.loads(file.read_text(encoding="utf-8"))["during"]["orders"]["found"] == 90
    assert "https://cdn" not in chart.read_text(encoding="utf-8")
    chinese = printed(shop, "effect", "--language", "zh")
    assert "茶日，2025-03-10 至 2025-03-12" in chinese
    assert "- 订单：90" in chinese


def test_trends(shop: Path) -> None:
    """Each number has a sentence, the last one says how sure all are together."""
    assert "intervals hold together in 95 of 100" in printed(shop, "trends", "--days", "120")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("calendar", "--from", "soon"),
            "--from must be a day, such as 2025-03-01; got 'soon'. Write year, month and day.",
        ),
        (
            ("effect", "--on", "2025-02-30"),
            "--on must be a day, such as 2025-03-01; got '2025-02-30'. Write year, month and day.",
        ),
        (("trends", "--language", "fr"), "language must be one of en, zh; got 'fr'. Leave it out for en."),
        (("trends", "--days", "5"), "days must be between 60 and 1100; got 5. Leave it out for 182."),
    ],
    ids=["from", "on", "language", "days"],
)
def test_bad_options(shop: Path, arguments: tuple[str, ...], message: str) -> None:
    """What cannot be understood is one clear error."""
    with pytest.raises(HuitouError) as caught:
        printed(shop, *arguments)
    assert caught.value.message == message
