"""The commands about suggested plans: ``huitou playbook show|check|init``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder, replace_text
from serving.terminal.options import SHOP, Shop


def playbook_commands(console: Console) -> typer.Typer:
    """The group of commands about the playbook; they print to ``console``."""
    group = typer.Typer(help="What is suggested for each group of customers.", no_args_is_help=True)

    @group.command()
    def show(
        shop: Shop = SHOP, language: Annotated[str, typer.Option(help="Language of the plans, en or zh.")] = "en"
    ) -> None:
        """Print the plan of every group, and which plan counts for somebody in several."""
        from features.shop.groups.playbook import GROUPINGS, Playbook
        from training.report.page import checked_language

        checked_language(language)
        book = Playbook.in_folder(ShopFolder.open(shop).path)
        for grouping, groups in GROUPINGS.items():
            for group in groups:
                told = book.plan_of(grouping, group).sentence(language)
                console.print(f"{grouping}:{group}: {told}", markup=False)
        order = ", then ".join(book.precedence)
        console.print(f"for somebody in several groups the first that fits counts: {order}", markup=False)

    @group.command()
    def check(shop: Shop = SHOP) -> None:
        """Say whether playbook.json can be used."""
        from features.shop.groups.playbook import PLAYBOOK_FILE, Playbook

        file = ShopFolder.open(shop).path / PLAYBOOK_FILE
        Playbook.in_folder(file.parent)
        told = "can be used" if file.exists() else "is not there, so the built-in plans count"
        console.print(f"{file} {told}", markup=False)

    @group.command()
    def init(shop: Shop = SHOP) -> None:
        """Write the built-in plans into the shop's folder, to be changed there."""
        from features.shop.groups.playbook import PLAYBOOK_FILE, built_in_text

        file = ShopFolder.open(shop).path / PLAYBOOK_FILE
        if file.exists():
            raise HuitouError(f"{file} is there already. Change it, or move it away first.")
        replace_text(file, built_in_text())
        console.print(f"{file} holds the built-in plans; look at it with: huitou playbook show", markup=False)

    return group
