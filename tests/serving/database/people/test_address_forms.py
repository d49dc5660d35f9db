"""One form for each address."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopSettings
from serving.database.people.address_forms import ADDRESS_RULES, email_form, phone_form, phone_region


@pytest.mark.parametrize(
    ("text", "region", "form"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+86 138-0013-8000", "US", "+8613800138000"),
        ("0086 13800138000", "CN", "+8613800138000"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("030 901820", "DE", "+4930901820"),
        ("12", "CN", "+8612"),
        ("x99x", "CN", "99"),
    ],
    ids=["home", "abroad", "prefix", "usa", "berlin", "short", "none"],
)
def test_telephones(text: str, region: str, form: str) -> None:
    """E.164 by the numbering plans; what is no number keeps its digits."""
    assert phone_form(text, region) == form


def test_emails() -> None:
    """Lower case, without blanks around it."""
    assert email_form(" Wang@Example.COM\n") == "wang@example.com"


@pytest.mark.parametrize(
    ("settings", "region"),
    [
        (ShopSettings(timezone="Asia/Shanghai"), "CN"),
        (ShopSettings(timezone="Europe/Berlin"), "DE"),
        (ShopSettings(timezone="UTC"), "CN"),
        (ShopSettings(timezone="Europe/Berlin", phone_region="AT"), "AT"),
    ],
    ids=["china", "germany", "nowhere", "said"],
)
def test_the_country_of_a_shop(settings: ShopSettings, region: str) -> None:
    """As the shop says, else that of its time zone, else China."""
    assert phone_region(settings.checked()) == region


def test_a_country_that_there_cannot_be() -> None:
    """The setting is checked."""
    with pytest.raises(
        HuitouError, match=r"^phone_region must be null or two capital letters \(ISO 3166\); got 'china'"
    ):
        ShopSettings(phone_region="china").checked()


@pytest.mark.parametrize("text", ["no address", "a@b c", "=1+1", "a@b\x00c"])
def test_what_is_no_address(text: str) -> None:
    """Neither rule takes it."""
    assert not any(pattern.fullmatch(text) for pattern, _ in ADDRESS_RULES.values())
