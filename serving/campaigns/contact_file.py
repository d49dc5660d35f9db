"""A file that tells what became of the messages of a campaign: CSV, JSON Lines or Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from features.errors import HuitouError
from features.events.importing.column_names import plain_name
from features.events.reading.batch import Reader
from features.events.reading.source import ReadOptions, open_reader

NAMES: Mapping[str, tuple[str, ...]] = {
    "customer_id": (
        "customer_id",
        "customer",
        "user_id",
        "member_id",
        "客户ID",
        "客户编号",
        "会员ID",
        "用户ID",
        "顾客ID",
    ),
    "outcome": ("outcome", "status", "event", "result", "状态", "结果"),
    "campaign_id": ("campaign_id", "campaign", "活动ID", "活动编号"),
    "arm": ("arm", "group", "分组", "组别"),
}
"""How columns may be called; case, blanks and punctuation do not matter. Others are passed over."""

OUTCOMES_SAID: Mapping[str, str] = {
    "delivery": "delivered",
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "unsubscribe": "unsubscribed",
    "已发送": "sent",
    "已送达": "delivered",
    "已打开": "opened",
    "已点击": "clicked",
    "退信": "bounced",
    "已退订": "unsubscribed",
}
"""Names that other systems give the outcomes, in lower case."""

_AT_ONCE = 1_000
_BY_NAME = {plain_name(name): field for field, names in NAMES.items() for name in names}


def contact_rows(file: Path) -> Iterator[list[tuple[int, dict[str, Any] | None]]]:
    """The rows of a file, some at a time: the number of each and the row as the API takes it, None where it is none.

    Raises :class:`HuitouError` when the file cannot be read, or lacks ``customer_id`` or ``outcome``.
    """
    reader = open_reader(file, ReadOptions(header=True, batch_rows=_AT_ONCE))
    columns = _columns(reader)
    for batch in reader.batches():
        rows = batch.originals(np.arange(len(batch.numbers)))
        found: list[tuple[int, dict[str, Any] | None]] = [
            (number, _row(row, columns)) for number, row in zip(batch.numbers.tolist(), rows, strict=True)
        ]
        found += [(broken.rejection.row, None) for broken in batch.broken]
        for start in range(0, len(found), _AT_ONCE):
            yield found[start : start + _AT_ONCE]


def _columns(reader: Reader) -> dict[str, str]:
    """The column of each field."""
    named = {_BY_NAME[plain_name(name)]: name for name in reversed(reader.names) if plain_name(name) in _BY_NAME}
    for field in ("customer_id", "outcome"):
        if field not in named:
            raise HuitouError(
                f"{reader.path.name} must have a column {field}; it has {', '.join(reader.names)[:200]}.",
                field="file",
                value=reader.path.name,
                allowed=list(NAMES[field]),
            )
    return named


def _row(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    said = {field: _text(row.get(name)) for field, name in columns.items()}
    outcome = (said["outcome"] or "").lower()
    return said | {"outcome": OUTCOMES_SAID.get(outcome, outcome)}


def _text(value: Any) -> str | None:
    return None if value is None else str(value).strip()
