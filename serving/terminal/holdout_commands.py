"""The commands about people whom no campaign writes to: ``huitou holdout set|show``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table
from serving.terminal.work_commands import opened


def holdout_commands(
    clock: Callable[[], datetime], database: Callable[[], str | None], console: Console
) -> typer.Typer:
    """The group of commands about the holdout; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="A share of people whom no campaign writes to, to compare with.", no_args_is_help=True)

    @group.command("set")
    def set_share(
        share: Annotated[float, typer.Option(help="Share of all people, 0 to 0.5; 0 for nobody.")], shop: Shop = SHOP
    ) -> None:
        """Hold a share of all people out of every list from now on; who was held out stays so while it grows."""
        from serving.database.access.audit import COMMAND_LINE, Audit
        from serving.database.marketing.holdout import Holdout
        from serving.random_id import random_id

        with opened(shop, database, clock) as room:
            now = clock()
            held = Holdout(room.database).set(share, now, COMMAND_LINE, random_id)
            Audit(room.database).add(COMMAND_LINE, "holdout.set", "holdout", {"share": held.share}, now)
        console.print(f"{held.share:.1%} of all people are held out from now on", markup=False, highlight=False)

    @group.command()
    def show(shop: Shop = SHOP) -> None:
        """Print every share that was set, and since when."""
        from serving.database.marketing.holdout import Holdout

        with opened(shop, database, clock) as room:
            history = Holdout(room.database).history()
        if not history:
            console.print("nobody is held out; huitou holdout set --share 0.05 holds out a twentieth of all people")
            return
        rows = [(f"{held.share:.1%}", f"{held.since:%Y-%m-%d %H:%M} UTC", held.changed_by) for held in history]
        show_table(console, "Holdout", ("share", "since", "by"), rows)

    return group
