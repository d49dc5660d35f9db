"""The command that tests the models on the past: ``huitou backtest``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.backtest_tables import show_backtest
from serving.terminal.options import SHOP, Horizon, Shop
from serving.terminal.progress import bars


def backtest_command(console: Console) -> Callable[..., None]:
    """The command; it prints to ``console``."""

    def backtest(
        out: Annotated[Path, typer.Option(help="Folder for report.html, report.json and the tables behind them.")],
        shop: Shop = SHOP,
        cutoff: Annotated[
            list[str] | None,
            typer.Option(help="A moment, such as 2025-09-01 (the shop's midnight); may be given several times."),
        ] = None,
        cutoffs: Annotated[
            int | None, typer.Option(help="In place of moments: the last so many, a horizon or a third of one apart.")
        ] = None,
        horizon_days: Horizon = None,
        language: Annotated[str, typer.Option(help="Language of report.html, en or zh.")] = "en",
    ) -> None:
        """Pretend it is the past: train on what was known before each cutoff, and measure by what came after."""
        from features.behaviour import Behaviour
        from training.backtest import backtest as run
        from training.backtest_plan import BacktestPlan

        behaviour = Behaviour.of(ShopFolder.open(shop))
        plan = BacktestPlan.asked(behaviour, cutoff or (), cutoffs, horizon_days)
        with bars(console) as doing:
            report = run(behaviour, plan, out, language=language, progress=doing)
        show_backtest(console, report)
        console.print(f"{out / 'report.html'} shows it, {out / 'report.json'} holds all measures", markup=False)

    return backtest
