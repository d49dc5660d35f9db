"""What options say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder, ShopSettings
from serving.terminal.options import day_said, moment_said
from tests.small_shop import moment


def test_a_day() -> None:
    """A day is read, and nothing said is nothing."""
    assert day_said("from", "2025-02-28") == date(2025, 2, 28)
    assert day_said("from", None) is None


@pytest.mark.parametrize("text", ["", "soon", "2025-02-29", "2025-02-28T10:00:00Z"])
def test_what_is_no_day(text: str) -> None:
    """The error names the option, what it said, and the way out."""
    with pytest.raises(HuitouError) as refused:
        day_said("to", text)
    assert str(refused.value) == f"--to must be a day, such as 2025-03-01; got {text!r}. Write year, month and day."


def test_a_moment(tmp_path: Path) -> None:
    """With its own zone, or in the shop's; a day is its first moment, and nothing said is nothing."""
    shop = ShopFolder.create(tmp_path, ShopSettings(timezone="Asia/Shanghai"))
    assert moment_said("since", "2025-03-01", shop) == moment("2025-02-28T16:00Z")
    assert moment_said("since", "2025-03-01T10:30", shop) == moment("2025-03-01T02:30Z")
    assert moment_said("since", "2025-03-01T10:30-05:00", shop) == moment("2025-03-01T15:30Z")
    assert moment_said("since", None, shop) is None
    with pytest.raises(HuitouError) as refused:
        moment_said("since", "soon", shop)
    assert str(refused.value) == "since must be a day or a moment; got 'soon'. Write for example --since 2025-03-01."
