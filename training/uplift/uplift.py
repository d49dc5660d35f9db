"""The uplift part of a bundle: how much likelier a message makes an order, or why nobody knows yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from lightgbm.basic import LightGBMError

from features.arrays import Flags, Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError
from features.schema import FeatureSchema
from training.tables import KINDS, kind_codes
from training.uplift.levelled import Levelled
from training.uplift.words import NEVER_TRAINED, Sentence

FILE = "uplift.json"


@dataclass(frozen=True)
class UpliftModel:
    """A fitted learner and what it may be asked."""

    levelled: Levelled
    """What answers."""
    schema: FeatureSchema
    """The features it was fitted on."""
    kinds: tuple[str, ...]
    """The kinds of people of whom enough were in both arms; of others nobody saw what a message does."""

    @property
    def name(self) -> str:
        """The learner's name in :data:`training.uplift.learners.learner.FITS`."""
        return self.levelled.name

    def uplift(self, features: CustomerFeatures) -> Floats:
        """How much likelier a message makes an order within the horizon, NaN for other kinds; shape ``(n,)``."""
        self.schema.check(features.names, "This uplift model", "Train again, or serve the bundle that fits.")
        found = np.full(len(features), np.nan)
        rows = np.flatnonzero(self.covers(features))
        if len(rows):
            # A line may lead out of what a difference of two chances can be.
            found[rows] = np.clip(self.levelled.uplift(features.values[rows]), -1, 1)
        return found

    def covers(self, features: CustomerFeatures) -> Flags:
        """Who is of a kind that was seen; shape ``(n,)``."""
        seen: Flags = np.isin(np.array(KINDS)[kind_codes(features)], self.kinds)
        return seen

    def as_dict(self) -> dict[str, Any]:
        """The model as plain JSON values."""
        return {
            "kinds": list(self.kinds),
            "schema": self.schema.as_dict(),
            "levelled": self.levelled.as_dict(),
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> UpliftModel:
        """What :meth:`as_dict` wrote."""
        schema, kinds = FeatureSchema.from_dict(said["schema"]), tuple(said["kinds"])
        return cls(Levelled.from_dict(said["levelled"]), schema, kinds)


@dataclass(frozen=True)
class Uplift:
    """A model or none, and why."""

    horizon_days: int
    """An order counts within so many days of the message; 0 where nothing was trained."""
    model: UpliftModel | None
    """What answers; None where there were too few campaigns, or the gate did not let it pass."""
    why: Sentence
    """Why there is a model, or why not, in ``en`` and ``zh``."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """Campaigns, cross-fitting, held-out Qini and baselines, for people; see ``training.uplift.fitting``."""

    @classmethod
    def none(cls, why: Sentence = NEVER_TRAINED, horizon_days: int = 0) -> Uplift:
        """No model."""
        return cls(horizon_days, None, why)

    @property
    def serves(self) -> bool:
        """Whether there is a model."""
        return self.model is not None

    def uplift(self, features: CustomerFeatures) -> Floats:
        """How much likelier a message makes an order, NaN where nobody knows; shape ``(n,)``.

        Raises :class:`HuitouError` when the features are not those that the model learned from.
        """
        return np.full(len(features), np.nan) if self.model is None else self.model.uplift(features)

    def report(self) -> dict[str, Any]:
        """Everything that is told of it, in plain JSON values: ``serves``, ``why``, and the figures."""
        return {"serves": self.serves, "why": dict(self.why), **self.figures}

    def metrics(self) -> dict[str, float]:
        """The figures that a run records, by name; none where nothing was held out."""
        found = self.figures.get("held_out")
        if not found:
            return {}
        told = found["methods"]["model"]
        named = {name: told[name] for name in ("qini", "overall", "top_10pct", "top_20pct", "top_30pct")}
        values = {f"uplift_{name}": each["value"] for name, each in named.items()}
        values |= {f"uplift_{name}_low": each["low"] for name, each in named.items()}
        return {name: value for name, value in values.items() if value is not None}

    def save(self, folder: Path) -> None:
        """Write JSON, with trees as LightGBM's text, below ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        said = {
            "horizon_days": self.horizon_days,
            "why": dict(self.why),
            "figures": dict(self.figures),
            "model": None if self.model is None else self.model.as_dict(),
        }
        (folder / FILE).write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Uplift:
        """What :meth:`save` wrote, none where nothing was; raises :class:`HuitouError` when it cannot be read."""
        if not folder.is_dir():
            return cls.none()
        try:
            said = json.loads((folder / FILE).read_text(encoding="utf-8"))
            model = None if said["model"] is None else UpliftModel.from_dict(said["model"])
            why = {language: str(said["why"][language]) for language in ("en", "zh")}
            return cls(int(said["horizon_days"]), model, why, said["figures"])
        except HuitouError:
            raise
        except (OSError, KeyError, TypeError, ValueError, AttributeError, LightGBMError) as error:
            raise HuitouError(
                f"an uplift model must be a folder as Huitou saved it; {folder} cannot be read ({error}). "
                "Restore the bundle, or train again.",
                code="broken_uplift",
                field="uplift",
                value=str(folder),
            ) from None
