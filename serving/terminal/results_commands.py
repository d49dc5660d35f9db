"""The commands about what followed from recommendations: ``huitou results recommendations|export``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop, moment_said
from serving.terminal.out_file import ending_of
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What computes it is loaded when a command runs.
    from features.estimate import Estimate
    from serving.shown.online_results import OnlineResults
    from serving.shown.period import Period

ENDINGS = ("csv", "xlsx", "json", "html")
"""How the name of a file of results may end: a table, the same for programs, or a chart."""

Database = Callable[[], str | None]
Start = Annotated[
    str | None, typer.Option("--from", help="First day or moment, as 2025-03-01; else four weeks before.")
]
End = Annotated[str | None, typer.Option("--until", help="The day or moment before which it ends; else now.")]


def results_commands(clock: Callable[[], datetime], database: Database, console: Console) -> typer.Typer:
    """The group of commands about online results; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="What followed from the recommendations that were shown.", no_args_is_help=True)

    @group.command()
    def recommendations(
        shop: Shop = SHOP,
        by: Annotated[str, typer.Option(help="placement, source, tier, version, arm or place.")] = "placement",
        start: Start = None,
        end: End = None,
        out: Annotated[
            Path | None, typer.Option(help="Also write a table (.csv, .xlsx, .json) or a chart (.html).")
        ] = None,
    ) -> None:
        """Print how often shown items were clicked and bought, with 95 % intervals."""
        from serving.shown.memory import not_counted, opened
        from serving.shown.online_results import check_by, online_results

        ending = "" if out is None else ending_of(out, ENDINGS)
        check_by(by)
        folder = ShopFolder.open(shop)
        period = period_of(folder, start, end, clock())
        with opened(folder, database()) as memory:
            found = online_results(
                memory.shown,
                memory.responses,
                period,
                by,
                clock(),
                set_aside=not_counted(folder),
                same=memory.same_people,
            )
        show_results(console, found)
        if out is not None:
            write_results(found, out, ending)
            console.print(f"the results are in {out}", markup=False)

    @group.command()
    def export(
        out: Annotated[Path, typer.Option(help="The Parquet file.")],
        shop: Shop = SHOP,
        start: Start = None,
        end: End = None,
    ) -> None:
        """Write every item that was shown, with what followed, for data scientists. The file names customers."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.shown.memory import opened
        from serving.shown.shown_table import write_shown_table

        folder = ShopFolder.open(shop)
        period = period_of(folder, start, end, clock())
        with opened(folder, database()) as memory:
            rows = write_shown_table(memory.shown, memory.responses, period, out, memory.same_people)
            days = {"from": period.start.isoformat(), "until": period.end.isoformat(), "rows": rows}
            memory.audit.add(COMMAND_LINE, "results.export", "shown", days, clock())
        console.print(f"{rows:,} shown items are in {out}", markup=False)

    return group


def period_of(folder: ShopFolder, start: str | None, end: str | None, now: datetime) -> Period:
    """The period as typed; what has no zone is meant in the shop's."""
    from serving.shown.period import Period

    return Period.of(moment_said("from", start, folder), moment_said("until", end, folder), now)


def show_results(console: Console, found: OnlineResults) -> None:
    """Print the rows, and beneath them what must be known to read them."""
    columns = (found.by, "people", "answers", "items shown", "clicked", "bought", "revenue")
    rows = [
        (
            row.value,
            row.people,
            round(row.answers),
            round(row.seen_items),
            percent(row.click_rate),
            percent(row.purchase_rate),
            row.revenue,
        )
        for row in (*found.rows, found.total)
    ]
    show_table(console, "Online results", columns, rows)
    period = f"{found.period.start:%Y-%m-%d %H:%M} to {found.period.end:%Y-%m-%d %H:%M} (UTC{found.period.start:%z})"
    console.print(f"answers from {period}; 95 % intervals in brackets", markup=False)
    if found.more_rows:
        console.print(f"{found.more_rows:,} more rows with fewer items are counted in the last line only")
    if found.settled_until < found.period.end:
        console.print(f"more may still follow from answers after {found.settled_until:%Y-%m-%d %H:%M}", markup=False)
    if found.exploration is not None:
        told = percent(found.exploration.click_rate)
        shown = found.exploration.shown
        console.print(f"little-seen items: {shown:,} shown; clicked if all were shown alike: {told}", markup=False)
    if found.left_out:
        console.print(f"{found.left_out:,} answers to people who are set aside are left out")


def percent(estimate: Estimate) -> str:
    """A rate and its interval as people read them."""
    if estimate.value is None:
        return ""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2%}"
    return f"{estimate.value:.2%} ({estimate.low:.2%} to {estimate.high:.2%})"


def write_results(found: OnlineResults, out: Path, ending: str) -> None:
    """Write the rows as a table, or the click rates as a chart."""
    rows = [row.flat() for row in found.rows]
    if ending == "html":
        from training.charts.clusters import chart_page
        from training.charts.rates import rate_chart

        page = chart_page(rate_chart(rows, found.total.click_rate.value, found.by))
        out.write_text(page, encoding="utf-8")
    elif ending == "json":
        out.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        import pyarrow as pa

        from serving.lists.exports import export

        columns = found.total.flat().keys()
        export(pa.table({name: [row[name] for row in rows] for name in columns}), out, ending)
