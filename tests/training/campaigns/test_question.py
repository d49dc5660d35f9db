"""What is asked before a campaign."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from training.campaigns.question import Question


def test_what_cannot_be_asked() -> None:
    """Another outcome, or a lift of nothing."""
    with pytest.raises(HuitouError, match="outcome must be one of conversion, revenue; got 'clicks'."):
        Question("clicks")
    with pytest.raises(HuitouError, match="lift_worth_knowing must be above 0 and at most 10; got 0."):
        Question(lift_worth_knowing=0.0)
