"""Short names for clusters, put together from what sets them apart: ``weekend, premium regulars``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats
from training.customers.alike.trait_words import LANGUAGES, Text

MOST = 0.6
"""A noun speaks of at least this share of the cluster's people."""

USUAL_WORDS, MOST_WORDS = 2, 4
"""How many words a name has before its noun, and at most, to tell two clusters apart."""

NOUNS: Mapping[str, Text] = {
    "visitors": ("visitors", "访客"),
    "one_order": ("one-time buyers", "一次性买家"),
    "repeat": ("regulars", "回头客"),
    "buyers": ("buyers", "买家"),
    "people": ("customers", "顾客"),
}


@dataclass(frozen=True)
class Word:
    """What a cluster is called for one thing that sets it apart."""

    text: Text
    """The word."""
    follows: bool
    """Whether it stands behind the noun in English, like ``fond of ...``."""


def cluster_names(orders: Sequence[Floats], earned: Sequence[Sequence[Word]]) -> list[dict[str, str]]:
    """A name for each cluster by language, told by its people's order counts and the words that they have earned.

    No two are the same in either language: where they would be, words are added, and at last a number.
    """
    nouns = [NOUNS[_noun(each)] for each in orders]
    words = [_each_once(each) for each in earned]
    names = [_distinct(nouns, words, place) for place in range(len(LANGUAGES))]
    return [dict(zip(LANGUAGES, pair, strict=True)) for pair in zip(*names, strict=True)]


def _each_once(words: Sequence[Word]) -> list[Word]:
    """The words of which neither language has said the same before."""
    kept: list[Word] = []
    for word in words:
        if not any(one == other for before in kept for one, other in zip(before.text, word.text, strict=True)):
            kept.append(word)
    return kept


def _noun(orders: Floats) -> str:
    if np.mean(orders == 0) >= MOST:
        return "visitors"
    if np.mean(orders == 1) >= MOST:
        return "one_order"
    if np.mean(orders >= 2) >= MOST:
        return "repeat"
    return "buyers" if np.mean(orders >= 1) >= MOST else "people"


def _distinct(nouns: Sequence[Text], words: Sequence[Sequence[Word]], place: int) -> list[str]:
    """Names, in the language of a place, with as few words as tell them apart."""
    counts = [USUAL_WORDS] * len(nouns)
    while True:
        names = [_name(noun, each[:count], place) for noun, each, count in zip(nouns, words, counts, strict=True)]
        same = [row for row, name in enumerate(names) if names.count(name) > 1 and counts[row] < MOST_WORDS]
        if not same:
            return [
                name if names.count(name) == 1 else f"{name} ({names[:row].count(name) + 1})"
                for row, name in enumerate(names)
            ]
        for row in same:
            counts[row] += 1


def _name(noun: Text, words: Sequence[Word], place: int) -> str:
    before = [word.text[place] for word in words if not word.follows]
    after = [word.text[place] for word in words if word.follows]
    if LANGUAGES[place] == "zh":
        return "、".join([*after, *before]) + "的" * bool(words) + noun[place]
    return " ".join([*[", ".join(before)] * bool(before), noun[place], *[" and ".join(after)] * bool(after)])
