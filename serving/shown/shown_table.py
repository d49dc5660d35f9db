"""What was shown and what followed as a table, for data scientists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import HuitouError
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown, StoredAnswer
from serving.shown.attribution import Attribution, Followed
from serving.shown.period import Period
from serving.shown.same_people import NOBODY_MERGED, SamePeople

if TYPE_CHECKING:  # Loading it takes time and memory that the service does not need.
    import pandas as pd

SCHEMA = pa.schema(
    [
        ("recommendation", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("person", pa.string()),
        ("placement", pa.string()),
        ("tier", pa.string()),
        ("model_version", pa.string()),
        ("arm", pa.string()),
        ("item", pa.string()),
        ("place", pa.int32()),
        ("source", pa.string()),
        ("score", pa.float64()),
        ("propensity", pa.float64()),
        ("weight", pa.float64()),
        ("clicked", pa.bool_()),
        ("purchased", pa.bool_()),
        ("revenue", pa.float64()),
    ]
)
"""One row for each item of each answer; ``weight`` is how many answers it stands for, ``propensity`` null but for
exploration."""

_BLOCK_ROWS = 100_000
_NOTHING = Followed()


def shown_table(shown: Shown, responses: Responses, period: Period, same: SamePeople = NOBODY_MERGED) -> pd.DataFrame:
    """Every item that was shown in a period with what followed, in order of time, with the columns of ``SCHEMA``.

    ``same`` knows merged visitors.
    """
    return pa.Table.from_batches(_blocks(shown, responses, period, same), SCHEMA).to_pandas()


def write_shown_table(
    shown: Shown, responses: Responses, period: Period, out: Path, same: SamePeople = NOBODY_MERGED
) -> int:
    """Write the same as a Parquet file, block by block; return how many rows.

    Raises :class:`HuitouError` when the name does not end with .parquet or its folder is not there.
    """
    if out.suffix.lower() != ".parquet":
        raise HuitouError(
            f"out must end with .parquet; got {out.name}. Write for example --out shown.parquet.",
            field="out",
            value=str(out),
            allowed=[".parquet"],
        )
    if not out.parent.is_dir():
        raise HuitouError(
            f"out must be in a folder that is there; got {out}. Make {out.parent} first.", field="out", value=str(out)
        )
    beside, rows = out.with_name(f".{out.name}.new"), 0
    try:
        with pq.ParquetWriter(beside, SCHEMA, compression="zstd") as writer:
            for block in _blocks(shown, responses, period, same):
                writer.write_batch(block)
                rows += len(block)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return rows


def _blocks(shown: Shown, responses: Responses, period: Period, same: SamePeople) -> Iterator[pa.RecordBatch]:
    attribution = Attribution(same.responses(responses.between(period.responses.start, period.responses.end)))
    answers = same.answers(shown.between(period.start, period.end))
    rows = (row for answer in answers for row in _rows(answer, attribution))
    while block := [*islice(rows, _BLOCK_ROWS)]:
        columns = [pa.array(column, kind) for column, kind in zip(zip(*block, strict=True), SCHEMA.types, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _rows(answer: StoredAnswer, attribution: Attribution) -> Iterator[tuple[Any, ...]]:
    followed = attribution.of(answer)
    about = (answer.placement, answer.tier, answer.model_version, answer.arm)
    head = (answer.recommendation_id, answer.at_us, answer.customer_id, *about)
    for item in answer.items:
        shown = (item.item_id, item.place, item.source, item.score, item.propensity, answer.weight)
        yield (*head, *shown, *followed.get(item.item_id, _NOTHING))
