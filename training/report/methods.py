"""Tables of methods and their metrics, and which methods a chart has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from training.charts.words import method_name
from training.report.content import Cell, Section, Table, date, digits_of, measured, percent, ranged
from training.report.words import Words, group_name, metric_name, tier_name

Part = Mapping[str, Any]
"""The report of one cutoff."""

HEADLINE_METRICS = ("roc_auc", "average_precision", "log_loss", "brier_skill", "ece", "lift_at_10pct")
"""The metrics of tables that stand open."""

ALL_METRICS = (
    *("roc_auc", "average_precision", "log_loss", "brier", "brier_skill", "ece"),
    *("lift_at_5pct", "lift_at_10pct", "lift_at_20pct"),
    *("expected_profit_at_5pct", "expected_profit_at_10pct", "expected_profit_at_20pct"),
)
"""The metrics of the folded tables."""


def chosen_methods(part: Part, most: int) -> list[str]:
    """The methods that charts show: what serves, and the best of the baselines."""
    return ["model", *part["churn"]["best_baselines"][:most]]


def group_folds(parts: Sequence[Part], t: Words) -> Section:
    """Every metric of every method for every group at every cutoff."""
    folds = []
    for part in reversed(parts):
        methods = part["churn"]["methods"]
        tables = [
            method_table(methods, group, ALL_METRICS, t, part["churn"]["tier_methods"]) for group in methods["model"]
        ]
        folds.append((t("Cutoff {cutoff}", cutoff=date(part["cutoff"])), tables))
    said = t("Each figure with its 95 % bootstrap interval over customers.")
    return Section("figures", t("All figures, by cutoff and group"), [said], folds=folds)


def method_table(
    methods: Mapping[str, Any],
    group: str,
    metrics: Sequence[str],
    t: Words,
    tiers: Mapping[str, Sequence[str]] | None = None,
) -> Table:
    """The metrics of every method for one group; what belongs to one of the ``tiers`` says so."""
    tier_of = {method: tier for tier, listed in (tiers or {}).items() for method in listed}
    everyone = methods["model"][group]
    caption = t(
        "{group}: {customers} customers, base rate {rate}",
        group=group_name(group, t.language),
        customers=f"{everyone['customers']:,}",
        rate=percent(everyone["base_rate"], 1),
    )
    known = [name for name in metrics if name in everyone["metrics"]]
    head = [t("method"), *(metric_name(name, t.language) for name in known)]
    rows = [
        [
            method_cell(method, t, tier_of.get(method)),
            *(measured(found[group]["metrics"].get(name), digits_of(name)) for name in known),
        ]
        for method, found in methods.items()
    ]
    return Table(caption, head, rows)


def spread_tables(methods: Mapping[str, Any] | None, metrics: Sequence[str], t: Words) -> list[Table]:
    """Mean and range of metrics over several cutoffs, ``{method: {metric: {"mean", "least", "most"}}}``."""
    if not methods:
        return []
    seen = {method: max((told["cutoffs"] for told in found.values()), default=0) for method, found in methods.items()}
    most = max(seen.values())
    rows = [
        [
            replace(
                method_cell(method, t), small="" if seen[method] == most else t(SOME_CUTOFFS, n=seen[method], of=most)
            ),
            *(ranged(found.get(name), digits_of(name)) for name in metrics),
        ]
        for method, found in methods.items()
    ]
    head = [t("method"), *(metric_name(name, t.language) for name in metrics)]
    return [Table(t("Mean over the cutoffs, and below it the range"), head, rows)]


SOME_CUTOFFS = "at {n} of {of} cutoffs"


def method_cell(method: str, t: Words, tier: str | None = None) -> Cell:
    """The name of a method with its tier; what serves stands out."""
    small = tier_name(tier, t.language) if tier else ""
    return Cell(method_name(method, t.language), small, strong=method in ("model", "served"))


def serving_notes(gate: Mapping[str, Any], t: Words) -> list[tuple[str, str]]:
    """Why what serves does so; the first sentence is named."""
    return [("" if place else t("why this serves"), reason) for place, reason in enumerate(gate["reasons"])]
