"""What a snapshot says of itself, in ``manifest.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from serving.snapshot_parts.array_file import broken

KIND_OF_RELATION = re.compile(r"[a-z][a-z_]{0,40}")
"""How the name of a kind of related items is written: it is part of file names."""

FORMAT = 5
"""The number of the way in which snapshots are laid out."""


@dataclass(frozen=True)
class SnapshotHeader:
    """Where a snapshot comes from; known before the first customer is scored."""

    as_of: datetime
    """The moment that everything in it speaks of."""
    published_at: datetime
    """When it was made."""
    model_version: str
    """The version of the model that scored it, as told in every answer."""
    churn_tier: str
    """What answered who will leave: a model, or rules."""
    recommendation_tier: str
    """What ranked the items: a model, or rules."""
    horizon_days: int
    """The shop's main horizon: that of the reasons, the expected orders, and of lists."""
    horizons_days: tuple[int, ...]
    """Every horizon for which there are probabilities, rising; the main one is among them."""
    event_version: int
    """The version of the events it was computed from; what came later is fresh."""
    feature_fingerprint: str
    """The fingerprint of the features' schema."""
    timezone: str
    """The shop's time zone, by which days and hours are told."""
    sources: tuple[str, ...]
    """Names of the sources of recommendations; the arrays hold positions in this list."""
    uplift_version: str | None = None
    """The version of the uplift model that scored it; None where there is none."""
    uplift_why: Mapping[str, str] = field(default_factory=dict)
    """Why there is an uplift model, or why not: a sentence in ``en`` and ``zh``; empty where nobody said."""


@dataclass(frozen=True)
class SnapshotContents:
    """What a snapshot holds."""

    customers: int
    """Number of customers and visitors with scores."""
    items: int
    """Number of items."""
    opted_out: int
    """Number of people who opted out of personalisation."""
    recommendations: int
    """How many recommendations each customer has room for."""
    related: Mapping[str, int]
    """Kinds of related items and how many each item has room for."""
    layers: Mapping[str, int]
    """Number of customers in each layer."""
    arranged: Mapping[str, float]
    """The settings by which everybody's pages are arranged, by name."""


@dataclass(frozen=True)
class FileRecord:
    """One file as it was written."""

    size_bytes: int
    """Its length."""
    sha256: str
    """Its SHA-256, in hexadecimal."""

    @classmethod
    def of(cls, file: Path) -> FileRecord:
        """The record of ``file`` as it lies on disk."""
        with open(file, "rb") as handle:
            return cls(file.stat().st_size, file_digest(handle, "sha256").hexdigest())


@dataclass(frozen=True)
class Manifest:
    """Header, contents and checksums of one snapshot."""

    header: SnapshotHeader
    """Where it comes from."""
    contents: SnapshotContents
    """What it holds."""
    files: Mapping[str, FileRecord]
    """Every other file of the folder by its path within it."""

    def to_json(self) -> str:
        """The manifest as text; equal snapshots have equal texts."""
        said = {"format": FORMAT, **asdict(self)}
        for name in ("as_of", "published_at"):
            said["header"][name] = getattr(self.header, name).isoformat()
        return json.dumps(said, indent=2, sort_keys=True) + "\n"

    @classmethod
    def read(cls, file: Path) -> Manifest:
        """The manifest in ``file``; raises when it is missing or not one of this format."""
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            if said["format"] != FORMAT:
                raise broken(file, f"it has format {said['format']!r}, this Huitou reads {FORMAT}")
            return cls(
                _header(said["header"]),
                SnapshotContents(**said["contents"]),
                {name: FileRecord(**record) for name, record in said["files"].items()},
            )
        except (OSError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise broken(file, f"{type(error).__name__}: {error}") from None


def _header(said: Mapping[str, object]) -> SnapshotHeader:
    # What an uplift model says came later than the others: a header without it has none.
    known = {"uplift_version": None, "uplift_why": {}, **said}
    values = {each.name: known[each.name] for each in fields(SnapshotHeader)}
    for name in ("as_of", "published_at"):
        values[name] = datetime.fromisoformat(str(values[name]))
    for name in ("sources", "horizons_days"):
        several = values[name]
        values[name] = tuple(several) if isinstance(several, list) else ()
    return SnapshotHeader(**values)  # type: ignore[arg-type]
