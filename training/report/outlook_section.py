"""The chapter about expected orders, spend and dates: what was told, and what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.charts import expected_bars
from training.report.content import Cell, Figure, Section, Table, date, number, percent
from training.report.methods import Part, method_cell
from training.report.words import Words, group_name, kind_name

MODEL = "model"
"""The method that would have served."""


def outlook_section(parts: Sequence[Part], t: Words) -> Section:
    """Of the newest cutoff, with the totals of every cutoff where there are several."""
    newest = parts[-1]
    value, timing = newest["outlook"]["value"], newest["outlook"]["timing"]
    everyone = value["all"]
    chart = expected_bars(everyone["methods"][MODEL]["deciles"], _currency(newest), t.language)
    tables = [_methods(everyone, newest, t), _kinds(value, newest, t)]
    tables += [_over_cutoffs(parts, t)] if len(parts) > 1 else []
    sentences = [_totals(everyone, newest, t), t(TOTALS_MATTER)]
    if timing["all"]["dated_ordered"]:
        sentences += [_dates_said(newest, t), t(SEEN_ONLY)]
        tables += [_errors(timing, t), _intervals(timing, t)]
    figures = [Figure("expected", chart, t("What was expected of a customer in each tenth, beside what came."))]
    return Section("outlook", t("How much will they order, and when?"), sentences, figures=figures, tables=tables)


TOTALS_MATTER = (
    "An expectation is right in the mean of many customers, not for each: totals and tenths should agree, and the "
    "error of a single customer stays large where orders are rare. Net spend is purchases minus returns."
)
SEEN_ONLY = (
    "Who was not seen to order may still come, so errors are those of the others, and favour dates within the horizon: "
    "one date for all is what they must be held against. Inside the interval lies the share of their orders that is "
    "seen; beside it is what the law itself expects of orders within the horizon, and the least it can be, when "
    "everyone who was not seen to order counts as a miss."
)


def _totals(everyone: Mapping[str, Any], part: Part, t: Words) -> str:
    told = everyone["methods"][MODEL]
    return t(
        "In the {days} days after {cutoff} {orders} orders were expected and {came} came; of net spend {spend} "
        "{currency} and {spent} {currency}.",
        days=part["horizon_days"],
        cutoff=date(part["cutoff"]),
        orders=number(told["orders"], 0),
        came=number(everyone["orders"], 0),
        spend=number(told["net_spend"], 0),
        spent=number(everyone["net_spend"], 0),
        currency=_currency(part),
    )


def _dates_said(part: Part, t: Words) -> str:
    found = part["outlook"]["timing"]["all"]
    return t(
        "{dated} buyers had a date for their next order, {overdue} were overdue. Of those with a date {ordered} "
        "ordered within the horizon, in the middle {error} days away from it.",
        dated=number(found["dated"], 0),
        overdue=number(found["buyers"] - found["dated"], 0),
        ordered=number(found["dated_ordered"], 0),
        error=number(found["median_error_days"][MODEL], 1),
    )


def _currency(part: Part) -> str:
    currency: str = part["churn"]["profit"]["currency"]
    return currency


def _methods(everyone: Mapping[str, Any], part: Part, t: Words) -> Table:
    """Every method for everyone, and what came."""
    errors = [t("mean error, orders"), t("mean error, net spend"), t("rank agreement")]
    rows = [
        [
            method_cell(method, t),
            *_total_cells(found, t),
            Cell(number(found["orders_mean_error"])),
            Cell(number(found["net_spend_mean_error"], 2)),
            Cell(number(found["net_spend_rank_correlation"], 2)),
        ]
        for method, found in everyone["methods"].items()
    ]
    came = [Cell(number(everyone[name], 0)) for name in ("orders", "net_spend")]
    rows.append([Cell(t("what came")), *came, *[Cell("")] * len(errors)])
    caption = t("Expected of everyone, {customers} people", customers=f"{everyone['customers']:,}")
    return Table(caption, [t("method"), *_total_names(part, t), *errors], rows)


def _kinds(value: Mapping[str, Any], part: Part, t: Words) -> Table:
    """What would have served, for each kind of people."""
    rows = [
        [
            Cell(kind_name(kind, t.language)),
            Cell(number(found["customers"], 0)),
            *_total_cells(found["methods"][MODEL], t),
        ]
        for kind, found in value.items()
        if kind != "all"
    ]
    head = [t("kind of people"), t("customers"), *_total_names(part, t)]
    return Table(t("Expected of each kind of people"), head, rows)


def _over_cutoffs(parts: Sequence[Part], t: Words) -> Table:
    rows = []
    for part in parts:
        everyone = part["outlook"]["value"]["all"]
        cells = [Cell(date(part["cutoff"])), Cell(number(everyone["customers"], 0))]
        rows.append(cells + _total_cells(everyone["methods"][MODEL], t))
    head = [t("cutoff"), t("customers"), *_total_names(parts[-1], t)]
    return Table(t("Expected of everyone at each cutoff"), head, rows)


def _total_names(part: Part, t: Words) -> list[str]:
    return [t("orders"), t("net spend ({currency})", currency=_currency(part))]


def _total_cells(found: Mapping[str, Any], t: Words) -> list[Cell]:
    """Orders and net spend expected, each with its ratio to what came."""
    told = ((number(found[name], 0), found[f"{name}_ratio"]) for name in ("orders", "net_spend"))
    return [Cell(total, t("{ratio} of what came", ratio=number(ratio, 2))) for total, ratio in told]


def _errors(timing: Mapping[str, Any], t: Words) -> Table:
    """How far from each method's date each group of buyers came."""
    methods = ("model", "own_mean_gap", "one_date")
    rows = [
        [*_counted(group, found, t), *(Cell(number(found["median_error_days"][method], 1)) for method in methods)]
        for group, found in timing.items()
    ]
    head = [*_counted_names(t), *(method_cell(method, t).text for method in methods)]
    return Table(t("Days between the date and the order, in the middle"), head, rows)


def _intervals(timing: Mapping[str, Any], t: Words) -> Table:
    """How many orders came after the date, and how many lay inside the interval."""
    rows = [
        [
            *_counted(group, found, t),
            Cell(percent(found["later_share"])),
            *(Cell(percent(found["interval"][name])) for name in ("seen", "expected", "at_least")),
        ]
        for group, found in timing.items()
    ]
    share = percent(timing["all"]["interval"]["share"])
    head = [*_counted_names(t), t("later than the date"), t("inside the interval")]
    return Table(t("Orders inside the interval of {share}", share=share), [*head, t("by the law"), t("at least")], rows)


def _counted_names(t: Words) -> list[str]:
    return [t("buyers"), t("with a date"), t("seen to order")]


def _counted(group: str, found: Mapping[str, Any], t: Words) -> list[Cell]:
    dated, ordered = (Cell(number(found[name], 0)) for name in ("dated", "dated_ordered"))
    return [Cell(group_name(group, t.language)), dated, ordered]
