"""The chapter about next items: what serves beside every baseline, for whom, and what each source adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.charts import recall_bars, source_bars
from training.charts.words import method_name, source_name
from training.report.content import Cell, Figure, Section, Table, measured, number
from training.report.methods import Part, method_cell, serving_notes, spread_tables
from training.report.words import Words, group_name, metric_name

ITEM_METRICS = ("recall@10", "recall@20", "ndcg@10", "mrr@10", "hit_rate@10", "known_recall@10", "new_recall@10")
"""The measures of next items that stand open."""

BREADTH_METRICS = (
    *("head_recall@10", "mid_recall@10", "tail_recall@10"),
    *("new_share@10", "novelty_bits@10", "catalogue_coverage@10"),
)
"""The measures of how far recommendations reach beyond what is popular and known."""

GROUP_METRICS = ("recall@10", "ndcg@10", "mrr@10", "hit_rate@10", "known_recall@10", "new_recall@10")
"""The measures that are told of each group of customers."""

ALONE_METRICS = ("recall@10", "hit_rate@10", "known_candidate_recall", "new_candidate_recall", "proposes")
LOST_METRICS = ("recall@10", "ndcg@10", "new_recall@10")
"""What is told of a source alone, and of the answer without it."""


def next_items(part: Part, summary: Mapping[str, Any], t: Words) -> Section:
    """What was recommended against what was bought; ``summary`` is that over several cutoffs, or empty."""
    found = part["recommendations"]
    said = t(
        VIEWS if found["goal"] == "view" else PURCHASES,
        measured=f"{found['customers_measured']:,}",
        customers=f"{found['customers']:,}",
        items=f"{found['items']:,}",
    )
    tables = [_models(found, ITEM_METRICS, t("With 95 % intervals over customers"), t)]
    tables += spread_tables(summary.get("recommendations"), ITEM_METRICS, t)
    caption = t("The share of what was bought that is among the first ten items.")
    figures = [Figure("recall", recall_bars(found["models"], 10, t.language), caption)]
    folds = [(t("Popular and rare items, known and new ones"), [_models(found, BREADTH_METRICS, t(BANDS), t)])]
    if found["groups"]:
        folds.append((t("By group of customers"), [_groups(found["groups"], t)]))
    if found["ablation"]["customers"]:
        sources = found["ablation"]["sources"]
        figures.append(Figure("sources", source_bars(sources, t.language), t(WITHOUT)))
        tables.append(_sources(found["ablation"], t))
    notes = serving_notes(found["gate"], t)
    title = t("What to show next")
    return Section("items", title, [said], figures=figures, notes=notes, tables=tables, folds=folds)


PURCHASES = "{measured} of {customers} customers bought within the horizon; all {items} items were ranked for each."
VIEWS = (
    "Nothing was ever bought here: what is foreseen is the next item of a visit. {measured} steps of visits were "
    "measured, of {customers} people in all; all {items} items were ranked for each."
)
BANDS = (
    "The head are the most bought items that make up a fifth of the purchases, the tail those of the last fifth and "
    "what nobody has bought. Novelty: how surprising an item is by its share of all touches."
)
WITHOUT = (
    "What the answer loses when a source proposes nothing and says nothing of what others propose, the order staying "
    "as it is. Grey: may as well be nothing."
)


def _models(found: Mapping[str, Any], metrics: tuple[str, ...], caption: str, t: Words) -> Table:
    rows = [
        [method_cell(name, t), *(measured(model.get(metric)) for metric in metrics)]
        for name, model in found["models"].items()
    ]
    return Table(caption, [t("method"), *(metric_name(name, t.language) for name in metrics)], rows)


def _groups(groups: Mapping[str, Any], t: Words) -> Table:
    """What serves for each group of customers, and the baseline that orders best there."""
    rows = [
        [
            Cell(group_name(name, t.language)),
            Cell(number(group["customers"], 0)),
            *(measured(group["models"]["served"][metric]) for metric in GROUP_METRICS),
            _best_baseline(group["models"], t),
        ]
        for name, group in groups.items()
        if group["customers"]
    ]
    head = [t("group"), t("customers"), *(metric_name(name, t.language) for name in GROUP_METRICS)]
    return Table(t("What serves, and the best baseline"), [*head, t("best baseline by ndcg@10")], rows)


def _best_baseline(models: Mapping[str, Any], t: Words) -> Cell:
    scores = {name: model["ndcg@10"]["value"] for name, model in models.items() if name != "served"}
    best = max(scores, key=scores.__getitem__)
    return Cell(number(scores[best]), method_name(best, t.language))


def _sources(found: Mapping[str, Any], t: Words) -> Table:
    """Each source alone, and what is lost without it; the greatest loss first."""
    ordered = sorted(found["sources"].items(), key=lambda row: -(row[1]["lost"]["ndcg@10"]["value"] or 0))
    rows = [
        [
            Cell(source_name(name, t.language)),
            *(measured(source["alone"][metric]) for metric in ALONE_METRICS),
            *(measured(source["lost"][metric], 4) for metric in LOST_METRICS),
        ]
        for name, source in ordered
    ]
    head = [t("source"), *(t("alone: {metric}", metric=metric_name(name, t.language)) for name in ALONE_METRICS)]
    head += [t("lost without it: {metric}", metric=metric_name(name, t.language)) for name in LOST_METRICS]
    caption = t(
        "What each source is worth, on {customers} customers who bought; together the sources have {share} of what "
        "was bought among their candidates",
        customers=f"{found['customers']:,}",
        share=measured(found["whole"]["candidate_recall"]).text,
    )
    return Table(caption, head, rows)
