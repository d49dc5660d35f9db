"""Titles of items: any text is read back, and a missing one is told from an empty one."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.snapshot_parts.titles import FILE, Titles, write_titles

TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(titles=st.lists(TEXTS, max_size=20))
def test_every_title_is_read_back(tmp_path_factory: pytest.TempPathFactory, titles: list[str | None]) -> None:
    """As many as were written, each as it was, also where all or none are missing."""
    folder = tmp_path_factory.mktemp("titles")
    write_titles(folder, pa.array(titles, pa.string()))
    found = Titles(folder)
    assert [found.of(code) for code in range(len(found))] == titles


@pytest.mark.parametrize("content", [b"", b"no Arrow file", None])
def test_a_broken_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or holds something else is named."""
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(HuitouError, match=rf"^{FILE} of snapshot .* cannot be used: "):
        Titles(tmp_path)
