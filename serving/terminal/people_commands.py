"""The commands about people: ``huitou people set-aside``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.out_file import ending_of
from serving.terminal.progress import bar
from serving.terminal.tables import show_table


def people_commands(clock: Callable[[], datetime], console: Console) -> typer.Typer:
    """The group of commands about people; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="People of whom something special is known.", no_args_is_help=True)

    @group.callback()
    def people() -> None:
        """People of whom something special is known."""

    @group.command("set-aside")
    def set_aside(
        shop: Shop = SHOP,
        out: Annotated[Path | None, typer.Option(help="Also write who and why, to a .csv or .xlsx file.")] = None,
        language: Annotated[str, typer.Option(help="Language of the reasons, en or zh.")] = "en",
    ) -> None:
        """Count bots, resellers, test orders and internal accounts, which are neither trained on nor listed."""
        from features.behaviour import Behaviour
        from serving.lists.exports import FORMATS, export
        from serving.lists.set_aside_list import set_aside_list

        format = "" if out is None else ending_of(out, FORMATS)
        behaviour = Behaviour.of(ShopFolder.open(shop))
        with bar(console, "customers looked at") as progress:
            as_of = behaviour.reader.moment_after(clock())
            found = set_aside_list(behaviour, as_of, language, progress=progress)
        show_table(console, "Set aside", ("reason", "people"), list(found.counts().items()))
        console.print(f"{len(found.table):,} of {found.customers:,} people, as of {as_of:%Y-%m-%d %H:%M} UTC")
        if found.kept:
            are = "is" if found.kept == 1 else "are"
            console.print(f"{found.kept:,} {are} never set aside: the table of customers says internal = false")
        if out is not None:
            export(found.table, out, format)
            console.print(f"who and why is in {out}", markup=False)

    return group
