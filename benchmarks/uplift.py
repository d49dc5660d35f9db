"""How well uplift is found, on a real randomised campaign and on planted ones: ``python -m benchmarks.uplift``.

Halves of ``hillstrom`` are drawn by lot; learner and model come from one half, figures from the other. Of planted
campaigns the truth is known; where a message changes nothing, the gate must let no model through but by chance. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.hillstrom import Hillstrom
from benchmarks.planted_trial import planted_trial
from training.uplift.choice import chosen_learner
from training.uplift.learners.learner import FITS
from training.uplift.qini import Trial, qini_curve, qini_figures

DATA = Path("../shared/data")


def on_hillstrom(data: Path, splits: int) -> dict[str, Any]:
    """The first split with all baselines and intervals, and means over several."""
    shop, told = Hillstrom.read(data), dict[str, Any]()
    drawn = []
    for seed in range(splits):
        known = shop.half(seed)
        choice, scores = shop.scores(known)
        others = shop.trial.take(~known)
        curve = qini_curve(scores["model"], others)
        drawn.append((curve.qini, curve.uplift_at(0.2)))
        print(f"split {seed}: {choice.name}, Qini {curve.qini:.4f}, top 20 % {curve.uplift_at(0.2):.4f}")
        if seed == 0:
            told = {name: _told(score, others) for name, score in scores.items()}
            told["learner"], told["cross_fitted"] = choice.name, dict(choice.qini)
    means = np.mean(drawn, axis=0)
    return told | {"splits": splits, "mean_qini": float(means[0]), "mean_top_20pct": float(means[1])}


def _told(score: np.ndarray, trial: Trial) -> dict[str, Any]:
    found = qini_figures(score, trial).as_dict()
    print(f"  {found['qini']} {found['top_20pct']}")
    return {name: found[name] for name in ("qini", "top_10pct", "top_20pct", "top_30pct")}


def on_planted(people: int, effect: float, trials: int) -> dict[str, float]:
    """How often the gate lets a model through, how much of the best Qini it has, and how it follows the truth."""
    passed, share, follows = [], [], []
    for seed in range(trials):
        known, others = planted_trial(people, effect, 2 * seed), planted_trial(people, effect, 2 * seed + 1)
        name = chosen_learner(known.features, known.trial, repeats=1).name
        learner = FITS[name](known.features, known.trial.treated, known.trial.outcome, known.trial.propensity)
        score = learner.uplift(others.features)
        low = qini_figures(score, others.trial, draws=200).qini.low
        passed.append(low is not None and low > 0)
        if effect:
            share.append(_qini_of_truth(score, others.tau) / _qini_of_truth(others.tau, others.tau))
            follows.append(np.corrcoef(score, others.tau)[0, 1])
    told = {"passed_share": float(np.mean(passed))}
    return told | (
        {"share_of_best_qini": float(np.mean(share)), "correlation": float(np.mean(follows))} if effect else {}
    )


def _qini_of_truth(score: np.ndarray, tau: np.ndarray) -> float:
    """Qini of a score where what a message changes is known: everybody is in both arms, with and without it."""
    both = np.repeat([True, False], len(tau))
    return qini_curve(np.tile(score, 2), Trial.of(both, np.append(tau, np.zeros(len(tau))))).qini


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of data sets")
    parser.add_argument("--splits", type=int, default=10, help="halves of hillstrom that are drawn")
    parser.add_argument("--trials", type=int, default=40, help="planted campaigns of each kind")
    parser.add_argument("--people", type=int, default=4_000, help="people of a planted campaign")
    said = parser.parse_args()
    told = {
        "hillstrom": on_hillstrom(said.data, said.splits),
        "planted": on_planted(said.people, 0.1, said.trials),
        "no_effect": on_planted(said.people, 0.0, said.trials),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
