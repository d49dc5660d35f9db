"""The fields of the table of customers that filters can ask for, each with a type, a unit and its operators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from features.shop.anomalies import REASONS
from features.shop.groups.playbook import GROUPINGS
from features.shop.promotions.price_sensitivity import PRICE_BANDS
from serving.audiences.language.said import Said, nearest
from serving.audiences.meaning.field_names import HORIZON, LIMITS, UNITS, field_name
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.columns import DATE, FLAG, NUMBER, TEXT, Column
from training.tables import KINDS

OPERATORS_OF: Mapping[str, tuple[str, ...]] = {
    NUMBER: ("is", "in", "at_least", "at_most", "between", "is_known"),
    DATE: ("is", "in", "at_least", "at_most", "between", "is_known"),
    FLAG: ("is", "is_known"),
    TEXT: ("is", "in", "is_known"),
}
"""What can be asked of each kind of field."""

NAMES: Mapping[str, tuple[str, ...]] = {
    **GROUPINGS,
    "kind": KINDS,
    "set_aside": REASONS,
    "price_band": PRICE_BANDS,
}
"""Every name that a field can have, whether anybody in the snapshot has it or not."""


@dataclass(frozen=True)
class Field:
    """One field."""

    name: str
    """As filters write it; of the shop's main horizon without the number of days."""
    column: str
    """Its column in ``customers.parquet``, which filters may write as well."""
    kind: str
    """``number``, ``date``, ``flag`` or ``text``."""
    unit: str
    """What its values are, one of :data:`UNITS`."""
    titles: Mapping[str, str]
    """Its name for people, in ``en`` and ``zh``."""
    values: tuple[str, ...]
    """The names that it can have; empty for what is no text."""

    @property
    def operators(self) -> tuple[str, ...]:
        """What can be asked of it."""
        return OPERATORS_OF[self.kind]

    @property
    def limits(self) -> tuple[float, float] | None:
        """Between which numbers its values lie, None where that is open."""
        return LIMITS.get(self.unit)

    @property
    def unit_names(self) -> Mapping[str, str]:
        """Its unit for people."""
        return UNITS[self.unit]


class FieldBook:
    """The fields of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        main = f"_{snapshot.header.horizon_days}d"
        described = snapshot.audience.columns.described
        self._fields = [_field(name, column, main) for name, column in described.items()]
        self._by_name = {name: field for field in self._fields for name in (field.column, field.name)}

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields)

    def find(self, said: Said) -> Field:
        """The field that was named; raises :class:`HuitouError` with the nearest name where there is none."""
        found = self._by_name.get(said.text())
        if found is None:
            names = [field.name for field in self._fields]
            hint = nearest(said.value, self._by_name) or "GET /v1/audiences/fields lists them."
            raise said.wrong("must be a field", names, hint)
        return found


def _field(column: str, described: Column, main_horizon: str) -> Field:
    name, days = field_name(column, described.kind)
    short = column.removesuffix(main_horizon) if HORIZON.fullmatch(column) else column
    # Contacts in 30 days are counted in 30 days, whatever the shop's horizon is.
    is_predicted = not column.startswith("contact_count")
    values = tuple(dict.fromkeys((*NAMES.get(column, ()), *described.names)))
    return Field(short if is_predicted else column, column, described.kind, name.unit, name.titles(days), values)
