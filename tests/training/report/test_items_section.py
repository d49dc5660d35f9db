"""The chapter about next items: models, groups and sources."""

from __future__ import annotations

import copy

from tests.training.conftest import Backtested
from training.charts.words import SOURCE_NAMES
from training.recommend.proposing.registry import SOURCES
from training.report.items_section import next_items
from training.report.words import Words

EN, ZH = Words("en"), Words("zh")


def test_next_items_stand_beside_their_baselines(backtested: Backtested) -> None:
    """Every recommender has its row, what serves stands out; over several cutoffs the means stand below."""
    part = backtested.report["cutoffs"][-1]
    table = next_items(part, {}, EN).tables[0]
    assert len(table.rows) == len(part["recommendations"]["models"])
    assert [row[0].text for row in table.rows if row[0].strong] == ["served"]
    with_means = next_items(part, backtested.report["summary"], EN).tables
    assert len(with_means) == len(next_items(part, {}, EN).tables) + 1


def test_sources_are_told_by_what_is_lost(backtested: Backtested) -> None:
    """Each source has its row, the greatest loss first, and its bar."""
    part = backtested.report["cutoffs"][-1]
    section = next_items(part, {}, EN)
    sources = part["recommendations"]["ablation"]["sources"]
    losses = [source["lost"]["ndcg@10"]["value"] for source in sources.values()]
    column = section.tables[-1].head.index("lost without it: ndcg@10")
    assert [row[column].text for row in section.tables[-1].rows] == [f"{loss:.4f}" for loss in sorted(losses)[::-1]]
    assert [figure.name for figure in section.figures] == ["recall", "sources"]


def test_groups_are_told_with_the_best_baseline(backtested: Backtested) -> None:
    """Groups of nobody are left out, and the baseline named is the one with the highest ndcg@10."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    groups = part["recommendations"]["groups"]
    groups["touches_1"]["customers"] = 0
    for name in groups["repeat"]["models"]:
        groups["repeat"]["models"][name]["ndcg@10"]["value"] = 0.75 if name == "als" else 0.25
    groups["repeat"]["customers"] = 3
    [table] = dict(next_items(part, {}, EN).folds)["By group of customers"]
    rows = {row[0].text: row for row in table.rows}
    assert "one touch" not in rows
    assert (rows["regulars (two or more orders)"][-1].text, rows["regulars (two or more orders)"][-1].small) == (
        "0.750",
        "ALS",
    )


def test_a_shop_without_purchases_says_what_is_foreseen(backtested: Backtested) -> None:
    """Where views are the goal the sentence speaks of visits."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    part["recommendations"]["goal"] = "view"
    assert next_items(part, {}, EN).sentences[0].startswith("Nothing was ever bought here")
    assert next_items(part, {}, ZH).sentences[0].startswith("这里从未发生购买")


def test_without_buyers_no_source_is_told(backtested: Backtested) -> None:
    """Where nobody was measured there is no table of sources and no bar of them."""
    part = copy.deepcopy(backtested.report["cutoffs"][-1])
    part["recommendations"]["ablation"] = {"customers": 0, "whole": {}, "sources": {}}
    part["recommendations"]["groups"] = {}
    section = next_items(part, {}, EN)
    assert (len(section.tables), [figure.name for figure in section.figures]) == (1, ["recall"])


def test_every_source_has_a_name() -> None:
    """People can read what each source is, in English and Chinese."""
    assert set(SOURCES) <= set(SOURCE_NAMES)
