"""What training hands to serving: one plain folder of LightGBM text and JSON. Nothing in it can run code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from lightgbm.basic import LightGBMError

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from training.customers.ahead.outlook import Outlook
from training.customers.alike.alike import Alike
from training.customers.propensity import Propensity
from training.recommend.recommender import Recommender
from training.uplift.uplift import Uplift

FORMAT = 3
"""Raised when older bundles can no longer be read."""


@dataclass(frozen=True)
class Bundle:
    """The models of one training."""

    propensity: Propensity
    """Who will order within the shop's main horizon."""
    recommender: Recommender
    """What to show to whom."""
    outlook: Outlook
    """When customers order next, how much, and what they will spend."""
    as_of: datetime
    """Training used only what was known before this moment."""
    event_version: int
    """The version of the warehouse's events that it was trained on."""
    others: tuple[Propensity, ...] = ()
    """Who will order within other horizons, side by side with the main one; by rising horizon."""
    alike: Alike = field(default_factory=Alike.nobody)
    """Whom customers are like, and the clusters that they fall into."""
    uplift: Uplift = field(default_factory=Uplift.none)
    """How much likelier a message makes an order, or why nobody knows yet."""
    version: int | None = None
    """Its number in the registry; None before it is registered."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Cutoffs, gates and figures of the training, for people."""

    @property
    def label(self) -> str:
        """What answers name: the version and the tiers, like ``3 (model, ranker)``."""
        return f"{self.version or 'unregistered'} ({self.propensity.tier}, {self.recommender.tier})"

    @property
    def uplift_label(self) -> str | None:
        """What lists name when they rank by uplift: the version and the learner, like ``3 (s_trees)``; None without."""
        return None if self.uplift.model is None else f"{self.version or 'unregistered'} ({self.uplift.model.name})"

    @property
    def horizons_days(self) -> tuple[int, ...]:
        """Every horizon for which there is a propensity, rising."""
        return tuple(sorted({self.propensity.horizon_days, *(other.horizon_days for other in self.others)}))

    def order_probabilities(self, features: CustomerFeatures) -> dict[int, Floats]:
        """The chance of an order by horizon in days, the main horizon first; each of shape ``(n,)``.

        Every horizon has a model of its own. Where they contradict each other (more time cannot make an order less
        likely) the main one is right, and the others are moved to it.
        """
        main = self.propensity
        found = {main.horizon_days: main.order_probability(features)}
        bound = found[main.horizon_days]
        for other in reversed([each for each in self.others if each.horizon_days < main.horizon_days]):
            bound = found[other.horizon_days] = np.minimum(other.order_probability(features), bound)
        bound = found[main.horizon_days]
        for other in (each for each in self.others if each.horizon_days > main.horizon_days):
            bound = found[other.horizon_days] = np.maximum(other.order_probability(features), bound)
        return found

    def save(self, folder: Path) -> None:
        """Write everything below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.propensity.save(folder / "propensity")
        for other in self.others:
            other.save(folder / _other(other.horizon_days))
        self.outlook.save(folder / "outlook")
        self.recommender.save(folder / "recommender")
        self.alike.save(folder / "alike")
        self.uplift.save(folder / "uplift")
        said = {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "event_version": self.event_version,
            "horizon_days": self.propensity.horizon_days,
            "other_horizons_days": [other.horizon_days for other in self.others],
            "tiers": {"propensity": self.propensity.tier, "recommender": self.recommender.tier},
            "notes": self.notes,
        }
        (folder / "bundle.json").write_text(json.dumps(said, indent=2, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, version: int | None = None) -> Bundle:
        """The bundle in ``folder``; raises :class:`HuitouError` when it is not one or of another format."""
        try:
            said = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
            _check_format(said["format"], folder)
            return cls(
                propensity=Propensity.load(folder / "propensity"),
                recommender=Recommender.load(folder / "recommender"),
                outlook=Outlook.load(folder / "outlook"),
                alike=Alike.load(folder / "alike"),
                uplift=Uplift.load(folder / "uplift"),
                others=tuple(Propensity.load(folder / _other(days)) for days in said["other_horizons_days"]),
                as_of=datetime.fromisoformat(said["as_of"]),
                event_version=said["event_version"],
                version=version,
                notes=said["notes"],
            )
        except HuitouError:
            raise
        except (OSError, ValueError, KeyError, TypeError, LightGBMError) as error:
            raise HuitouError(
                f"a bundle must be a folder as Huitou saved it; {folder} cannot be read ({error}). "
                "Restore it, or train again.",
                code="broken_bundle",
                field="bundle",
                value=str(folder),
            ) from None


def _other(horizon_days: int) -> str:
    """The folder of the propensity of another horizon."""
    return f"propensity_{int(horizon_days)}d"


def _check_format(found: int, folder: Path) -> None:
    if found != FORMAT:
        raise HuitouError(
            f"this Huitou reads bundles of format {FORMAT}; {folder} has format {found}. Train again.",
            code="other_format",
            field="bundle",
            value=found,
        )
