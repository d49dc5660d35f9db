"""``huitou backtest``: cutoffs that are named or laid, the page, and what is printed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.command_line.command import done, refused, written

FIRST = date(2025, 1, 1)
ROWS = [
    f"c{n},{('tea', 'pot', 'cup')[(n + week) % 3]},purchase,{FIRST + timedelta(days=7 * week + n % 7)}T12:00Z"
    for n in range(12)
    for week in range(26 if n % 3 else 12)
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve weekly customers over half a year; every third leaves halfway."""
    folder = tmp_path_factory.mktemp("backtest")
    written(folder / "events.csv", ["customer_id,item_id,kind,occurred_at", *ROWS])
    done("init", "--shop", folder / "shop", "--buckets", 2)
    done("import", "events", folder / "events.csv", "--shop", folder / "shop")
    return folder / "shop"


def test_the_last_cutoffs_are_laid(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as asked for, each with a line; means over them are printed, and the page is in Chinese."""
    monkeypatch.setenv("COLUMNS", "120")
    options = ("--cutoffs", 2, "--horizon-days", 14, "--language", "zh")
    said = done("backtest", "--shop", shop, *options, "--out", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    days = [part["cutoff"][:10] for part in report["cutoffs"]]
    assert days == ["2025-06-02", "2025-06-16"]
    assert all(f"│ {day} │" in said for day in days)
    assert "Churn within 14 days, mean over 2 cutoffs (least to most)" in said
    assert "Expected of everyone within 14 days, mean over 2 cutoffs (least to most): " in said
    assert said.endswith(f"{tmp_path / 'report.html'} shows it, {tmp_path / 'report.json'} holds all measures\n")
    assert '<html lang="zh">' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_cutoffs_can_be_named(shop: Path, tmp_path: Path) -> None:
    """The option may be given several times; one beyond the data is told of and taken."""
    options = ("--cutoff", "2025-05-01", "--cutoff", "2025-06-25", "--horizon-days", 14)
    said = done("backtest", "--shop", shop, *options, "--out", tmp_path)
    assert "mind: the horizon after 2025-06-25 is not over: the last event is of 2025-06-30, so" in said
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [part["cutoff"][:10] for part in report["cutoffs"]] == ["2025-05-01", "2025-06-25"]


def test_one_cutoff_is_told_with_every_method(shop: Path, tmp_path: Path) -> None:
    """One named cutoff prints its methods with intervals, for churn and for next items."""
    said = done("backtest", "--shop", shop, "--cutoff", "2025-06-01", "--horizon-days", 14, "--out", tmp_path)
    assert "Churn within 14 days (tier " in said
    part = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["outlook"]["value"]["all"]
    # Nothing is told of prices here: orders were expected, and no spend to compare with.
    share = f"{part['methods']['model']['orders_ratio']:.3f}"
    assert f"Expected of everyone within 14 days: {share} of the orders and - of the net spend that came" in said
    assert "Next items, " in said
    assert "│ popular " in said
    assert "What each source is worth, " in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--cutoffs", 2, "--cutoff", "2025-05-01"),
            "either cutoffs or their number can be given; got 1 and 2. Leave out --cutoffs.",
        ),
        (("--cutoffs", 0), "cutoffs must be between 1 and 100; got 0. Leave it out for 4."),
        (("--cutoffs", 1, "--language", "fr"), "language must be one of en, zh; got 'fr'. Leave it out for en."),
        (
            ("--horizon-days", 400),
            (
                "a backtest needs more than one horizon of history; got 180 days for a horizon of 400. "
                "Choose a shorter --horizon-days."
            ),
        ),
    ],
)
def test_a_mistake_is_one_line(shop: Path, tmp_path: Path, options: tuple[object, ...], message: str) -> None:
    """What makes no sense is refused before any work, and nothing is written."""
    assert refused("backtest", "--shop", shop, *options, "--out", tmp_path / "out") == message
    assert not (tmp_path / "out").exists()
