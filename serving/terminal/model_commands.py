"""The commands about trained versions: ``huitou models list|promote|rollback``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # The registry's engine takes seconds to load.
    from training.registry import Registry


def model_commands(registry: Callable[[ShopFolder], Registry], console: Console) -> typer.Typer:
    """The group of commands about versions; ``registry`` opens a shop's, and they print to ``console``."""
    group = typer.Typer(help="The versions of the models: list them, promote one, roll back.", no_args_is_help=True)

    @group.command("list")
    def list_models(shop: Shop = SHOP) -> None:
        """The versions, newest first, with their aliases and the gate's verdict."""
        known = registry(ShopFolder.open(shop))
        rows = [
            (
                version.number,
                f"{version.created_at:%Y-%m-%d %H:%M}",
                ", ".join(version.aliases),
                known.gate(version).verdict,
                version.metrics.get("churn_log_loss"),
                version.metrics.get("next_items_ndcg@10"),
            )
            for version in known.versions()
        ]
        show_table(console, "Versions", ("version", "made (UTC)", "alias", "gate", "churn log loss", "ndcg@10"), rows)

    @group.command()
    def promote(version: Annotated[int, typer.Argument(help="The version's number.")], shop: Shop = SHOP) -> None:
        """Make a version the champion, whatever its gate said."""
        promoted = registry(ShopFolder.open(shop)).promote(version)
        console.print(f"version {promoted.number} is the champion; publish it with: huitou publish")

    @group.command()
    def rollback(shop: Shop = SHOP) -> None:
        """Make the previous champion the champion again."""
        version = registry(ShopFolder.open(shop)).roll_back()
        console.print(f"version {version.number} is the champion again; publish it with: huitou publish")

    return group
