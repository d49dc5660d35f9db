"""``huitou clusters``, and lists of some clusters."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.command_line.command import done, refused
from tests.serving.alike.planted_snapshot import planted_snapshot


@pytest.fixture(scope="module")
def kinds_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published shop with planted kinds."""
    return planted_snapshot(tmp_path_factory.mktemp("kinds") / "shop").path


def test_clusters_are_told(kinds_shop: Path) -> None:
    """Every cluster is printed with its size, its name and what sets it apart."""
    said = done("clusters", "--shop", kinds_shop)
    assert "morning one-time buyers fond of “Tea”: 100% of their interest is in “Tea” (shop: 25%)" in said
    assert "in no cluster, because too little is known of them: 1" in said
    assert "偏爱“Tea”、早间的一次性买家" in done("clusters", "--shop", kinds_shop, "--language", "zh")


def test_a_chart_is_written(kinds_shop: Path, tmp_path: Path) -> None:
    """The chart is a page of its own."""
    done("clusters", "--shop", kinds_shop, "--out", tmp_path / "clusters.html")
    page = (tmp_path / "clusters.html").read_text(encoding="utf-8")
    assert "morning one-time buyers fond of" in page
    assert "<script> snacks" not in page


def test_a_table_is_written(kinds_shop: Path, tmp_path: Path) -> None:
    """The table has a line for each thing that sets a cluster apart."""
    file = tmp_path / "clusters.csv"
    done("clusters", "--shop", kinds_shop, "--out", file)
    with open(file, encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["cluster"] for row in rows} == {"1", "2", "3", "4"}
    assert {row["customers"] for row in rows} == {"80"}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--out", "c.pdf"), "out must end with .html, .csv or .xlsx; got c.pdf. Write for example --out c.html."),
        (("--language", "fr"), "language must be one of en, zh; got 'fr'. Leave it out for en."),
    ],
)
def test_mistakes_are_told(options: tuple[str, str], wanted: str, kinds_shop: Path) -> None:
    """Another ending or language is refused in one line."""
    assert refused("clusters", "--shop", kinds_shop, *options) == wanted


def test_a_list_of_some_clusters(kinds_shop: Path, tmp_path: Path) -> None:
    """A recall list can hold the people of some clusters alone; of one that is not there it is refused."""
    shop = shutil.copytree(kinds_shop, tmp_path / "shop")
    kinds: dict[str, set[str]] = {}
    for number in "1234":
        file = tmp_path / f"{number}.csv"
        layers = ("--layer", "active", "--layer", "new", "--layer", "visitor")
        done("list", "--shop", shop, "--out", file, "--cluster", number, *layers)
        with open(file, encoding="utf-8-sig", newline="") as handle:
            kinds[number] = {row["customer_id"].rsplit(" ", 1)[0] for row in csv.DictReader(handle)}
    assert all(len(names) == 1 for names in kinds.values())
    assert {"readers", "snackers", "tea lovers"} < set().union(*kinds.values())
    wanted = "cluster must be one of 1, 2, 3, 4; got 9. See them with: huitou clusters"
    assert refused("list", "--shop", shop, "--out", tmp_path / "x.csv", "--cluster", 9) == wanted
