"""The commands about comparisons of two snapshots: ``huitou compare start|renew|stop|show``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.results_commands import percent
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What computes it is loaded when a command runs.
    from features.estimate import Estimate
    from serving.database.answers.comparisons import Comparison
    from serving.shown.comparing.comparison_results import ComparisonResults
    from serving.shown.comparing.difference import Difference
    from serving.shown.memory import Memory

Database = Callable[[], str | None]
Name = Annotated[str, typer.Argument(help="Name of the comparison.")]


def compare_commands(clock: Callable[[], datetime], database: Database, console: Console) -> typer.Typer:
    """The group of commands about comparisons; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(
        help="Two snapshots, each for a part of the customers: which does better?", no_args_is_help=True
    )

    @group.command()
    def start(
        name: Name,
        b: Annotated[str, typer.Option("--b", help="The snapshot that is tried; see: huitou snapshots list")],
        a: Annotated[str | None, typer.Option("--a", help="What is usual; else the served snapshot.")] = None,
        share_b: Annotated[float, typer.Option(help="The share of the customers who see b.")] = 0.5,
        shop: Shop = SHOP,
    ) -> None:
        """Show one snapshot to some customers and another one to the others, from now on."""
        from serving.shown.memory import opened
        from serving.snapshot import current_id, whole_snapshot

        folder = ShopFolder.open(shop)
        sides = {"a": whole_snapshot(folder, a or current_id(folder)).id, "b": whole_snapshot(folder, b).id}
        with opened(folder, database()) as memory:
            begun = memory.comparisons.start(name, sides, share_b, clock())
            _note(memory, "comparison.start", begun, clock())
        console.print(
            f"comparison {name}: {begun.share_b:.0%} of the customers see {begun.snapshot_b}, the others "
            f"{begun.snapshot_a}. Decide now when you will look, and look once: huitou compare show {name}",
            markup=False,
        )

    @group.command()
    def renew(
        name: Name,
        a: Annotated[str | None, typer.Option("--a", help="A newer snapshot for side a.")] = None,
        b: Annotated[str | None, typer.Option("--b", help="A newer snapshot for side b.")] = None,
        shop: Shop = SHOP,
    ) -> None:
        """Give the sides of a running comparison newer snapshots; everybody keeps their side."""
        from serving.shown.memory import opened
        from serving.snapshot import whole_snapshot

        folder = ShopFolder.open(shop)
        given = {side: whole_snapshot(folder, named).id for side, named in (("a", a), ("b", b)) if named is not None}
        with opened(folder, database()) as memory:
            found = memory.comparisons.renew(name, given)
            _note(memory, "comparison.renew", found, clock())
        console.print(f"comparison {name}: a is {found.snapshot_a}, b is {found.snapshot_b}", markup=False)

    @group.command()
    def stop(name: Name, shop: Shop = SHOP) -> None:
        """End a comparison: everybody sees what is published."""
        from serving.shown.memory import opened

        with opened(ShopFolder.open(shop), database()) as memory:
            ended = memory.comparisons.stop(name, clock())
            _note(memory, "comparison.stop", ended, clock())
        console.print(f"comparison {name} has ended; put b into service with: ", end="", markup=False)
        console.print(f"huitou snapshots use {ended.snapshot_b}", markup=False)

    @group.command()
    def show(
        name: Annotated[str | None, typer.Argument(help="Name of the comparison; without it all are listed.")] = None,
        shop: Shop = SHOP,
    ) -> None:
        """What a comparison found, with 95 % intervals."""
        from serving.shown.comparing.comparison_results import comparison_results
        from serving.shown.memory import not_counted, opened

        folder = ShopFolder.open(shop)
        with opened(folder, database()) as memory:
            if name is None:
                show_comparisons(console, memory.comparisons.all())
                return
            found = comparison_results(
                memory.shown,
                memory.responses,
                memory.comparisons.get(name),
                clock(),
                set_aside=not_counted(folder),
            )
        show_comparison(console, found)

    return group


def _note(memory: Memory, act: str, comparison: Comparison, now: datetime) -> None:
    from serving.database.access.audit import COMMAND_LINE

    memory.audit.add(COMMAND_LINE, act, comparison.name, {**comparison.snapshots, "share_b": comparison.share_b}, now)


def show_comparisons(console: Console, comparisons: list[Comparison]) -> None:
    """Print every comparison in one line."""
    rows = [
        (
            each.name,
            each.snapshot_a,
            each.snapshot_b,
            f"{each.share_b:.0%}",
            f"{each.started:%Y-%m-%d %H:%M}",
            "runs" if each.ended is None else f"{each.ended:%Y-%m-%d %H:%M}",
        )
        for each in comparisons
    ]
    show_table(console, "Comparisons", ("name", "a", "b", "see b", "started (UTC)", "ended (UTC)"), rows)


def show_comparison(console: Console, found: ComparisonResults) -> None:
    """Print both sides, the differences, and what must be known before they are believed."""
    sides = [
        (
            letter,
            side.snapshot,
            side.people,
            side.buyers,
            percent(side.conversion),
            figure(side.clicks_per_answer),
            figure(side.revenue_per_person),
        )
        for letter, side in (("a", found.a), ("b", found.b))
    ]
    columns = ("side", "snapshot", "people", "buyers", "conversion", "clicks per answer", "revenue per person")
    show_table(console, f"Comparison {found.comparison.name}", columns, sides)
    rows = [_difference(name.replace("_", " "), each) for name, each in found.differences.items()]
    show_table(console, "b less a", ("figure", "difference", "relative", "found if as large as"), rows)
    for note in found.notes:
        console.print(note, markup=False)


def _difference(name: str, found: Difference) -> tuple[str, str, str, str]:
    is_rate = name == "conversion"
    smallest = found.smallest_found
    told = "" if smallest is None else f"{smallest:.2%}" if is_rate else f"{smallest:.4g}"
    return name, percent(found.absolute) if is_rate else figure(found.absolute), percent(found.relative), told


def figure(estimate: Estimate) -> str:
    """A figure and its interval as people read them."""
    if estimate.value is None:
        return ""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.4g}"
    return f"{estimate.value:.4g} ({estimate.low:.4g} to {estimate.high:.4g})"
