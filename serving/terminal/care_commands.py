"""The commands about how people are written to: ``huitou care check|show``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table


def care_commands(clock: Callable[[], datetime], console: Console) -> typer.Typer:
    """The group of commands about contact care; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="How people are written to: consent, caps, quiet times.", no_args_is_help=True)

    @group.command()
    def check(shop: Shop = SHOP) -> None:
        """Say whether contact_care.json can be used."""
        from serving.care.rules import CARE_FILE, ContactCare

        folder = ShopFolder.open(shop)
        ContactCare.in_folder(folder.path)
        there = (folder.path / CARE_FILE).exists()
        console.print(f"{CARE_FILE} can be used" if there else f"there is no {CARE_FILE}; the built-in rules hold")

    @group.command()
    def show(
        shop: Shop = SHOP, language: Annotated[str, typer.Option(help="Language of the sentences, en or zh.")] = "en"
    ) -> None:
        """Print the rules in force in sentences, and when a message may go out next on each channel."""
        from features.channels import CHANNEL_NAMES, CHANNELS
        from serving.care.quiet_times import QuietTimes
        from serving.care.rules import ContactCare
        from serving.care.sentences import sentences
        from training.report.page import checked_language

        checked_language(language)
        folder = ShopFolder.open(shop)
        rules, zone = ContactCare.in_folder(folder.path), folder.settings.timezone
        for english, chinese in sentences(rules):
            console.print(chinese if language == "zh" else english, markup=False, highlight=False)
        quiet, now = QuietTimes(rules, zone), clock()
        rows = [
            (
                CHANNEL_NAMES[channel][language],
                quiet.next_allowed(now, channel).astimezone(ZoneInfo(zone)).isoformat(" ", "minutes"),
            )
            for channel in CHANNELS
        ]
        title, *columns = {"en": ("Next message", "channel", "from"), "zh": ("下一次可发送", "渠道", "时间")}[language]
        show_table(console, title, (columns[0], f"{columns[1]} ({zone})"), rows)

    return group
