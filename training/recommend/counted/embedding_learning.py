"""Learning the visit embedding: sampled softmax over the next step of every visit, in plain numpy.

Negatives are shared by a batch, drawn by popularity, and corrected for how often they are drawn (Bengio and Senecal
2008, "Adaptive importance sampling"); Adam moves only the item vectors that a batch touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.progress import Progress
from training.recommend.counted.visits import NewestSteps, Visits


@dataclass(frozen=True)
class EmbeddingSettings:
    """How the embedding learns."""

    dimensions: int = 100
    """Length of a vector."""
    steps: int = 8
    """Newest steps of a visit that are looked at."""
    epochs: int = 4
    """Times that every click is learned from; 0 learns nothing."""
    most_clicks: int = 1_000_000
    """The newest clicks that are learned from."""
    least_clicks: int = 2_000
    """With fewer clicks there is nothing to learn."""
    batch: int = 512
    """Clicks learned from at once."""
    negatives: int = 2_000
    """Items drawn to be told apart from the next one."""
    popularity_power: float = 0.6
    """Items are drawn in proportion to their clicks to this power."""
    sharpness: float = 12.0
    """Factor of the cosine before the softmax."""
    dropout: float = 0.15
    """Share of the inputs that is left out while learning."""
    learning_rate: float = 2e-3
    """Step of Adam."""
    seed: int = 7
    """Makes learning repeatable."""


@dataclass(frozen=True)
class Clicks:
    """Steps that follow another in their visit: what is to be told from what came before."""

    item: Ints = field(repr=False)
    """Item code of every step of every visit; shape (n_steps,)."""
    start: Ints
    """Where the visit of each click begins, shape (n_clicks,)."""
    target: Ints
    """Position of each click's step, shape (n_clicks,)."""
    age_days: Floats
    """Days from each click to the cutoff, shape (n_clicks,)."""

    @classmethod
    def of(cls, visits: Visits) -> Clicks:
        """All clicks of ``visits``."""
        target = np.flatnonzero(visits.position > 0)
        return cls(visits.item, visits.boundaries[visits.visit[target]], target, visits.age_days[target])

    @classmethod
    def joined(cls, parts: Sequence[Clicks], most: int) -> Clicks:
        """The ``most`` newest clicks of all ``parts``."""
        offsets = np.cumsum([0, *(len(part.item) for part in parts)])[:-1]
        start = np.concatenate([part.start + offset for part, offset in zip(parts, offsets, strict=True)])
        target = np.concatenate([part.target + offset for part, offset in zip(parts, offsets, strict=True)])
        age_days = np.concatenate([part.age_days for part in parts])
        kept = np.sort(np.argsort(age_days, kind="stable")[:most])
        return cls(np.concatenate([part.item for part in parts]), start[kept], target[kept], age_days[kept])

    def __len__(self) -> int:
        return len(self.target)

    def batch(self, chosen: Ints, steps: int) -> tuple[NewestSteps, Ints]:
        """What came before some clicks, and their items."""
        before = NewestSteps.before(self.item, self.start[chosen], self.target[chosen], steps)
        return before, self.item[self.target[chosen]]


def learn(
    clicks: Clicks, items: int, settings: EmbeddingSettings, progress: Progress | None = None
) -> tuple[Floats, Floats, Floats, Floats]:
    """The fields of an :class:`Embedding`, learned from ``clicks``, of ``items`` in the catalogue.

    ``progress`` counts batches. With too few clicks nothing is learned: one dimension of zeros.
    """
    if len(clicks) < settings.least_clicks or not settings.epochs:
        none = np.zeros((1, 1), dtype=np.float32)
        return np.zeros((items, 1), dtype=np.float32), none, none, none
    learner = _Learner(clicks, items, settings)
    batches = -(-len(clicks) // settings.batch)
    for epoch in range(settings.epochs):
        order = learner.rng.permutation(len(clicks))
        for number in range(batches):
            learner.learn(order[number * settings.batch : (number + 1) * settings.batch])
            if progress is not None:
                progress(epoch * batches + number + 1, settings.epochs * batches)
    return learner.learned()


class _Learner:
    def __init__(self, clicks: Clicks, items: int, settings: EmbeddingSettings) -> None:
        self.clicks, self.settings = clicks, settings
        self.rng = np.random.default_rng(settings.seed)
        width = settings.dimensions
        count = np.bincount(clicks.item, minlength=items)
        self.seen = count > 0
        drawn = count**settings.popularity_power
        self.drawn_below = np.cumsum(drawn / drawn.sum())
        # The chance to be among a batch's negatives, whose drawing repeats items.
        chance = -np.expm1(settings.negatives * np.log1p(-np.minimum(drawn / drawn.sum(), 1 - 1e-9)))
        self.log_chance = np.log(np.maximum(chance, 1e-12)).astype(np.float32)
        self.vectors = _Moving(self.rng.normal(0, 1 / np.sqrt(width), (items, width)))
        self.of_last = _Moving(np.eye(width))
        self.of_steps = _Moving(0.5 * np.eye(width))
        self.step_weights = _Moving(np.repeat(0.7 ** np.arange(settings.steps)[:, None], width, axis=1))

    def learn(self, chosen: Ints) -> None:
        """One batch: forward, backward and a step of Adam."""
        rate = self.settings.learning_rate
        steps, target = self.clicks.batch(chosen, self.settings.steps)
        negative = np.unique(np.searchsorted(self.drawn_below, self.rng.random(self.settings.negatives)))
        negative = np.minimum(negative, len(self.drawn_below) - 1)
        touched = np.unique(np.concatenate([steps.item[steps.filled], target, negative]))
        raw = self.vectors.value[touched]
        norm = np.linalg.norm(raw, axis=1, keepdims=True)
        unit = raw / norm
        item, place = np.searchsorted(touched, steps.item), np.searchsorted(touched, target)
        item[~steps.filled] = 0
        kept = self.rng.random((*item.shape, 1), dtype=np.float32) >= self.settings.dropout
        scale = (steps.filled[:, :, None] & kept) / np.float32(1 - self.settings.dropout)
        known = unit[item] * scale
        total = np.einsum("bkd,kd->bd", known, self.step_weights.value)
        visit = known[:, 0] @ self.of_last.value + total @ self.of_steps.value
        length = np.maximum(np.linalg.norm(visit, axis=1, keepdims=True), 1e-6)
        visit = visit / length

        places = np.searchsorted(touched, negative)
        towards, to_visit, to_negative = self._softmax(visit, unit[place], unit[places], target, negative)
        to_visit = (to_visit - visit * np.einsum("bd,bd->b", visit, to_visit)[:, None]) / length
        to_total = to_visit @ self.of_steps.value.T
        to_known = to_total[:, None, :] * self.step_weights.value
        to_known[:, 0] += to_visit @ self.of_last.value.T
        to_known *= scale
        of_steps = item.ravel(), to_known.reshape(-1, raw.shape[1])
        to_unit = _gathered(len(touched), of_steps, (place, towards[:, None] * visit))
        to_unit[places] += to_negative
        to_raw = (to_unit - unit * np.einsum("id,id->i", unit, to_unit)[:, None]) / norm

        self.of_last.move(known[:, 0].T @ to_visit, rate)
        self.of_steps.move(total.T @ to_visit, rate)
        self.step_weights.move(np.einsum("bkd,bd->kd", known, to_total), rate)
        self.vectors.move(to_raw, rate, touched)

    def _softmax(
        self, visit: Floats, unit_target: Floats, unit_negative: Floats, target: Ints, negative: Ints
    ) -> tuple[Floats, Floats, Floats]:
        """Gradients of the mean loss: along each visit for its target, of each visit, and of each negative."""
        sharpness = np.float32(self.settings.sharpness)
        wanted = sharpness * np.einsum("bd,bd->b", visit, unit_target) - self.log_chance[target]
        others = sharpness * (visit @ unit_negative.T) - self.log_chance[negative]
        place = np.searchsorted(negative, target)
        place = np.minimum(place, len(negative) - 1)
        same = np.flatnonzero(negative[place] == target)
        others[same, place[same]] = -np.inf
        top = np.maximum(wanted, others.max(axis=1))
        np.exp(others - top[:, None], out=others)
        wanted = np.exp(wanted - top)
        whole = wanted + others.sum(axis=1)
        others *= (sharpness / len(visit) / whole)[:, None]
        towards = sharpness / len(visit) * (wanted / whole - 1)
        return towards, others @ unit_negative + towards[:, None] * unit_target, others.T @ visit

    def learned(self) -> tuple[Floats, Floats, Floats, Floats]:
        """What was learned; items never seen point nowhere."""
        raw = self.vectors.value
        unit: Floats = raw / np.linalg.norm(raw, axis=1, keepdims=True)
        unit[~self.seen] = 0
        return unit, self.of_last.value, self.of_steps.value, self.step_weights.value


def _gathered(size: int, *parts: tuple[Ints, Floats]) -> Floats:
    """Rows of every part added up by their place, shape ``(size, dimensions)``."""
    place = np.concatenate([part[0] for part in parts])
    rows = np.concatenate([part[1] for part in parts])
    shape = (size, len(place))
    adding = sparse.csc_matrix((np.ones(len(place), np.float32), place, np.arange(len(place) + 1)), shape=shape)
    total: Floats = adding @ rows
    return total


class _Moving:
    """A parameter with its state of Adam (Kingma and Ba 2015); rows that a batch does not touch stay as they are."""

    def __init__(self, value: Floats) -> None:
        self.value = value.astype(np.float32)
        self._mean = np.zeros_like(self.value)
        self._square = np.zeros_like(self.value)
        self._moves = 0

    def move(self, gradient: Floats, rate: float, rows: Ints | slice = slice(None)) -> None:
        """One step against ``gradient``, which belongs to ``rows``."""
        self._moves += 1
        mean = 0.9 * self._mean[rows] + np.float32(0.1) * gradient
        square = 0.999 * self._square[rows] + np.float32(0.001) * gradient * gradient
        self._mean[rows], self._square[rows] = mean, square
        size = np.float32(rate * np.sqrt(1 - 0.999**self._moves) / (1 - 0.9**self._moves))
        self.value[rows] -= size * mean / (np.sqrt(square) + np.float32(1e-8))
