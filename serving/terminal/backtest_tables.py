"""What a backtest found, in tables for the terminal: churn, visitors, expected orders, next items and their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from serving.terminal.tables import said, show_table

CHURN_MEASURES = ("roc_auc", "average_precision", "log_loss", "ece")
CUTOFF_MEASURES = ("roc_auc", "log_loss")
EXPECTED_MEASURES = ("orders_ratio", "net_spend_ratio")
NOTHING = {"value": None}
ITEM_MEASURES = ("recall@10", "recall@20", "ndcg@10", "mrr@10", "hit_rate@10", "known_recall@10", "new_recall@10")
BREADTH_MEASURES = (
    *("head_recall@10", "mid_recall@10", "tail_recall@10"),
    *("catalogue_coverage@10", "novelty_bits@10", "new_share@10"),
)
GROUP_MEASURES = ("recall@10", "ndcg@10", "mrr@10", "hit_rate@10", "new_recall@10")
ALONE_MEASURES = ("recall@10", "hit_rate@10", "known_candidate_recall", "new_candidate_recall")
LOST_MEASURES = ("recall@10", "ndcg@10")
"""What is printed of each; the report holds more."""


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
    title = f"Next items, {items['customers_measured']:,} {asked_of(items)} (tier {items['tier']})"
    show_measures(console, title, items["models"], ITEM_MEASURES)
    show_items(console, items)


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
    show_items(console, parts[-1]["recommendations"], f" at {parts[-1]['cutoff'][:10]}")


def show_items(console: Console, items: Mapping[str, Any], at: str = "") -> None:
    """Print how far next items reach, how good they are for whom, and what each source is worth."""
    show_measures(console, f"Popular and rare items, known and new ones{at}", items["models"], BREADTH_MEASURES)
    rows = [
        (name.replace("_", " "), group["customers"], *_group_cells(group["models"]["served"]))
        for name, group in items["groups"].items()
        if group["customers"]
    ]
    if rows:
        columns = ("customers", "measured", *(name.replace("_", " ") for name in GROUP_MEASURES))
        show_table(console, f"Next items served{at}, by group of customers", columns, rows)
    show_sources(console, items["ablation"], f"{at}, {items['ablation']['customers']:,} {asked_of(items)}")


def _group_cells(served: Mapping[str, Any]) -> list[str]:
    return [_interval(served[measure]) for measure in GROUP_MEASURES]


def show_sources(console: Console, told: Mapping[str, Any], about: str) -> None:
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
    show_table(console, f"What each source is worth{about}", columns, rows)


def asked_of(items: Mapping[str, Any]) -> str:
    """What those that were measured are."""
    return "customers who bought" if items["goal"] == "purchase" else "steps of visits"


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


def _difference(measure: Mapping[str, Any]) -> str:
    if measure["value"] is None:
        return "-"
    return f"{measure['value']:+.4f} ±{(measure['high'] - measure['low']) / 2:.4f}"
