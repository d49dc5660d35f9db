"""``huitou results``: what followed from recommendations, as a table, files and a chart."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.shop_folder import ShopFolder
from serving.shown.memory import opened
from tests.command_line.command import done, refused
from tests.serving.shown.small_memory import answer, event

DAY = ("--from", "2025-03-01", "--until", "2025-03-02")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop in which two answers were shown, nothing published."""
    made = ShopFolder.create(tmp_path / "shop")
    with opened(made, None) as memory:
        memory.shown.put([answer("r1"), answer("r2", "bob", placement="=cmd()", explored=(2, 0.01))])
        memory.responses.put([event(1, "view", "tea", "r1"), event(2, "purchase", "tea", "r1", unit_price="1234.50")])
    return made.path


def test_results_are_printed(shop: Path) -> None:
    """Each placement and all together, with intervals, and what must be known beside it."""
    said = done("results", "recommendations", "--shop", shop, *DAY)
    assert "1,234.50" in said
    assert "answers from 2025-03-01 00:00 to 2025-03-02 00:00 (UTC+0000); 95 % intervals in brackets" in said
    assert "little-seen items: 1 shown; clicked if all were shown alike: 0.00%" in said
    assert "from tea" in done("results", "recommendations", "--shop", shop, *DAY, "--by", "source")


def test_results_are_written(shop: Path, tmp_path: Path) -> None:
    """As a table in which no cell is a formula, for programs, and as a page with a chart."""
    for ending in ("csv", "json", "html"):
        file = tmp_path / f"out.{ending}"
        assert f"the results are in {file}" in done("results", "recommendations", "--shop", shop, *DAY, "--out", file)
    with open(tmp_path / "out.csv", encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["value"] for row in rows} == {"home", "'=cmd()"}
    told = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert told[0].keys() == rows[0].keys()
    assert told[0]["click_rate"] in (0.5, 0.0)
    assert "Clicks by placement" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_what_was_shown_is_exported(shop: Path, tmp_path: Path) -> None:
    """One row for each shown item, as Parquet."""
    file = tmp_path / "shown.parquet"
    assert f"4 shown items are in {file}" in done("results", "export", "--shop", shop, *DAY, "--out", file)
    assert pq.read_table(file)["clicked"].to_pylist().count(True) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--by", "colour"), "by must be one of placement, source, tier, version, arm, place; got 'colour'."),
        (("--from", "now"), "from must be a day or a moment; got 'now'. Write for example --from 2025-03-01."),
        (
            ("--out", "x.pdf"),
            "out must end with .csv, .xlsx, .json or .html; got x.pdf. Write for example --out x.csv.",
        ),
    ],
)
def test_mistakes_are_told(shop: Path, options: tuple[str, str], message: str) -> None:
    """In one line each."""
    assert refused("results", "recommendations", "--shop", shop, *options) == message
