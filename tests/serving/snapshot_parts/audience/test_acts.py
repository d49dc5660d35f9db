"""Acts, ordered by kind and day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from features.events.event import KINDS
from serving.snapshot_parts.audience import acts as written
from serving.snapshot_parts.audience.acts import Acts, ActsOfKind, ActsWriter


@pytest.mark.parametrize("block", [3, 1_000])
def test_acts_of_a_kind_on_some_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """The same acts as looking through all of them finds, by day and then by customer, in blocks of any size."""
    monkeypatch.setattr(written, "_BLOCK", block)
    rng = np.random.default_rng(3)
    row = np.sort(rng.integers(0, 20, 200))
    kind, day, item = rng.integers(0, len(KINDS), 200), rng.integers(100, 110, 200), rng.integers(0, 9, 200)
    writer = ActsWriter(tmp_path)
    for part in (slice(0, 50), slice(50, 50), slice(50, 200)):
        writer.add(kind[part], day[part], row[part], item[part])
    writer.finish()
    acts = Acts(tmp_path)
    assert (len(acts), acts.first_day, acts.last_day) == (200, day.min(), day.max())
    for first, last in ((100, 109), (103, 103), (0, 104), (108, 999), (105, 104), (0, 50)):
        for code in range(len(KINDS)):
            found = acts.of(code, first, last)
            there = np.flatnonzero((kind == code) & (day >= first) & (day <= last))
            there = there[np.argsort(day[there], kind="stable")]
            assert found.row.tolist() == row[there].tolist()
            assert found.item.tolist() == item[there].tolist()
            assert found.day.tolist() == day[there].tolist()
    assert not [*tmp_path.glob("raw_*")]


def test_nothing_happened(tmp_path: Path) -> None:
    """A shop without events has acts of no kind on no day."""
    ActsWriter(tmp_path).finish()
    acts = Acts(tmp_path)
    assert len(acts) == len(acts.of(0, -1_000, 100_000).row) == len(acts.of(6, 0, 0).day) == 0


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    """Files of different lengths are a broken snapshot."""
    ActsWriter(tmp_path).finish()
    np.save(tmp_path / "act_row.npy", np.zeros(3, dtype=np.int32))
    with pytest.raises(HuitouError, match="its numbers are not those of the acts") as caught:
        Acts(tmp_path)
    assert caught.value.code == "broken_snapshot"


def test_once_a_day() -> None:
    """One act of each customer on each day; the same customer on the next day counts again."""
    row, day = np.array([2, 1, 1, 1, 1, 2, 2]), np.array([7, 7, 7, 5, 9, 9, 9])
    acts = ActsOfKind.of_days(row, np.arange(7), day)
    assert [*zip(acts.day.tolist(), acts.row.tolist(), strict=True)] == sorted(
        zip(day.tolist(), row.tolist(), strict=True)
    )
    once = acts.once_a_day()
    assert [*zip(once.day.tolist(), once.row.tolist(), strict=True)] == [(5, 1), (7, 1), (7, 2), (9, 1), (9, 2)]
    assert len(ActsOfKind.of_days(row[:0], row[:0], day[:0]).once_a_day().row) == 0
