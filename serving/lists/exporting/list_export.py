"""One export of a frozen list: a head and blocks, each made when it is asked for, so that no list is too long."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Ints
from serving.database.marketing.lists import FrozenList, FrozenLists
from serving.database.people.address_forms import phone_region
from serving.database.people.contact_cipher import ContactCipher
from serving.database.people.contact_details import Contact, ContactDetails
from serving.desk.workroom import Workroom
from serving.lists.exporting.csv_lines import csv_head, csv_lines
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.flat_columns import FlatColumns
from serving.lists.exporting.formats import ALL, FORMATS, format_called
from serving.lists.exporting.left_out import LeftOut, left_out_of
from serving.lists.exporting.platforms import HEADERS, platform_lines
from serving.lists.exporting.sheet import check_rows, write_sheet
from serving.lists.exports import appearing
from serving.lists.frozen.control_groups import CONTROL
from serving.lists.frozen.member_file import member_blocks, member_columns, read_block

XLSX = "xlsx"
"""The one format that is a whole, and cannot be sent in parts."""


@dataclass(frozen=True)
class ListExport:
    """One list on its way out."""

    room: Workroom
    frozen: FrozenList
    options: ExportOptions
    """Checked."""
    columns: FlatColumns
    decided: LeftOut | None = None
    """Who is left out, where that was looked up before: every block of a file goes by the same."""

    @classmethod
    def of(cls, room: Workroom, list_id: str, options: ExportOptions, decided: LeftOut | None = None) -> ListExport:
        """The export of a list; raises :class:`HuitouError` when there is no such list or option."""
        frozen = FrozenLists(room.database).get(list_id)
        columns = FlatColumns.of(frozen.request, member_columns(room.shop, frozen))
        return cls(room, frozen, options.checked(columns.names), columns, decided)

    @cached_property
    def left_out(self) -> LeftOut:
        """Who is on the list and not in the export, since they must no longer be written to."""
        if self.decided is not None:
            return self.decided
        if self.options.as_frozen or self.options.groups == CONTROL:
            return LeftOut.nobody()
        return left_out_of(self.room, self.frozen)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of its lines, in order."""
        return self.options.columns or self.columns.names

    @property
    def file_name(self) -> str:
        """A name for the file: no letter of it means anything to a system of files."""
        return f"list-{self.frozen.list_id}.{FORMATS[self.options.format].ending}"

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return member_blocks(self.room.shop, self.frozen)

    def head(self) -> bytes:
        """What comes before the first block."""
        if self.options.format in HEADERS:
            return (",".join(HEADERS[self.options.format]) + "\n").encode()
        return csv_head(self.names) if self.options.format == "csv" else b""

    def block(self, number: int) -> bytes:
        """The lines of one block; those of all blocks after the head are the file."""
        if format_called(self.options.format).hashed:
            ids = self._members(number, ["customer_id", "group", "place"])["customer_id"].to_pylist()
            region = phone_region(self.room.shop.settings)
            return "".join(platform_lines(self.options.format, self._contacts(ids), region)).encode()
        table = self.table(number)
        return csv_lines(table, self.columns.text_columns) if self.options.format == "csv" else json_lines(table)

    def table(self, number: int) -> pa.Table:
        """The rows of one block as a flat table."""
        language = self.options.language or self.frozen.request.get("language", "en")
        members = self._members(number, self.columns.stored(self.names, language))
        return self.columns.table(members, self.frozen, self.names, language, self._contacts)

    def places(self, number: int) -> Ints:
        """The places of the members of one block, rising; shape ``(n,)``."""
        found: Ints = self._members(number, ["place", "group"])["place"].to_numpy()
        return found

    def write(self, file: Path) -> None:
        """All of it into one file, which appears whole or not at all."""
        appearing(file, self._write_sheet if self.options.format == XLSX else self._write_lines)

    def _write_lines(self, file: Path) -> None:
        with open(file, "wb") as handle:
            handle.write(self.head())
            for number in range(self.blocks):
                handle.write(self.block(number))

    def _write_sheet(self, file: Path) -> None:
        check_rows(self.frozen.counts["members"])
        write_sheet(file, self.names, self._tables(), self.frozen.counts["members"], self.frozen.made_at)

    def _tables(self) -> Iterator[pa.Table]:
        return (self.table(number) for number in range(self.blocks))

    def _members(self, number: int, columns: Sequence[str]) -> pa.Table:
        members = self.left_out.kept(read_block(self.room.shop, self.frozen, number, columns))
        if self.options.groups == ALL:
            return members
        return members.filter(pc.equal(members["group"], self.options.groups))

    def _contacts(self, ids: Sequence[str]) -> list[Contact]:
        cipher = ContactCipher(self.room.contact_keys)
        return ContactDetails(self.room.database, cipher).several(ids)


def json_lines(table: pa.Table) -> bytes:
    """A JSON object for each row, one a line."""
    return "".join(
        json.dumps(row, ensure_ascii=False, default=date.isoformat) + "\n" for row in table.to_pylist()
    ).encode()
