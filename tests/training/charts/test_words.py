"""The words on charts: each text of theirs has its Chinese, with the same blanks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from training.charts.words import CHINESE, CONCEPT_NAMES, METHOD_NAMES, concept_name, method_name, told

BLANK = re.compile(r"{(\w*)}")


def test_every_text_of_a_chart_is_known(root: Path) -> None:
    """What the chart functions say is a key of the dictionary."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (root / "training" / "charts").glob("*.py")]
    said = {
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "told"
        if isinstance(node.args[0], ast.Constant)
    }
    assert len(said) > 20
    assert said <= set(CHINESE)


def test_blanks_are_the_same_in_both_languages() -> None:
    """No number is lost in translation."""
    assert [english for english, chinese in CHINESE.items() if BLANK.findall(english) != BLANK.findall(chinese)] == []


@pytest.mark.parametrize(("language", "wanted"), [("en", "expected profit ({x})"), ("zh", "预期利润（{x}）")])
def test_what_fills_a_blank_is_only_text(language: str, wanted: str) -> None:
    """Braces in what is filled in fill nothing themselves."""
    assert told("expected profit ({currency})", language, currency="{x}") == wanted


def test_names_fall_back_to_what_is_written() -> None:
    """A method or concept that nobody has named is called by its own name."""
    assert (method_name("als", "en"), method_name("mine", "zh")) == ("ALS", "mine")
    assert (concept_name("cart", "zh"), concept_name("mine", "en")) == ("购物车", "mine")
    assert all(all(pair) for pair in (*METHOD_NAMES.values(), *CONCEPT_NAMES.values()))
