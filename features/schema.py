"""The contract between training and serving: which features a model was trained with, and their ranges."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from features.arrays import Floats
from features.customers import CustomerFeatures
from features.errors import HuitouError

VALUE_TYPE = "float32"
"""The type of every feature."""


@dataclass(frozen=True)
class FeatureColumn:
    """One feature as it was in training."""

    name: str
    """Its name; the document of features says what it means."""
    type: str
    """Its numpy type."""
    minimum: float | None
    """The smallest value observed; None when all were missing."""
    maximum: float | None
    """The greatest value observed; None when all were missing."""
    missing_share: float
    """The share of customers without a value, 0 to 1; 0 when there were no customers."""


@dataclass(frozen=True)
class FeatureSchema:
    """The features of a training table, in order."""

    columns: tuple[FeatureColumn, ...]
    """The columns, in the order of the model's inputs."""

    @classmethod
    def of(cls, features: CustomerFeatures) -> FeatureSchema:
        """The schema of ``features``, with the ranges observed there."""
        return cls.observed(features.names, features.values)

    @classmethod
    def observed(cls, names: Sequence[str], values: Floats) -> FeatureSchema:
        """The schema of columns ``names`` with ``values`` of shape ``(n_rows, n_features)``."""
        return cls(tuple(_observed(name, values[:, place]) for place, name in enumerate(names)))

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of names and types, in order: equal fingerprints mean that a model can read the table."""
        said = json.dumps([[column.name, column.type] for column in self.columns], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def check(self, names: Sequence[str], bundle: str = "This bundle", hint: str = "Retrain.") -> None:
        """Raise :class:`HuitouError` with the difference when ``names`` are not the trained ones in order.

        ``bundle`` names what was trained, ``hint`` the way out, for example ``Retrain, or serve bundle 14.``
        """
        if tuple(names) == self.names:
            return
        raise HuitouError(
            f"{bundle} was trained with other features:  {difference(self.names, names)}.  {hint}",
            code="other_features",
            field="features",
            value=list(names),
            allowed=list(self.names),
            hint=hint,
        )

    def as_dict(self) -> dict[str, Any]:
        """The schema in plain types, for JSON; :meth:`from_dict` reads it."""
        return {"fingerprint": self.fingerprint, "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_dict(cls, said: Any) -> FeatureSchema:
        """The schema that :meth:`as_dict` wrote; raises :class:`HuitouError` when it is broken."""
        try:
            schema = cls(tuple(FeatureColumn(**column) for column in said["columns"]))
            fingerprint = said["fingerprint"]
        except (TypeError, KeyError) as error:
            raise _broken(f"cannot be read ({error})") from None
        if schema.fingerprint != fingerprint:
            raise _broken("does not fit its fingerprint")
        return schema


def difference(trained: Sequence[str], given: Sequence[str]) -> str:
    """What was taken away (-), added (+) or moved (~): ``- view_count_7d  + view_count_14d``."""
    lost = [f"- {name}" for name in trained if name not in set(given)]
    added = [f"+ {name}" for name in given if name not in set(trained)]
    repeated = sorted({name for name in given if list(given).count(name) > 1})
    changes = lost + added + [f"+ {name} again" for name in repeated if name in set(trained)]
    if changes:
        return "  ".join(changes)
    return "  ".join(
        f"~ {name} at {place}" for place, (name, was) in enumerate(zip(given, trained, strict=True)) if name != was
    )


def _observed(name: str, values: Floats) -> FeatureColumn:
    known = values[~np.isnan(values)]
    return FeatureColumn(
        name=name,
        type=VALUE_TYPE,
        minimum=float(known.min()) if len(known) else None,
        maximum=float(known.max()) if len(known) else None,
        missing_share=1 - len(known) / len(values) if len(values) else 0.0,
    )


def _broken(what: str) -> HuitouError:
    return HuitouError(
        f"the feature schema {what}. Restore the bundle, or train again.",
        code="broken_schema",
        field="features",
    )
