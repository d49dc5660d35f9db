"""Tables for the terminal: what a training led to, and text from outside that stays text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from features.behaviour import Behaviour
from serving.terminal.tables import show_table, show_training
from tests.rules_bundle import rules_bundle
from tests.small_shop import append, moment, random_events, shop
from training.bundle import Bundle
from training.gate import Gate
from training.recommend.ranking.blend import Blend, BlendSettings
from training.train import TrainingOutcome

FIGURES = {
    "visitor_log_loss_rate": 0.13,
    "visitor_log_loss_logistic_visits": 0.11,
    "one_order_log_loss_rule": 0.27,
    "one_order_log_loss_blend": 0.22,
    "one_order_log_loss_base_rate": 0.29,
    "repeat_log_loss_rule": 0.59,
    "repeat_log_loss_blend": 0.55,
    "repeat_log_loss_base_rate": 0.68,
    "repeat_rows": 1_679,
    "log_loss_served": 0.44,
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Rules for two horizons."""
    folder = shop(tmp_path_factory.mktemp("shop"), buckets=1)
    append(folder, random_events(1, 200))
    return rules_bundle(Behaviour.of(folder), moment("2025-03-01T00:00Z"), (60, 30))


def printed(
    bundle: Bundle,
    methods: Mapping[str, str],
    figures: Mapping[str, float],
    passed: bool = True,
    orders: Mapping[str, float] | None = None,
) -> list[str]:
    """What is printed of a training with these methods and figures, in a wide window."""
    propensity = replace(bundle.propensity, methods=methods, figures=figures)
    gate = Gate(passed, ("a sentence of [bold]many words " * 9, "another sentence"))
    outcome = TrainingOutcome(replace(bundle, propensity=propensity), gate, {}, orders or {})
    page = StringIO()
    show_training(Console(file=page, width=80, soft_wrap=True), outcome)
    return page.getvalue().splitlines()


def cells(lines: list[str]) -> list[list[str]]:
    """The rows of the tables."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]


def test_methods_stand_beside_kinds(bundle: Bundle) -> None:
    """Each method has its log loss for each kind, the best for regulars first, and what serves is marked."""
    methods = {"visitor": "logistic_visits", "one_order": "rule", "repeat": "blend"}
    lines = printed(bundle, methods, FIGURES)
    assert lines[0] == "Order within 60 days: log loss in the trial, at the level seen (* serves)"
    assert cells(lines)[:5] == [
        ["blend", "", "0.2200", "0.5500 *"],
        ["rule", "", "0.2700 *", "0.5900"],
        ["base_rate", "", "0.2900", "0.6800"],
        ["logistic_visits", "0.1100 *", "", ""],
        ["rate", "0.1300", "", ""],
    ]


def test_every_horizon_names_its_methods(bundle: Bundle) -> None:
    """The horizons stand in order with what serves each kind, and the main one is told."""
    lines = printed(bundle, {"visitor": "logistic_visits", "one_order": "rule", "repeat": "blend"}, FIGURES)
    assert cells(lines)[5:] == [
        ["30 days", "rate", "rule", "rule"],
        ["60 days, main", "logistic_visits", "rule", "blend"],
    ]


@pytest.mark.parametrize(("model", "served"), [(None, "rule"), (Blend({}, BlendSettings()), "blend")])
def test_what_orders_the_next_items(bundle: Bundle, model: Blend | None, served: str) -> None:
    """One line says what serves, and in the table of what was tried it is marked."""
    serving = replace(bundle, recommender=replace(bundle.recommender, ranker=model))
    orders = {"rule_ndcg_at_10": 0.4, "ranker_ndcg_at_10": 0.39, "blend_ndcg_at_10": 0.45, "difference": -0.01}
    lines = printed(serving, bundle.propensity.methods, {}, orders=orders)
    assert f"next items: the {served} serves" in lines
    told = {row[0]: row[1] for row in cells(lines) if len(row) == 2}
    mark = {name: f"{name} *" if name == served else name for name in ("rule", "blend", "ranker")}
    assert told == {mark["rule"]: "0.4000", mark["blend"]: "0.4500", mark["ranker"]: "0.3900"}


def test_a_shop_without_a_trial(bundle: Bundle) -> None:
    """Where nothing was tried there is no table of losses, and what serves is told all the same."""
    lines = printed(bundle, bundle.propensity.methods, {"repeat_rows": 3.0})
    assert lines[0] == "What serves"
    assert cells(lines) == [["30 days", "rate", "rule", "rule"], ["60 days, main", "rate", "rule", "rule"]]
    assert "next items: the rule serves" in lines


@pytest.mark.parametrize(("passed", "place"), [(True, "champion"), (False, "challenger")])
def test_the_gate_speaks_in_lines(bundle: Bundle, passed: bool, place: str) -> None:
    """Each sentence of the gate is one line, however long, and the last one says where the version stands."""
    lines = printed(bundle, bundle.propensity.methods, {}, passed)
    assert lines[-3:] == [
        "gate: " + "a sentence of [bold]many words " * 9,
        "gate: another sentence",
        f"version 7 (rules, rules) is now the {place}",
    ]


def test_text_from_a_shop_is_no_markup() -> None:
    """What looks like markup is printed as it is; numbers stand to the right with thousands apart."""
    page = StringIO()
    rows = [("[red]tea", 1_234, None, True, 0.5), ("pot", 7, 2.5, False, 1_000.0)]
    show_table(Console(file=page, width=80), "[b]items", ("[i]name", "sold", "price", "new", "share"), rows)
    lines = page.getvalue().splitlines()
    assert lines[0].rstrip() == "[b]items"
    assert cells(lines) == [["[red]tea", "1,234", "", "yes", "0.5000"], ["pot", "7", "2.50", "no", "1,000.00"]]
    assert "│ 1,234 │" in lines[4]
    assert "│     7 │" in lines[5]
