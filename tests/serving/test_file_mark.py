"""Files are told apart by their marks, and looked at as often as is asked for."""

from __future__ import annotations

from pathlib import Path

from serving.file_mark import FileMark


def test_a_change_is_seen_at_once(tmp_path: Path) -> None:
    """Where nothing is said every call looks; no file has no mark."""
    file = tmp_path / "CURRENT"
    mark = FileMark(file)
    assert mark.get() is None
    file.write_text("one")
    first = mark.get()
    assert first is not None
    assert mark.get() == first
    file.write_text("three")
    assert mark.get() not in (None, first)


def test_a_file_is_looked_at_now_and_then(tmp_path: Path) -> None:
    """A change is seen when the time has come, not before."""
    file, now_s = tmp_path / "CURRENT", [5.0]
    mark = FileMark(file, 0.01, lambda: now_s[0])
    assert mark.get() is None
    file.write_text("one")
    now_s[0] = 5.009
    assert mark.get() is None
    now_s[0] = 5.011
    assert mark.get() is not None
