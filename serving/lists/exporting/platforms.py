"""Uploads for advertising platforms: addresses as hashes that the platform compares with those of its own people.

Google: https://support.google.com/google-ads/answer/7659867, Meta:
https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType

from serving.database.people.address_forms import email_form, phone_form
from serving.database.people.contact_details import Contact

HEADERS: Mapping[str, tuple[str, str]] = MappingProxyType({"google": ("Email", "Phone"), "meta": ("email", "phone")})
"""The names of the columns, as each platform wants them."""


def platform_lines(platform: str, contacts: Iterable[Contact], region: str) -> Iterator[str]:
    """A line of CSV for each who can be reached; those of whom neither address can be used are left out.

    ``region`` is the country of telephone numbers without a country code.
    """
    for contact in contacts:
        email = email_form(contact.email or "")
        number = phone_form(contact.phone or "", region)
        if not number.startswith("+"):  # digits of which nobody knows where they are from
            number = ""
        # Meta hashes the digits alone, Google the plus as well.
        phone = number.removeprefix("+") if platform == "meta" else number
        if email or phone:
            yield f"{hashed(email)},{hashed(phone)}\n"


def hashed(text: str) -> str:
    """SHA-256 in hexadecimal digits; nothing for nothing."""
    return sha256(text.encode()).hexdigest() if text else ""
