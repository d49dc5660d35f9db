"""How well a ranking finds those whom a message changes: the Qini curve, under one definition.

People are ordered by falling score. For the share ``phi`` of people at the top, with ``T`` who was written to, ``e``
the share of their campaign that was, and the weight ``w = T / e + (1 - T) / (1 - e)``::

    u(phi) = sum(w T y) / sum(w T) - sum(w (1 - T) y) / sum(w (1 - T))     over the top phi
    Q(phi) = phi * u(phi)
    Qini   = integral from 0 to 1 of Q(phi) - phi * Q(1)

``u`` is the uplift among those at the top, per head. ``Q`` is what writing to them alone brings, per head of all
people, so arms of unequal size, and campaigns with unequal shares, change nothing but the noise. The diagonal
``phi * Q(1)`` is what a ranking by lot brings. This is the Qini curve of Radcliffe (Using control groups to target on
predicted lift, 2007), his counts divided by those treated, in the form for arms of any size; the whole area under it is
the AUUC (Gutierrez and Gerardy 2017), so ``AUUC = Qini + Q(1) / 2``. Both are in the outcome's unit: a chance, or money
per head. Neither is divided by that of a perfect ranking, which nobody knows, as nobody is seen both written to and
left alone.

People of one score cannot be told apart: the curve is straight across them. Where one arm has nobody yet, it is
straight from the origin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.arrays import Flags, Floats, Ints
from features.estimate import CONFIDENCE, Estimate

SHARES = (0.1, 0.2, 0.3)
"""Uplift is told for so much of the people, the best first."""

GRID = tuple(place / 20 for place in range(21))
"""The curve is told at these shares."""

POINTS = 2_000
"""A curve of more people than that has about so many points."""

DRAWS = 400
"""Bootstrap draws of an interval."""


@dataclass(frozen=True)
class Trial:
    """People of randomised campaigns: who was written to, and what came of it."""

    treated: Flags
    """Who was written to; shape (n,)."""
    outcome: Floats
    """What is compared, such as an order (0 or 1) or net spend; shape (n,)."""
    propensity: Floats
    """The share of the person's campaign that was written to, inside (0, 1); shape (n,)."""
    person: Ints
    """A number for each person: rows of one person are drawn together; shape (n,)."""

    @classmethod
    def of(cls, treated: Flags, outcome: Floats, propensity: Floats | None = None, person: Ints | None = None) -> Trial:
        """A trial; of one campaign and of one row for each person where nothing else is said."""
        size = len(treated)
        return cls(
            np.asarray(treated, dtype=bool),
            np.asarray(outcome, dtype=np.float64),
            np.full(size, np.mean(treated)) if propensity is None else np.asarray(propensity, dtype=np.float64),
            np.arange(size) if person is None else person,
        )

    def __len__(self) -> int:
        return len(self.treated)

    def take(self, rows: Ints | Flags) -> Trial:
        """The trial of some rows."""
        return Trial(self.treated[rows], self.outcome[rows], self.propensity[rows], self.person[rows])

    @property
    def weight(self) -> Floats:
        """One over the chance of the arm that each row is in; shape ``(n,)``."""
        return np.where(self.treated, 1 / self.propensity, 1 / (1 - self.propensity))


@dataclass(frozen=True)
class QiniCurve:
    """What writing to the top of a ranking brings."""

    share: Floats
    """Shares of the people from 0 to 1, rising; shape (n_points,)."""
    gain: Floats
    """``Q`` at each, per head of all people; shape (n_points,)."""

    @property
    def overall(self) -> float:
        """``Q(1)``: the mean uplift of everybody."""
        return float(self.gain[-1])

    @property
    def auuc(self) -> float:
        """The area under the curve."""
        return float(np.trapezoid(self.gain, self.share))

    @property
    def qini(self) -> float:
        """The area between the curve and the diagonal."""
        return self.auuc - self.overall / 2

    def at(self, shares: Floats) -> Floats:
        """``Q`` at some shares, straight between the points; their shape."""
        found: Floats = np.interp(shares, self.share, self.gain)
        return found

    def uplift_at(self, share: float) -> float:
        """Uplift per head among the top ``share`` of the people."""
        return float(self.at(np.array([share]))[0]) / share


class Ranked:
    """A trial in the order of a score, from which curves are made, also of people who are drawn again."""

    def __init__(self, score: Floats, trial: Trial) -> None:
        """The rows of ``trial`` by falling ``score``, both of ``n`` rows, at least one."""
        order = np.argsort(-score, kind="stable")
        trial = trial.take(order)
        # Where the score falls a new run begins; of very many runs some are told as one.
        falls = np.flatnonzero(np.diff(score[order]) != 0) + 1
        self._starts = np.append(0, falls[:: max(1, len(falls) // POINTS)])
        self.person = trial.person
        treated, control = (np.where(trial.treated == arm, trial.weight, 0.0) for arm in (True, False))
        ones = np.ones(len(trial))
        self._sums = np.stack([ones, treated, treated * trial.outcome, control, control * trial.outcome])

    def curve(self, times: Ints | None = None) -> QiniCurve:
        """The curve, with each row as often as ``times`` says; once where nothing is said."""
        sums = self._sums if times is None else self._sums * times
        people, treated, with_message, control, without = np.cumsum(np.add.reduceat(sums, self._starts, axis=1), axis=1)
        known = (treated > 0) & (control > 0)
        if not known[-1]:
            return QiniCurve(np.array([0.0, 1.0]), np.full(2, np.nan))
        share = people[known] / people[-1]
        uplift = with_message[known] / treated[known] - without[known] / control[known]
        return QiniCurve(np.append(0.0, share), np.append(0.0, share * uplift))


@dataclass(frozen=True)
class QiniFigures:
    """What is told of a ranking, each with its interval over customers."""

    people: int
    """Rows of the trial."""
    qini: Estimate
    """Area between curve and diagonal."""
    auuc: Estimate
    """Area under the curve."""
    overall: Estimate
    """Mean uplift of everybody."""
    top: Mapping[float, Estimate]
    """Uplift per head among the top shares of :data:`SHARES`."""
    gain: tuple[Estimate, ...]
    """The curve at :data:`GRID`."""

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain JSON values; a share of .2 is told as ``top_20pct``."""
        parts = {name: getattr(self, name).as_dict() for name in ("qini", "auuc", "overall")}
        parts |= {f"top_{round(100 * share)}pct": uplift.as_dict() for share, uplift in self.top.items()}
        curve = [{"share": share, **gain.as_dict()} for share, gain in zip(GRID, self.gain, strict=True)]
        return {"people": self.people, **parts, "curve": curve}


def qini_curve(score: Floats, trial: Trial) -> QiniCurve:
    """The curve of a ranking."""
    return Ranked(score, trial).curve()


def qini_figures(score: Floats, trial: Trial, *, seed: int = 0, draws: int = DRAWS) -> QiniFigures:
    """All figures of a ranking, with percentile bootstrap intervals over customers."""
    ranked = Ranked(score, trial)
    seen = _numbers(ranked.curve())
    drawn = np.array([_numbers(ranked.curve(times)) for times in _drawn(ranked.person, seed, draws)])
    told = [_estimate(value, column) for value, column in zip(seen, drawn.T, strict=True)]
    qini, auuc, overall = told[:3]
    top, gain = told[3 : 3 + len(SHARES)], told[3 + len(SHARES) :]
    return QiniFigures(len(trial), qini, auuc, overall, dict(zip(SHARES, top, strict=True)), tuple(gain))


def _numbers(curve: QiniCurve) -> Floats:
    """Qini, AUUC, overall, uplift at the top, and the curve itself; shape ``(n_numbers,)``."""
    top = [curve.uplift_at(share) for share in SHARES]
    return np.array([curve.qini, curve.auuc, curve.overall, *top, *curve.at(np.array(GRID))])


def _estimate(value: float, drawn: Floats) -> Estimate:
    """A figure and the percentiles of its draws, of those that have one."""
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or not len(known):
        return Estimate.unknown()
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))


def _drawn(person: Ints, seed: int, draws: int) -> Iterator[Ints]:
    """How often each row comes when people are drawn with replacement, draw by draw; each ``(n,)``."""
    _, place = np.unique(person, return_inverse=True)
    people, random = int(place.max(initial=-1)) + 1, np.random.default_rng(seed)
    for _ in range(draws):
        yield np.bincount(random.integers(0, people, people), minlength=people)[place]
