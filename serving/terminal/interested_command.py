"""The command that says whom to tell of an item: ``huitou interested``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop


def interested_command(database: Callable[[], str | None], console: Console) -> Callable[..., None]:
    """The command; ``database`` says the URL of the shop's database, if any, and it prints to ``console``."""

    def interested(
        out: Annotated[Path, typer.Option(help="The file to write.")],
        item: Annotated[str | None, typer.Argument(help="The item's id; or say what is new by the options.")] = None,
        shop: Shop = SHOP,
        category: Annotated[list[str] | None, typer.Option(help="Name of a category; may be repeated.")] = None,
        brand: Annotated[list[str] | None, typer.Option(help="Name of a brand; may be repeated.")] = None,
        min_price: Annotated[float | None, typer.Option(help="Lowest list price.")] = None,
        max_price: Annotated[float | None, typer.Option(help="Highest list price.")] = None,
        top: Annotated[int, typer.Option(help="At most so many customers.")] = 500,
        format: Annotated[str, typer.Option(help="csv (for Excel) or xlsx.")] = "csv",
        language: Annotated[str, typer.Option(help="Language of the reasons, en or zh.")] = "en",
    ) -> None:
        """Write which customers should hear of an item, or of anything of a category, brand or price, and why."""
        from serving.lists.command import write_interested_list
        from serving.snapshot_parts.shelf import ItemFilter

        wanted = ItemFilter(False, tuple(category or ()), tuple(brand or ()), min_price, max_price)
        folder = ShopFolder.open(shop)
        for line in write_interested_list(folder, out, format, language, item, wanted, top, database()):
            console.print(line, markup=False)

    return interested
