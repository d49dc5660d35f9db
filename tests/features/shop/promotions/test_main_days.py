"""The days of rules."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

from features.shop.promotions.main_days import MainDays


def test_rules_of_every_kind() -> None:
    """A fixed day, a weekday of a month, Easter and a lunar day are found, two rules of one day both."""
    rules = frozenset(
        {"holiday_jan_1", "new_years_day", "holiday_4th_thu_of_nov", "easter_sunday", "mid_autumn_festival"}
    )
    assert MainDays(rules, 2026).by_rule() == {
        "holiday_jan_1": date(2026, 1, 1),
        "new_years_day": date(2026, 1, 1),
        "holiday_4th_thu_of_nov": date(2026, 11, 26),
        "easter_sunday": date(2026, 4, 5),
        "mid_autumn_festival": date(2026, 9, 25),
    }


def test_the_library_is_loaded_when_days_are_asked_for() -> None:
    """Workers of the service, which never ask, do without its ten megabytes."""
    code = "import sys, features.behaviour; print('holidays' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
