"""Pages on disk: what is written is read back, without what fills it up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from serving.arranging.rules import Usual
from serving.snapshot_parts.page_files import NOTHING, PLACES, Pages, PagesWriter, arranged_by


def page(*places: int) -> np.ndarray:
    """A page with these numbers."""
    return np.array([*places, *[NOTHING] * (PLACES - len(places))], dtype=np.uint8)


def test_pages_are_read_back(tmp_path: Path) -> None:
    """Each row has its own page, and the last one is that of strangers."""
    writer = PagesWriter(tmp_path)
    writer.add(np.stack([page(3, 1, 149), page()]))
    writer.add(page(50, 51)[None])
    writer.close()
    pages = Pages(tmp_path, arranged_by(Usual()))
    assert (len(pages), pages.strangers) == (2, 2)
    assert [[*pages.of(row)] for row in range(3)] == [[3, 1, 149], [], [50, 51]]


def test_settings_of_pages(tmp_path: Path) -> None:
    """Pages are those of their diversity and price respect; exploration is decided by each answer."""
    writer = PagesWriter(tmp_path)
    writer.add(page(1)[None])
    writer.close()
    pages = Pages(tmp_path, arranged_by(Usual()))
    assert pages.are_arranged_by(Usual(exploration=0.7))
    assert not pages.are_arranged_by(Usual(diversity=0.7))
    assert not pages.are_arranged_by(Usual(price_respect=0.0))


def test_missing_pages_are_told(tmp_path: Path) -> None:
    """A snapshot without its pages is not opened."""
    with pytest.raises(HuitouError, match=r"^page_place.npy of snapshot .* cannot be used: "):
        Pages(tmp_path, {})
