"""The charts of what was recommended against what was bought, and of what each source adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from training.charts.look import BLUE, GREY, ORANGE, WIDTH, AnyChart
from training.charts.words import method_name, source_name, told


def recall_bars(models: Mapping[str, Mapping[str, Any]], k: int = 10, language: str = "en") -> AnyChart:
    """Recall@k of what serves and of every baseline, the best on top, with intervals.

    ``models`` is the part ``models`` of a recommendation report: ``{name: {"recall@10": {"value", "low", "high"}}}``.
    """
    rows = [
        {"method": name, **{part: measures[f"recall@{k}"].get(part) for part in ("value", "low", "high")}}
        for name, measures in models.items()
        if measures.get(f"recall@{k}", {}).get("value") is not None
    ]
    table = pd.DataFrame(rows, columns=["method", "value", "low", "high"]).sort_values("value", ascending=False)
    table["color"] = np.where(table["method"] == "served", BLUE, GREY)
    table["name"] = [method_name(method, language) for method in table["method"]]
    title = told("Recall@{k}", language, k=k)
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=None, title=None))
    return alt.layer(
        base.mark_bar().encode(
            x=alt.X("value:Q", title=title),
            color=alt.Color("color:N", scale=None),
            tooltip=["name:N", alt.Tooltip("value:Q", title=title, format=".3f")],
        ),
        base.mark_rule(color="black").encode(x="low:Q", x2="high:Q"),
    ).properties(width=WIDTH, title=title)


def source_bars(sources: Mapping[str, Mapping[str, Any]], language: str = "en") -> AnyChart:
    """What the answer loses of ndcg@10 when a source is taken away, the most on top, with intervals.

    ``sources`` is the part ``sources`` of an ablation: ``{name: {"lost": {"ndcg@10": {"value", "low", "high"}}}}``. A
    loss that may as well be nothing is grey, one below nothing (the answer is better without it) stands out.
    """
    rows = [{"source": name, **found["lost"]["ndcg@10"]} for name, found in sources.items()]
    table = pd.DataFrame(rows, columns=["source", "value", "low", "high"]).dropna()
    table = table.sort_values("value", ascending=False, kind="stable")
    table["color"] = np.select([table["low"] > 0, table["high"] < 0], [BLUE, ORANGE], GREY)
    table["name"] = [source_name(source, language) for source in table["source"]]
    title = told("Loss of ndcg@10 without the source", language)
    base = alt.Chart(table).encode(y=alt.Y("name:N", sort=None, title=None))
    return alt.layer(
        base.mark_bar().encode(
            x=alt.X("value:Q", title=title),
            color=alt.Color("color:N", scale=None),
            tooltip=["name:N", alt.Tooltip("value:Q", title=title, format="+.4f")],
        ),
        base.mark_rule(color="black").encode(x="low:Q", x2="high:Q"),
    ).properties(width=WIDTH, title=title)
