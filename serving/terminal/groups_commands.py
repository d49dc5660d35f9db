"""The commands about groups of customers: ``huitou layers`` and ``huitou flow``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop, day_said
from serving.terminal.out_file import ending_of
from serving.terminal.progress import bar
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What computes it is loaded when a command runs.
    from features.shop.groups.flow import Flow
    from serving.grouping.group_book import GroupBook

ENDINGS = ("csv", "xlsx")
"""How the name of the file may end."""

Language = Annotated[str, typer.Option(help="Language of names, rules and plans, en or zh.")]


def layers_command(console: Console) -> Callable[..., None]:
    """The command that tells of the groups; it prints to ``console``."""

    def layers(
        shop: Shop = SHOP,
        out: Annotated[Path | None, typer.Option(help="Also write a table (.csv, .xlsx).")] = None,
        language: Language = "en",
    ) -> None:
        """Count the layers, stages, RFM groups, value levels and behaviour groups, with a plan for each."""
        from features.shop.groups.playbook import Playbook
        from serving.grouping.group_book import GroupBook
        from serving.lists.exports import export
        from serving.snapshot import Snapshot
        from training.report.page import checked_language

        checked_language(language)
        ending = "" if out is None else ending_of(out, ENDINGS)
        folder = ShopFolder.open(shop)
        book = GroupBook.of(Snapshot.open_current(folder), Playbook.in_folder(folder.path))
        show_groups(console, book, language)
        if out is not None:
            export(book.table(language), out, ending)
            console.print(f"the groups are in {out}", markup=False)

    return layers


def flow_command(console: Console) -> Callable[..., None]:
    """The command that tells of moves between groups; it prints to ``console``."""

    def flow(
        first: Annotated[str, typer.Option("--from", help="The first day, such as 2025-03-01.")],
        second: Annotated[str, typer.Option("--to", help="The second day; what was known when each began counts.")],
        shop: Shop = SHOP,
        by: Annotated[str, typer.Option(help="stage, layer, rfm_group, value_level or behaviour_group.")] = "stage",
    ) -> None:
        """Tell from which group to which the customers went between two days."""
        from features.behaviour import Behaviour
        from features.shop.groups.flow import checked_grouping
        from features.shop.groups.flow import flow as run

        folder = ShopFolder.open(shop)
        checked_grouping(by)
        zone = ZoneInfo(folder.settings.timezone)
        begin, end = (
            datetime.combine(day_said(name, day), time(), zone) for name, day in (("from", first), ("to", second))
        )
        with bar(console, "comparing the two days") as progress:
            found = run(Behaviour.of(folder), begin, end, progress)
        show_flow(console, found, by, zone)

    return flow


def show_groups(console: Console, book: GroupBook, language: str) -> None:
    """Print a table for each grouping with its plans, the day rules in force, and why it is these."""
    from serving.grouping.group_book import TITLES

    columns = ("group", "customers", "of customers", "of orders", "of net spend")
    for grouping, sizes in book.groupings.items():
        rows = [
            (
                size.named.title[language],
                size.customers,
                *(f"{share:.1%}" for share in (size.customer_share, size.order_share, size.net_spend_share)),
            )
            for size in sizes
        ]
        show_table(console, TITLES[grouping][language], columns, rows)
        for size in sizes:
            title, rule = size.named.title[language], size.named.rule[language]
            console.print(f"{title}: {rule}. {size.plan.sentence(language)}", markup=False)
    console.print(book.limits.why[language], markup=False)
    if book.set_aside:
        console.print(f"{book.set_aside:,} of them are set aside: huitou people set-aside", markup=False)


def show_flow(console: Console, found: Flow, by: str, timezone: ZoneInfo) -> None:
    """Print a row for each group of the first date, with how many of it are in each group of the second."""
    moves = found.moves[by]
    first, second = (f"{moment.astimezone(timezone):%Y-%m-%d}" for moment in (found.first, found.second))
    rows = [
        (name.replace("_", " "), int(people.sum()), *people.tolist())
        for name, people in zip(moves.before, moves.people, strict=True)
        if people.any()
    ]
    titles = ("from", "people", *(name.replace("_", " ") for name in moves.after))
    show_table(console, f"Where the people of {first} are on {second}", titles, rows)
    known = int(moves.people[:-1].sum())
    share = f" ({moves.stayed / known:.1%})" if known else ""
    console.print(f"{moves.stayed:,} of {known:,}{share} are in the same group on both days")
    for day, rules in ((first, found.first_rules), (second, found.second_rules)):
        console.print(f"{day}: {rules.layers.why['en']}", markup=False)
