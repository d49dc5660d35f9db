"""The command that says what is odd about the newest day: ``huitou alerts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serving.terminal.options import SHOP, Shop
from serving.terminal.work_commands import WorkCommands

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "days": "{} to {}",
        "judged": "{when}: {judged} of {numbers} numbers were judged; the others are too small, "
        "or their history is too short",
        "alert": "- {}: {}",
        "nothing": "nothing is odd",
    },
    "zh": {
        "days": "{} 至 {}",
        "judged": "{when}：共{numbers}个指标，判断了其中{judged}个；其余数值太小或历史太短",
        "alert": "- {}：{}",
        "nothing": "一切正常",
    },
}


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
        words = _WORDS[language]
        when = judged[0] if len(judged) == 1 else words["days"].format(judged[0], judged[-1])
        counts = {"judged": found["judged_numbers"], "numbers": found["numbers"]}
        console.print(words["judged"].format(when=when, **counts), markup=False)
        for alert in found["alerts"]:
            console.print(words["alert"].format(alert["day"], alert["sentences"][language]), markup=False)
        if not found["alerts"]:
            console.print(words["nothing"], markup=False)
        commands.write(found, json_file)

    return alerts
