"""The commands about lists with a still clock."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.list_command import list_command
from serving.terminal.lists_commands import ListsCommands
from tests.serving.published_shop import NOW


def run(shop: ShopFolder, *arguments: str) -> int:
    """The status that a command ends with; a mistake is told as the front door tells it."""
    console = Console(soft_wrap=True, width=200)
    app = typer.Typer()
    app.command("list")(list_command(lambda: NOW, lambda: None, console))
    app.add_typer(ListsCommands(lambda: NOW, lambda: None, console).group(), name="lists")
    try:
        app([*arguments, "--shop", str(shop.path)], standalone_mode=False)
    except HuitouError as error:
        sys.stderr.write(f"huitou: {error.message}\n")
        return 1
    return 0
