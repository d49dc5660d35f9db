"""The first chapters, about those who have bought: what it comes to, over time, and beside every baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.charts import metric_over_cutoffs
from training.charts.words import method_name
from training.report.content import (
    Figure,
    KeyFigure,
    Section,
    date,
    digits_of,
    measured,
    number,
    percent,
)
from training.report.methods import HEADLINE_METRICS, Part, chosen_methods, method_table, serving_notes, spread_tables
from training.report.words import Words, kind_name, metric_name, tier_name


def in_short(parts: Sequence[Part], t: Words) -> Section:
    """What a reader in a hurry should know, of the newest cutoff."""
    part = parts[-1]
    everyone = part["churn"]["methods"]["model"]["all"]
    sentences = [
        t(
            "{customers} customers had ordered before {cutoff}; {rate} of them did not order within the {days} days "
            "after it.",
            customers=f"{everyone['customers']:,}",
            cutoff=date(part["cutoff"]),
            rate=percent(everyone["base_rate"], 1),
            days=part["horizon_days"],
        )
    ]
    if not everyone["customers"]:
        return Section("in-short", t("In short"), sentences)
    metrics = everyone["metrics"]
    lift, auc = metrics["lift_at_10pct"]["value"], metrics["roc_auc"]["value"]
    if lift is not None:
        sentences.append(
            t(
                "Of the tenth with the highest predicted risk {share} left: {lift} times the usual rate.",
                share=percent(lift * everyone["base_rate"], 1),
                lift=number(lift, 2),
            )
        )
    if auc is not None:
        sentences.append(
            t(
                "Of one customer who left and one who stayed, the model gives the higher risk to the one who left in "
                "{share} of all pairs.",
                share=percent(auc),
            )
        )
    sentences += _against_best(part, t)
    return Section("in-short", t("In short"), sentences, keys=_keys(parts, t))


def _against_best(part: Part, t: Words) -> list[str]:
    best = chosen_methods(part, 1)[1:]
    if not best:
        return [t("There was too little history to fit a baseline; the rules serve.")]
    own, other = (part["churn"]["methods"][name]["all"]["metrics"]["log_loss"] for name in ("model", best[0]))
    template = (
        "Its log loss is {own}, that of the best baseline ({name}) {other}; lower is better."
        if own["value"] <= other["value"]
        else "Its log loss is {own}; the baseline {name} did better with {other}."
    )
    filled = {"own": number(own["value"]), "other": number(other["value"]), "name": method_name(best[0], t.language)}
    return [t(template, **filled)]


def _keys(parts: Sequence[Part], t: Words) -> list[KeyFigure]:
    newest = parts[-1]["churn"]["methods"]["model"]["all"]["metrics"]
    keys = []
    for name in ("roc_auc", "log_loss", "ece", "lift_at_10pct"):
        cell = measured(newest[name], digits_of(name))
        keys.append(KeyFigure(metric_name(name, t.language), cell.text, cell.small))
    best = _best_size(parts[-1])
    if best is not None:
        currency = parts[-1]["churn"]["profit"]["currency"]
        small = t("{customers} customers, {share}", customers=f"{best['customers']:,}", share=percent(best["share"]))
        keys.append(KeyFigure(t("best list"), f"{number(best['profit'], 0)} {currency}", small))
    return keys


def over_cutoffs(parts: Sequence[Part], summary: Mapping[str, Any], t: Words) -> Section:
    """Whether the figures hold at every cutoff."""
    methods = chosen_methods(parts[-1], 2)
    figures = []
    for metric in ("roc_auc", "log_loss", "ece", "lift_at_10pct"):
        rows = [
            {"cutoff": date(part["cutoff"]), "method": method, **found["all"]["metrics"][metric]}
            for part in parts
            for method, found in part["churn"]["methods"].items()
            if method in methods and found["all"]["metrics"]
        ]
        title = metric_name(metric, t.language)
        caption = t("{metric} at each cutoff, with 95 % intervals.", metric=title)
        name = f"cutoffs-{metric.replace('_', '-')}"
        figures.append(Figure(name, metric_over_cutoffs(rows, title, t.language), caption))
    everyone = {method: groups["all"] for method, groups in summary["churn"].items()}
    tables = spread_tables(everyone, HEADLINE_METRICS, t)
    return Section("cutoffs", t("Does it hold over time?"), [t(OVER_TIME)], figures=figures, tables=tables)


OVER_TIME = (
    "At each cutoff everything was trained anew with what was known before it, and tested on the horizon after it. "
    "Between the newest training cutoff and the test there is an embargo of one horizon."
)


COMPARED = (
    "First stands what would have served, which is one method for each kind of people; then every method of the three "
    "tiers alone (rules, priors, model), and simple rules. A richer tier serves only where it was better in a trial on "
    "earlier cutoffs."
)


def at_cutoff(part: Part, t: Words) -> Section:
    """The model beside every baseline at one cutoff."""
    churn = part["churn"]
    table = method_table(churn["methods"], "all", HEADLINE_METRICS, t, churn["tier_methods"])
    sentences = [t(COMPARED)]
    sentences += [
        t("{name} was left out: {why}", name=method_name(name, t.language), why=why)
        for name, why in part["churn"]["dropped_baselines"].items()
    ]
    title = t("Beside every baseline, {cutoff}", cutoff=date(part["cutoff"]))
    return Section("baselines", title, sentences, notes=_serving(churn, t), tables=[table])


def _best_size(part: Part) -> Mapping[str, Any] | None:
    lists = part["churn"]["profit"]["lists"]
    return lists["model"]["best"] if lists and lists["model"]["best"]["customers"] else None


def _serving(churn: Mapping[str, Any], t: Words) -> list[tuple[str, str]]:
    """What serves each kind of people, and why."""
    kinds = [
        (
            kind_name(kind, t.language),
            f"{method_name(method, t.language)} ({tier_name(churn['tiers'][kind], t.language)})",
        )
        for kind, method in churn["serving"].items()
    ]
    return kinds + serving_notes(churn["gate"], t)
