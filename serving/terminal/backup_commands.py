"""The commands for a bad day: ``huitou backup``, ``huitou restore`` and ``huitou erased``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder, replace_text
from serving.terminal.options import SHOP, Shop
from serving.terminal.progress import bar
from serving.terminal.written_down import write_down

Database = Callable[[], str | None]
"""Tells the URL of the database; None for the shop's own file."""


def backup_command(clock: Callable[[], datetime], database: Database, console: Console) -> Callable[..., None]:
    """The command that makes a backup."""

    def backup(
        out: Annotated[Path, typer.Option(help="The file to write, or a folder for a file named by the moment.")],
        shop: Shop = SHOP,
    ) -> None:
        """Write everything of the shop to one file, while it is served."""
        from serving.backups.backup import backup as run

        folder = ShopFolder.open(shop)
        with bar(console, "backup") as progress:
            archive, contents = run(folder, out, clock(), database(), progress)
        size_mb = sum(record.size_bytes for record in contents.files.values()) / 1e6
        write_down(folder, database(), "backup.make", archive.name, {"files": len(contents.files)}, clock())
        console.print(f"{archive} holds {len(contents.files):,} files, {size_mb:,.1f} MB", markup=False)

    return backup


def restore_command(clock: Callable[[], datetime], database: Database, console: Console) -> Callable[..., None]:
    """The command that makes a shop from a backup."""

    def restore(
        archive: Annotated[Path, typer.Argument(help="A file that huitou backup wrote.", show_default=False)],
        shop: Shop = SHOP,
        erased_from: Annotated[
            Path | None, typer.Option(help="A file of huitou erased: these people are deleted again.")
        ] = None,
    ) -> None:
        """Make a new shop from a backup; HUITOU_DATABASE, where it is set, names an empty database for it."""
        from serving.backups.restore import restore as run

        erased = () if erased_from is None else read_hashes(erased_from)
        with bar(console, "restoring") as progress:
            restored = run(archive, shop, clock(), database(), erased, progress)
        details = {"made_at": restored.made_at.isoformat(), "rows": restored.rows, "erased": restored.erased}
        write_down(ShopFolder.open(shop), database(), "backup.restore", archive.name, details, clock())
        console.print(f"{shop} is the shop as of {restored.made_at:%Y-%m-%d %H:%M:%S %Z}", markup=False)
        console.print(f"rows of the database: {restored.rows:,}; people deleted again: {restored.erased:,}")

    return restore


def erased_command(database: Database, console: Console) -> Callable[..., None]:
    """The command that lists whom the shop deleted."""

    def erased(
        out: Annotated[Path, typer.Option(help="The file to write.")],
        shop: Shop = SHOP,
    ) -> None:
        """Write a hash of everyone who was deleted, one a line: keep it beside the backups, for huitou restore."""
        from serving.database.connection import open_database
        from serving.database.people.deleted_since import erased_hashes

        engine = open_database(ShopFolder.open(shop), database())
        try:
            hashes = erased_hashes(engine)
        finally:
            engine.dispose()
        replace_text(out, "".join(f"{each}\n" for each in hashes))
        console.print(f"{out} holds the hashes of deleted people: {len(hashes):,}", markup=False)

    return erased


def read_hashes(file: Path) -> list[str]:
    """The hashes in a file of ``huitou erased``; raises :class:`HuitouError` at a line that is none."""
    hashes = file.read_text(encoding="utf-8").split()
    for each in hashes:
        if len(each) != 32 or set(each) - set("0123456789abcdef"):
            raise HuitouError(
                f"--erased-from must be a file of huitou erased, with 32 hexadecimal digits a line; got {each[:40]!r}. "
                "Check its name.",
                field="erased_from",
                value=each[:40],
            )
    return hashes
