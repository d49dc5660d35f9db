"""Files of customers: consent and birthday, under the names that shops give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.channels import CONSENT_FIELDS
from features.events.importers import ImportOptions, import_customers
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.features.events.importing import NOW, rejected, write

CHINESE = (
    "会员编号,邮件同意,短信授权,推送同意,微信授权,电话同意,邮寄同意,会员生日\n"
    "小明,是,否,,是,,,1990年3月31日\n"
    "小红,,,,,,是,12-01\n"
)
ENGLISH = (
    "customer_id,Email Opt-In,SMS consent,push_opt_in,wechat_opt_in,Phone Opt In,post_consent,Date of Birth\n"
    "小明,yes,no,,true,,,1990-03-31 00:00:00\n"
    "小红,,,,,,1,--12-01\n"
)


@pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["chinese", "english"])
def test_consent_and_birthday_are_understood(tmp_path: Path, text: str) -> None:
    """Each channel has its column; what is empty says nothing, and of a birthday month and day are kept."""
    shop = ShopFolder.create(tmp_path / "shop")
    import_customers(shop, [write(tmp_path, text, "customers.csv")], ImportOptions(), now=NOW)
    rows = {row.pop("customer_id"): row for row in Warehouse.open(shop).customers().to_pylist()}
    told = {who: {name: row[name] for name in (*CONSENT_FIELDS, "birthday")} for who, row in rows.items()}
    nothing: dict[str, object] = dict.fromkeys(CONSENT_FIELDS)
    assert told == {
        "小明": nothing | {"consent_email": True, "consent_sms": False, "consent_wechat": True, "birthday": "03-31"},
        "小红": nothing | {"consent_post": True, "birthday": "12-01"},
    }
    assert "1990" not in str(rows)


def test_a_birthday_that_is_none(tmp_path: Path) -> None:
    """The row is rejected with the rule; the others are stored."""
    shop = ShopFolder.create(tmp_path / "shop")
    file = write(tmp_path, "customer_id,birthday\na,31.3.1990\nb,02-30\nc,02-29\n", "customers.csv")
    (summary,) = import_customers(shop, [file], ImportOptions(), now=NOW)
    assert (summary.stored, summary.rejected_by_reason) == (1, {"birthday not a birthday": 2})
    messages = [row["message"] for row in rejected(summary)]
    assert "birthday must be a month and a day, such as 03-31 or 1990-03-31; got '31.3.1990'" in messages[0]
