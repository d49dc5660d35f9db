"""The commands about trained versions: ``huitou models list|promote|rollback``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table
from serving.terminal.written_down import write_down

if TYPE_CHECKING:  # The registry's engine takes seconds to load.
    from training.registry import Registry


Database = Callable[[], str | None]


def model_commands(
    registry: Callable[[ShopFolder], Registry], clock: Callable[[], datetime], database: Database, console: Console
) -> typer.Typer:
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
        folder = ShopFolder.open(shop)
        promoted = registry(folder).promote(version)
        write_down(folder, database(), "model.promote", str(promoted.number), {}, clock())
        console.print(f"version {promoted.number} is the champion; publish it with: huitou publish")

    @group.command()
    def rollback(shop: Shop = SHOP) -> None:
        """Make the previous champion the champion again."""
        folder = ShopFolder.open(shop)
        version = registry(folder).roll_back()
        write_down(folder, database(), "model.rollback", str(version.number), {}, clock())
        console.print(f"version {version.number} is the champion again; publish it with: huitou publish")

    return group
