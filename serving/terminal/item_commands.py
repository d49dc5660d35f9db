"""The commands about what goes together: ``huitou related`` and ``huitou bundles``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.out_file import ending_of
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What reads it is loaded when a command runs.
    from serving.snapshot import Snapshot

SHOWN = 20
"""So many bundles are printed."""

Language = Annotated[str, typer.Option(help="Language of the sentences, en or zh.")]
Stock = Annotated[bool, typer.Option("--in-stock/--all", help="Whether only items that can be bought now are told.")]


def related_command(console: Console) -> Callable[..., None]:
    """``huitou related``; it prints to ``console``."""

    def related(
        item: Annotated[str, typer.Argument(help="The item's id.")],
        shop: Shop = SHOP,
        kind: Annotated[str | None, typer.Option(help="One kind of related items; all of them if absent.")] = None,
        n: Annotated[int, typer.Option(min=1, max=50, help="How many of each kind.")] = 5,
        in_stock: Stock = True,
        language: Language = "en",
    ) -> None:
        """Tell which items go with one: viewed or bought together, bought next, similar, instead of it."""
        from serving.recommending.related import code_of, related_items
        from serving.snapshot import Snapshot
        from training.recommend.reason_texts import reason
        from training.report.page import checked_language

        checked_language(language)
        snapshot = Snapshot.open_current(ShopFolder.open(shop))
        code = code_of(snapshot, item)
        kinds = (kind,) if kind else snapshot.related_kinds
        found = {each: related_items(snapshot, each, code, n, in_stock=in_stock) for each in kinds}
        label = snapshot.shelf.label(code)
        console.print(f"{label} ({item})", markup=False)
        for each, items in found.items():
            rows = [(snapshot.shelf.ids.id(other), snapshot.shelf.label(other), score) for other, score in items]
            if rows:
                title = f"{each}: {reason(each, language, because=label)}"
                show_table(console, title, ("item", "title", "score"), rows)
            else:
                console.print(f"{each}: nothing is known")

    return related


def bundles_command(console: Console) -> Callable[..., None]:
    """``huitou bundles``; it prints to ``console``."""

    def bundles(
        shop: Shop = SHOP,
        out: Annotated[Path | None, typer.Option(help="Also write all of them to a .csv or .xlsx file.")] = None,
        in_stock: Stock = False,
        language: Language = "en",
    ) -> None:
        """Tell what is bought in one order more often than chance explains."""
        from serving.lists.exports import FORMATS, export
        from serving.snapshot import Snapshot
        from serving.told_bundles import bundle_table
        from training.report.page import checked_language

        checked_language(language)
        format = "" if out is None else ending_of(out, FORMATS)
        snapshot = Snapshot.open_current(ShopFolder.open(shop))
        table = bundle_table(snapshot, language, None if out is not None else SHOWN, in_stock=in_stock)
        show_bundles(console, snapshot, table.slice(0, SHOWN).to_pylist())
        if out is not None:
            export(table, out, format)
            console.print(f"{len(table):,} bundles are in {out}", markup=False)

    return bundles


def show_bundles(console: Console, snapshot: Snapshot, listed: list[dict[str, object]]) -> None:
    """Print the first bundles, and what they come from."""
    for number, row in enumerate(listed, start=1):
        items = [str(row[f"title_{place}"] or row[f"item_{place}"]) for place in (1, 2, 3) if row[f"item_{place}"]]
        console.print(f"{number}. {' + '.join(items)}: {row['why']}", markup=False)
    found = snapshot.bundles
    console.print(f"{len(found):,} bundles in {found.order_count:,} orders")
    unknown = sum(row["profit"] is None for row in listed)
    if unknown:
        console.print(f"the profit of {unknown} of those above is not known: their items have no price or no unit_cost")
