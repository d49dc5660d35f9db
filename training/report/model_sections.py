"""The chapters about the model that would have served: its probabilities, its ranking, its profit, its drivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.charts import driver_bars, gain_lines, lift_bars, profit_curve, reliability_curve, score_bars
from training.charts.words import concept_name
from training.report.content import Cell, Figure, Section, Table, number, percent
from training.report.methods import Part
from training.report.words import Words, kind_name


def calibration(part: Part, t: Words) -> Section:
    """Whether probabilities mean what they say."""
    churn = part["churn"]
    bins = churn["methods"]["model"]["all"]["reliability"]
    figures = [
        Figure("reliability", reliability_curve(bins, t.language), t(RELIABILITY)),
        Figure("scores", score_bars(churn["curves"]["scores"], t.language), t("How many customers have which chance.")),
    ]
    head = [t("predicted chance"), t("customers"), t("predicted share"), t("share seen")]
    rows = [
        [
            Cell(f"{percent(row['from'])} – {percent(row['to'])}"),
            Cell(number(row["customers"], 0)),
            Cell(percent(row["predicted"], 1)),
            Cell(percent(row["seen"], 1)),
        ]
        for row in bins
    ]
    table = Table(t("Reliability"), head, rows)
    title = t("Do the probabilities mean what they say?")
    return Section("calibration", title, figures=figures, folds=[(t("The same as a table"), [table])])


RELIABILITY = (
    "On the diagonal, of the customers with a predicted chance of 70 % just 70 % left. Larger dots: more people."
)


def ranking(part: Part, t: Words) -> Section:
    """How much is found at the top of the list."""
    curves = part["churn"]["curves"]
    lift_said = t("How many times the usual share left in each tenth; the dashed line is the usual rate.")
    gain_said = t("The share of all who left that a list of each size holds; the diagonal is a list drawn by lot.")
    figures = [
        Figure("lift", lift_bars(curves["lift"], t.language), lift_said),
        Figure("gain", gain_lines(curves["gain"], t.language), gain_said),
    ]
    return Section("ranking", t("Does the list begin with those who leave?"), figures=figures)


def profit(part: Part, t: Words) -> Section:
    """What a list of each size would have earned, with the assumptions."""
    told = part["churn"]["profit"]
    title = t("What a recall list would have earned")
    notes = [
        (t("writing to one customer costs"), f"{number(told['contact_cost'], 2)} {told['currency']}"),
        (t("earned of each order"), percent(told["order_margin"], 1)),
        (t("of those about to leave, a message brings back"), percent(told["contact_success_rate"], 1)),
    ]
    if not told["lists"]:
        return Section("profit", title, [t("No prices are known, so there is no profit to tell.")], notes=notes)
    worth = f"{number(told['mean_worth'], 2)} {told['currency']}"
    notes.append((t("so one customer who stays is worth, in the mean"), worth))
    best = told["lists"]["model"]["best"]
    filled = {
        "customers": f"{best['customers']:,}",
        "share": percent(best["share"]),
        "profit": f"{number(best['profit'], 0)} {told['currency']}",
        "low": number(best["low"], 0),
        "high": number(best["high"], 0),
    }
    sentences = [t(BEST_SIZE, **filled) if best["customers"] else t(NO_SIZE), *_by_value(told, t), t(ASSUMED)]
    chart = profit_curve(told["lists"], told["currency"], t.language)
    figures = [Figure("profit-curve", chart, t("The band is the model's 95 % interval; the dot its best size."))]
    return Section("profit", title, sentences, figures=figures, notes=notes)


BEST_SIZE = (
    "In hindsight the best list by the model's risk held {customers} customers ({share}) and would have earned "
    "{profit} (95 % interval {low} to {high})."
)
NO_SIZE = "With these costs no list by the model's risk would have paid."
ASSUMED = (
    "The costs are the shop's settings (contact_cost, order_margin, contact_success_rate in shop.json), and a customer "
    "who stays is taken to place one order of the usual value. Only a campaign with a control group can measure them."
)


def _by_value(told: Mapping[str, Any], t: Words) -> list[str]:
    """What the list would have earned that puts first who is likely to leave and worth much."""
    best = told["lists"]["model_by_value"]["best"]
    if best["profit"] <= told["lists"]["model"]["best"]["profit"]:
        return []
    return [
        t(
            "Ranked by that risk times the value of the next order, a list of {customers} would have earned {profit}.",
            customers=f"{best['customers']:,}",
            profit=f"{number(best['profit'], 0)} {told['currency']}",
        )
    ]


def driver_section(part: Part, t: Words) -> Section:
    """What moves the chance of an order, for each kind of people."""
    found = part["churn"]["drivers"]
    figures = [_drivers_of(kind, found[kind], t) for kind in found if _has_weight(found[kind])]
    return Section("drivers", t("What moves the predictions"), [t(WEIGHTS)], figures=figures)


WEIGHTS = (
    "For each customer, every concept adds to the log-odds of an order or takes from them; the bars are the mean size "
    "of that. They tell what the model looks at, not what causes what."
)


def _has_weight(found: Mapping[str, Any]) -> bool:
    return any(row["mean_log_odds"] > 0 for row in found["concepts"])


def _drivers_of(kind: str, found: Mapping[str, Any], t: Words) -> Figure:
    name = kind_name(kind, t.language)
    weightiest = t(", ").join(concept_name(row["concept"], t.language) for row in found["concepts"][:3])
    caption = t(
        "{kind} ({customers} looked at): mostly {names}.",
        kind=name,
        customers=f"{found['customers']:,}",
        names=weightiest,
    )
    return Figure(f"drivers-{kind.replace('_', '-')}", driver_bars(found["concepts"], t.language, name), caption)
