"""A backtest that anyone can check: pretend it is a past moment, then look at what came after; at several of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.behaviour import Behaviour
from features.progress import Doing
from training.backtest_plan import BacktestPlan
from training.customers.measuring.backtest import ChurnBacktest, churn_backtest
from training.cutoff_people import CutoffPeople, people_counts
from training.cutoffs import shifted
from training.recommend.fitting import fit_recommender
from training.recommend.measuring.backtest import SCHEMA, recommendation_backtest
from training.report.page import checked_language, write_page
from training.report.summary import summary
from training.uplift.fitting import fit_uplift

CUTOFF_FIELD = pa.field("cutoff", pa.timestamp("us", tz="UTC"))
"""The first column of both tables when there are several cutoffs."""

CHURN_SCHEMA = pa.schema([("customer_id", pa.string()), ("probability", pa.float64()), ("churned", pa.bool_())])
"""Columns of ``churn.parquet``."""


def backtest(
    behaviour: Behaviour, plan: BacktestPlan, out: Path, *, progress: Doing, language: str = "en"
) -> dict[str, Any]:
    """Train with what was known before each cutoff and measure by the horizon after it; return the report.

    Writes to ``out``: ``report.json`` (models and every baseline, with intervals), ``report.html`` (the same to look
    at, in ``language``), ``churn.parquet`` (``customer_id``, ``probability``, ``churned`` for every buyer before the
    cutoff) and ``recommendations.parquet`` (``customer_id``, ``rank``, ``item_id``, ``score``, ``source``, ``reason``;
    50 items for everyone with an event before the cutoff). With several cutoffs both tables begin with a column
    ``cutoff``, and the report holds that of each in ``cutoffs``, the oldest first, and a ``summary`` of them.
    """
    checked_language(language)
    out.mkdir(parents=True, exist_ok=True)
    several = len(plan.cutoffs) > 1
    parts, comparisons = [], []
    first: CutoffPeople | None = None
    with _tables(out, several) as tables:
        for cutoff in plan.cutoffs:
            churn, part = _at(behaviour, cutoff, plan.horizon_days, tables, progress)
            people = CutoffPeople.tested(churn, cutoff)
            earlier = first if several else CutoffPeople.trained(churn)
            comparisons += [earlier.against(people)] if earlier is not None else []
            first = first or people
            parts.append(part)
    report: dict[str, Any] = {
        "horizon_days": plan.horizon_days,
        "event_version": behaviour.reader.version,
        "notes": list(plan.notes),
        **({"cutoffs": parts, "summary": summary(parts)} if several else parts[0]),
        "uplift": _uplift(behaviour, plan, progress),
        "drift": {"people": people_counts(parts), "comparisons": comparisons},
    }
    text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    write_page(report, out / "report.html", language)
    return report


@dataclass(frozen=True)
class _Tables:
    """Both tables of a backtest, to which one cutoff after another is added."""

    churn: pq.ParquetWriter
    recommendations: pq.ParquetWriter
    one_cutoff: Path
    """Where the recommendations of one cutoff lie until they are added."""
    several: bool

    def add(self, churn: pa.Table, cutoff: datetime) -> None:
        """Take what was found at one cutoff."""
        self.churn.write_table(self._dated(churn, cutoff))
        for batch in pq.ParquetFile(self.one_cutoff).iter_batches(1_000_000):
            self.recommendations.write_table(self._dated(pa.Table.from_batches([batch], SCHEMA), cutoff))
        self.one_cutoff.unlink()

    def _dated(self, rows: pa.Table, cutoff: datetime) -> pa.Table:
        if not self.several:
            return rows
        return rows.add_column(0, CUTOFF_FIELD, pa.array([cutoff] * len(rows), CUTOFF_FIELD.type))


@contextmanager
def _tables(out: Path, several: bool) -> Iterator[_Tables]:
    schemas = [pa.schema([CUTOFF_FIELD, *schema] if several else schema) for schema in (CHURN_SCHEMA, SCHEMA)]
    with (
        pq.ParquetWriter(out / "churn.parquet", schemas[0]) as churn,
        pq.ParquetWriter(out / "recommendations.parquet", schemas[1], compression="zstd") as recommendations,
    ):
        yield _Tables(churn, recommendations, out / ".recommendations.parquet", several)


def _uplift(behaviour: Behaviour, plan: BacktestPlan, progress: Doing) -> dict[str, Any]:
    """What campaigns whose horizons ended with the newest cutoff's say of uplift, the newest of them held out."""
    ends = shifted(plan.cutoffs[-1], plan.horizon_days, behaviour.settings.timezone)
    return fit_uplift(behaviour, ends, plan.horizon_days, said=lambda text: progress(f"uplift: {text}", 0, 0)).report()


def _at(
    behaviour: Behaviour, cutoff: datetime, horizon_days: int, tables: _Tables, progress: Doing
) -> tuple[ChurnBacktest, dict[str, Any]]:
    """The backtest at one cutoff: what was found of churn, and the part of the report."""
    churn_at, items_at = (
        f"{thing} at {cutoff:%Y-%m-%d}" if tables.several else thing for thing in ("churn", "next items")
    )
    churn = churn_backtest(
        behaviour,
        cutoff,
        horizon_days,
        said=lambda text: progress(f"{churn_at}: {text}", 0, 0),
        progress=lambda done, total: progress(f"{churn_at}: people predicted", done, total),
    )
    training = fit_recommender(behaviour, cutoff, horizon_days, said=lambda text: progress(f"{items_at}: {text}", 0, 0))
    recommendations = recommendation_backtest(
        behaviour,
        training,
        cutoff,
        horizon_days,
        tables.one_cutoff,
        progress=lambda done, total: progress(f"{items_at}: customers ranked", done, total),
    )
    tables.add(pa.Table.from_pandas(churn.table, schema=CHURN_SCHEMA, preserve_index=False), cutoff)
    part = {
        "cutoff": cutoff.isoformat(),
        "horizon_days": horizon_days,
        "churn": churn.report,
        "visitors": churn.visitors,
        "outlook": churn.outlook,
        "recommendations": recommendations,
    }
    return churn, part
