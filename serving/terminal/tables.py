"""Tables for the terminal. What comes from a shop is printed as text, never as markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:  # Loading the models' libraries takes a second that most commands do not need.
    from features.events.importers import ImportSummary
    from training.customers.propensity import Propensity
    from training.train import TrainingOutcome


def show_table(
    console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], whole: Sequence[str] = ()
) -> None:
    """Print rows under ``columns``; numbers stand to the right, and nothing is folded in the columns ``whole``."""
    listed = [list(row) for row in rows]
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for place, name in enumerate(columns):
        numeric = all(isinstance(row[place], int | float) or row[place] is None for row in listed)
        table.add_column(
            Text(name), justify="right" if numeric and listed else "left", overflow="fold", no_wrap=name in whole
        )
    for row in listed:
        table.add_row(*(Text(said(value)) for value in row))
    console.print(table)


def said(value: Any) -> str:
    """A value as people read it: three decimals, thousands apart, an empty cell for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}" if abs(value) < 1 else f"{value:,.2f}"
    return str(value)


def show_imports(console: Console, summaries: Sequence[ImportSummary]) -> None:
    """Print what became of each file, and how its columns were understood."""
    show_table(
        console,
        "Imported",
        ("file", "rows", "stored", "repeated", "rejected"),
        [(s.file.name, s.rows_read, s.stored, s.repeated, s.rejected) for s in summaries],
    )
    for summary in summaries:
        columns = ", ".join(f"{ours} = {theirs}" for ours, theirs in summary.columns.items())
        known = f" (as {summary.source})" if summary.source else ""
        console.print(Text(f"{summary.file.name}: columns understood{known}: {columns}"))
        if summary.ignored_columns:
            console.print(Text(f"  not used: {', '.join(summary.ignored_columns)}"))
        if summary.date_order:
            console.print(Text(f"  dates read as {summary.date_order}"))
        for reason, count in summary.rejected_by_reason.items():
            console.print(Text(f"  rejected {count:,}: {reason}"))
        if summary.rejected_file:
            console.print(Text(f"  rejected rows are in {summary.rejected_file}"))


def show_training(console: Console, outcome: TrainingOutcome) -> None:
    """Print what serves whom, how it did beside everything else that was tried, and the gate's verdict."""
    propensity = outcome.bundle.propensity
    losses = _losses_by_kind(propensity)
    if losses:
        title = f"Order within {propensity.horizon_days} days: log loss in the trial, at the level seen (* serves)"
        show_table(console, title, ("method", *map(_kind_title, propensity.methods)), losses)
    serving = sorted([propensity, *outcome.bundle.others], key=lambda each: each.horizon_days)
    rows = [
        (
            f"{each.horizon_days} day{'' if each.horizon_days == 1 else 's'}{', main' if each is propensity else ''}",
            *each.methods.values(),
        )
        for each in serving
    ]
    show_table(console, "What serves", ("order within", *map(_kind_title, propensity.methods)), rows)
    served = {"rules": "rule"}.get(outcome.bundle.recommender.tier, outcome.bundle.recommender.tier)
    ranked = [
        (f"{order} *" if order == served else order, outcome.recommender[f"{order}_ndcg_at_10"])
        for order in ("rule", "blend", "ranker")
        if f"{order}_ndcg_at_10" in outcome.recommender
    ]
    if ranked:
        show_table(console, "Next items on the newest fold (* serves)", ("order", "ndcg@10"), ranked)
    console.print(Text(f"next items: the {served} serves"))
    uplift = outcome.bundle.uplift
    console.print(Text(f"uplift: {'a model' if uplift.serves else 'no model'}: {uplift.why['en']}"))
    for sentence in outcome.gate.reasons:
        console.print(Text(f"gate: {sentence}"))
    place = "champion" if outcome.gate.passed else "challenger"
    console.print(Text(f"version {outcome.bundle.label} is now the {place}"))


def _losses_by_kind(propensity: Propensity) -> list[list[str]]:
    """A row for each method that was tried: its log loss for each kind of people, best for regulars first."""
    by_kind = {
        kind: {
            name.removeprefix(f"{kind}_log_loss_"): loss
            for name, loss in propensity.figures.items()
            if name.startswith(f"{kind}_log_loss_")
        }
        for kind in propensity.methods
    }
    richest_first = list(by_kind.values())[::-1]
    tried = {method for losses in richest_first for method in losses}
    ranked = sorted(tried, key=lambda method: [losses.get(method, math.inf) for losses in richest_first])
    return [
        [method, *(_loss(losses.get(method), method == propensity.methods[kind]) for kind, losses in by_kind.items())]
        for method in ranked
    ]


def _loss(loss: float | None, serves: bool) -> str:
    return "" if loss is None else f"{loss:.4f}{' *' if serves else ''}"


def _kind_title(kind: str) -> str:
    return kind.replace("_", " ")
