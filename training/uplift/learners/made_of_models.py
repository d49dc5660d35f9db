"""What learners share that are put together of models of an outcome: how they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from training.uplift.learners.outcome_models import model_from, model_said


@dataclass(frozen=True)
class MadeOfModels:
    """A learner each of whose fields is a model, or a number."""

    def as_dict(self) -> dict[str, Any]:
        """The learner as plain JSON values."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: part if isinstance(part, float) else model_said(part) for name, part in parts.items()}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` wrote."""
        parts = {field.name: said[field.name] for field in fields(cls)}
        return cls(
            **{name: model_from(part) if isinstance(part, Mapping) else float(part) for name, part in parts.items()}
        )
