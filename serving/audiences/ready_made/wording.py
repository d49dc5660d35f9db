"""What ready audiences are written with: small filters, and the titles of their parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from serving.audiences.ready import DAYS, Parameter

WITHIN = {"en": "within so many days, today included", "zh": "最近天数（含今天）"}
"""The title of days that something must lie in."""
CHANCE = {"en": "lowest chance of no order", "zh": "最低流失概率"}
"""The title of a chance that somebody leaves."""


def days(usual: int, title: Mapping[str, str]) -> Parameter:
    """A number of days with its usual value."""
    return Parameter(DAYS, usual, title)


def equals(field: str, value: object) -> dict[str, Any]:
    """The filter of those whose field is a value."""
    return {"field": field, "is": value}


def at_least(field: str, value: object) -> dict[str, Any]:
    """The filter of those whose field is a value or above it."""
    return {"field": field, "at_least": value}


def at_most(field: str, value: object) -> dict[str, Any]:
    """The filter of those whose field is a value or below it."""
    return {"field": field, "at_most": value}


def everything(*parts: dict[str, Any]) -> dict[str, Any]:
    """The filter of those whom every part means."""
    return {"all": [*parts]}


def group(field: str, value: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """The filter of one group of customers, whatever the parameters."""
    return lambda _: equals(field, value)
