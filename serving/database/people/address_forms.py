"""E-mail addresses and telephone numbers in one form each, however they were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH

from features.shop_folder import ShopSettings

ADDRESS_RULES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "email": (
        re.compile(r"[^\s@\x00-\x1f\ud800-\udfff]{1,64}@[^\s@\x00-\x1f\ud800-\udfff]{1,189}"),
        "must look like name@example.com",
    ),
    "phone": (re.compile(r"[0-9+(][0-9 ()+./x-]{2,39}"), "must be a telephone number of at most 40 characters"),
}
"""What an address looks like, and how that is said."""

USUAL_REGION = "CN"
"""The country of numbers without a country code, where neither setting nor time zone tell one."""


def email_form(text: str) -> str:
    """An e-mail address without blanks around it, in lower case."""
    return text.strip().lower()


def phone_form(text: str, region: str) -> str:
    """A telephone number in E.164 (+8613800138000), or its digits alone where it is no number of any plan."""
    import phonenumbers  # its plans take 5 MB, which most processes never need

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return "".join(letter for letter in text if letter.isdecimal())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_region(settings: ShopSettings) -> str:
    """The country (ISO 3166) of telephone numbers without a country code: as the shop says, else by its time zone."""
    return settings.phone_region or _region_of(settings.timezone) or USUAL_REGION


@cache
def _region_of(timezone: str) -> str | None:
    """The country of a time zone by the table that comes with the zones; None for one of no country."""
    for file in (*(Path(folder) / "zone.tab" for folder in TZPATH), _packaged()):
        if file is not None and file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                parts = line.split("\t")
                if len(parts) >= 3 and parts[2] == timezone and not line.startswith("#"):
                    return parts[0]
    return None


def _packaged() -> Path | None:
    """The table in the package of zones, for systems that bring none."""
    try:
        return Path(str(files("tzdata").joinpath("zoneinfo/zone.tab")))
    except ModuleNotFoundError:
        return None
