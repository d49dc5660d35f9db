"""The commands about who must not be written to: ``huitou suppress import|list|remove``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features.errors import HuitouError
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table
from serving.terminal.work_commands import opened

Channel = Annotated[
    str | None, typer.Option(help="email, sms, app, wechat, phone, post or all; for rows that name none. Else all.")
]


def suppress_commands(
    clock: Callable[[], datetime], database: Callable[[], str | None], console: Console
) -> typer.Typer:
    """The group of commands about suppressions; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="Customers and addresses that must not be written to.", no_args_is_help=True)

    @group.command("import")
    def import_file(
        file: Annotated[Path, typer.Argument(help="A CSV file with a column customer_id, email or phone.")],
        channel: Channel = None,
        kind: Annotated[
            str | None, typer.Option(help="customer, email or phone: what a file of one column without names holds.")
        ] = None,
        unknown: Annotated[
            bool, typer.Option("--allow-unknown", help="Take ids of customers whom nobody knows yet, too.")
        ] = False,
        shop: Shop = SHOP,
    ) -> None:
        """Suppress everybody whom a file names: all of it, or nothing where a line is wrong."""
        from serving.care.suppressing.importing import import_suppressions
        from serving.database.access.audit import COMMAND_LINE

        _check_kind(kind)
        with opened(shop, database, clock) as room:
            done = import_suppressions(room, file, channel, COMMAND_LINE, kind, unknown)
        console.print(f"{done.rows:,} suppressed, {done.new:,} of them new", markup=False, highlight=False)

    @group.command("list")
    def list_suppressions(
        n: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 50,
        shop: Shop = SHOP,
    ) -> None:
        """Print who is suppressed; of addresses only hashes are kept."""
        from serving.database.marketing.suppressions import Suppressions

        with opened(shop, database, clock) as room:
            kept = Suppressions(room.database)
            rows = [
                (row.kind, _told(row.kind, row.value), row.channel or "all", row.source, f"{row.added_at:%Y-%m-%d}")
                for row in kept.page(n, 0)
            ]
            title = f"Suppressions ({kept.count():,})"
        if not rows:
            console.print("nobody is suppressed; huitou suppress import FILE says who must not be written to")
            return
        show_table(console, title, ("kind", "who", "channel", "from", "since"), rows)

    @group.command()
    def remove(
        customer: Annotated[str | None, typer.Option(help="A customer's id.")] = None,
        email: Annotated[str | None, typer.Option(help="An e-mail address.")] = None,
        phone: Annotated[str | None, typer.Option(help="A telephone number.")] = None,
        file: Annotated[Path | None, typer.Option(help="A CSV file as for import.")] = None,
        channel: Channel = None,
        shop: Shop = SHOP,
    ) -> None:
        """Take suppressions back, of the channel that is named (all: those of all channels)."""
        from serving.care.suppressing.file import read_suppressions
        from serving.care.suppressing.importing import remove_suppressions
        from serving.care.suppressing.rows import ToldSuppression, channel_said
        from serving.database.access.audit import COMMAND_LINE

        given = {"customer": customer, "email": email, "phone": phone}
        told = [
            ToldSuppression(kind, value, channel_said(channel)).checked()
            for kind, value in given.items()
            if value is not None
        ]
        if file is not None:
            told += [row for _, row in read_suppressions(file, channel)]
        if not told:
            raise HuitouError("say whom: --customer, --email, --phone or --file.", field="customer")
        with opened(shop, database, clock) as room:
            removed = remove_suppressions(room, told, COMMAND_LINE)
        console.print(f"{removed:,} suppressions are taken back", markup=False, highlight=False)

    return group


def _check_kind(kind: str | None) -> None:
    from serving.database.marketing.suppressions import KINDS

    if kind is not None and kind not in KINDS:
        raise HuitouError(
            f"kind must be one of {', '.join(KINDS)}; got {kind!r}.", field="kind", value=kind, allowed=list(KINDS)
        )


def _told(kind: str, value: str) -> str:
    return value if kind == "customer" else f"{value[:12]}…"
