"""The command that says what is odd about the newest day: ``huitou alerts``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serving.terminal.options import SHOP, Shop
from serving.terminal.work_commands import WorkCommands


def alerts_command(
    clock: Callable[[], datetime], database: Callable[[], str | None], console: Console
) -> Callable[..., None]:
    """The command; it tells the time by ``clock`` and prints to ``console``."""
    commands = WorkCommands(clock, database, console)

    def alerts(
        shop: Shop = SHOP,
        days: Annotated[int, typer.Option(help="So many newest days that are over.")] = 1,
        language: Annotated[str, typer.Option(help="Language of the sentences, en or zh.")] = "en",
        json_file: Annotated[Path | None, typer.Option("--json", help="A file for everything as JSON.")] = None,
    ) -> None:
        """Say what is odd about the newest day, number by number, and whether its data are all there."""
        from serving.shop_numbers.promotion_reports import alerts_report

        with commands.working(shop, language, "looking") as room:
            found = alerts_report(room, days)
        judged = found["judged_days"]
        when = judged[0] if len(judged) == 1 else f"{judged[0]} to {judged[-1]}"
        console.print(
            f"{when}: {found['judged_numbers']} of {found['numbers']} numbers were judged; the others are too small, "
            "or their history is too short",
            markup=False,
        )
        for alert in found["alerts"]:
            console.print(f"- {alert['day']}: {alert['sentences'][language]}", markup=False)
        if not found["alerts"]:
            console.print("nothing is odd", markup=False)
        commands.write(found, json_file)

    return alerts
