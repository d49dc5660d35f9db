"""Lines for platforms: the hash that the platform makes of the same address itself."""

from __future__ import annotations

from hashlib import sha256

import pytest

from serving.database.people.contact_details import Contact
from serving.lists.exporting.platforms import hashed, platform_lines


def of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_known_hash() -> None:
    """The published example of SHA-256, and nothing for nothing."""
    assert hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hashed("") == ""


@pytest.mark.parametrize(
    ("phone", "region", "wanted"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("030 901820", "DE", "+4930901820"),
        ("+44 20 7946 0958", "CN", "+442079460958"),
    ],
)
def test_numbers_are_in_one_form(phone: str, region: str, wanted: str) -> None:
    """With the code of the country; Google hashes the plus, Meta the digits alone."""
    contact = Contact(phone=phone)
    assert [*platform_lines("google", [contact], region)] == [f",{of(wanted)}\n"]
    assert [*platform_lines("meta", [contact], region)] == [f",{of(wanted[1:])}\n"]


def test_who_cannot_be_reached_is_left_out() -> None:
    """Nothing known, a name alone, or digits that are no number of any country make no line."""
    nobody = [Contact(), Contact(name="安娜"), Contact(phone="x"), Contact(email="  ")]
    assert [*platform_lines("google", nobody, "CN")] == []
