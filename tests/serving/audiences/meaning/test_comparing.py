"""Comparing columns with values; the whole of it is compared with SQL in test_matching.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.errors import HuitouError
from serving.audiences.language.said import Said
from serving.audiences.meaning.comparing import fits
from serving.audiences.meaning.fields import FieldBook
from tests.serving.audiences.audience_shop import TODAY, AudienceShop


def count(made: AudienceShop, name: str, **tests: Any) -> int:
    """How many fit."""
    field = FieldBook(made.snapshot).find(Said(name, "x"))
    said = [(operator, Said(value, operator)) for operator, value in tests.items()]
    return int(np.count_nonzero(fits(made.snapshot, field, said, TODAY)))


def test_several_tests_must_all_hold(made: AudienceShop) -> None:
    """A lowest and a highest value together are a range."""
    both = count(made, "churn_probability", at_least=0.2, at_most=0.6)
    assert both == count(made, "churn_probability", between=[0.2, 0.6]) > 0


@pytest.mark.parametrize("name", ["layer", "churn_probability", "next_order_on", "consent_sms", "cluster"])
def test_known_and_unknown_are_everybody(made: AudienceShop, name: str) -> None:
    """Whose value is not known fits nothing else."""
    known, unknown = count(made, name, is_known=True), count(made, name, is_known=False)
    assert known + unknown == len(made.snapshot.customers)
    assert known > 0


def test_who_has_no_value_is_in_no_range(made: AudienceShop) -> None:
    """Not even in the widest."""
    assert count(made, "churn_probability", at_least=0) == count(made, "churn_probability", is_known=True)
    assert count(made, "next_order_on", at_least="1990-01-01") == count(made, "next_order_on", is_known=True)


@pytest.mark.parametrize(
    ("name", "operator", "value"),
    [
        ("layer", "between", ["a", "b"]),
        ("consent_sms", "at_least", True),
        ("consent_sms", "in", [True]),
        ("cluster", "is", "one"),
        ("cluster", "in", [1, None]),
        ("layer", "in", [["new"]]),
        ("layer", "is", {"new": 1}),
        ("next_order_on", "is", 20_000),
        ("usual_hour", "is", 24),
        ("rfm_recency_score", "at_least", 0),
        ("churn_probability", "between", [0.6, 0.2]),
    ],
)
def test_what_does_not_fit_the_field(made: AudienceShop, name: str, operator: str, value: Any) -> None:
    """Operators and values are those of the field's type."""
    with pytest.raises(HuitouError) as caught:
        count(made, name, **{operator: value})
    assert caught.value.code == "filter"
