"""The members of a list as a flat table that people and programs read: one value a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import joined
from serving.database.marketing.lists import FrozenList
from serving.database.people.contact_details import Contact
from serving.lists.exporting.export_options import CONTACT_COLUMNS
from serving.lists.frozen.member_columns import COPIED, predicted
from serving.lists.request import ListRequest

_FIRST = ("place", "customer_id", "group", "by_model", "by_merchant", "band", "score", "stratum")

TEXT_COLUMNS = frozenset({"customer_id", "phone"})
"""Columns of text that Excel would take for numbers; ids of items are such, too."""


@dataclass(frozen=True)
class FlatColumns:
    """The columns of one list."""

    reasons: int
    """How many reasons each member has at most."""
    items: int
    """How many items."""
    predictions: tuple[str, ...]
    """Names of the columns with predictions."""

    @classmethod
    def of(cls, said: Mapping[str, Any], stored: Sequence[str]) -> FlatColumns:
        """The columns of a list that was asked for by ``said``, and whose members have the columns ``stored``."""
        usual = ListRequest.model_fields
        return cls(
            said.get("reasons", usual["reasons"].default),
            said.get("items", usual["items"].default),
            tuple(name for name in stored if _is_prediction(name)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Every column but those that tell how to reach people, in order."""
        items = [f"item_{place}_{part}" for place in range(1, self.items + 1) for part in ("id", "title")]
        reasons = [f"reason_{place}" for place in range(1, self.reasons + 1)]
        return (*_FIRST, *self.predictions, *COPIED, *reasons, *items, "plan", *_STAMPED)

    @property
    def text_columns(self) -> frozenset[str]:
        """Those whose cells must stay text in a spreadsheet."""
        return TEXT_COLUMNS | {f"item_{place}_id" for place in range(1, self.items + 1)}

    def stored(self, wanted: Sequence[str], language: str) -> list[str]:
        """The columns of the file of members that some of the flat ones come from."""
        named = {
            "customer_id",
            "group",
            "place",
            *(source for name in wanted if (source := _source(name, language)) is not None),
        }
        return sorted(named)

    def table(
        self,
        members: pa.Table,
        frozen: FrozenList,
        wanted: Sequence[str],
        language: str,
        contacts: Callable[[Sequence[str]], Sequence[Contact]],
    ) -> pa.Table:
        """Some members as a flat table with the columns ``wanted``; ``contacts`` tells how to reach customers."""
        found: dict[str, pa.Array | pa.ChunkedArray] = {}
        reached = contacts(members["customer_id"].to_pylist()) if set(wanted) & set(CONTACT_COLUMNS) else ()
        stamp = _stamp(frozen)
        for name in wanted:
            if name in stamp:
                found[name] = pa.array([stamp[name]] * len(members), pa.string())
            elif name in CONTACT_COLUMNS:
                found[name] = pa.array([getattr(each, name) for each in reached], pa.string())
            else:
                found[name] = _cells(members, name, language)
        return pa.table(found)


def _is_prediction(name: str) -> bool:
    """Whether a column of members is a prediction; the horizon is part of its name."""
    return any(name.startswith(each.removesuffix("0d")) for each in predicted(0))


def _source(name: str, language: str) -> str | None:
    """The column of members that a flat one comes from; None for one of the header or of contact details."""
    if name.startswith("reason_"):
        return f"reasons_{language}"
    if name.startswith("item_"):
        return "item_ids" if name.endswith("_id") else "item_titles"
    if name == "plan":
        return f"plan_{language}"
    return None if name in CONTACT_COLUMNS or name in _STAMPED else name


_STAMPED = ("list_id", "list_name", "list_version", "as_of", "model_version")


def _stamp(frozen: FrozenList) -> dict[str, str]:
    """What every line says of the list."""
    said = (frozen.list_id, frozen.name, str(frozen.version), frozen.as_of.isoformat(), frozen.model_version)
    return dict(zip(_STAMPED, said, strict=True))


def _cells(members: pa.Table, name: str, language: str) -> pa.Array | pa.ChunkedArray:
    column = members[_source(name, language) or name]
    if not pa.types.is_list(column.type):
        return column
    return _at(joined(column), int(name.split("_")[1]) - 1)


def _at(lists: pa.ListArray, place: int) -> pa.Array:
    """The value at a place of each list, null where the list is shorter."""
    starts, lengths = lists.offsets.slice(0, len(lists)), pc.list_value_length(lists)
    there = pc.greater(pc.fill_null(lengths, 0), place)
    return lists.values.take(pc.if_else(there, pc.add(starts, place), None))
