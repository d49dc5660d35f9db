"""``huitou list``: a list in one command, as files that open; mistakes are one line, and nothing is half made."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from features.shop_folder import ShopFolder
from tests.serving.published_shop import small_shop
from tests.serving.terminal.lists_app import run


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return small_shop(tmp_path / "shop")


def listed(shop: ShopFolder, *arguments: str) -> list[dict[str, str]]:
    """The rows that a list wrote."""
    out = shop.path / "out.csv"
    assert run(shop, "list", "--out", str(out), *arguments) == 0
    with open(out, encoding="utf-8-sig", newline="") as handle:
        return [*csv.DictReader(handle)]


def test_buyers_where_nothing_is_said(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """By what is at stake, visitors not; how many there are and who was left out is told."""
    assert [row["customer_id"] for row in listed(shop)] == ["anna", "quiet", "b/o b", "王小明"]
    told = capsys.readouterr().out
    assert "recall, version 1, is in" in told
    assert "4 people, as of 2025-03-01 00:00 UTC:" in told
    assert "1 fits and was left out: must not be written to" in told


def test_what_to_do_next_is_told(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """With the list's id, and only where a campaign could be measured; in the language of the list."""
    listed(shop, "--name", "spring letter", "--control", "0.3", "--channel", "app")
    told = capsys.readouterr().out
    list_id = told.split("its id is ")[1].split()[0]
    assert f"huitou campaign create 'spring letter' --list {list_id} --channel app" in told
    listed(shop, "--control", "0")
    assert "campaign create" not in capsys.readouterr().out
    listed(shop, "--name", "春", "--control", "0.3", "--language", "zh")
    chinese = capsys.readouterr().out
    assert "春，第1版，已写入" in chinese
    assert "衡量效果：huitou campaign create '春' --list " in chinese


def test_the_usual_numbers(shop: ShopFolder) -> None:
    """Layers, chances, spend and top make a filter."""
    assert [row["customer_id"] for row in listed(shop, "--layer", "lost", "--layer", "active")] == ["quiet", "b/o b"]
    assert [row["customer_id"] for row in listed(shop, "--min-churn", "0.5", "--min-spend", "200")] == ["anna"]
    assert [row["customer_id"] for row in listed(shop, "--max-churn", "0.3", "--top", "1")] == ["quiet"]


def test_a_template(shop: ShopFolder) -> None:
    """Open carts with the items in them, and groups that stay when it is pulled again."""
    first = listed(shop, "--template", "open-cart", "--control", "0.4", "--language", "zh")
    assert {row["group"] for row in first} == {"treatment", "control"}
    assert {row["item_1_title"] for row in first} >= {"The a/b 苹果", "The kettle"}
    again = listed(shop, "--template", "open-cart", "--control", "0.4", "--language", "zh")
    assert [(row["customer_id"], row["group"]) for row in again] == [
        (row["customer_id"], row["group"]) for row in first
    ]
    assert (again[0]["list_name"], again[0]["list_version"]) == ("open-cart", "2")


def test_parameters_of_a_template(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Its numbers can be changed; what it does not have is told."""
    assert len(listed(shop, "--template", "open-cart", "--parameter", "within_days=400")) == 5
    assert run(shop, "list", "--template", "open-cart", "--parameter", "colour=red", "--out", "x.csv") == 1
    assert 'parameters must have no key "colour"' in capsys.readouterr().err
    assert run(shop, "list", "--template", "open-cart", "--parameter", "colour", "--out", "x.csv") == 1
    assert "--parameter must be written as name=value; got 'colour'." in capsys.readouterr().err


def test_a_filter_and_a_merchants_list_from_files(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Both may be files; unknown ids are told."""
    (shop.path / "filter.json").write_text(json.dumps({"field": "layer", "is": "active"}), encoding="utf-8")
    (shop.path / "own.csv").write_text("customer_id\nanna\nnobody\n", encoding="utf-8")
    given = ["--filter", str(shop.path / "filter.json"), "--merchant", str(shop.path / "own.csv"), "--name", "both"]
    rows = listed(shop, *given)
    assert [(row["customer_id"], row["by_model"], row["by_merchant"]) for row in rows] == [
        ("quiet", "True", "False"),
        ("anna", "False", "True"),
    ]
    told = capsys.readouterr().out
    assert "1 was chosen by the model, 1 by the merchant, 0 by both" in told
    assert "1 id of the merchant's list is not known, such as nobody" in told


def test_who_should_hear_of_an_item(shop: ShopFolder) -> None:
    """Of one item, or of anything of a category."""
    assert listed(shop, "--item", "kettle", "--top", "1")[0]["customer_id"] == "anna"
    assert {row["item_1_id"] for row in listed(shop, "--category", "fruit", "--max-price", "1.5")} == {"apple"}


def test_xlsx(shop: ShopFolder) -> None:
    """A sheet with chosen columns, names intact."""
    out = shop.path / "list.xlsx"
    assert run(shop, "list", "--format", "xlsx", "--columns", "customer_id,item_1_title", "--out", str(out)) == 0
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(out).worksheets[0].iter_rows()]
    assert cells[0] == ["customer_id", "item_1_title"]
    assert ["王小明", "The a/b 苹果"] in cells


MISTAKES = [
    pytest.param(["--template", "nope"], "template must be one of", id="template"),
    pytest.param(["--format", "pdf"], "format must be one of csv, xlsx, jsonl, google, meta; got 'pdf'.", id="format"),
    pytest.param(["--columns", "spend"], "columns must be among place,", id="column"),
    pytest.param(["--layer", "nope"], "filter.in[0] must be one of", id="layer"),
    pytest.param(["--filter", '{"colour": 1}'], "filter must have", id="filter"),
    pytest.param(["--filter", "{"], "--filter must be a JSON object", id="no JSON"),
    pytest.param(["--min-spend", "1e9"], "nobody in the snapshot fits", id="nobody"),
    pytest.param(["--language", "de"], "language must be one of 'en' or 'zh'", id="language"),
    pytest.param(["--channel", "pigeon"], "channel must be one of 'email'", id="channel"),
    pytest.param(["--control", "1"], "control_share must be at most 0.9; got 1", id="control"),
    pytest.param(["--layer", "lost", "--template", "lost"], "make a list of their own", id="two ways"),
    pytest.param(["--merchant", "/nowhere.csv"], "the merchant's list nowhere.csv: it cannot be read", id="merchant"),
]


@pytest.mark.parametrize(("arguments", "told"), MISTAKES)
def test_mistakes(shop: ShopFolder, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    """One line, no file, and no list."""
    out = shop.path / "out.csv"
    assert run(shop, "list", "--out", str(out), *arguments) == 1
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not out.exists()
    assert not [*shop.path.glob("lists/*.parquet")]


def test_no_such_folder(shop: ShopFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is made where the file could not be written."""
    assert run(shop, "list", "--out", str(shop.path / "none" / "x.csv")) == 1
    assert "out must be in a folder that is there" in capsys.readouterr().err
    assert not [*shop.path.glob("lists/*.parquet")]
