"""Which columns of a file are which of ours, and putting them in our places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.errors import HuitouError
from features.events.column_maps import COLUMN_MAPS, ColumnMap
from features.events.event import Field
from features.events.importing.column_names import guess, plain_name, recognised
from features.events.parsing import texts_of
from features.events.reading.batch import Batch, Reader
from features.events.values.objects import Columns

YEAR = "year"
"""The constant that says the year of times that are month and day alone."""


@dataclass(frozen=True)
class Arrangement:
    """Where each of our fields is found in a file."""

    columns: Mapping[str, tuple[str, ...]]
    """Our field -> their columns, the first that is not empty counts."""
    constants: Mapping[str, str]
    """Our field -> its value in every row."""
    source: ColumnMap | None
    """The ready-made map that was followed, if any."""
    year: str | None = None
    """The year of times that are month and day alone."""

    def told(self) -> dict[str, str]:
        """The arrangement for people: our field -> their column, or a value with = before it."""
        columns = {ours: " or ".join(theirs) for ours, theirs in self.columns.items()}
        return columns | {ours: f"={value}" for ours, value in self.constants.items()}

    def used(self) -> set[str]:
        """Their columns that are read."""
        return {name for theirs in self.columns.values() for name in theirs}

    def place(self, batch: Batch) -> Columns:
        """The batch's columns under our names; missing ones are left out."""
        here = {ours: [name for name in theirs if name in batch.names] for ours, theirs in self.columns.items()}
        found = batch.columns(sorted({name for theirs in here.values() for name in theirs}))
        rows = len(batch.numbers)
        columns = {ours: _first_filled(found.table, theirs) for ours, theirs in here.items() if theirs}
        columns |= {ours: pa.repeat(pa.scalar(value), rows) for ours, value in self.constants.items()}
        misfits = {
            ours: {index: value for name in theirs for index, value in found.misfits.get(name, {}).items()}
            for ours, theirs in here.items()
        }
        table = pa.table(columns) if columns else pa.table({"": pa.nulls(rows)})
        return Columns(self._translated(table), misfits)

    def passed_over(self, table: pa.Table) -> np.ndarray:
        """Which rows of a placed table the source knows to be about no item; bool, shape ``(n,)``."""
        words = [word for word, kind in self._kinds().items() if kind is None]
        if not words or "kind" not in table.column_names:
            return np.zeros(len(table), bool)
        kinds = pc.utf8_lower(texts_of(_whole(table["kind"])))
        found: np.ndarray = pc.is_in(kinds, pa.array(words)).to_numpy(zero_copy_only=False)
        return found

    def _kinds(self) -> Mapping[str, str | None]:
        return self.source.kinds if self.source else {}

    def _translated(self, table: pa.Table) -> pa.Table:
        """The table with the source's own words and ways put into ours."""
        if self._kinds() and "kind" in table.column_names:
            table = _replaced(table, "kind", _in_our_words(table["kind"], self._kinds()))
        if self.year is not None and "occurred_at" in table.column_names:
            table = _replaced(table, "occurred_at", _with_year(table["occurred_at"], self.year))
        prefix = self.source.return_order_prefix if self.source else None
        if prefix and {"kind", "order_id"} <= set(table.column_names):
            returned = pc.starts_with(texts_of(_whole(table["order_id"])), prefix).fill_null(False)
            table = _replaced(table, "kind", pc.if_else(returned, "return", _whole(table["kind"])))
        return table


def source_of(reader: Reader, named: str | None) -> ColumnMap | None:
    """The ready-made map of that name; without a name the one that the file is recognised by, if any.

    Raises :class:`HuitouError` when there is no map of that name.
    """
    if named is None:
        return recognised(reader.names, reader.headed, reader.sample)
    if named not in COLUMN_MAPS:
        raise HuitouError(
            f"source must be one of {', '.join(COLUMN_MAPS)}; got {named!r}. "
            "Leave it out to have the columns recognised.",
            field="source",
            value=named,
            allowed=list(COLUMN_MAPS),
        )
    return COLUMN_MAPS[named]


def arrange(
    reader: Reader,
    fields: tuple[Field, ...],
    source: ColumnMap | None,
    columns: Mapping[str, str],
    constants: Mapping[str, str],
) -> Arrangement:
    """Where the fields are: as ``columns`` and ``constants`` tell, else as the source does, else by name.

    Raises :class:`HuitouError` when one of them names what does not exist, or a required field is nowhere.
    """
    known = {field.name for field in fields}
    year = _year(source, constants)
    told = {ours: value for ours, value in constants.items() if not (ours == YEAR and year)}
    _check_fields(known, [*columns, *told])
    named = {ours: (_existing(reader, ours, theirs),) for ours, theirs in columns.items()}
    given = {**(source.constants if source else {}), **told}
    found = _columns_of_source(source, reader.names) if source else _guessed(known, reader.names)
    arrangement = Arrangement(
        {ours: theirs for ours, theirs in found.items() if ours in known and ours not in given} | named,
        {ours: value for ours, value in given.items() if ours in known and ours not in named},
        source,
        year,
    )
    _check_required(reader, fields, arrangement)
    return arrangement


def _year(source: ColumnMap | None, constants: Mapping[str, str]) -> str | None:
    if source is None or source.month_day_year is None:
        return None
    year = constants.get(YEAR, source.month_day_year)
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise HuitouError(f"year must have four digits; got {year!r}. Say for example --set year=2014.", field=YEAR)
    return year


def _check_fields(known: set[str], wished: Sequence[str]) -> None:
    for ours in wished:
        if ours not in known:
            raise HuitouError(
                f"{ours!r} is not a field of Huitou. The fields here are {', '.join(sorted(known))}.",
                code="unknown_field",
                field="map",
                value=ours,
                allowed=sorted(known),
            )


def _existing(reader: Reader, ours: str, theirs: str) -> str:
    """Their column as the file writes it."""
    names = reader.names
    if theirs in names:
        return theirs
    alike = [name for name in names if plain_name(name) == plain_name(theirs)]
    if len(alike) == 1:
        return alike[0]
    raise HuitouError(
        f"{reader.path} has no column {theirs!r} for {ours}. Its columns are {_listed(names)}.",
        code="unknown_column",
        field="map",
        value=theirs,
        allowed=list(names),
    )


def _columns_of_source(source: ColumnMap, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    here: dict[str, str] = {}
    for name in names:
        here.setdefault(plain_name(name), name)
    found = {
        ours: tuple(dict.fromkeys(here[plain_name(each)] for each in theirs if plain_name(each) in here))
        for ours, theirs in source.columns.items()
    }
    return {ours: theirs for ours, theirs in found.items() if theirs}


def _guessed(wanted: set[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    guesses = {ours: guess(ours, names) for ours in sorted(wanted)}
    return {ours: (theirs,) for ours, theirs in guesses.items() if theirs is not None}


def _check_required(reader: Reader, fields: tuple[Field, ...], arrangement: Arrangement) -> None:
    there = {*arrangement.columns, *arrangement.constants}
    required = [field.name for field in fields if field.required]
    if "visitor_id" in {field.name for field in fields} and "visitor_id" not in there:
        required.insert(0, "customer_id")
    missing = [name for name in required if name not in there]
    if not missing:
        return
    same = {"kind": "purchase", "item_id": "NAME"}.get(missing[0])
    constant = f" or, where all rows have the same, --set {missing[0]}={same}" if same else ""
    raise HuitouError(
        f"{reader.path} has no column that is known to be {' or '.join(missing)}. "
        f"Its columns are {_listed(reader.names)}. Name one with --map {missing[0]}=THEIR_COLUMN{constant}.",
        code="missing_column",
        field=missing[0],
        allowed=list(reader.names),
    )


def _listed(names: Sequence[str], most: int = 40) -> str:
    shown = ", ".join(name if len(name) <= 60 else name[:59] + "…" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _first_filled(table: pa.Table, names: Sequence[str]) -> pa.Array:
    if len(names) == 1:
        return _whole(table[names[0]])
    return pc.coalesce(*(texts_of(_whole(table[name])) for name in names))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)


def _in_our_words(column: pa.ChunkedArray, kinds: Mapping[str, str | None]) -> pa.Array:
    """Their kinds as ours; words that the source does not have, or passes over, stay as they are."""
    encoded = texts_of(_whole(column)).dictionary_encode()
    ours = [kinds.get(word.lower()) or word for word in encoded.dictionary.to_pylist()]
    return pa.array(ours, pa.string()).take(encoded.indices)


def _with_year(column: pa.ChunkedArray, year: str) -> pa.Array:
    """Times such as 829 or 1111 as days of the year; others stay as they are."""
    texts = texts_of(_whole(column))
    padded = pc.utf8_lpad(texts, 4, "0")
    days = pc.replace_substring_regex(padded, r"^(\d{2})(\d{2})$", rf"{year}-\1-\2")
    return pc.if_else(pc.match_substring_regex(texts, r"^\d{3,4}$"), days, texts)
