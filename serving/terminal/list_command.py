"""The command that writes a recall list: ``huitou list``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop


def list_command(database: Callable[[], str | None], console: Console) -> Callable[..., None]:
    """The command; ``database`` says the URL of the shop's database, if any, and it prints to ``console``."""

    def recall(
        out: Annotated[Path, typer.Option(help="The file to write.")],
        shop: Shop = SHOP,
        layer: Annotated[list[str] | None, typer.Option(help="new, active, high_win_back, low_win_back, lost.")] = None,
        cluster: Annotated[list[int] | None, typer.Option(help="Numbers of clusters, see: huitou clusters.")] = None,
        min_churn: Annotated[float | None, typer.Option(help="Lowest churn probability, 0 to 1.")] = None,
        max_churn: Annotated[float | None, typer.Option(help="Highest churn probability, 0 to 1.")] = None,
        min_spend: Annotated[float | None, typer.Option(help="Lowest net spend of all time.")] = None,
        top: Annotated[int | None, typer.Option(help="At most so many people.")] = None,
        format: Annotated[str, typer.Option(help="csv (for Excel) or xlsx.")] = "csv",
        language: Annotated[str, typer.Option(help="Language of the reasons, en or zh.")] = "en",
    ) -> None:
        """Write whom to recall today, why, and with which items."""
        from serving.lists.command import write_recall_list

        folder = ShopFolder.open(shop)
        options: dict[str, Any] = {"min_churn": min_churn, "max_churn": max_churn, "min_spend": min_spend, "top": top}
        options |= {"clusters": tuple(cluster or ())}
        for line in write_recall_list(folder, out, format, language, layer, options, database()):
            console.print(line, markup=False)

    return recall
