"""The command that tells how a shop's customers are divided: ``huitou clusters``."""

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

if TYPE_CHECKING:  # What reads it is loaded when the command runs.
    from serving.alike.clusters import ClusterBook

ENDINGS = ("html", "csv", "xlsx")
"""How the name of the file may end: a chart, or a table."""


def clusters_command(console: Console) -> Callable[..., None]:
    """The command; it prints to ``console``."""

    def clusters(
        shop: Shop = SHOP,
        out: Annotated[Path | None, typer.Option(help="Also write a chart (.html) or a table (.csv, .xlsx).")] = None,
        language: Annotated[str, typer.Option(help="Language of names and descriptions, en or zh.")] = "en",
    ) -> None:
        """Tell into which groups the customers of the published snapshot fall, and what sets each apart."""
        from serving.alike.clusters import ClusterBook
        from serving.snapshot import Snapshot
        from training.report.page import checked_language

        checked_language(language)
        ending = "" if out is None else ending_of(out, ENDINGS)
        snapshot = Snapshot.open_current(ShopFolder.open(shop))
        book = ClusterBook.of(snapshot)
        show_clusters(console, book, language)
        why_none = snapshot.alike.alike.why_none
        if why_none is not None:
            console.print(f"no clusters: {why_none[language]}", markup=False)
        if out is not None:
            write_clusters(book, out, ending, language)
            console.print(f"the clusters are in {out}", markup=False)

    return clusters


def show_clusters(console: Console, book: ClusterBook, language: str) -> None:
    """Print a table of sizes, and what sets each cluster apart."""
    columns = ("cluster", "customers", "of customers", "of orders", "of net spend")
    rows = [
        (
            cluster.portrait.number,
            cluster.customers,
            *(f"{share:.0%}" for share in (cluster.customer_share, cluster.order_share, cluster.net_spend_share)),
        )
        for cluster in book.clusters
    ]
    if rows:
        show_table(console, "Clusters", columns, rows)
    for cluster in book.clusters:
        told = cluster.portrait.description(language)
        console.print(f"{cluster.portrait.number} {cluster.portrait.name[language]}: {told}", markup=False)
    console.print(f"in no cluster, because too little is known of them: {book.in_none:,}")


def write_clusters(book: ClusterBook, out: Path, ending: str, language: str) -> None:
    """Write the chart or the table of the clusters."""
    table = book.table(language)
    if ending == "html":
        from training.charts.clusters import chart_page, cluster_chart

        out.write_text(chart_page(cluster_chart(table.to_pylist(), language)), encoding="utf-8")
        return
    from serving.lists.exports import export

    export(table, out, ending)
