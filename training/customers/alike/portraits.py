"""What sets each cluster apart, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats
from training.customers.alike.clusters import Clusters
from training.customers.alike.names import Word, cluster_names
from training.customers.alike.space import Space
from training.customers.alike.trait_words import LANGUAGES, WORDS, TraitWords, taste_words
from training.customers.alike.traits import Traits, trait_of

MOST_TOLD = 5
"""So many differences are told of a cluster at most."""

LEAST_DIFFERENCE = 0.25
"""Smaller differences, in usual deviations, are not told."""

LEAST_PART = 0.05
"""Nor are smaller differences of shares of a whole, such as interests and hours."""

FAINT = ("orders", "spend", "tenure", "silence", "browsing", "cart", "variety", "loyalty")
"""What is about these counts half for a name: the noun, such as regulars or visitors, says much of it already."""


@dataclass(frozen=True)
class Difference:
    """One trait in which the people of a cluster differ from everyone else."""

    trait: str
    """Its name: a feature, or the place of a category or brand."""
    label: Mapping[str, str]
    """What it is called, by language."""
    sentence: Mapping[str, str]
    """What it says, by language."""
    own: float
    """The cluster's median in the trait's own unit; the mean of shares of a whole, such as interests and hours."""
    shop: float
    """The same of all customers."""
    deviations: float
    """How far the cluster lies from all others, in usual deviations."""


@dataclass(frozen=True)
class Portrait:
    """What the people of one cluster have in common."""

    number: int
    """The cluster's number."""
    name: Mapping[str, str]
    """A short name by language; no two clusters of a shop share one."""
    share: float
    """Its part of the customers that it was found among."""
    differences: tuple[Difference, ...]
    """What sets it apart, the most telling first."""

    def description(self, language: str) -> str:
        """What sets it apart, in one line."""
        return ("；" if language == "zh" else "; ").join(each.sentence[language] for each in self.differences)

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {**vars(self), "differences": [vars(each) for each in self.differences]}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Portrait:
        """What :meth:`as_dict` wrote."""
        differences = tuple(Difference(**each) for each in said["differences"])
        return cls(said["number"], said["name"], said["share"], differences)


def portraits(space: Space, clusters: Clusters, traits: Traits) -> tuple[Portrait, ...]:
    """The portrait of each cluster in the order of ``clusters``, told by the people it was found among."""
    vectors = space.vectors(traits)
    numbers = clusters.of(vectors)
    values = traits.values[:, [traits.names.index(name) for name in space.names]]
    known, deviations = ~np.isnan(values), space.deviations(vectors)
    orders = traits.values[:, traits.names.index("order_count_all")]
    found = [_told(space, values, known, deviations, numbers == number, orders) for number in clusters.numbers]
    ordered = [orders[numbers == number] for number in clusters.numbers]
    names = cluster_names(ordered, [_earned(space, all) for all in found])
    return tuple(
        Portrait(number, name, float(np.mean(numbers == number)), tuple(_telling(all)))
        for number, name, all in zip(clusters.numbers, names, found, strict=True)
    )


def words_of(space: Space, trait: str) -> TraitWords:
    """The words for a trait of a space."""
    if trait in WORDS:
        return WORDS[trait]
    kind, place = trait.split(" ")
    return taste_words(kind, next(each for each in space.tastes if each.kind == kind).names[int(place)])


def _told(
    space: Space, values: Floats, known: Flags, deviations: Floats, inside: Flags, orders: Floats
) -> list[Difference]:
    """The differences of those inside from the others that can be told, the largest first."""
    ordered = bool(np.median(orders[inside]) > 0)
    found = []
    for place, trait in enumerate(space.names):
        words, mine, others = words_of(space, trait), inside & known[:, place], ~inside & known[:, place]
        told = mine.sum() >= max(0.5 * inside.sum(), 1) and others.any()
        if not told or (words.buyers and not ordered):
            continue
        middle = np.mean if words.of_mean else np.median
        own, shop = float(middle(values[mine, place])), float(middle(values[known[:, place], place]))
        apart = float(deviations[mine, place].mean() - deviations[others, place].mean())
        sentences = sentences_of(words, own, shop)
        # That there is less of one of many interests or hours says little.
        is_little = words.of_mean and (abs(own - shop) < LEAST_PART or (apart < 0 and words.low is None))
        if abs(apart) < LEAST_DIFFERENCE or is_little:
            continue
        # Numbers that look alike, or point the other way, would puzzle whoever reads them.
        if sentences is not None and (own - shop) * apart > 0:
            found.append(Difference(trait, dict(zip(LANGUAGES, words.label, strict=True)), sentences, own, shop, apart))
    return sorted(found, key=lambda each: -abs(each.deviations))


def sentences_of(words: TraitWords, own: float, shop: float) -> dict[str, str] | None:
    """The sentence by language; None where both numbers read the same."""
    if words.number(own, "en") == words.number(shop, "en"):
        return None
    return {
        language: template.format(own=words.number(own, language), shop=words.number(shop, language))
        for language, template in zip(LANGUAGES, words.sentence, strict=True)
    }


def _earned(space: Space, found: Sequence[Difference]) -> list[Word]:
    """The words that a cluster has earned, the most telling first."""
    by_weight = sorted(found, key=lambda each: -abs(each.deviations) * _naming_weight(each.trait))
    told = [(words_of(space, each.trait), each) for each in by_weight]
    words = [(each.trait, words.high if each.deviations > 0 else words.low) for words, each in told]
    return [Word(text, follows=trait not in WORDS) for trait, text in words if text is not None]


def _naming_weight(trait: str) -> float:
    return 0.5 if trait_of(trait).concept in FAINT else 1.0


def _telling(found: Sequence[Difference]) -> list[Difference]:
    """The largest, of each concept one, of categories two."""
    taken: list[Difference] = []
    for each in found:
        concept = trait_of(each.trait).concept
        same = sum(trait_of(other.trait).concept == concept for other in taken)
        if same < (2 if concept == "category" else 1):
            taken.append(each)
    return taken[:MOST_TOLD]
