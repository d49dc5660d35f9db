"""Similar items and replacements: alike by text in English and Chinese, category, brand, price and company."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sparse

from features.catalogue import Catalogue
from tests.small_shop import items
from training.recommend.counted import similar as module
from training.recommend.counted.similar import LEAST_TREND, replacements, similar_items, traits

COLOURS = ("blue", "red", "green", "black")


def shelf(*rows: Any) -> Catalogue:
    """A catalogue of ``(id, title, category, price, more)``."""
    described = items(
        *((name, category, price, {"title": title, **more}) for name, title, category, price, more in rows)
    )
    return Catalogue.before(described, described["item_id"].combine_chunks())


TEAS: tuple[Any, ...] = (
    ("t1", "Mountain green tea 100 g", "tea", 20, {"brand": "Leaf"}),
    ("t2", "Mountain green tea 250 g", "tea", 24, {"brand": "Leaf"}),
    ("t3", "高山绿茶 100克", "tea", 21, {}),
    ("t4", "高山绿茶 500克 礼盒", "tea", 90, {}),
    ("k1", "Steel kettle 1 l", "kitchen", 60, {"brand": "Pot"}),
    ("k2", "Steel kettle 2 l", "kitchen", 70, {"brand": "Pot", "in_stock": False}),
    ("k3", "不锈钢水壶", "kitchen", 65, {}),
)


def nobody(catalogue: Catalogue) -> sparse.csr_matrix:
    """No item was seen with another."""
    return sparse.csr_matrix(np.zeros((len(catalogue), len(catalogue))))


def ranked(table: sparse.csr_matrix, catalogue: Catalogue, name: str) -> list[str]:
    """Ids of a row, best first."""
    ids = catalogue.ids.to_pylist()
    row = ids.index(name)
    return [ids[code] for code in table.indices[table.indptr[row] : table.indptr[row + 1]]]


def similar(catalogue: Catalogue, company: sparse.csr_matrix | None = None) -> sparse.csr_matrix:
    """Similar items where all are equally wanted."""
    rows = traits(catalogue, catalogue.price, nobody(catalogue) if company is None else company)
    return similar_items(rows, np.ones(len(catalogue)), neighbours=6)


def test_titles_in_english_and_chinese() -> None:
    """The nearest title comes first in both languages, whatever the order of the rest."""
    catalogue = shelf(*TEAS)
    table = similar(catalogue)
    first = {name: ranked(table, catalogue, name)[0] for name in ("t1", "t2", "t3", "t4", "k1", "k2")}
    assert first == {"t1": "t2", "t2": "t1", "t3": "t4", "t4": "t3", "k1": "k2", "k2": "k1"}
    assert (table.data <= 1).all()


def test_full_width_text_is_the_same_text() -> None:
    """Titles that differ in the width of their letters and in case are one title."""
    catalogue = shelf(
        ("a", "USB cable", None, None, {}), ("b", "ＵＳＢ　Ｃａｂｌｅ", None, None, {}), ("c", "Tea", None, None, {})
    )
    table = similar(catalogue)
    assert ranked(table, catalogue, "a") == ["b"]
    assert table.data.max() == pytest.approx(1)


def test_attributes_alone() -> None:
    """Without titles, items of one brand and price come before those of the category alone, and others do not come."""
    catalogue = shelf(
        ("a", None, "tea", 10, {"brand": "x"}),
        ("b", None, "tea", 10, {"brand": "x"}),
        ("c", None, "tea", 40, {"brand": "y"}),
        ("d", None, "pots", 40, {"brand": "z"}),
    )
    assert ranked(similar(catalogue), catalogue, "a") == ["b", "c"]


def test_company_makes_alike() -> None:
    """Items that are seen with the same items are alike even where nothing is said of them."""
    catalogue = shelf(*((name, None, None, None, {}) for name in "abcd"))
    company = sparse.csr_matrix(np.array([[0, 0, 0.5, 0], [0, 0, 0.4, 0.1], [0.5, 0.4, 0, 0], [0, 0.1, 0, 0]]))
    table = similar(catalogue, company)
    assert ranked(table, catalogue, "a") == ["b"]
    assert ranked(table, catalogue, "c") == ["d"]


def test_of_equals_the_wanted_come_first() -> None:
    """Items that are alike in everything are ordered by trend, which takes no more than a tenth of the score."""
    catalogue = shelf(*((f"i{number}", "Tea", "tea", 5, {}) for number in range(6)))
    table = similar_items(
        traits(catalogue, catalogue.price, nobody(catalogue)), np.array([5.0, 0, 1, 9, 3, 2]), neighbours=3
    )
    assert ranked(table, catalogue, "i1") == ["i3", "i0", "i4"]
    assert table.data.min() >= LEAST_TREND


def test_common_traits_are_left_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the products would be too many, what all items share is not compared and the rare still is."""
    monkeypatch.setattr(module, "MOST_PRODUCTS", 40)
    catalogue = shelf(*((f"i{number}", None, "all", None, {"brand": f"b{number // 2}"}) for number in range(10)))
    table = similar(catalogue)
    assert table.nnz == 10
    assert ranked(table, catalogue, "i4") == ["i5"]


def replaced(catalogue: Catalogue, trend: Any = None) -> sparse.csr_matrix:
    """Replacements where all are equally wanted."""
    wanted = np.ones(len(catalogue)) if trend is None else np.asarray(trend, dtype=float)
    rows = traits(catalogue, catalogue.price, nobody(catalogue))
    return replacements(rows, similar(catalogue), catalogue, catalogue.price, wanted, neighbours=6)


def test_replacements_can_be_bought_and_cost_about_the_same() -> None:
    """Only items of the category that are in stock and within twice the price stand in, also for what is gone."""
    catalogue = shelf(*TEAS)
    table = replaced(catalogue)
    assert ranked(table, catalogue, "k2") == ["k1", "k3"]
    assert set(ranked(table, catalogue, "k1")) == {"k3"}
    assert set(ranked(table, catalogue, "t1")) == {"t2", "t3"}
    assert ranked(table, catalogue, "t4") == []
    assert (table.data <= 1).all()


def test_the_wanted_replacement_comes_first() -> None:
    """Of two that are equally near the one that is wanted more comes first."""
    catalogue = shelf(*((name, "Tea", "tea", 5, {}) for name in "abc"))
    assert ranked(replaced(catalogue, [1, 2, 9]), catalogue, "a") == ["c", "b"]
    assert ranked(replaced(catalogue, [1, 9, 2]), catalogue, "a") == ["b", "c"]


def test_unknown_prices_neither_help_nor_forbid() -> None:
    """An item without a price stands in behind one of the same price, before one at twice the price."""
    catalogue = shelf(
        ("a", "Tea", "tea", 10, {}),
        ("b", "Tea", "tea", 10, {}),
        ("c", "Tea", "tea", None, {}),
        ("d", "Tea", "tea", 20, {}),
    )
    assert ranked(replaced(catalogue), catalogue, "a")[0] == "b"
    assert set(ranked(replaced(catalogue), catalogue, "a")) == {"b", "c", "d"}


def test_replacements_without_categories() -> None:
    """Where no category is told, what is similar stands in, in stock and at a near price."""
    rows = [(name, title, None, price, more) for name, title, _, price, more in TEAS]
    catalogue = shelf(*rows)
    table = replaced(catalogue)
    assert ranked(table, catalogue, "t1")[0] == "t2"
    assert ranked(table, catalogue, "k2")[0] == "k1"
    assert "k2" not in ranked(table, catalogue, "k1")
    assert "t4" not in ranked(table, catalogue, "t3")


def test_nothing_is_known() -> None:
    """Items without any attribute have no relations, and neither has an empty shop."""
    for catalogue in (shelf(("a", None, None, None, {}), ("b", None, None, None, {})), shelf()):
        assert similar(catalogue).nnz == replaced(catalogue).nnz == 0
