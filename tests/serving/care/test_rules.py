"""``contact_care.json``: what it may say, and what is told of a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from features.channels import CHANNELS
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.care.rules import BUILT_IN, CARE_FILE, Cap, ChannelCare, ContactCare, checked_channel

WAY_OUT = " Mend it, and look with: huitou care check"


def test_without_a_file_the_built_in_rules_hold(tmp_path: Path) -> None:
    """Every channel has rules."""
    rules = ContactCare.in_folder(ShopFolder.create(tmp_path).path)
    assert rules == ContactCare()
    assert {channel: rules.of_channel(channel) for channel in CHANNELS} == dict(BUILT_IN)


def test_what_a_file_says(tmp_path: Path) -> None:
    """What is said of a channel replaces what is built in for it; all else stays."""
    shop = ShopFolder.create(tmp_path)
    said = {"channels": {"email": {"consent": "opt_in"}}, "least_days": 7, "quiet_dates": ["2026-02-17"]}
    (shop.path / CARE_FILE).write_text("\ufeff" + json.dumps(said), encoding="utf-8")
    rules = ContactCare.in_folder(shop.path)
    assert (rules.of_channel("email").consent, rules.of_channel("email").caps) == ("opt_in", [])
    assert rules.of_channel("sms") == BUILT_IN["sms"]
    assert (rules.least_days, rules.caps) == (7, [Cap(most=6, within_days=30)])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("nothing", "it must be JSON; "),
        ("[1]", "it must be a JSON object with channels, caps and quiet hours."),
        ({"limit": 3}, "limit is not a field of this file; got 3."),
        ({"channels": {"fax": {}}}, "channels.fax"),
        ({"channels": {"sms": {"consent": "maybe"}}}, "channels.sms.consent must be one of 'opt_in' or 'opt_out'"),
        ({"caps": [{"most": -1, "within_days": 3}]}, "caps.0.most must be at least 0; got -1."),
        ({"caps": [{"most": 1, "within_days": 0.5}]}, "caps.0.within_days must be a whole number; got 0.5."),
        ({"caps": [{"most": True, "within_days": 5}]}, "caps.0.most must be a whole number; got true."),
        ({"least_days": "two"}, 'least_days must be a number; got "two".'),
        ({"least_days": 1e9}, "least_days must be at most 400"),
        ({"quiet_hours": {"from": "25:00", "until": "08:00"}}, "quiet_hours.from"),
        ({"quiet_dates": ["2026-02-30"]}, "quiet_dates.0"),
        ({"quiet_weekdays": ["caturday"]}, "quiet_weekdays.0 must be one of"),
        ({"one_per_person": "yes"}, 'one_per_person must be true or false; got "yes".'),
    ],
    ids=[*"abcdefghijklmn"],
)
def test_a_wrong_file_stops_everything(tmp_path: Path, said: Any, message: str) -> None:
    """One clear error names the place, and what to do; no list is made by rules that cannot be read."""
    shop = ShopFolder.create(tmp_path)
    (shop.path / CARE_FILE).write_text(said if isinstance(said, str) else json.dumps(said))
    with pytest.raises(HuitouError) as found:
        ContactCare.in_folder(shop.path)
    assert found.value.code == "broken_care"
    assert found.value.message.startswith(f"{CARE_FILE}: {message}")
    assert found.value.message.endswith(WAY_OUT)


def test_one_weekday_is_left() -> None:
    """A week without any day for messages makes no sense."""
    week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    assert ContactCare.read(json.dumps({"quiet_weekdays": week})).quiet_weekdays == week
    with pytest.raises(HuitouError, match="quiet_weekdays must have at most 6 entries"):
        ContactCare.read(json.dumps({"quiet_weekdays": [*week, "sunday"]}))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b" " * 1_000_001], ids=["no text", "too large"])
def test_a_file_that_is_no_text(tmp_path: Path, data: bytes) -> None:
    """What is no UTF-8, or huge, is refused before it is read as JSON."""
    shop = ShopFolder.create(tmp_path)
    (shop.path / CARE_FILE).write_bytes(data)
    with pytest.raises(
        HuitouError, match=r"^contact_care\.json: it must (be a file of UTF-8 text|have at most 1,000,000)"
    ):
        ContactCare.in_folder(shop.path)


def test_the_guide_shows_rules_that_can_be_used(root: Path) -> None:
    """The example of the guide is read, and its table names every field and no other."""
    text = (root / "docs" / "contact-care.md").read_text(encoding="utf-8")
    rules = ContactCare.read(text.split("```json\n")[1].split("```")[0])
    assert rules.of_channel("sms").consent == "opt_in"
    fields = {*ContactCare.model_fields, *(f"channels.<channel>.{name}" for name in ChannelCare.model_fields)}
    assert all(f"`{name}`" in text for name in fields - {"channels"})


def test_channels_by_name() -> None:
    """A channel is one of those that there are."""
    assert checked_channel("wechat") == "wechat"
    with pytest.raises(
        HuitouError, match=r"^channel must be one of email, sms, app, wechat, phone, post; got 'Fax'\.$"
    ):
        checked_channel("Fax")
