"""Tables for the terminal. What comes from a shop is printed as text, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from features.events.importers import ImportSummary

if TYPE_CHECKING:  # Loading the models' libraries takes a second that most commands do not need.
    from training.train import TrainingOutcome


def show_table(console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under ``columns``; numbers stand to the right."""
    listed = [list(row) for row in rows]
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for place, name in enumerate(columns):
        numeric = all(isinstance(row[place], int | float) or row[place] is None for row in listed)
        table.add_column(Text(name), justify="right" if numeric and listed else "left", overflow="fold")
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
    """Print how the models did beside their baselines, and the gate's verdict with its reasons."""
    propensity = outcome.bundle.propensity
    if outcome.log_losses:
        title = f"Order within {propensity.horizon_days} days: log loss for buyers at the newest training cutoff"
        rows = sorted(outcome.log_losses.items(), key=lambda row: row[1])
        show_table(console, title, ("method", "log loss"), rows)
    if outcome.recommender:
        names = ("rule_ndcg_at_10", "ranker_ndcg_at_10")
        rows = [(name.removesuffix("_ndcg_at_10"), outcome.recommender[name]) for name in names]
        show_table(console, "Next items on the newest fold", ("order", "ndcg@10"), rows)
    for sentence in outcome.gate.reasons:
        console.print(Text(f"gate: {sentence}"))
    place = "champion" if outcome.gate.passed else "challenger"
    console.print(Text(f"version {outcome.bundle.label} is now the {place}"))


def show_backtest(console: Console, report: Mapping[str, Any]) -> None:
    """Print the measures of models and baselines, churn first, then visitors and next items.

    Of several cutoffs the mean and the range are printed, and what served at each.
    """
    for note in report["notes"]:
        console.print(Text(f"mind: {note}"))
    if "cutoffs" in report:
        _show_cutoffs(console, report)
        return
    churn = {name: groups["all"]["metrics"] for name, groups in report["churn"]["methods"].items()}
    title = f"Churn within {report['horizon_days']} days (tier {report['churn']['tier']})"
    show_measures(console, title, churn, CHURN_MEASURES)
    visitors = {name: groups["all"]["metrics"] for name, groups in report["visitors"]["methods"].items()}
    if visitors["model"]:
        show_measures(
            console, f"First orders of visitors (tier {report['visitors']['tier']})", visitors, CHURN_MEASURES
        )
    items = report["recommendations"]
    title = f"Next items, {items['customers_measured']:,} customers who bought (tier {items['tier']})"
    show_measures(console, title, items["models"], ITEM_MEASURES)


CHURN_MEASURES = ("roc_auc", "average_precision", "log_loss", "ece")
CUTOFF_MEASURES = ("roc_auc", "log_loss")
ITEM_MEASURES = ("recall@10", "recall@20", "ndcg@10", "new_recall@10")


def _show_cutoffs(console: Console, report: Mapping[str, Any]) -> None:
    parts = report["cutoffs"]
    rows = [
        (
            part["cutoff"][:10],
            part["churn"]["methods"]["model"]["all"]["customers"],
            part["churn"]["tier"],
            *(_interval(part["churn"]["methods"]["model"]["all"]["metrics"].get(name)) for name in CUTOFF_MEASURES),
            _interval(part["recommendations"]["models"]["served"]["recall@10"]),
        )
        for part in parts
    ]
    measured = (*(name.replace("_", " ") for name in CUTOFF_MEASURES), "recall@10")
    show_table(console, "What serves, at each cutoff", ("cutoff", "buyers", "tier", *measured), rows)
    summary, days = report["summary"], report["horizon_days"]
    churn = {name: groups["all"] for name, groups in summary["churn"].items()}
    over = f"mean over {len(parts)} cutoffs (least to most)"
    show_measures(console, f"Churn within {days} days, {over}", churn, CHURN_MEASURES)
    show_measures(console, f"First orders of visitors, {over}", summary["visitors"], CHURN_MEASURES)
    show_measures(console, f"Next items, {over}", summary["recommendations"], ITEM_MEASURES)


def show_measures(console: Console, title: str, models: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> None:
    """Print the measures ``names`` of every model, each with half the width of its 95 % interval, or with its range."""
    rows = [[model, *(_interval(measures.get(name)) for name in names)] for model, measures in models.items()]
    show_table(console, title, ("model", *(name.replace("_", " ") for name in names)), rows)


def _interval(measure: Any) -> str:
    if not isinstance(measure, Mapping):
        return said(measure)
    if "mean" in measure:
        return f"{measure['mean']:.3f} ({measure['least']:.3f} to {measure['most']:.3f})"
    if measure.get("value") is None:
        return "-"
    if measure.get("low") is None:
        return f"{measure['value']:.3f}"
    return f"{measure['value']:.3f} ±{(measure['high'] - measure['low']) / 2:.3f}"
