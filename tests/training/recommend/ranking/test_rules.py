"""Rules: every one names sources that exist, each once, and gives everybody an answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.recommend.proposing.proposed import DESCRIBED, Proposed, at
from training.recommend.proposing.candidates import tiered_score
from training.recommend.proposing.registry import PURCHASE_SOURCES, REGISTRY, VIEW_SOURCES
from training.recommend.ranking.rules import RULE, RULES, VIEW_RULE, Tiers

ALL = {**RULES, "view": VIEW_RULE}


@pytest.mark.parametrize("name", list(ALL))
def test_every_source_exists(name: str) -> None:
    """A rule asks sources of the registry, no source twice, in tiers that are never empty."""
    asked = [source for tier in ALL[name] for source in tier]
    assert set(asked) <= set(REGISTRY)
    assert len(asked) == len(set(asked))
    assert all(ALL[name])


def test_the_rule_is_one_of_them() -> None:
    """What serves where nothing is known to be better is one of those that compete."""
    assert RULE in RULES.values()


@pytest.mark.parametrize(
    ("rule", "names"), [*((rule, PURCHASE_SOURCES) for rule in RULES.values()), (VIEW_RULE, VIEW_SOURCES)]
)
def test_a_rule_orders_by_what_is_asked_for_its_goal(rule: Tiers, names: tuple[str, ...]) -> None:
    """The sources of a rule are among those that are asked, or it would order nothing but what is popular."""
    assert {source for tier in rule for source in tier} <= set(names)


@pytest.mark.parametrize("name", list(ALL))
def test_everybody_is_answered(tmp_path: Path, name: str) -> None:
    """Asked for its own sources alone, a rule orders every candidate, also of somebody nothing is known of."""
    rows = [("anna", "cart", "cup", at(1)), ("anna", "view", "pan", at(2)), ("bo", "purchase", "tea", at(3))]
    asked = tuple(source for tier in ALL[name] for source in tier)
    shop = Proposed(tmp_path, *rows, ("cy", "return", "tea", at(1)), described=DESCRIBED, names=asked)
    assert np.isfinite(tiered_score(shop.found, ALL[name])).all()
    assert np.unique(shop.found.customer).tolist() == [0, 1, 2]
