"""The chapter about uplift: what messages changed, and whether a model knows with whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.charts.uplift import qini_lines
from training.report.content import Cell, Figure, Section, Table, date, measured, number, percent
from training.report.words import Words
from training.uplift.words import learner_name, method_name

DIGITS = 4
"""Uplift and Qini are small."""

TOLD = ("qini", "top_10pct", "top_20pct", "top_30pct")
"""The figures of each ranking that the table tells."""

DEFINITION = (
    "Uplift is how many more people of a hundred order because somebody wrote to them. The curve is what writing to "
    "the top of the ranking brings, the broken line what as many messages drawn by lot bring, and Qini the area "
    "between."
)


def uplift_section(found: Mapping[str, Any] | None, t: Words) -> list[Section]:
    """The campaigns, the newest of them ranked by what the others taught, and baselines; nothing without campaigns."""
    if not found or not found.get("campaigns"):
        return []
    held_out = found.get("held_out")
    sentences = [_verdict(found, t), t(DEFINITION)]
    if held_out is None:
        return [Section("uplift", _title(t), sentences[:1], tables=[_campaigns(found, t)])]
    caption = t("The newest campaign, which the model had not seen; the band is the 95 % interval.")
    figure = Figure("uplift-qini", qini_lines(held_out["methods"]["model"]["curve"], t.language), caption)
    notes = [
        (t("learner"), learner_name(held_out["learner"], t.language)),
        (t("held-out campaign"), held_out["campaign"]),
    ]
    tables = [_methods(held_out, t), _rolling(found, t), _tenths(held_out, t), _campaigns(found, t)]
    return [Section("uplift", _title(t), sentences, figures=[figure], notes=notes, tables=tables)]


def _title(t: Words) -> str:
    return t("Uplift: with whom does a message change anything?")


def _verdict(found: Mapping[str, Any], t: Words) -> str:
    why = found["why"][t.language]
    return (
        t("There is an uplift model: {why}.", why=why)
        if found["serves"]
        else t("There is no uplift model: {why}.", why=why)
    )


def _methods(held_out: Mapping[str, Any], t: Words) -> Table:
    """Each ranking with its Qini and the uplift at its top."""
    rows = [
        [Cell(method_name(name, t.language), strong=name == "model"), *_measures(told)]
        for name, told in held_out["methods"].items()
    ]
    head = [t("ranked by"), *_measure_names(t)]
    return Table(t("Uplift on {people} people", people=f"{held_out['methods']['model']['people']:,}"), head, rows)


def _rolling(found: Mapping[str, Any], t: Words) -> Table:
    """Each of the newest campaigns, ranked by what those before it taught."""
    rows = [[Cell(told["campaign"], f"{told['people']:,}"), *_measures(told)] for told in found["rolling"]]
    return Table(t("Each campaign by those before it"), [t("campaign"), *_measure_names(t)], rows)


def _measures(told: Mapping[str, Any]) -> list[Cell]:
    return [measured(told[each], DIGITS) for each in TOLD]


def _measure_names(t: Words) -> list[str]:
    return ["Qini", *(t("uplift of the top {share}", share=share) for share in ("10 %", "20 %", "30 %"))]


def _tenths(held_out: Mapping[str, Any], t: Words) -> Table:
    rows = [
        [Cell(str(row["tenth"])), Cell(f"{row['people']:,}"), *(Cell(number(row[each], DIGITS)) for each in SEEN)]
        for row in held_out["tenths"]
    ]
    return Table(t("Uplift by tenth, the highest first"), [t("tenth"), t("people"), t("foretold"), t("seen")], rows)


SEEN = ("foretold", "seen")


def _campaigns(found: Mapping[str, Any], t: Words) -> Table:
    """Both arms of each campaign: people, and the share that ordered."""
    rows = [
        [
            Cell(told["campaign"]),
            Cell(date(told["begins"])),
            *(
                Cell(f"{told[arm]:,}", percent(told[f"{arm}_orders"] / told[arm] if told[arm] else None, 1))
                for arm in ("treated", "control")
            ),
        ]
        for told in found["campaigns"]
    ]
    head = [t("campaign"), t("began"), t("written to, and ordered"), t("left alone, and ordered")]
    return Table(t("Campaigns with a control group"), head, rows)
