"""What options say."""

from __future__ import annotations

from datetime import date

import pytest

from features.errors import HuitouError
from serving.terminal.options import day_said


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
