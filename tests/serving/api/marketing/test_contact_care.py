"""``/v1/contact-care``: the rules in force, over HTTP."""

from __future__ import annotations

from pathlib import Path

from features.channels import CHANNELS
from tests.serving.api.served_shop import serving
from tests.serving.care.care_shop import write_rules
from tests.serving.published_shop import small_shop


def test_the_rules_in_force(tmp_path: Path) -> None:
    """The built-in ones until the shop writes its own, which hold at once; in the language that is asked for."""
    shop = small_shop(tmp_path / "shop")
    with serving(shop) as client:
        told = client.get("/v1/contact-care").json()
        assert told["built_in"]
        assert [each["channel"] for each in told["channels"]] == [*CHANNELS]
        assert told["channels"][0]["next_allowed_at"] == "2025-03-01T12:00:00Z"
        write_rules(shop, least_days=3, quiet_hours={"from": "11:00", "until": "15:00"})
        told = client.get("/v1/contact-care?lang=zh").json()
        assert not told["built_in"]
        assert told["sentences"][:2] == ["同一人两次触达至少间隔3天。", "11:00至15:00不发送。"]
        assert told["channels"][0] | {"caps": []} == {
            "channel": "email",
            "name": "电子邮件",
            "consent": "opt_out",
            "needs_address": False,
            "caps": [],
            "next_allowed_at": "2025-03-01T15:00:00Z",
        }


def test_rules_that_cannot_be_read(tmp_path: Path) -> None:
    """The shop's own mistake is told as such: somebody has to mend the file."""
    shop = small_shop(tmp_path / "shop")
    (shop.path / "contact_care.json").write_text('{"least_days": -1}')
    with serving(shop) as client:
        response = client.get("/v1/contact-care")
        assert (response.status_code, response.json()["error"]["code"]) == (503, "broken_care")
        assert "least_days must be at least 0.0; got -1. Mend it" in response.json()["error"]["message"]
