"""What the ranker sees of a candidate in the light of the visit: whether it was there, and what leads to it."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints, distinct, missing, places, ratio
from features.catalogue import UNKNOWN
from features.pairs import find
from training.recommend.counted.embedding import Embedding
from training.recommend.counted.sources import Sources
from training.recommend.counted.transitions import Transitions, entries
from training.recommend.people import People

LED_FROM = 3
"""The newest items whose transitions to the candidate are features each."""


def visit_features(sources: Sources, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """Columns of shape ``(n_pairs,)``, of the tables that were counted; NaN where there is no such visit or step."""
    columns = _revisits(people, customer, item)
    if Transitions.__name__ in sources.tables:
        columns |= _leading(sources.table(Transitions), people, customer, item)
    if Embedding.__name__ in sources.tables:
        columns |= _pointing(sources.table(Embedding), people, customer, item)
    return columns


def _revisits(people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """Whether, how often and how many steps ago the item was in the newest visit, and how long that is."""
    visits, items = people.visits, np.int64(max(people.shape[1], 1))
    newest = visits.newest()
    starts, lengths = visits.boundaries[newest], visits.boundaries[newest + 1] - visits.boundaries[newest]
    owner = visits.customer[newest].repeat(lengths)
    position = np.arange(len(owner)) - (lengths.cumsum() - lengths).repeat(lengths)
    length = people.history.sums(owner)
    key, place = distinct(owner * items + visits.item[starts.repeat(lengths) + position])
    last, first = np.zeros(len(key)), np.zeros(len(key))
    last[place] = position  # Steps come in time order: the last assignment is the newest,
    first[place[::-1]] = position[::-1]  # or, turned round, the oldest.
    spot, found = find(key, customer * items + item)
    there = places(found)
    spot = spot[there]
    steps = np.where(length > 0, length, np.nan)[customer]
    count, last_ago, first_ago = np.zeros(len(customer)), missing(len(customer)), missing(len(customer))
    count[there] = np.bincount(place, minlength=len(key))[spot]
    last_ago[there] = steps[there] - 1 - last[spot]
    first_ago[there] = steps[there] - 1 - first[spot]
    return {
        "visit_steps": steps,
        "visit_distinct_share": ratio(people.history.sums(key // items), length)[customer],
        "visit_count": count,
        "visit_steps_ago": last_ago,
        "visit_first_steps_ago": first_ago,
    }


def _leading(transitions: Transitions, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """The tables' entries from the newest items to the candidate."""
    last = np.full((len(people), LED_FROM), UNKNOWN, dtype=np.int64)
    near = people.last_items.step < LED_FROM
    last[people.last_items.customer[near], people.last_items.step[near]] = people.last_items.item[near]
    columns: dict[str, Floats] = {}
    for back in range(LED_FROM):
        before = last[customer, back]
        columns[f"visit_after_{back + 1}"] = entries(transitions.after, before, item)
        columns[f"visit_together_{back + 1}"] = entries(transitions.together, before, item)
    columns["visit_next_1"] = entries(transitions.after_next, last[customer, 0], item)
    columns["visit_before_1"] = entries(transitions.before, last[customer, 0], item)
    columns["visit_before_recent_1"] = entries(transitions.before_recent, last[customer, 0], item)
    columns["visit_after_recent_1"] = entries(transitions.after_recent, last[customer, 0], item)
    columns["item_viewed_again"] = transitions.again[item].astype(np.float64)
    columns["item_popularity"] = transitions.popularity[item].astype(np.float64)
    columns["item_rise"] = transitions.rise[item].astype(np.float64)
    columns["last_popularity"] = np.where(
        last[customer, 0] == UNKNOWN, np.nan, transitions.popularity[np.maximum(last[customer, 0], 0)]
    )
    return columns


def _pointing(embedding: Embedding, people: People, customer: Ints, item: Ints) -> dict[str, Floats]:
    """How closely the learned direction of the visit, and its newest item, point at the candidate."""
    steps = people.newest_steps(embedding.steps)
    newest = embedding.vectors[steps.item[:, 0]] * steps.filled[:, :1]
    return {
        "visit_cosine": embedding.likeness(embedding.directions(steps), customer, item),
        "last_cosine": embedding.likeness(newest, customer, item),
    }
