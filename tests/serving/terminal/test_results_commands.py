"""Results in the terminal: rates with their intervals, as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from features.estimate import Estimate
from features.shop_folder import ShopFolder, ShopSettings
from serving.shown.online_results import OnlineResults
from serving.shown.period import Period
from serving.shown.tally import Tally
from serving.terminal.results_commands import percent, period_of, show_results
from tests.serving.shown.small_memory import NOON

RATE = Estimate(0.05, 0.04, 0.0625)


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (RATE, "5.00% (4.00% to 6.25%)"),
        (Estimate(0.5, None, None), "50.00%"),
        (Estimate.unknown(), ""),
    ],
)
def test_a_rate_in_words(estimate: Estimate, said: str) -> None:
    """With its interval where there is one; nothing where nothing was seen."""
    assert percent(estimate) == said


def test_results_are_told() -> None:
    """Each row, all together, and what must be known to read them."""
    row = replace(Tally().row("home"), people=3, answers=1_200.4, seen_items=12_000.0, click_rate=RATE, revenue=9.5)
    period = Period(NOON, NOON + timedelta(days=9))
    total = replace(row, value="all")
    found = OnlineResults(period, period.settled_until(period.end), "placement", total, (row,), 0, None, 12)
    page = StringIO()
    show_results(Console(file=page, width=140), found)
    lines = page.getvalue().splitlines()
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    told = ["3", "1,200", "12,000", "5.00% (4.00% to 6.25%)", "", "9.50"]
    assert cells == [["home", *told], ["all", *told]]
    assert lines[-3:] == [
        "answers from 2025-03-01 12:00 to 2025-03-10 12:00 (UTC+0000); 95 % intervals in brackets",
        "more may still follow from answers after 2025-03-03 12:00",
        "12 answers to people who are set aside are left out",
    ]


def test_days_are_the_shops(tmp_path: Path) -> None:
    """A day without a zone begins at the shop's own midnight."""
    shop = ShopFolder.create(tmp_path, ShopSettings(timezone="Asia/Shanghai"))
    period = period_of(shop, "2025-02-01", "2025-02-02T00:00:00Z", NOON)
    assert period.start.tzinfo == ZoneInfo("Asia/Shanghai")
    assert period.end - period.start == timedelta(hours=32)
