"""``huitou audit``: which administrative acts were done."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table


def audit_command(database: Callable[[], str | None], console: Console) -> Callable[..., None]:
    """The command; it prints to ``console``."""

    def audit(
        shop: Shop = SHOP,
        n: Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many acts.")] = 50,
        actor: Annotated[str | None, typer.Option(help="Only acts of this key, or: command line.")] = None,
        act: Annotated[str | None, typer.Option(help="Only acts of this kind, such as key.create.")] = None,
    ) -> None:
        """Print the newest administrative acts: keys made and revoked, people erased and exported."""
        from serving.database.access.audit import Audit
        from serving.database.connection import open_database

        engine = open_database(ShopFolder.open(shop), database())
        try:
            found = Audit(engine).newest(n, actor=actor, act=act)
        finally:
            engine.dispose()
        rows = [
            (
                str(entry.number),
                entry.at.isoformat(timespec="seconds"),
                entry.actor,
                entry.act,
                entry.subject,
                json.dumps(entry.details, ensure_ascii=False),
            )
            for entry in found
        ]
        show_table(console, "Administrative acts", ("number", "at", "who", "what", "on what", "details"), rows)

    return audit
