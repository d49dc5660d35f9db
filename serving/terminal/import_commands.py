"""The commands that take in files: ``huitou import events|items|customers|contacts``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer
from rich.console import Console

from features.errors import HuitouError
from features.progress import Doing
from features.shop_folder import ShopFolder, ShopSettings
from serving.terminal.options import SHOP, Shop
from serving.terminal.progress import bars
from serving.terminal.tables import show_imports

if TYPE_CHECKING:  # The engines of the warehouse take a quarter of a second that most commands do not need.
    from features.events.importers import ImportOptions, ImportSummary

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


HELP = {
    "events": "Views, carts, favourites, purchases, returns.",
    "items": "Titles, categories, brands, prices, stock.",
    "customers": "Who joined when, who may be written to, who opted out.",
    "contacts": "Whom campaigns wrote to, and whom they left alone to compare.",
}
"""The commands and what each takes in."""


def import_commands(clock: Callable[[], datetime], database: Callable[[], str | None], console: Console) -> typer.Typer:
    """The group of import commands; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="Take in events, items, customers or contacts from files.", no_args_is_help=True)
    for name, help_text in HELP.items():
        group.command(name, help=help_text)(_command(name, clock, database, console))
    return group


def _importer(name: str) -> Importer:
    from features.events import importers

    found: dict[str, Importer] = {
        "events": importers.import_events,
        "items": importers.import_items,
        "customers": importers.import_customers,
        "contacts": importers.import_contacts,
    }
    return found[name]


def _command(
    name: str, clock: Callable[[], datetime], database: Callable[[], str | None], console: Console
) -> Callable[..., None]:
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
        from features.events.importers import ImportOptions

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
            summaries = _importer(name)(folder, files, options, now=clock(), progress=doing)
            _reapply(folder, database(), clock())
        show_imports(console, summaries)
        _refuse_rejected(sum(summary.rejected for summary in summaries), allow_rejected)

    return command


def _reapply(folder: ShopFolder, url: str | None, now: datetime) -> None:
    """Whoever was deleted stays away, and whoever was merged stays merged, whatever files say."""
    if not folder.database.exists() and not url:
        return
    from serving.database.connection import open_database
    from serving.privacy.reapplying import reapply

    engine = open_database(folder, url)
    try:
        reapply(folder, engine, now)
    except HuitouError as error:
        if error.code != "busy":  # The mover does the rest.
            raise
    finally:
        engine.dispose()


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
