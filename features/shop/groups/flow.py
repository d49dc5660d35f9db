"""Moves between groups: who was where on one date, and where they are on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow.compute as pc

from features.arrays import Ints
from features.behaviour import Behaviour
from features.errors import HuitouError
from features.history import History
from features.progress import Progress
from features.shop.groups.behaviour_groups import BEHAVIOUR_NAMES
from features.shop.groups.group_rules import GroupRules
from features.shop.groups.named_group import NOBODY
from features.shop.groups.rfm import RFM_NAMES
from features.shop.groups.stages import STAGE_NAMES
from features.shop.groups.value_levels import VALUE_NAMES
from features.shop.layers import LAYERS

NOT_THERE = "not_there"
"""Where those come from who had done nothing before the first date."""

VISITOR = "visitor"
"""Where visitors are among the groups that speak of customers alone."""

FLOWS: Mapping[str, tuple[str, ...]] = {
    "layer": LAYERS,
    "stage": STAGE_NAMES,
    "rfm_group": (*RFM_NAMES, VISITOR),
    "value_level": (*VALUE_NAMES, VISITOR),
    "behaviour_group": BEHAVIOUR_NAMES,
}
"""The groups between which people are followed, by grouping."""

Codes = dict[str, Ints]
"""The place of each person among the groups, by grouping; shape (n_customers,)."""


@dataclass(frozen=True)
class Moves:
    """How many people went from each group to each other one."""

    before: tuple[str, ...]
    """Groups at the first date; the last is :data:`NOT_THERE`."""
    after: tuple[str, ...]
    """Groups at the second date."""
    people: Ints
    """How many, shape (n_before, n_after); everybody known before the second date is counted once."""

    @property
    def stayed(self) -> int:
        """How many are in the same group on both dates."""
        return int(np.trace(self.people[:-1]))

    @property
    def rows(self) -> list[tuple[str, str, int, float]]:
        """From, to, people, and their share of those who were in the group they come from; without the empty ones."""
        of_group = self.people.sum(axis=1)
        return [
            (
                self.before[come],
                self.after[go],
                int(self.people[come, go]),
                float(self.people[come, go] / of_group[come]),
            )
            for come, go in zip(*np.nonzero(self.people), strict=True)
        ]


@dataclass(frozen=True)
class Flow:
    """The moves between two dates, by every grouping."""

    first: datetime
    """The first date; only what was known before it counts for where people were."""
    second: datetime
    """The second date; the same holds for where they are."""
    moves: Mapping[str, Moves]
    """The moves by grouping, one of :data:`FLOWS`."""
    first_rules: GroupRules
    """What decided the groups at the first date, by what was known then."""
    second_rules: GroupRules
    """What decided them at the second."""


def flow(behaviour: Behaviour, first: datetime, second: datetime, progress: Progress | None = None) -> Flow:
    """The moves of everybody from where they were at ``first`` to where they are at ``second``.

    The day rules and the limits between scores are those of each date. Raises :class:`HuitouError` when the dates do
    not follow one another, or nobody had come yet. One bucket after another, in bounded memory.
    """
    _check_dates(behaviour, first, second)
    catalogues = behaviour.catalogue(first), behaviour.catalogue(second)
    rules = [GroupRules.before(behaviour, *at) for at in zip((first, second), catalogues, strict=True)]
    counted = {name: np.zeros((len(groups) + 1, len(groups)), np.int64) for name, groups in FLOWS.items()}

    def of_bucket(bucket: int, now: History) -> Codes:
        then = behaviour.history(bucket, first, catalogues[0])
        before, after = _codes(rules[0], then), _codes(rules[1], now)
        # Who was known at the first date is known at the second.
        place = pc.index_in(then.customer_ids, value_set=now.customer_ids).to_numpy(zero_copy_only=False)
        found: Codes = {}
        for name, groups in FLOWS.items():
            come = np.full(len(now), len(groups))
            come[place] = before[name]
            key = come * len(groups) + after[name]
            found[name] = np.bincount(key, minlength=counted[name].size).reshape(counted[name].shape)
        return found

    for of_one in behaviour.map_histories(of_bucket, second, catalogues[1], progress=progress):
        for name, people in of_one.items():
            counted[name] += people
    moves = {name: Moves((*groups, NOT_THERE), groups, counted[name]) for name, groups in FLOWS.items()}
    return Flow(first, second, moves, *rules)


def checked_grouping(name: str) -> str:
    """``name``; raises :class:`HuitouError` when people are not followed between such groups."""
    if name not in FLOWS:
        raise HuitouError(
            f"by must be one of {', '.join(FLOWS)}; got {name[:100]!r}.", field="by", value=name, allowed=list(FLOWS)
        )
    return name


def _codes(rules: GroupRules, history: History) -> Codes:
    groups = rules.of(history)
    layers = {name: place for place, name in enumerate(LAYERS)}
    return {
        "layer": np.array([layers[name] for name in groups.layer], dtype=np.int64),
        "stage": groups.stage,
        "rfm_group": np.where(groups.rfm.group == NOBODY, len(RFM_NAMES), groups.rfm.group),
        "value_level": np.where(groups.value_level == NOBODY, len(VALUE_NAMES), groups.value_level),
        "behaviour_group": groups.behaviour_group,
    }


def _check_dates(behaviour: Behaviour, first: datetime, second: datetime) -> None:
    if not first < second:
        raise HuitouError(
            f"from must be before to; got {first:%Y-%m-%d} and {second:%Y-%m-%d}.",
            field="from",
            value=first.isoformat(),
        )
    extent = behaviour.reader.extent()
    if extent.first is None or extent.last is None:
        raise HuitouError("the shop has no events yet. Import some first, with: huitou import", code="no_events")
    if first <= extent.first:
        raise HuitouError(
            f"from must be after the first event, of {extent.first:%Y-%m-%d}; got {first:%Y-%m-%d}. "
            "Before it there was nobody.",
            field="from",
            value=first.isoformat(),
        )
    # A date up to the day after the last event is a date that events can speak of.
    if second > extent.last + timedelta(days=1):
        raise HuitouError(
            f"to must be at most a day after the last event, of {extent.last:%Y-%m-%d}; got {second:%Y-%m-%d}. "
            "Nobody knows yet who will have left by then.",
            field="to",
            value=second.isoformat(),
        )
