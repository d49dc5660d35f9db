"""The command that says how far ahead a shop should look, and why: ``huitou horizon``."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What computes it is loaded when the command runs.
    from features.shop.gap_curve import GapCurve
    from training.horizon import ShopHorizon

CATEGORIES_SHOWN = 30
"""So many categories are printed, those with the most gaps."""


def horizon_command(clock: Callable[[], datetime], console: Console) -> Callable[..., None]:
    """The command; it tells the time by ``clock`` and prints to ``console``."""

    def horizon(
        shop: Shop = SHOP,
        out: Annotated[Path | None, typer.Option(help="An HTML file for the chart of the curve.")] = None,
    ) -> None:
        """Say how far ahead to look, from the days between orders, and why."""
        from features.behaviour import Behaviour
        from training.horizon import shop_horizon

        behaviour = Behaviour.of(ShopFolder.open(shop))
        found = shop_horizon(behaviour, behaviour.reader.moment_after(clock()))
        show_horizon(console, found, behaviour.settings.horizon_days)
        if out is not None:
            from training.charts.gap_curve import gap_curve_chart

            out.write_text(gap_curve_chart(found).to_html(inline=True), encoding="utf-8")
            console.print(f"{out} holds the chart", markup=False)

    return horizon


def show_horizon(console: Console, horizon: ShopHorizon, setting_days: int | None) -> None:
    """Print the horizon with its reasons, the shares that come again and the categories."""
    offered = ", ".join(str(days) for days in horizon.offered_days)
    console.print(f"recommended horizon: {horizon.recommended_days} (days; offered: {offered})", markup=False)
    for sentence in horizon.reasons["en"]:
        console.print(f"- {sentence}", markup=False)
    if setting_days is not None:
        console.print(f"the setting horizon_days in shop.json is {setting_days} and is used instead", markup=False)
    _show_shares(console, horizon)
    if horizon.category_curves:
        _show_categories(console, horizon)


def _show_shares(console: Console, horizon: ShopHorizon) -> None:
    from training.horizon import SHARE_DAYS

    curves = (horizon.curve, horizon.second_order)
    observed = max(curve.observed_days for curve in curves)
    rows = [(days, *(_share(curve, days) for curve in curves)) for days in SHARE_DAYS if days <= observed]
    title = "Orders that are followed by another (95 % interval)"
    show_table(console, title, ("within days", "every order", "the first order"), rows)


def _show_categories(console: Console, horizon: ShopHorizon) -> None:
    from training.horizon import in_days

    curves = list(horizon.category_curves.items())
    rows = [
        (name, curve.ended_count, _share(curve, horizon.recommended_days), horizon.settled_by_category[name], days)
        for name, curve in curves[:CATEGORIES_SHOWN]
        if (days := horizon.by_category.get(name)) is not None
    ]
    within = f"within {in_days(horizon.recommended_days)}"
    title = "Orders that are followed by another of the same category (95 % interval)"
    show_table(console, title, ("category", "gaps", within, "4 of 5 by day", "horizon"), rows)
    if len(curves) > CATEGORIES_SHOWN:
        console.print(f"and {len(curves) - CATEGORIES_SHOWN:,} categories with fewer gaps")


def _share(curve: GapCurve, days: int) -> str:
    share = curve.within(days)
    if share is None:
        return "not observed"
    if math.isnan(share.low):
        return f"{share.value:.1%}"
    return f"{share.value:.1%} ({100 * share.low:.1f} to {100 * share.high:.1f})"
