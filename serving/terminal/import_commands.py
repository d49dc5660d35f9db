"""The commands that take in files: ``huitou import events|items|customers|contacts``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console

from features.errors import HuitouError
from features.events.importers import (
    ImportOptions,
    ImportSummary,
    import_contacts,
    import_customers,
    import_events,
    import_items,
)
from features.progress import Doing
from features.shop_folder import ShopFolder, ShopSettings
from serving.terminal.options import SHOP, Shop
from serving.terminal.progress import bars
from serving.terminal.tables import show_imports

Files = Annotated[list[Path], typer.Argument(help="CSV (also .gz), JSON Lines or Parquet files.")]
Source = Annotated[str | None, typer.Option("--source", help="A ready-made column map: huitou, taobao, tmall, ...")]
Mapped = Annotated[list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help="Which column is which.")]
Constant = Annotated[list[str] | None, typer.Option("--set", metavar="OURS=VALUE", help="A value for every row.")]
Zone = Annotated[str | None, typer.Option("--timezone", help="Zone of times without one; also a new shop's zone.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="utf-8, gb18030, ...; recognised if absent.")]
DateOrder = Annotated[str | None, typer.Option("--date-order", help="dmy or mdy, for dates such as 3/4/2025.")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="What separates values; recognised if absent.")]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="Whether the first line names columns.")]
Allowed = Annotated[bool, typer.Option("--allow-rejected", help="Exit with 0 although rows were rejected.")]


class Importer(Protocol):
    """One of the functions of :mod:`features.events.importers`."""

    def __call__(
        self,
        shop: ShopFolder,
        files: Sequence[Path],
        options: ImportOptions,
        *,
        now: datetime,
        progress: Doing | None = None,
    ) -> list[ImportSummary]:
        """Take in the files."""
        ...


IMPORTERS: tuple[tuple[str, Importer, str], ...] = (
    ("events", import_events, "Views, carts, favourites, purchases, returns."),
    ("items", import_items, "Titles, categories, brands, prices, stock."),
    ("customers", import_customers, "Who joined when, who may be written to, who opted out."),
    ("contacts", import_contacts, "Whom campaigns wrote to, and whom they left alone to compare."),
)
"""The commands: name, what it calls, its help."""


def import_commands(clock: Callable[[], datetime], console: Console) -> typer.Typer:
    """The group of import commands; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="Take in events, items, customers or contacts from files.", no_args_is_help=True)
    for name, importer, help_text in IMPORTERS:
        group.command(name, help=help_text)(_command(importer, clock, console))
    return group


def _command(importer: Importer, clock: Callable[[], datetime], console: Console) -> Callable[..., None]:
    def command(
        files: Files,
        shop: Shop = SHOP,
        source: Source = None,
        mapped: Mapped = None,
        constants: Constant = None,
        timezone: Zone = None,
        encoding: Encoding = None,
        delimiter: Delimiter = None,
        date_order: DateOrder = None,
        header: Header = None,
        allow_rejected: Allowed = False,
    ) -> None:
        options = ImportOptions(
            source=source,
            columns=_pairs("--map", mapped),
            constants=_pairs("--set", constants),
            timezone=timezone,
            encoding=encoding,
            delimiter=delimiter,
            date_order=date_order,
            header=header,
        )
        with _shop(shop, timezone or "UTC") as folder, bars(console) as doing:
            summaries = importer(folder, files, options, now=clock(), progress=doing)
        show_imports(console, summaries)
        _refuse_rejected(sum(summary.rejected for summary in summaries), allow_rejected)

    return command


@contextmanager
def _shop(path: Path, timezone: str) -> Iterator[ShopFolder]:
    """The shop in ``path``, made when there is none; a new shop of which nothing was stored is taken back.

    Otherwise a first import with a slip in it would settle the time zone of all later ones.
    """
    is_new = not (path / "shop.json").exists()
    folder = ShopFolder.create(path, ShopSettings(timezone=timezone))
    try:
        yield folder
    finally:
        if is_new and not folder.warehouse.exists():
            (path / "shop.json").unlink()


def _pairs(option: str, said: Sequence[str] | None) -> dict[str, str]:
    pairs = {}
    for text in said or []:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise HuitouError(f"{option} must look like NAME=VALUE; got {text!r}. Use for example {option} kind=view.")
        pairs[name] = value
    return pairs


def _refuse_rejected(rejected: int, allowed: bool) -> None:
    if rejected and not allowed:
        raise HuitouError(
            f"{rejected:,} {'row was' if rejected == 1 else 'rows were'} rejected and the others kept. "
            "Mend what was rejected and import it again, or say --allow-rejected."
        )
