"""Tables for the terminal. What comes from a shop is printed as text, never as markup."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from features.events.importers import ImportSummary

if TYPE_CHECKING:  # Loading the models' libraries takes a second that most commands do not need.
    from training.customers.propensity import Propensity
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
    if outcome.recommender:
        names = ("rule_ndcg_at_10", "ranker_ndcg_at_10")
        ranked = [(name.removesuffix("_ndcg_at_10"), outcome.recommender[name]) for name in names]
        show_table(console, "Next items on the newest fold", ("order", "ndcg@10"), ranked)
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


def show_backtest(console: Console, report: Mapping[str, Any]) -> None:
    """Print the measures of models and baselines, churn first, then visitors, expected orders and next items.

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
    told, names = report["outlook"]["value"]["all"]["methods"]["model"], EXPECTED_MEASURES
    _show_expected(console, f"{report['horizon_days']} days", *(_interval({"value": told[name]}) for name in names))
    items = report["recommendations"]
    title = f"Next items, {items['customers_measured']:,} customers who bought (tier {items['tier']})"
    show_measures(console, title, items["models"], ITEM_MEASURES)
    show_sources(console, items["ablation"])


CHURN_MEASURES = ("roc_auc", "average_precision", "log_loss", "ece")
CUTOFF_MEASURES = ("roc_auc", "log_loss")
EXPECTED_MEASURES = ("orders_ratio", "net_spend_ratio")
NOTHING = {"value": None}
ITEM_MEASURES = ("recall@10", "recall@20", "ndcg@10", "new_recall@10")
ALONE_MEASURES = ("recall@10", "hit_rate@10", "known_candidate_recall", "new_candidate_recall")
LOST_MEASURES = ("recall@10", "ndcg@10")


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
    told = summary["outlook"]["model"]
    _show_expected(console, f"{days} days, {over}", *(_interval(told.get(name, NOTHING)) for name in EXPECTED_MEASURES))
    show_measures(console, f"Next items, {over}", summary["recommendations"], ITEM_MEASURES)
    show_sources(console, parts[-1]["recommendations"]["ablation"], f" at {parts[-1]['cutoff'][:10]}")


def show_sources(console: Console, told: Mapping[str, Any], at: str = "") -> None:
    """Print what each source is worth alone, and what the answer loses without it; the greatest loss first."""
    if not told["customers"]:
        return
    ordered = sorted(told["sources"].items(), key=lambda row: -(row[1]["lost"]["ndcg@10"]["value"] or 0))
    rows = [
        (
            name,
            *(_interval(source["alone"][measure]) for measure in ALONE_MEASURES),
            *(_difference(source["lost"][measure]) for measure in LOST_MEASURES),
        )
        for name, source in ordered
    ]
    alone = ("recall@10", "hit rate@10", "known found", "new found")
    columns = ("source", *(f"{name} alone" for name in alone), *(f"{name} lost without" for name in LOST_MEASURES))
    show_table(console, f"What each source is worth{at}, {told['customers']:,} customers who bought", columns, rows)


def _difference(measure: Mapping[str, Any]) -> str:
    if measure["value"] is None:
        return "-"
    return f"{measure['value']:+.4f} ±{(measure['high'] - measure['low']) / 2:.4f}"


def _show_expected(console: Console, over: str, orders: str, net_spend: str) -> None:
    """One line of what was expected of everyone together, over what came."""
    shares = f"{orders} of the orders and {net_spend} of the net spend that came"
    console.print(Text(f"Expected of everyone within {over}: {shares}"))


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
