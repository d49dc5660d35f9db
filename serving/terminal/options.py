"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Shop = Annotated[Path, typer.Option("--shop", envvar="HUITOU_SHOP", help="The folder of the shop.")]
SHOP = Path("shop")
"""The folder of the shop when nothing else is said."""

Horizon = Annotated[
    int | None, typer.Option("--horizon-days", help="How far ahead; else shop.json's, or the shop's own.")
]
