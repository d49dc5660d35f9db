"""What is done with lists at somebody's request, and written down: the command line and the service do the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.errors import HuitouError
from serving.database.access.audit import Audit
from serving.database.marketing.lists import FrozenList
from serving.desk.workroom import Workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.exporting.flat_columns import FlatColumns
from serving.lists.exporting.formats import FORMATS
from serving.lists.exporting.left_out import LeftOut
from serving.lists.exporting.list_export import ListExport
from serving.lists.exporting.sheet import check_rows
from serving.lists.exports import check_folder
from serving.lists.frozen.freeze import Made, make_list
from serving.lists.frozen.member_columns import member_schema
from serving.lists.frozen.member_file import FOLDER
from serving.lists.request import ListRequest
from serving.lists.schedules.refreshing import refresh
from serving.random_id import random_id

MOST_SHEET_CELLS = 50_000_000
"""A sheet over HTTP has at most so many cells: it is made whole before its first byte is sent, in a minute or so."""


@dataclass(frozen=True)
class ExportBegun:
    """An export whose first bytes are there."""

    name: str
    """A name for the file."""
    media_type: str
    """What HTTP calls its format."""
    head: bytes
    """What comes before the first block."""
    blocks: int
    """How many blocks follow."""
    left_out: LeftOut
    """Who must no longer be written to, and is not in it."""


@dataclass(frozen=True)
class SheetMade:
    """A sheet for one who asks over HTTP."""

    file: str
    """Its path; whoever sends it removes it."""
    left_out: Mapping[str, int]
    """How many must no longer be written to and are not in it, by reason."""


def make(room: Workroom, said: Mapping[str, Any], actor: str) -> Made:
    """Make a list, and write down who did; raises as :func:`make_list`."""
    made = make_list(room, ListRequest.read(said), actor)
    _write_down(room, actor, "list.make", made.frozen, {"members": made.frozen.counts["members"]})
    return made


def make_again(room: Workroom, list_id: str, actor: str) -> FrozenList:
    """Make the next version of a list, and write down who did."""
    made = refresh(room, list_id, actor)
    _write_down(room, actor, "list.refresh", made, {"of": list_id, "members": made.counts["members"]})
    return made


def begin_export(room: Workroom, list_id: str, options: ExportOptions, actor: str, with_contacts: bool) -> ExportBegun:
    """Begin an export, and write down who pulled what.

    Raises :class:`HuitouError`, code ``forbidden``, for columns that tell how to reach people where the one who asks
    may not see them: not ``with_contacts``.
    """
    export = _allowed(room, list_id, options, with_contacts)
    _pulled(room, export, actor)
    media_type = FORMATS[export.options.format].media_type
    return ExportBegun(export.file_name, media_type, export.head(), export.blocks, export.left_out)


def export_block(room: Workroom, list_id: str, options: ExportOptions, number: int, left_out: LeftOut) -> bytes:
    """One block of an export that was begun."""
    return ListExport.of(room, list_id, options, left_out).block(number)


def export_sheet(room: Workroom, list_id: str, options: ExportOptions, actor: str, with_contacts: bool) -> SheetMade:
    """Write a sheet for one who asks over HTTP."""
    export = _allowed(room, list_id, options, with_contacts)
    members = export.frozen.counts["members"]
    check_rows(members)
    if members * len(export.names) > MOST_SHEET_CELLS:
        raise HuitouError(
            f"a sheet over HTTP has at most {MOST_SHEET_CELLS:,} cells; this one would have "
            f"{members:,} rows of {len(export.names)} columns. Choose columns, take csv, or use huitou lists export.",
            field="format",
            value="xlsx",
        )
    file = room.shop.path / FOLDER / f".{random_id()}.{export.file_name}"
    export.write(file)
    _pulled(room, export, actor)
    return SheetMade(str(file), export.left_out.counts)


def write_list(room: Workroom, list_id: str, out: Path, options: ExportOptions, actor: str) -> LeftOut:
    """Write a list to a file, and write that down; return who was left out of it.

    Whoever has the shop's folder may see how to reach people.
    """
    export = ListExport.of(room, list_id, options)
    export.write(out)
    _pulled(room, export, actor)
    return export.left_out


def make_and_write(room: Workroom, said: Mapping[str, Any], out: Path, options: ExportOptions, actor: str) -> Made:
    """Make a list and write it to a file; nothing is made where the file cannot be written as is asked for."""
    check_folder(out)
    asked = ListRequest.read(said)
    stored = member_schema(room.snapshot.header.horizon_days).names
    options.checked(FlatColumns.of(asked.told(), stored).names)
    made = make(room, said, actor)
    write_list(room, made.frozen.list_id, out, options, actor)
    return made


def _allowed(room: Workroom, list_id: str, options: ExportOptions, with_contacts: bool) -> ListExport:
    export = ListExport.of(room, list_id, options)
    if export.options.contact_columns and not with_contacts:
        told = ", ".join(export.options.contact_columns)
        raise HuitouError(
            f"{told} can be exported with a key of the role admin. Leave them out, or take google or meta, "
            "which hold hashes.",
            code="forbidden",
            field="columns",
            value=list(export.options.contact_columns),
        )
    return export


def _pulled(room: Workroom, export: ListExport, actor: str) -> None:
    options = export.options
    details = {
        "format": options.format,
        "groups": options.groups,
        "contact_fields": [*options.contact_columns] or (["hashes"] if options.reads_addresses else []),
        "left_out": {**export.left_out.counts},
        "as_frozen": options.as_frozen,
    }
    _write_down(room, actor, "list.export", export.frozen, details)


def _write_down(room: Workroom, actor: str, act: str, frozen: FrozenList, details: Mapping[str, Any]) -> None:
    said = {"version": frozen.version, **details}
    Audit(room.database).add(actor, act, frozen.list_id, said, room.clock())
