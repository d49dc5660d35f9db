"""The commands about groups of customers: ``huitou layers`` and ``huitou flow``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    from serving.grouping.group_book import GroupBook, GroupSize

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "columns": "group|customers|of customers|of orders|of net spend",
        "plan": "{title}: {rule}. {plan}",
        "set aside": "{people:,} of them are set aside: huitou people set-aside",
        "file": "the groups are in {out}",
        "of all": "shares are of all {people:,} people, visitors included, and of what they bought",
        "of buyers": "shares are of those who have ordered, {people:,} of all {everybody:,} people",
        "moved": "from|to|people|of those from there",
        "not there": "not there",
        "moves": "Where the people of {first} are on {second}",
        "stayed": "{stayed:,} of {known:,}{share} are in the same group on both days",
        "share": " ({:.1%})",
        "rules": "{day}: {why}",
    },
    "zh": {
        "columns": "分组|客户数|占客户|占订单|占净消费",
        "plan": "{title}：{rule}。{plan}",
        "set aside": "其中{people:,}人为异常账号，详见 huitou people set-aside",
        "file": "分组已写入 {out}",
        "of all": "占比以全部{people:,}人（含访客）及其订单与净消费计",
        "of buyers": "占比以下过单的{people:,}人计（全部{everybody:,}人）",
        "moved": "原分组|现分组|人数|占原分组",
        "not there": "尚未出现",
        "moves": "{first} 的客户在 {second} 的去向",
        "stayed": "{known:,}人中有{stayed:,}人{share}两天都在同一组",
        "share": "（{:.1%}）",
        "rules": "{day}：{why}",
    },
}

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
            console.print(_WORDS[language]["file"].format(out=out), markup=False)

    return layers


def flow_command(console: Console) -> Callable[..., None]:
    """The command that tells of moves between groups; it prints to ``console``."""

    def flow(
        first: Annotated[str, typer.Option("--from", help="The first day, such as 2025-03-01.")],
        second: Annotated[str, typer.Option("--to", help="The second day; what was known when each began counts.")],
        shop: Shop = SHOP,
        by: Annotated[str, typer.Option(help="stage, layer, rfm_group, value_level or behaviour_group.")] = "stage",
        language: Language = "en",
    ) -> None:
        """Tell from which group to which the customers went between two days."""
        from features.behaviour import Behaviour
        from features.shop.groups.flow import checked_grouping
        from features.shop.groups.flow import flow as run
        from training.report.page import checked_language

        checked_language(language)
        folder = ShopFolder.open(shop)
        checked_grouping(by)
        zone = ZoneInfo(folder.settings.timezone)
        begin, end = (
            datetime.combine(day_said(name, day), time(), zone) for name, day in (("from", first), ("to", second))
        )
        with bar(console, "comparing the two days") as progress:
            found = run(Behaviour.of(folder), begin, end, progress)
        show_flow(console, found, by, zone, language)

    return flow


def show_groups(console: Console, book: GroupBook, language: str) -> None:
    """Print a table for each grouping with its plans, the day rules in force, and why it is these."""
    from serving.grouping.group_book import TITLES

    words = _WORDS[language]
    everybody = _people(book.groupings["layer"])
    for grouping, sizes in book.groupings.items():
        rows = [
            (
                size.named.title[language],
                size.customers,
                *(f"{share:.1%}" for share in (size.customer_share, size.order_share, size.net_spend_share)),
            )
            for size in sizes
        ]
        show_table(console, TITLES[grouping][language], words["columns"].split("|"), rows)
        people = _people(sizes)
        whole = words["of all" if people == everybody else "of buyers"]
        console.print(whole.format(people=people, everybody=everybody), markup=False)
        for size in sizes:
            title, rule = size.named.title[language], size.named.rule[language]
            plan = size.plan.sentence(language)
            console.print(words["plan"].format(title=title, rule=rule, plan=plan), markup=False)
    console.print(book.limits.why[language], markup=False)
    if book.set_aside:
        console.print(words["set aside"].format(people=book.set_aside), markup=False)


def _people(sizes: Iterable[GroupSize]) -> int:
    """How many are in one of the groups."""
    return sum(size.customers for size in sizes)


def show_flow(console: Console, found: Flow, by: str, timezone: ZoneInfo, language: str) -> None:
    """Print how many went from each group of the first date to each of the second, the most first."""
    from serving.grouping.group_book import LAYER_TITLES, titles_of

    words, moves = _WORDS[language], found.moves[by]
    titles = {"visitor": LAYER_TITLES["visitor"], **titles_of(by)}
    first, second = (f"{moment.astimezone(timezone):%Y-%m-%d}" for moment in (found.first, found.second))
    # A row for each move and not a column for each group: with eleven groups no column would be wide enough.
    rows = [
        (titles[come][language] if come in titles else words["not there"], titles[go][language], people, f"{share:.1%}")
        for come, go, people, share in sorted(moves.rows, key=lambda row: -row[2])
    ]
    show_table(console, words["moves"].format(first=first, second=second), words["moved"].split("|"), rows)
    known = int(moves.people[:-1].sum())
    share = words["share"].format(moves.stayed / known) if known else ""
    console.print(words["stayed"].format(stayed=moves.stayed, known=known, share=share), markup=False)
    for day, rules in ((first, found.first_rules), (second, found.second_rules)):
        console.print(words["rules"].format(day=day, why=rules.layers.why[language]), markup=False)
