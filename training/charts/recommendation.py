"""The chart of what was recommended against what was bought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from training.charts.look import BLUE, GREY, WIDTH, AnyChart
from training.charts.words import method_name, told


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
