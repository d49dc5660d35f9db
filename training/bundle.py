"""What training hands to serving: one plain folder of LightGBM text and JSON. Nothing in it can run code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lightgbm.basic import LightGBMError

from features.errors import HuitouError
from training.customers.propensity import Propensity
from training.recommend.recommender import Recommender

FORMAT = 1
"""Raised when older bundles can no longer be read."""


@dataclass(frozen=True)
class Bundle:
    """The models of one training."""

    propensity: Propensity
    """Who will order within the horizon."""
    recommender: Recommender
    """What to show to whom."""
    as_of: datetime
    """Training used only what was known before this moment."""
    event_version: int
    """The version of the warehouse's events that it was trained on."""
    version: int | None = None
    """Its number in the registry; None before it is registered."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Cutoffs, gates and figures of the training, for people."""

    @property
    def label(self) -> str:
        """What answers name: the version and the tiers, like ``3 (model, ranker)``."""
        return f"{self.version or 'unregistered'} ({self.propensity.tier}, {self.recommender.tier})"

    def save(self, folder: Path) -> None:
        """Write everything below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        self.propensity.save(folder / "propensity")
        self.recommender.save(folder / "recommender")
        said = {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "event_version": self.event_version,
            "horizon_days": self.propensity.horizon_days,
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


def _check_format(found: int, folder: Path) -> None:
    if found != FORMAT:
        raise HuitouError(
            f"this Huitou reads bundles of format {FORMAT}; {folder} has format {found}. Train again.",
            code="other_format",
            field="bundle",
            value=found,
        )
