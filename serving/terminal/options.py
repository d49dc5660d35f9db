"""Options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, overload
from zoneinfo import ZoneInfo

import typer

from features.errors import HuitouError
from features.shop_folder import ShopFolder

Shop = Annotated[Path, typer.Option("--shop", envvar="HUITOU_SHOP", help="The folder of the shop.")]
SHOP = Path("shop")
"""The folder of the shop when nothing else is said."""

Horizon = Annotated[
    int | None, typer.Option("--horizon-days", help="How far ahead; else shop.json's, or the shop's own.")
]


@overload
def day_said(option: str, text: str) -> date: ...
@overload
def day_said(option: str, text: str | None) -> date | None: ...
def day_said(option: str, text: str | None) -> date | None:
    """The day that an option says, None where it says nothing; raises :class:`HuitouError` where that is no day."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise HuitouError(
            f"--{option} must be a day, such as 2025-03-01; got {text!r}. Write year, month and day.",
            field=option,
            value=text,
        ) from None


def moment_said(option: str, text: str | None, shop: ShopFolder) -> datetime | None:
    """The moment that an option says, None where it says nothing; what has no zone is meant in the shop's.

    Raises :class:`HuitouError` where that is neither a moment nor a day.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise HuitouError(
            f"{option} must be a day or a moment; got {text!r}. Write for example --{option} 2025-03-01.",
            field=option,
            value=text,
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(shop.settings.timezone))
