"""One suppression, checked and as it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.care.suppressing.rows import ToldSuppression, channel_said, stored
from serving.database.connection import open_database
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import ContactDetails


def test_addresses_are_kept_as_hashes(tmp_path: Path, database_url: str | None) -> None:
    """An id stays as it is; of an address nothing is left that can be read, however it was written."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    told = [ToldSuppression(kind, value).checked() for kind, value in (("customer", " c-1 "), ("email", "A@X.cn"))]
    again = [ToldSuppression("email", " a@x.CN").checked()]
    details = ContactDetails(engine, ContactCipher(None))
    kept = stored(told, details)
    assert (kept[0].value, len(kept[1].value)) == ("c-1", 64)
    assert stored(again, details)[0].value == kept[1].value
    engine.dispose()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (ToldSuppression("email", "x"), "email must look like name@example.com."),
        (ToldSuppression("phone", "secret"), "phone must be a telephone number of at most 40 characters."),
        (ToldSuppression("customer", " "), "customer_id must have 1 to 256 characters and no control characters."),
        (ToldSuppression("customer", "c", source="x" * 101), "source must have at most 100 characters and no control"),
        (ToldSuppression("customer", "c", "fax"), "channel must be one of email, sms"),
    ],
    ids=["email", "phone", "customer", "source", "channel"],
)
def test_what_is_wrong(told: ToldSuppression, message: str) -> None:
    """The error says the rule, and repeats no address."""
    with pytest.raises(HuitouError) as found:
        told.checked()
    assert found.value.message.startswith(message)


def test_channels() -> None:
    """Nothing, and all, is every channel; another word is none."""
    assert [channel_said(text) for text in (None, "", " ALL ", "SMS")] == ["", "", "", "sms"]
    with pytest.raises(HuitouError, match=r"^channel must be one of all, email, .*; got 'telegraph'\.$"):
        channel_said("telegraph")
