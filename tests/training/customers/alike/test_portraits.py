"""Portraits: what was planted is what sets clusters apart, in numbers that are true and words that can be read."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.customers import customer_features
from tests.training.customers.alike.conftest import PlantedKinds
from training.customers.alike.portraits import LEAST_DIFFERENCE, MOST_TOLD, Portrait, words_of
from training.customers.alike.trait_words import WORDS
from training.customers.alike.traits import Traits, trait_of


def portrait(kinds: PlantedKinds, kind: str) -> Portrait:
    [number] = kinds.clusters(kind)
    return next(each for each in kinds.alike.portraits if each.number == number)


@pytest.mark.parametrize(
    ("kind", "en", "zh"),
    [
        (
            "snackers",
            'evening regulars fond of “{own} <script>=1+1" snacks”',
            '偏爱“{own} <script>=1+1" snacks”、晚间的回头客',
        ),
        ("readers", "midday regulars fond of “Books”", "偏爱“Books”、午间的回头客"),
        ("strollers", "afternoon visitors fond of “Lamps”", "偏爱“Lamps”、下午的访客"),
        ("tea lovers", "morning one-time buyers fond of “Tea”", "偏爱“Tea”、早间的一次性买家"),
    ],
)
def test_names_tell_what_was_planted(kinds: PlantedKinds, kind: str, en: str, zh: str) -> None:
    """Hours, categories, prices and orders give the names."""
    assert portrait(kinds, kind).name == {"en": en, "zh": zh}


def test_sentences_tell_the_numbers(kinds: PlantedKinds) -> None:
    """The group's own number and the shop's stand in each, in both languages."""
    found = portrait(kinds, "tea lovers")
    assert "80.00 an order (shop: 40.00)" in found.description("en")
    assert "客单价80.00（全店40.00）" in found.description("zh")
    assert "100% of what they do is between 6-11 h" in found.description("en")


def test_numbers_are_the_groups_own(kinds: PlantedKinds) -> None:
    """Medians, or means of parts of a whole, are those of the people in the cluster and of everyone compared."""
    traits = Traits.of(kinds.history, customer_features(kinds.history), kinds.alike.space.tastes)
    placed = kinds.placed
    for found in kinds.alike.portraits:
        inside = placed.cluster == found.number
        assert found.share == pytest.approx(inside.sum() / placed.compared.sum())
        for each in found.differences:
            values = traits.values[:, traits.names.index(each.trait)]
            middle = np.nanmean if words_of(kinds.alike.space, each.trait).of_mean else np.nanmedian
            assert each.own == pytest.approx(middle(values[inside]))
            assert each.shop == pytest.approx(middle(values[placed.compared]))


def test_differences_are_few_and_telling(kinds: PlantedKinds) -> None:
    """At most five are told, the largest first, of different things, each pointing where its numbers point."""
    for found in kinds.alike.portraits:
        sizes = [abs(each.deviations) for each in found.differences]
        concepts = [
            trait_of(each.trait).concept for each in found.differences if trait_of(each.trait).concept != "category"
        ]
        assert 3 <= len(sizes) <= MOST_TOLD
        assert sizes == sorted(sizes, reverse=True)
        assert min(sizes) >= LEAST_DIFFERENCE
        assert len(set(concepts)) == len(concepts)
        for each in found.differences:
            assert (each.own > each.shop) == (each.deviations > 0)


def test_nothing_is_said_of_visitors_that_only_buyers_have(kinds: PlantedKinds) -> None:
    """Of those who never ordered nobody says that they spend little."""
    told = {each.trait for each in portrait(kinds, "strollers").differences}
    assert not any(WORDS[trait].buyers for trait in told if trait in WORDS)


def test_saved_and_read(kinds: PlantedKinds) -> None:
    """A portrait that went through JSON is the same."""
    for found in kinds.alike.portraits:
        assert Portrait.of(json.loads(json.dumps(found.as_dict()))) == found
