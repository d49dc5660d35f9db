"""Visits: what a customer touched with no long pause between, one step after another.

Where the log knows only the day, the touches of one day have no pause between them and are one visit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from features.arrays import Flags, Floats, Ints, distinct, run_starts
from features.history import History
from features.pairs import TOUCH_KINDS
from training.recommend.top import rank_in_group, strongest

LONGEST_PAUSE_DAYS = 30 / (24 * 60) + 1e-9
"""A pause of more than 30 minutes between two touches ends the visit; the rest is the rounding of ages."""


@dataclass(frozen=True)
class Visits:
    """Visits one after another, ordered by customer and time, each a run of steps in time order.

    Touching an item again in another way (viewed, then carted, then bought) is the same step; viewing it again is a
    step of its own.
    """

    customer: Ints
    """Position of each visit's customer in the history; shape (n_visits,)."""
    boundaries: Ints
    """Where each visit's steps begin, and the end; shape (n_visits + 1,)."""
    item: Ints = field(repr=False)
    """Item code of each step; shape (n_steps,)."""
    age_days: Floats = field(repr=False)
    """Days from the step to the cutoff, above 0; shape (n_steps,)."""
    row: Ints = field(repr=False)
    """The event that the step began with, a position in the history; shape (n_steps,)."""

    @classmethod
    def of(cls, history: History) -> Visits:
        """The visits of everyone in ``history``."""
        rows = history.of(*TOUCH_KINDS.values())
        begins = _begins(history, rows)
        same_item, same_kind = (values[rows[1:]] == values[rows[:-1]] for values in (history.item, history.kind))
        steps = run_starts(begins | ~same_item | same_kind, len(rows))
        starts = np.searchsorted(steps, run_starts(begins, len(rows)))
        step = rows[steps]
        boundaries = np.append(starts, len(steps))
        return cls(history.customer[step[starts]], boundaries, history.item[step], history.age_days[step], step)

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def lengths(self) -> Ints:
        """Steps of each visit, shape ``(n_visits,)``."""
        return np.diff(self.boundaries)

    @cached_property
    def visit(self) -> Ints:
        """Position of each step's visit, shape ``(n_steps,)``."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @cached_property
    def position(self) -> Ints:
        """Place of each step in its visit from 0, shape ``(n_steps,)``."""
        return np.arange(len(self.item)) - np.repeat(self.boundaries[:-1], self.lengths)

    def newest(self) -> Ints:
        """The newest visit of each customer who has one, by customer; positions here."""
        last = np.append(self.customer[1:] != self.customer[:-1], True)[: len(self)]
        return np.flatnonzero(last)


@dataclass(frozen=True)
class LastItems:
    """The items each customer touched last, each item once, the newest first."""

    customer: Ints
    """Position of the customer in the history, rising; shape (n,)."""
    item: Ints
    """Item code; shape (n,)."""
    step: Ints
    """0 for the newest item of the customer, 1 for the one before it; shape (n,)."""

    @classmethod
    def of(cls, visits: Visits, items: int, each: int) -> LastItems:
        """The ``each`` newest distinct items of every customer, of ``items`` in the catalogue."""
        customer = visits.customer[visits.visit]
        key = customer * np.int64(max(items, 1)) + visits.item
        unique, place = distinct(key)
        newest = np.zeros(len(unique), dtype=np.int64)
        newest[place] = np.arange(len(key))  # Steps come in time order: the last assignment is the newest.
        owner = unique // max(items, 1)
        kept = strongest(owner, newest.astype(np.float64), each)
        return cls(owner[kept], unique[kept] % max(items, 1), rank_in_group(owner[kept]))


@dataclass(frozen=True)
class NewestSteps:
    """The last steps of some people, the newest first."""

    item: Ints
    """Item codes, 0 where there is no such step; shape (n_people, n_steps)."""
    filled: Flags
    """Whether there is such a step, shape (n_people, n_steps)."""

    @classmethod
    def before(cls, item: Ints, start: Ints, end: Ints, steps: int) -> NewestSteps:
        """The ``steps`` entries of ``item`` before position ``end[i]``, none before ``start[i]``."""
        place = end[:, None] - 1 - np.arange(steps)
        filled = place >= start[:, None]
        return cls(np.where(filled, item[np.where(filled, place, 0)] if len(item) else 0, 0), filled)

    @classmethod
    def of(cls, visits: Visits, people: int, steps: int) -> NewestSteps:
        """The ``steps`` newest steps of each of so many people, of whatever visit."""
        edges = visits.boundaries[np.searchsorted(visits.customer, np.arange(people + 1))]
        return cls.before(visits.item, edges[:-1], edges[1:], steps)


def _begins(history: History, rows: Ints) -> Flags:
    """Whether each event but the first begins a visit."""
    age_days, customer = history.age_days[rows], history.customer[rows]
    begins: Flags = (age_days[:-1] - age_days[1:] > LONGEST_PAUSE_DAYS) | (customer[1:] != customer[:-1])
    return begins
