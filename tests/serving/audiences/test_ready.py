"""Parameters of ready audiences."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.audiences.language.said import Said
from serving.audiences.ready import COUNT, DAYS, ITEM, MONEY, SHARE, TEXT, Parameter


def read(kind: str, value: Any) -> Any:
    """What a parameter of a kind makes of a value."""
    return Parameter(kind, None, {"en": "x", "zh": "x"}).read(Said(value, "x"))


def test_each_kind_takes_its_values() -> None:
    """Days and counts are whole, shares lie between 0 and 1, money is a number, items and names are texts."""
    assert [read(kind, 0) for kind in (DAYS, COUNT, SHARE, MONEY)] == [0, 0, 0.0, 0.0]
    assert (read(SHARE, 0.8), read(MONEY, 12.5), read(ITEM, " sku "), read(TEXT, "tea")) == (0.8, 12.5, "sku", "tea")


@pytest.mark.parametrize(
    ("kind", "value"), [(DAYS, 1.5), (COUNT, -1), (SHARE, 1.1), (MONEY, "3"), (ITEM, 3), (TEXT, "")]
)
def test_each_kind_refuses_others(kind: str, value: Any) -> None:
    """What is of another kind is refused."""
    with pytest.raises(HuitouError, match="^x must be "):
        read(kind, value)
