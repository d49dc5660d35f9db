"""The command about alerts, as it is typed."""

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
from serving.terminal.alerts_command import alerts_command
from tests.serving.shop_numbers.test_promotion_reports import NOW, busy_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return busy_shop(tmp_path_factory.mktemp("busy") / "shop").path


def printed(shop: Path, *arguments: str, now: datetime = NOW) -> str:
    """What the command prints; raises what it raises."""
    said = StringIO()
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command("alerts")(alerts_command(lambda: now, lambda: None, Console(file=said, width=140)))
    result = CliRunner().invoke(app, ["--shop", str(shop), *arguments], catch_exceptions=True)
    if isinstance(result.exception, HuitouError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return said.getvalue()


def test_a_quiet_day(shop: Path, tmp_path: Path) -> None:
    """It says what was judged, and that nothing is odd; the file holds the same."""
    file = tmp_path / "alerts.json"
    told = printed(shop, "--json", str(file))
    assert "2025-05-10: " in told
    assert "nothing is odd" in told
    assert json.loads(file.read_text(encoding="utf-8"))["alerts"] == []
    chinese = printed(shop, "--language", "zh", "--days", "2")
    assert "2025-05-09 至 2025-05-10：共" in chinese
    assert "一切正常" in chinese


def test_missing_days_are_told_in_both_languages(shop: Path) -> None:
    """Four days later the import seems to have stopped."""
    later = datetime(2025, 5, 15, 8, tzinfo=UTC)
    assert "no events have arrived since 2025-05-10" in printed(shop, now=later)
    assert "请检查导入是否中断" in printed(shop, "--language", "zh", now=later)


def test_bad_options(shop: Path) -> None:
    """An impossible number of days is one clear error."""
    with pytest.raises(HuitouError, match="days must be between 1 and 366; got 0"):
        printed(shop, "--days", "0")
