"""A backtest that anyone can check: pretend it is the cutoff, then look at what came after."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.progress import Doing
from training.customers.backtest import ChurnBacktest, churn_backtest
from training.cutoffs import checked_horizon, shop_horizon_days
from training.recommend.backtest import recommendation_backtest
from training.recommend.fitting import fit_recommender


def moment(text: str, timezone: str) -> datetime:
    """A moment as people write it; without a zone it is the shop's time, without an hour its midnight."""
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        raise HuitouError(
            f"cutoff must be a moment; got {text!r}. Write it as 2025-09-01 or 2025-09-01T10:00:00+08:00.",
            field="cutoff",
            value=text,
        ) from None
    return said if said.tzinfo else said.replace(tzinfo=ZoneInfo(timezone))


def backtest(
    behaviour: Behaviour, cutoff: datetime, horizon_days: int | None, out: Path, *, progress: Doing
) -> dict[str, Any]:
    """Train with what was known before ``cutoff`` and measure by the horizon after it; return the report.

    Writes to ``out``: ``report.json`` (models and every baseline, with intervals), ``churn.parquet`` (``customer_id``,
    ``probability``, ``churned`` for every buyer before the cutoff) and ``recommendations.parquet`` (``customer_id``,
    ``rank``, ``item_id``, ``score``, ``source``, ``reason``; 50 items for everyone with an event before the cutoff).
    Raises :class:`HuitouError` when nothing was known before the cutoff.
    """
    extent = behaviour.reader.extent()
    if extent.first is None or extent.first >= cutoff:
        raise HuitouError(
            f"cutoff must be after the shop's first event ({extent.first or 'there are none'}); got {cutoff}. "
            "Choose a later one.",
            field="cutoff",
            value=str(cutoff),
        )
    horizon = checked_horizon(shop_horizon_days(behaviour, cutoff) if horizon_days is None else horizon_days)
    out.mkdir(parents=True, exist_ok=True)
    churn = churn_backtest(
        behaviour,
        cutoff,
        horizon,
        said=lambda text: progress(f"churn: {text}", 0, 0),
        progress=lambda done, total: progress("churn: buyers predicted", done, total),
    )
    _write_churn(churn, out / "churn.parquet")
    training = fit_recommender(behaviour, cutoff, horizon, said=lambda text: progress(f"next items: {text}", 0, 0))
    recommendations = recommendation_backtest(
        behaviour,
        training,
        cutoff,
        horizon,
        out / "recommendations.parquet",
        progress=lambda done, total: progress("next items: customers ranked", done, total),
    )
    report = {
        "cutoff": cutoff.isoformat(),
        "horizon_days": horizon,
        "event_version": behaviour.reader.version,
        "churn": churn.report,
        "recommendations": recommendations,
    }
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    return report


def _write_churn(churn: ChurnBacktest, file: Path) -> None:
    columns = [("customer_id", pa.string()), ("probability", pa.float64()), ("churned", pa.bool_())]
    pq.write_table(pa.Table.from_pandas(churn.table, schema=pa.schema(columns), preserve_index=False), file)
