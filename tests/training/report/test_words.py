"""The words of the page: each text has its Chinese, with the same blanks, and none is left over."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from training.charts.words import CHINESE as CHART_CHINESE
from training.report.words import CHINESE, Words, group_name, kind_name, metric_name, tier_name

BLANK = re.compile(r"{(\w*)}")


def texts(root: Path) -> set[str]:
    """Every string constant of the report's code, and every text of its template."""
    folder = root / "training" / "report"
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in folder.glob("*.py")]
    found = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    template = re.findall(r't\("([^"]+)"\)', (folder / "page.html").read_text(encoding="utf-8"))
    return {text for text in found if isinstance(text, str)} | set(template)


def said(root: Path) -> set[str]:
    """Every text that is asked for by itself."""
    folder = root / "training" / "report"
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in folder.glob("*.py")]
    return {
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def test_every_text_of_the_page_is_known(root: Path) -> None:
    """What the chapters say is in one of the dictionaries."""
    assert len(said(root)) > 40
    assert said(root) <= {*CHINESE, *CHART_CHINESE}


def test_no_translation_is_left_over(root: Path) -> None:
    """Every entry of the dictionary stands in the code."""
    assert set(CHINESE) <= texts(root)


def test_blanks_are_the_same_in_both_languages() -> None:
    """No number is lost in translation, in whatever order they stand."""
    lost = [
        english
        for english, chinese in CHINESE.items()
        if sorted(BLANK.findall(english)) != sorted(BLANK.findall(chinese))
    ]
    assert lost == []


def test_what_fills_a_blank_is_only_text() -> None:
    """Braces in what is filled in fill nothing themselves, and charts' words are known as well."""
    assert Words("en")("Cutoff {cutoff}", cutoff="{x}") == "Cutoff {x}"
    assert Words("zh")("Cutoff {cutoff}", cutoff="{x}") == "截止日 {x}"
    assert Words("zh")("customers") == "顾客数"


def test_names_fall_back_to_what_is_written() -> None:
    """Names that nobody has given are those of the report."""
    assert (metric_name("ece", "zh"), metric_name("ndcg@10", "zh")) == ("校准误差（ECE）", "ndcg@10")
    assert (group_name("all", "en"), group_name("mine", "en")) == ("everyone", "mine")
    assert (kind_name("visitor", "zh"), kind_name("mine", "en")) == ("访客", "mine")
    assert (tier_name("rules", "en"), tier_name("mine", "zh")) == ("tier: rules", "mine")
