"""``huitou similar``: people like one, or like those of a list."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.command_line.command import done, refused, written
from tests.serving.alike.planted_snapshot import planted_snapshot


@pytest.fixture(scope="module")
def kinds_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the published shop with planted kinds."""
    return planted_snapshot(tmp_path_factory.mktemp("kinds") / "shop").path


def test_people_like_one(kinds_shop: Path) -> None:
    """The most similar are printed with what they have in common."""
    said = done("similar", "--shop", kinds_shop, "--like", "readers 3", "--top", 3)
    assert said.count("readers ") == 3
    assert "Books" in said
    assert "全店" in done("similar", "--shop", kinds_shop, "--like", "readers 3", "--language", "zh")


def test_people_like_those_of_a_list(kinds_shop: Path, tmp_path: Path) -> None:
    """A list, as other commands write it, is completed by the people who are like those on it."""
    written(tmp_path / "seed.csv", ["layer,customer_id", *(f"active,snackers {n}" for n in range(30)), "new,nobody"])
    file = tmp_path / "like.csv"
    done("similar", "--shop", kinds_shop, "--like-list", tmp_path / "seed.csv", "--top", 50, "--out", file)
    with open(file, encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["customer_id"] for row in rows} == {f"snackers {n}" for n in range(30, 80)}
    assert all(row["in_common_1"] for row in rows)


def test_who_cannot_be_compared(kinds_shop: Path) -> None:
    """Of whom too little is known that is said."""
    said = done("similar", "--shop", kinds_shop, "--like", "glance")
    assert said.startswith("too little is known of this customer")


def test_mistakes_are_told(kinds_shop: Path, tmp_path: Path) -> None:
    """Nobody who is known, a list without ids, and another ending are refused in one line."""
    wanted = "like must name customers of the published snapshot; none of {} is one. Use for example --like c-1."
    assert refused("similar", "--shop", kinds_shop, "--like", "nobody") == wanted.format(1)
    assert refused("similar", "--shop", kinds_shop) == wanted.format(0)
    written(tmp_path / "list.csv", ["name", "readers 3"])
    assert refused("similar", "--shop", kinds_shop, "--like-list", tmp_path / "list.csv") == (
        f"like-list must be a CSV file with a column customer_id; {tmp_path / 'list.csv'} has none. "
        "Write one with: huitou list"
    )
    assert refused("similar", "--shop", kinds_shop, "--like", "readers 3", "--out", "x.pdf").startswith(
        "out must end with .csv or .xlsx; got x.pdf."
    )
