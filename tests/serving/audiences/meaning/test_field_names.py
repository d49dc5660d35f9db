"""What fields are called."""

from __future__ import annotations

from features.channels import CONSENT_FIELDS
from serving.audiences.meaning.field_names import FIELD_NAMES, LIMITS, UNITS, field_name


def test_a_name_with_its_horizon() -> None:
    """Days at the end of a column stand in its name; days that belong to the name do not."""
    found, days = field_name("expected_orders_365d", "number")
    assert (found.titles(days)["en"], found.unit) == ("Expected orders within 365 days", "orders")
    assert field_name("overdue_days", "number")[1] == ""


def test_a_column_that_nobody_has_named() -> None:
    """A new column can be asked for at once, under the words of its name."""
    found, days = field_name("favourite_colour", "text")
    assert (found.titles(days), found.unit) == ({"en": "Favourite colour", "zh": "favourite colour"}, "")


def test_units_and_consents_are_told() -> None:
    """Each unit has words, limits are those of a unit, and each channel's consent is a field."""
    assert {name.unit for name in FIELD_NAMES.values()} | set(LIMITS) <= set(UNITS)
    assert set(CONSENT_FIELDS) <= set(FIELD_NAMES)
