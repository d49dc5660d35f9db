"""The chapters about visitors, about whom campaigns wrote to, and about how the people have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.charts import drift_bars, lift_bars, reliability_curve
from training.charts.words import told
from training.drift import SHIFTED_ABOVE, STABLE_BELOW
from training.report.content import Cell, Figure, Section, Table, date, number, percent
from training.report.methods import HEADLINE_METRICS, Part, method_table, spread_tables
from training.report.words import Words, metric_name

MOST_FEATURES = 20
"""So many features stand in the table of the largest movers."""


def visitors(part: Part, summary: Mapping[str, Any], t: Words) -> Section:
    """How well it was told which visitors would order; ``summary`` is that over several cutoffs, or empty."""
    found = part["visitors"]
    everyone = found["methods"]["model"]["all"]
    title = t("Visitors: who places a first order?")
    if not everyone["customers"]:
        return Section("visitors", title, [t("Everyone who was seen had ordered.")])
    said = t(
        "{customers} people had looked but not ordered before {cutoff}; {rate} of them ordered within {days} days.",
        customers=f"{everyone['customers']:,}",
        cutoff=date(part["cutoff"]),
        rate=percent(everyone["base_rate"], 2),
        days=part["horizon_days"],
    )
    lift_said = t("How many times the usual share of visitors ordered in each tenth.")
    figures = [
        Figure("visitor-lift", lift_bars(found["curves"]["lift"], t.language), lift_said),
        Figure("visitor-reliability", reliability_curve(everyone["reliability"], t.language), t(VISITOR_RELIABILITY)),
    ]
    tables = [method_table(found["methods"], "all", HEADLINE_METRICS, t)]
    tables += spread_tables(summary.get("visitors"), HEADLINE_METRICS, t)
    return Section("visitors", title, [said], figures=figures, tables=tables)


VISITOR_RELIABILITY = "On the diagonal, of the visitors with a predicted chance of 10 % just 10 % ordered."


def contacts(part: Part, t: Words) -> list[Section]:
    """How each way of dealing with people who were written to does; nothing where nobody was."""
    found = part["churn"]["contacts"]
    if not found or not found["figures"]:
        return []
    rows = [
        [
            Cell(t(WAYS.get(way, way)), strong=way == found["way"]),
            Cell(number(figures["stand_ins"]["log_loss"])),
            Cell(number(figures["stand_ins"]["roc_auc"])),
            Cell(percent(figures["stand_ins"]["mean_chance"], 1)),
            Cell(percent(found["order_rate"]["stand_ins"], 1)),
        ]
        for way, figures in found["figures"].items()
    ]
    head = [t("way"), metric_name("log_loss", t.language), metric_name("roc_auc", t.language)]
    head += [t("mean predicted chance of an order"), t("share that ordered")]
    caption = t("On people left alone, {cutoff}", cutoff=date(found["cutoff"]))
    counted = t(
        "At the training cutoffs {treated} of {customers} people were written to before they ordered.",
        treated=f"{found['training']['treated'] + found['newest']['treated']:,}",
        customers=f"{found['training']['customers'] + found['newest']['customers']:,}",
    )
    table = Table(caption, head, rows)
    return [Section("contacts", t("Who was written to"), [counted, t(IF_NOBODY_WRITES)], tables=[table])]


WAYS = {
    "ignored": "contacts ignored",
    "untreated": "trained on those left alone",
    "feature": "contact as a feature",
    "stand_ins": "people left alone stand in",
}
IF_NOBODY_WRITES = (
    "What serves says what happens if nobody writes. Where campaigns ran within the horizon of a test, people did what "
    "they did after a message, and the figures of this page are that much harder on the model."
)


def drift_section(drift: Mapping[str, Any], t: Words) -> Section:
    """How the people of the cutoffs differ."""
    reading = t(READING, stable=STABLE_BELOW, shifted=SHIFTED_ABOVE)
    tables = [_people(drift["people"], t)]
    comparisons = [found for found in drift["comparisons"] if found["features"]]
    title = t("Have the people changed?")
    if not comparisons:
        return Section("drift", title, [t("There is no earlier cutoff to compare with.")], tables=tables)
    if len(comparisons) > 1:
        tables.append(_compared(comparisons, t))
    newest = comparisons[-1]
    between = t("Buyers of {earlier} against those of {later}", earlier=date(newest["from"]), later=date(newest["to"]))
    figures = [Figure("drift-bars", drift_bars(newest["features"], language=t.language), between)]
    rows = [
        [
            Cell(row["feature"]),
            Cell(number(row["psi"])),
            Cell(number(row["chance"])),
            Cell(told(row["reading"], t.language)),
        ]
        for row in newest["features"][:MOST_FEATURES]
    ]
    head = [t("feature"), "PSI", t("by chance at most"), t("reading")]
    folds = [(t("The largest movers as a table"), [Table(between, head, rows)])]
    sentences = [_drifted(newest, t), reading, t(GROWING)]
    return Section("drift", title, sentences, figures=figures, tables=tables, folds=folds)


READING = (
    "The population stability index (PSI) compares shares of people in bins of each feature. The usual reading, from "
    "credit scoring (Siddiqi, Credit Risk Scorecards, 2006): below {stable} stable, above {shifted} shifted. What "
    "chance alone can give counts as stable."
)
GROWING = "Features that count all time, or days since the first event, grow with a shop's age by themselves."


def _drifted(newest: Mapping[str, Any], t: Words) -> str:
    readings = [row["reading"] for row in newest["features"]]
    score = newest["score"]
    return t(
        "Of {features} features {shifted} have shifted and {moved} have moved. The predicted chances of the same "
        "model: PSI {psi}, {reading}.",
        features=len(readings),
        shifted=readings.count("shifted"),
        moved=readings.count("moved"),
        psi=number(score["psi"]),
        reading=told(score["reading"], t.language),
    )


def _people(people: Sequence[Mapping[str, Any]], t: Words) -> Table:
    head = [t(name) for name in ("cutoff", "one order", "regulars", "left", "visitors", "visitors who ordered")]
    head += [t("written to"), t("set aside")]
    rows = [
        [
            Cell(date(row["cutoff"])),
            Cell(number(row["one_order"], 0)),
            Cell(number(row["repeat"], 0)),
            Cell(percent(row["left_rate"], 1)),
            Cell(number(row["visitors"], 0)),
            Cell(percent(row["visitors_ordered_rate"], 2)),
            Cell(number(row["treated"], 0)),
            Cell(number(row["set_aside"], 0)),
        ]
        for row in people
    ]
    return Table(t("People at each cutoff, and the share that left or ordered"), head, rows)


def _compared(comparisons: Sequence[Mapping[str, Any]], t: Words) -> Table:
    head = [t("cutoff"), t("features shifted"), t("features moved"), t("PSI of the chances"), t("reading")]
    rows = []
    for found in comparisons:
        readings = [row["reading"] for row in found["features"]]
        rows.append(
            [
                Cell(date(found["to"])),
                Cell(str(readings.count("shifted"))),
                Cell(str(readings.count("moved"))),
                Cell(number(found["score"]["psi"])),
                Cell(told(found["score"]["reading"], t.language)),
            ]
        )
    return Table(t("Buyers of each cutoff against those of {cutoff}", cutoff=date(comparisons[0]["from"])), head, rows)
