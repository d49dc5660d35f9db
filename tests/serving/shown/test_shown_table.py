"""What was shown as a table, for data scientists."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from serving.shown.memory import Memory
from serving.shown.period import Period
from serving.shown.shown_table import SCHEMA, shown_table, write_shown_table
from tests.serving.shown.small_memory import NOON, answer, event, hours

DAY = Period(NOON, hours(24))


def fill(memory: Memory) -> None:
    """Two answers of two items; one item was clicked and bought."""
    memory.shown.put([answer("r1", offset=2, explored=(4, 0.01), arm="try:a"), answer("r2", None, at=hours(1))])
    memory.responses.put(
        [event(1, "view", "cup", "r1"), event(2, "purchase", "cup", "r1", unit_price="3", at=hours(2))]
    )


def test_a_row_for_each_shown_item(memory: Memory) -> None:
    """In order of time, with place, source, propensity and what followed."""
    fill(memory)
    table = shown_table(memory.shown, memory.responses, DAY)
    assert [*table.columns] == SCHEMA.names
    assert table["recommendation"].tolist() == ["r1", "r1", "r2", "r2"]
    explored = table.iloc[1]
    assert (explored["item"], explored["place"], explored["source"]) == ("cup", 4, "from cup")
    assert (explored["propensity"], explored["weight"], explored["arm"]) == (0.01, 1.0, "try:a")
    assert (explored["clicked"], explored["purchased"], explored["revenue"]) == (True, True, 3.0)
    assert explored["at"] == pd.Timestamp(NOON)
    rest = table.drop(index=1)
    assert not rest["clicked"].any()
    assert rest["propensity"].isna().all()
    assert table["person"].tolist()[:2] == ["anna", "anna"]
    assert table["person"].isna().tolist() == [False, False, True, True]


def test_the_file_holds_the_same(local: Memory, tmp_path: Path) -> None:
    """And a period in which nothing was shown gives a file without rows."""
    fill(local)
    out = tmp_path / "shown.parquet"
    assert write_shown_table(local.shown, local.responses, DAY, out) == 4
    assert pq.read_table(out).to_pandas().equals(shown_table(local.shown, local.responses, DAY))
    assert write_shown_table(local.shown, local.responses, Period(hours(90), hours(91)), out) == 0
    assert pq.read_table(out).schema.equals(SCHEMA)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["shown.parquet"]


def test_where_it_can_be_written(local: Memory, tmp_path: Path) -> None:
    """A file of another kind, or in a folder that is not there, is refused."""
    with pytest.raises(HuitouError, match=r"out must end with \.parquet; got x\.csv\. Write for example --out shown"):
        write_shown_table(local.shown, local.responses, DAY, tmp_path / "x.csv")
    with pytest.raises(HuitouError, match="out must be in a folder that is there"):
        write_shown_table(local.shown, local.responses, DAY, tmp_path / "no" / "x.parquet")
