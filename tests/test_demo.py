"""The demonstration in small: everything is made, told and written, and nobody's folder is emptied by it."""

from __future__ import annotations

import csv
import json
import re
import shlex
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import huitou
from features.shop.promotions.calendar import Calendar
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot
from tests.command_line.command import done, refused, run, written

OPTIONS = ("--customers", 300, "--no-serve")


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration that somebody ended with Ctrl+C while it imported, and then left things in."""
    folder = tmp_path_factory.mktemp("demo") / "my demo"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("huitou.now", lambda: signal.raise_signal(signal.SIGINT))
        assert run("demo", "--folder", folder, "--customers", 20, "--seed", 8, "--no-serve").status == 130
    assert sorted(path.name for path in folder.iterdir()) == ["exports", "shop", "simulated.json"]
    written(folder / "shop" / "stale.txt", ["left over"])
    (folder / "link").symlink_to(written(folder.parent / "mine.txt", ["mine"]))
    (folder / "linked").symlink_to(folder.parent)
    return folder


@pytest.fixture(scope="module")
def demo(interrupted: Path) -> tuple[Path, str]:
    """The folder of a small demonstration, made where another had been, and what it said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(huitou.console, "width", 200)
        return interrupted, done("demo", "--folder", interrupted, *OPTIONS)


def test_it_tells_each_stage(demo: tuple[Path, str]) -> None:
    """The stages are announced in order, and progress is shown for each."""
    _, said = demo
    titles = ["A simulated shop", "Import", "Train and publish", "What was found, beside what was planted"]
    titles += ["The shop's numbers", "Lists with control groups", "What to try next"]
    places = [said.index(f" {title} ") for title in titles]
    assert places == sorted(places)
    for work in ("a year of 300 customers", "storing events.parquet", "training", "publishing"):
        assert re.search(rf"^ok {work} +━+ 100%", said, re.MULTILINE)


def test_what_was_found_stands_beside_what_was_planted(demo: tuple[Path, str]) -> None:
    """Each planted thing has a row with a figure, what it compares with and what that means."""
    _, said = demo
    rows = [line.strip("│").split("│") for line in said.splitlines() if line.startswith("│")]
    found = {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in rows}
    for what, figure, beside in (
        (r"customers who left \(\d+ of \d+ regulars\)", r"AUC 0\.\d{3}", r"silence over own gap 0\.\d{3}"),
        (r"reasons \(\d+ regulars gone for 28 days\)", r"\d+% no longer come", r"those still there \d+%"),
        (r"purchase cycles \(\d+ regulars still there\)", r"median error \d+%", r"mean of the gaps \d+%"),
        (r"next orders \(\d+ regulars not overdue\)", r"median \d+ days off", r"\d+% of the planted cycle"),
        (r"bots \(1\)", r"1 set aside", r"0 others set aside"),
        (r"items that go together \(\d+ planted pairs\)", r"\d+ in first place", r"by chance \d+\.\d\d"),
        (r"bundles \(\d+ told\)", r"\d+ of \d+ planted pairs", r"\d+ in the first \d+"),
        (r"tastes \(\d+ people\)", r"\d+% of the first 10 items", r"popular items \d+%"),
        (r"clusters \(\d+ of \d+ people\)", r"\d+% among their own kind", r"largest kind \d+%"),
    ):
        row = next(cells for name, cells in found.items() if re.fullmatch(what, name))
        assert re.fullmatch(figure, row[0])
        assert re.fullmatch(beside, row[1])
        assert row[2]


def test_what_serves_is_told_by_kind_and_horizon(demo: tuple[Path, str]) -> None:
    """Each method's loss stands under each kind of people, what serves is marked, and every horizon has its methods."""
    folder, said = demo
    header = Snapshot.open_current(ShopFolder.open(folder / "shop")).header
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in said.splitlines() if line[:1] == "│"]
    horizons = {cells[0]: cells[1:] for cells in rows if re.fullmatch(r"\d+ days(, main)?", cells[0])}
    main = f"{header.horizon_days} days, main"
    assert [int(name.split()[0]) for name in horizons] == list(header.horizons_days)
    losses = {cells[0]: cells[1:] for cells in rows if len(cells) == 4 and re.match(r"0\.\d{4}|$", cells[1])}
    for place, method in enumerate(horizons[main]):
        marked = [name for name, cells in losses.items() if cells[place].endswith(" *")]
        assert marked in ([method], [])
    assert any(cells[2].endswith(" *") for cells in losses.values())


def test_the_shop_and_the_lists_are_there(demo: tuple[Path, str]) -> None:
    """The shop is published, lists are written with control groups, and the suggested request is about a customer."""
    folder, said = demo
    snapshot = Snapshot.open_current(ShopFolder.open(folder / "shop"))
    assert snapshot.contents.customers > 300
    with open(folder / "recall.csv", encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows
    assert {row["layer"] for row in rows} <= {"new", "active", "high_win_back", "low_win_back"}
    assert all(float(row[f"churn_probability_{snapshot.header.horizon_days}d"]) >= 0.5 for row in rows)
    assert {row["group"] for row in rows} == {"treatment", "control"}
    assert len((folder / "open-carts.csv").read_text(encoding="utf-8").splitlines()) > 2
    asked = re.search(r"^try: curl http://127\.0\.0\.1:8000/v1/customers/(\S+)$", said, re.MULTILINE)
    assert asked is not None
    assert snapshot.customers.row(asked[1]) >= 0


def test_the_shop_knows_its_planted_sales(demo: tuple[Path, str]) -> None:
    """The sales that were planted are the shop's own promotions."""
    folder, _ = demo
    planted = pq.read_table(folder / "exports" / "truth_promotions.parquet").to_pylist()
    own = Calendar.of(ShopFolder.open(folder / "shop")).own
    assert [(each.first_day, each.last_day, each.discount) for each in own] == [
        (sale["starts_on"], sale["ends_on"], sale["discount"]) for sale in planted
    ]


def test_a_day_of_the_shop(demo: tuple[Path, str]) -> None:
    """Some numbers are told beside those of the period before, and whether the last day was odd."""
    _, said = demo
    assert "2025-12-02 to 2025-12-31, 30 days" in said
    assert re.search(r"│ Net revenue +│ +[\d,]+ +│ +[\d,]+ +│ +[+-][\d.]+% +│", said)
    assert "of the last day" in said or re.search(r"^2025-12-31: ", said, re.MULTILINE)


def test_what_is_suggested_works(demo: tuple[Path, str]) -> None:
    """Each command that is suggested does its work on the shop of the demonstration."""
    suggested = [shlex.split(line)[2:] for line in demo[1].splitlines() if line.startswith("try: huitou")]
    assert len(suggested) == 3
    for words in suggested:
        done(*words)


def test_a_demo_is_made_anew(demo: tuple[Path, str]) -> None:
    """A second run empties the folder of the first and begins again; what links lead to is not touched."""
    folder, _ = demo
    assert sorted(path.name for path in folder.iterdir()) == [
        *("exports", "open-carts.csv", "recall.csv", "shop", "simulated.json"),
    ]
    assert not (folder / "shop" / "stale.txt").exists()
    assert (folder.parent / "mine.txt").read_text() == "mine\n"
    assert json.loads((folder / "simulated.json").read_text()) == {"customers": 300, "seed": 7}


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder with anything else in it is refused, and nothing of it is touched."""
    file = written(tmp_path / "thesis.txt", ["years of work"])
    assert refused("demo", "--folder", tmp_path, *OPTIONS) == (
        f"the demo's folder must be empty or from an earlier demo; {tmp_path} holds other things. "
        "Name another with --folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert file.read_text() == "years of work\n"


def test_a_demo_of_nobody(tmp_path: Path) -> None:
    """A number of customers that makes no sense is told before anything is made."""
    assert refused("demo", "--folder", tmp_path / "demo", "--customers", 0) == (
        "customers of a simulated shop must be 1 to 9000000; got 0. Give it such a value."
    )
    assert not (tmp_path / "demo").exists()
