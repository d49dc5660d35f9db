"""The commands about what has been published: ``huitou snapshots list|use``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table
from serving.terminal.written_down import write_down

Database = Callable[[], str | None]


def snapshot_commands(clock: Callable[[], datetime], database: Database, console: Console) -> typer.Typer:
    """The group of commands about snapshots; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="What has been published: list it, point back to an earlier one.", no_args_is_help=True)

    @group.command("list")
    def list_snapshots(shop: Shop = SHOP) -> None:
        """The snapshots that are kept, newest first."""
        from serving.snapshot import current_id, published

        folder = ShopFolder.open(shop)
        current = current_id(folder)
        rows = [
            (
                name,
                "yes" if name == current else "",
                manifest.header.model_version,
                f"{manifest.header.as_of:%Y-%m-%d %H:%M}",
                manifest.contents.customers,
            )
            for name, manifest in published(folder)
        ]
        show_table(console, "Snapshots", ("snapshot", "served", "model", "as of (UTC)", "customers"), rows)

    @group.command("use")
    def use_snapshot(snapshot: Annotated[str, typer.Argument(help="Its name.")], shop: Shop = SHOP) -> None:
        """Serve an earlier snapshot again."""
        from serving.snapshot import point_to

        folder = ShopFolder.open(shop)
        header = point_to(folder, snapshot).header
        write_down(folder, database(), "snapshot.use", snapshot, {"model_version": header.model_version}, clock())
        console.print(f"snapshot {snapshot} is served", markup=False)

    return group
