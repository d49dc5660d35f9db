"""The list of those who are set aside, with the reason of each in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.history import History
from features.progress import Progress
from features.shop.anomalies import REASONS, Anomalies, SetAside
from serving.lists.set_aside_sentences import sentences
from training.recommend.reason_texts import LANGUAGES

COLUMNS = ("customer_id", "reason", "why")
"""Who, the reason's code, and a sentence."""


@dataclass(frozen=True)
class SetAsideList:
    """Who is set aside."""

    table: pa.Table
    """One row for each person with :data:`COLUMNS`, by reason and id."""
    customers: int
    """How many people were looked at."""
    kept: int
    """How many can never be on it, because the table of customers says that they are not internal."""

    def counts(self) -> Mapping[str, int]:
        """How many there are, by reason; every reason is there."""
        codes = self.table["reason"].to_pylist()
        return {reason: codes.count(reason) for reason in REASONS}


def set_aside_list(
    behaviour: Behaviour, as_of: datetime, language: str = "en", *, progress: Progress | None = None
) -> SetAsideList:
    """Everyone who is set aside by what was known before ``as_of``, each with a sentence in ``language``."""
    if language not in LANGUAGES:
        raise HuitouError(
            f"language must be one of {', '.join(LANGUAGES)}; got {language!r}.",
            field="language",
            value=language,
            allowed=list(LANGUAGES),
        )
    catalogue = behaviour.catalogue(as_of)
    anomalies = Anomalies.before(behaviour, as_of, catalogue)

    def of_bucket(_: int, history: History) -> tuple[int, list[tuple[str, str, str]]]:
        return len(history), _rows(anomalies, history, behaviour.settings.currency, language)

    rows, customers = [], 0
    for size, found in behaviour.map_histories(of_bucket, as_of, catalogue, progress=progress):
        customers += size
        rows += found
    rows.sort(key=lambda row: (REASONS.index(row[1]), row[0]))
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(COLUMNS))]
    return SetAsideList(pa.table(columns, names=list(COLUMNS)), customers, len(anomalies.said.kept))


def _rows(anomalies: Anomalies, history: History, currency: str, language: str) -> list[tuple[str, str, str]]:
    """Id, reason and sentence of those of a bucket who are set aside."""
    aside: SetAside = anomalies.set_aside(history)
    rows = np.flatnonzero(aside.flags)
    ids, reasons = (column.take(pa.array(rows)).to_pylist() for column in (history.customer_ids, aside.reasons))
    why = [sentence[LANGUAGES.index(language)] for sentence in sentences(anomalies, aside, rows, currency)]
    return list(zip(ids, reasons, why, strict=True))
