"""What is written down about one training run, and the part of it that fits into MLflow."""

from __future__ import annotations

import json
import math
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.errors import HuitouError
from training.gate import Gate

KEY_LENGTH = 250
"""MLflow's limit for the name of a parameter, metric or tag, in characters."""
PARAM_LENGTH = 6000
"""MLflow's limit for the value of a parameter, in characters."""
TAG_LENGTH = 5000
"""Longest value of a tag, in characters; every MLflow release since 2.0 takes this much."""

_FORBIDDEN = re.compile(r"[^\w./\-: ]")


@dataclass(frozen=True)
class RunRecord:
    """Parameters, metrics, tags and verdict of one run.

    :meth:`as_json` keeps everything as it was said. MLflow limits names, lengths and figures; the
    ``fitting_`` methods give what it takes. It is for looking through runs, the JSON is for the whole truth.
    """

    params: Mapping[str, Any]
    """Settings of the run."""
    metrics: Mapping[str, float]
    """Figures of the run; those that are not finite stay out of MLflow."""
    tags: Mapping[str, str]
    """What the run belongs to: data version, cutoffs, tier."""
    gate: Gate
    """The verdict on the run's bundle."""

    def as_json(self) -> str:
        """All of the record; a metric that is not finite is null."""
        whole = {
            "params": {str(name): as_text(value) for name, value in self.params.items()},
            "metrics": {str(name): finite(value) for name, value in self.metrics.items()},
            "tags": {str(name): as_text(value) for name, value in self.tags.items()},
            "gate": self.gate.as_dict(),
        }
        return json.dumps(whole, indent=2) + "\n"

    def fitting_params(self) -> dict[str, str]:
        """Parameters as MLflow takes them: plain names, values cut to :data:`PARAM_LENGTH` characters."""
        return {mlflow_name(name): cut(as_text(value), PARAM_LENGTH) for name, value in self.params.items()}

    def fitting_metrics(self) -> dict[str, float]:
        """The metrics that are finite, under plain names."""
        figures = {mlflow_name(name): finite(value) for name, value in self.metrics.items()}
        return {name: value for name, value in figures.items() if value is not None}

    def fitting_tags(self) -> dict[str, str]:
        """Tags as MLflow takes them, the verdict as ``gate``, and a note of metrics that were left out."""
        tags = {mlflow_name(name): cut(as_text(value), TAG_LENGTH) for name, value in self.tags.items()}
        left_out = sorted(str(name) for name, value in self.metrics.items() if finite(value) is None)
        if left_out:
            tags["metrics_left_out"] = cut("not finite: " + ", ".join(left_out), TAG_LENGTH)
        return tags | {"gate": self.gate.verdict}


def gate_of(text: str) -> Gate:
    """The verdict in what :meth:`RunRecord.as_json` wrote; raises :class:`HuitouError` for anything else."""
    try:
        said = json.loads(text)["gate"]
        return Gate.from_dict(said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HuitouError(
            f"record.json must hold the verdict of the gate; {type(error).__name__}: {error}. Train again.",
            code="broken_record",
            field="gate",
        ) from None


def mlflow_name(name: str) -> str:
    """``name`` in the letters that MLflow takes: ``ndcg@10`` becomes ``ndcg_at_10``, others become ``_``."""
    name = re.sub(r"@(?=\d)", "_at_", str(name))
    name = posixpath.normpath(_FORBIDDEN.sub("_", name)).lstrip("/")
    name = name.replace("..", "_") if name.startswith("..") else name
    return name[:KEY_LENGTH].rstrip("/") if name not in ("", ".") else "_"


def own_name(name: str) -> str:
    """The metric's name that :func:`mlflow_name` stands for: ``ndcg_at_10`` is ``ndcg@10``."""
    return re.sub(r"_at_(?=\d)", "@", name)


def finite(value: Any) -> float | None:
    """``value`` as a float; None when it is no number, not a number or infinite."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def as_text(value: Any) -> str:
    """``value`` as text that every database can keep (no lone surrogates, no zero characters)."""
    text = value if isinstance(value, str) else _told(value)
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


def cut(text: str, length: int) -> str:
    """``text``, at most ``length`` characters; what was cut ends in an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _told(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
