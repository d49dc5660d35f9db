"""The channels, and the fields that speak of them."""

from __future__ import annotations

from features.channels import CHANNEL_NAMES, CHANNELS, CONSENT_FIELDS, consent_field
from features.events.event import CUSTOMER_FIELDS


def test_every_channel_has_its_names_and_its_field() -> None:
    """People read a name in both languages, and a customer can say yes or no to each."""
    assert tuple(CHANNEL_NAMES) == CHANNELS
    assert all(set(names) == {"en", "zh"} for names in CHANNEL_NAMES.values())
    assert tuple(map(consent_field, CHANNELS)) == CONSENT_FIELDS
    assert set(CONSENT_FIELDS) < {field.name for field in CUSTOMER_FIELDS}
