"""``huitou related`` and ``huitou bundles``: what goes together, on the terminal and in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.command import done, refused
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small shop, published."""
    return small_shop(tmp_path_factory.mktemp("goes together") / "shop").path


def test_related_items_of_every_kind(shop: Path) -> None:
    """Each kind has a table, with titles and scores; one kind, a number, and what is out of stock can be asked for."""
    said = done("related", "a/b 苹果", "--shop", shop)
    assert said.splitlines()[0] == "The a/b 苹果 (a/b 苹果)"
    assert said.index("bought_together: often bought with The a/b 苹果") < said.index("viewed_together: often viewed")
    assert "The kettle" in said
    assert "gone" not in said
    one = done("related", "a/b 苹果", "--shop", shop, "--kind", "bought_together", "--n", 2, "--all")
    assert ("gone" in one, "viewed_together" in one, "apple" in one.split("\n", 1)[1]) == (True, False, False)


def test_bundles_are_told(shop: Path) -> None:
    """Items, figures and a sentence, how many there are, and of how many the profit is not known."""
    assert done("bundles", "--shop", shop, "--language", "zh").splitlines() == [
        "1. The kettle + The tea 🍵: 常被一起购买：12笔订单，是随机情况的8.2倍，每单毛利23.50",
        "2. The apple + The gone: 常被一起购买：10笔订单，是随机情况的9.2倍",
        "2 bundles in 222 orders",
        "the profit of 1 of those above is not known: their items have no price or no unit_cost",
    ]
    assert "The gone" not in done("bundles", "--shop", shop, "--in-stock")


def test_bundles_are_written(shop: Path, tmp_path: Path) -> None:
    """The file has a line for each bundle with all of its figures."""
    out = tmp_path / "bundles.csv"
    assert done("bundles", "--shop", shop, "--out", out).splitlines()[-1] == f"2 bundles are in {out}"
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith('"item_1","title_1","item_2","title_2","item_3","title_3","orders","customers",')
    assert lines[1].startswith('"kettle","The kettle","tea 🍵","The tea 🍵","","",12,12,')
    assert lines[1].endswith(
        '"often bought together: 12 orders, 8.2 times as often as by chance, earns 23.50 an order"'
    )


def test_mistakes(shop: Path, tmp_path: Path) -> None:
    """An unknown item, kind, language or ending is told in one line."""
    assert refused("related", "nothing", "--shop", shop).startswith("no item has the id 'nothing'")
    assert refused("related", "zip", "--shop", shop, "--kind", "magic").startswith("kind must be one of")
    assert refused("related", "zip", "--shop", shop, "--language", "fr").startswith("language must be one of")
    assert refused("bundles", "--shop", shop, "--out", tmp_path / "b.pdf").startswith(
        "out must end with .csv or .xlsx;"
    )
