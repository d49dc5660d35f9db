"""The command that finds customers like others: ``huitou similar``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.out_file import ending_of
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What reads it is loaded when the command runs.
    from features.arrays import Ints
    from serving.snapshot import Snapshot

SHOWN = 20
"""So many are printed at most; all are in the file."""


def similar_command(console: Console) -> Callable[..., None]:
    """The command; it prints to ``console``."""

    def similar(
        shop: Shop = SHOP,
        like: Annotated[list[str] | None, typer.Option(help="Id of a customer; several may be given.")] = None,
        like_list: Annotated[Path | None, typer.Option(help="A CSV file with a column customer_id.")] = None,
        top: Annotated[int, typer.Option(min=1, help="How many similar customers.")] = 100,
        out: Annotated[Path | None, typer.Option(help="Also write them to a .csv or .xlsx file.")] = None,
        language: Annotated[str, typer.Option(help="Language of what they have in common, en or zh.")] = "en",
    ) -> None:
        """Find the customers most like one, or like the people of a list, and say what they have in common."""
        from serving.alike.similar_customers import NOT_COMPARED, similar_customers, similar_table
        from serving.lists.exports import FORMATS, export
        from serving.snapshot import Snapshot
        from training.report.page import checked_language

        checked_language(language)
        format = "" if out is None else ending_of(out, FORMATS)
        snapshot = Snapshot.open_current(ShopFolder.open(shop))
        rows = asked_rows(snapshot, [*(like or ()), *(ids_in(like_list) if like_list else ())])
        found = similar_customers(snapshot, rows, top, language)
        if found is None:
            console.print(NOT_COMPARED[language], markup=False)
            return
        shown = [(each.customer_id, each.similarity, each.cluster, each.in_common[0]) for each in found[:SHOWN]]
        show_table(console, "Similar customers", ("customer_id", "similarity", "cluster", "in common"), shown)
        if out is not None:
            export(similar_table(found), out, format)
            console.print(f"{len(found):,} customers are in {out}", markup=False)

    return similar


def ids_in(file: Path) -> list[str]:
    """The ids of a list, as ``huitou list`` writes it; raises :class:`HuitouError` where there is no such column."""
    with open(file, encoding="utf-8-sig", newline="") as handle:
        rows = csv.DictReader(handle)
        if "customer_id" not in (rows.fieldnames or ()):
            raise HuitouError(
                f"like-list must be a CSV file with a column customer_id; {file} has none. Write one with: huitou list",
                field="like_list",
                value=str(file),
            )
        return [row["customer_id"] or "" for row in rows]


def asked_rows(snapshot: Snapshot, ids: Iterable[str]) -> Ints:
    """The rows of those who are known; raises :class:`HuitouError` where there is none."""
    asked = list(dict.fromkeys(ids))
    rows = snapshot.customers.rows(asked)
    if not len(rows):
        raise HuitouError(
            f"like must name customers of the published snapshot; none of {len(asked)} is one. "
            "Use for example --like c-1.",
            code="unknown_customer",
            field="like",
            value=asked[:5],
        )
    return rows
