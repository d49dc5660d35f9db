"""A whole backtest: its files, at one cutoff and at several."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from tests.training.conftest import Backtested
from tests.training.customers.planted import HORIZON_DAYS
from training.backtest import backtest
from training.backtest_plan import BacktestPlan
from training.customers.measuring.backtest import churn_backtest
from training.report.summary import parts_of


@pytest.fixture(scope="module")
def alone(backtested: Backtested, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The same shop at the newer cutoff alone."""
    out = tmp_path_factory.mktemp("alone")
    plan = BacktestPlan.at(backtested.behaviour, backtested.plan.cutoffs[-1:], HORIZON_DAYS)
    return out, backtest(backtested.behaviour, plan, out, progress=lambda *_: None, language="zh")


def test_the_files_are_written_and_no_others(backtested: Backtested) -> None:
    """Report, page and both tables; what was laid down in between is gone."""
    names = ["churn.parquet", "recommendations.parquet", "report.html", "report.json"]
    assert sorted(file.name for file in backtested.out.iterdir()) == names
    written = json.loads((backtested.out / "report.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(backtested.report, allow_nan=False))


def test_several_cutoffs_are_parts_of_one_report(backtested: Backtested) -> None:
    """Each cutoff has its part, oldest first, and the summary and the drift stand beside them."""
    report = backtested.report
    assert [part["cutoff"] for part in report["cutoffs"]] == [at.isoformat() for at in backtested.plan.cutoffs]
    assert list(report) == ["horizon_days", "event_version", "notes", "cutoffs", "summary", "uplift", "drift"]
    assert report["uplift"]["why"]["en"].startswith("0 campaigns with a control group")
    assert len(report["drift"]["people"]) == 2
    [comparison] = report["drift"]["comparisons"]
    assert (comparison["from"], comparison["to"]) == tuple(part["cutoff"] for part in report["cutoffs"])


def test_tables_of_several_cutoffs_begin_with_the_cutoff(backtested: Backtested) -> None:
    """Each row says when it was predicted; the rows of a cutoff are as many as its report counts."""
    churn = pq.read_table(backtested.out / "churn.parquet")
    items = pq.read_table(backtested.out / "recommendations.parquet")
    assert churn.column_names == ["cutoff", "customer_id", "probability", "churned"]
    assert items.column_names == ["cutoff", "customer_id", "rank", "item_id", "score", "source", "reason"]
    counted = churn.to_pandas().groupby("cutoff").size()
    people = items.to_pandas().groupby("cutoff")["customer_id"].nunique()
    for part in backtested.report["cutoffs"]:
        at = pd.Timestamp(part["cutoff"]).tz_convert("UTC")
        assert counted[at] == part["churn"]["methods"]["model"]["all"]["customers"]
        assert people[at] == part["recommendations"]["customers"]


def test_one_cutoff_is_a_report_by_itself(backtested: Backtested, alone: tuple[Path, dict[str, Any]]) -> None:
    """Alone it has the figures that it has among several, at the top, and tables without a cutoff."""
    out, report = alone
    part = backtested.report["cutoffs"][-1]
    assert {name: report[name] for name in part} == part
    assert parts_of(report) == [report]
    assert "summary" not in report
    assert pq.read_schema(out / "churn.parquet").names == ["customer_id", "probability", "churned"]
    [comparison] = report["drift"]["comparisons"]
    assert comparison["from"] == part["churn"]["training_cutoffs"][-1]


def test_an_earlier_cutoff_knows_nothing_of_a_later_one(backtested: Backtested) -> None:
    """The older of two cutoffs has the same probabilities as when it is looked at alone."""
    alone = churn_backtest(backtested.behaviour, backtested.plan.cutoffs[0], HORIZON_DAYS).table
    both = pd.read_parquet(backtested.out / "churn.parquet")
    older = both[both["cutoff"] == both["cutoff"].min()].drop(columns="cutoff").reset_index(drop=True)
    pd.testing.assert_frame_equal(older, alone)


def test_the_page_is_in_the_language_asked_for(backtested: Backtested, alone: tuple[Path, dict[str, Any]]) -> None:
    """English unless Chinese is asked for."""
    assert '<html lang="en">' in (backtested.out / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in (alone[0] / "report.html").read_text(encoding="utf-8")


def test_an_unknown_language_is_refused_before_the_work(backtested: Backtested, tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(HuitouError) as caught:
        backtest(backtested.behaviour, backtested.plan, tmp_path / "out", progress=lambda *_: None, language="fr")
    assert str(caught.value) == "language must be one of en, zh; got 'fr'. Leave it out for en."
    assert not (tmp_path / "out").exists()
