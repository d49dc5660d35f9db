"""Variants: one product in several sizes, packs or colours."""

from __future__ import annotations

import pyarrow as pa
import pytest

from serving.arranging.variants import MOST_VARIANTS, title_stems, variant_groups
from tests.serving.arranging.small_shelf import catalogue_of

Described = tuple[str | None, str | None, str | None]
"""Title, category and brand of an item."""


def groups(*rows: Described) -> list[int]:
    """The group of each item, in order of their ids."""
    described = [
        (f"i{number:03}", category, None, {"title": title, "brand": brand})
        for number, (title, category, brand) in enumerate(rows)
    ]
    return variant_groups(catalogue_of(described)).tolist()


def tea(title: str | None, category: str | None = "tea", brand: str | None = "Dovrelin") -> Described:
    return title, category, brand


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Green tea 100 g", "GREEN TEA, 250g"),
        ("Green tea 100 g / 绿茶", "Green tea 1.5 kg / 绿茶"),
        ("绿茶 500克装", "绿茶100g"),
        ("T-shirt XL, black", "T-shirt (red)"),
        ("女士T恤 黑色 XL码", "女士T恤 白色 大码"),
        ("Tomato seeds pack of 6", "Tomato seeds x 12"),
        ("Water 6 x 50 ml", "Water 1 l"),
        ("Power bank black / 充电宝", "Power bank white / 充电宝"),
        ("Jeans size 42", "Jeans size 40"),
        ("M\u00fcsli 500 g", "Mu\u0308sli 750 g"),
        ("Ｇreen　tea 100 g", "Green tea 200 g"),
    ],
)
def test_sizes_packs_and_colours_make_variants(one: str, other: str) -> None:
    """Titles that differ only in size, pack, a colour at the end, case or the way letters are written."""
    assert groups(tea(one), tea("Kettle"), tea(other)) == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Green tea 100 g", "Black tea 100 g"),
        ("iPhone 13", "iPhone 14"),
        ("Red wine", "White wine"),
        ("1984", "2001"),
        ("42", "43"),
        ("绿茶", "红茶"),
    ],
)
def test_other_products_are_no_variants(one: str, other: str) -> None:
    """A number without a unit, and a colour that is part of the name, tell products apart."""
    assert groups(tea(one), tea(other)) == [0, 1]


def test_category_and_brand_tell_products_apart() -> None:
    """The same title in another category or of another brand is another product; where neither is known it is not."""
    assert groups(tea("Mug"), tea("Mug", "sport"), tea("Mug", brand="Other"), tea("Mug", brand=None)) == [0, 1, 2, 3]
    assert groups(tea("Mug", None, None), tea("Mug", None, None)) == [0, 0]


def test_items_without_a_title_have_no_variants() -> None:
    """No title, an empty one and one of signs only say nothing."""
    assert groups(tea(None), tea(None), tea(" "), tea("  "), tea("!"), tea("?")) == list(range(6))


def test_a_title_of_very_many_items_names_no_product() -> None:
    """What more than MOST_VARIANTS items are called is a kind of thing: each is its own product."""
    assert groups(*[tea("T-shirt")] * MOST_VARIANTS) == [0] * MOST_VARIANTS
    more = MOST_VARIANTS + 1
    assert groups(*[tea("T-shirt")] * more) == list(range(more))


def test_stems_keep_words_apart() -> None:
    """Stems are words with single spaces; a missing title stays missing."""
    stems = title_stems(pa.array(["Apple MacBook - 13 inch, 256 GB", None, "Oats & Nuts 500g"]))
    assert stems.to_pylist() == ["apple macbook", None, "oats nuts"]


def test_an_empty_shop_has_no_groups() -> None:
    """No items, no groups."""
    assert groups() == []
