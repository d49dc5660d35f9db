"""The commands about audiences: ``huitou audience fields|templates|preview|save|list|delete``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from features.shop_folder import ShopFolder
from serving.terminal.audience_tables import show_preview
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table
from serving.terminal.whom_options import read_filter, read_parameters
from serving.terminal.work_commands import opened

if TYPE_CHECKING:  # What answers is loaded when a command runs.
    from serving.audiences.previewing.preview import Previews
    from serving.desk.workroom import Workroom

Language = Annotated[str, typer.Option(help="Language of names, en or zh.")]
Filter = Annotated[
    str | None, typer.Option("--filter", help="A filter as JSON, or a file with one: docs/audiences.md.")
]

_HEADS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fields": {
        "en": ("Fields", "field", "what it is", "unit", "ask with", "names"),
        "zh": ("字段", "字段", "含义", "单位", "可用条件", "取值"),
    },
    "templates": {
        "en": ("Ready audiences", "name", "who", "parameters", "ranked by"),
        "zh": ("现成人群", "名称", "人群", "参数", "排序依据"),
    },
}
"""Titles and heads of tables."""


def audience_commands(
    clock: Callable[[], datetime], database: Callable[[], str | None], console: Console
) -> typer.Typer:
    """The group of commands about audiences; they tell the time by ``clock`` and print to ``console``."""
    group = typer.Typer(help="Audiences: who is meant, how many, and what writing to them would bring.")

    @group.command()
    def fields(shop: Shop = SHOP, language: Language = "en") -> None:
        """Print every field that filters can ask for."""
        from serving.audiences.meaning.fields import FieldBook
        from serving.snapshot import Snapshot
        from training.report.page import checked_language

        checked_language(language)
        book = FieldBook(Snapshot.open_current(ShopFolder.open(shop)))
        rows = [
            (
                field.name,
                field.titles[language],
                field.unit_names[language],
                " ".join(field.operators),
                ", ".join(field.values),
            )
            for field in book
        ]
        title, *columns = _HEADS["fields"][language]
        show_table(console, title, columns, rows, whole=columns[:1])

    @group.command()
    def templates(language: Language = "en") -> None:
        """Print the ready audiences with their parameters."""
        from serving.audiences.ready_made.ready_templates import READY
        from training.report.page import checked_language

        checked_language(language)
        rows = [
            (
                ready.name,
                ready.explanation[language],
                ", ".join(
                    f"{name}={'…' if each.usual is None else each.usual}" for name, each in ready.parameters.items()
                ),
                ready.ranking,
            )
            for ready in READY.values()
        ]
        title, *columns = _HEADS["templates"][language]
        show_table(console, title, columns, rows, whole=columns[:1])

    @group.command()
    def preview(
        shop: Shop = SHOP,
        template: Annotated[str | None, typer.Option(help="Name of a ready audience.")] = None,
        parameter: Annotated[list[str] | None, typer.Option(help="A parameter of it, as within_days=14.")] = None,
        audience: Annotated[str | None, typer.Option(help="Name of a saved audience.")] = None,
        filter: Filter = None,
        channel: Annotated[str | None, typer.Option(help="email, sms, app, wechat, phone or post.")] = None,
        control_share: Annotated[float, typer.Option(help="The share that would be left alone.")] = 0.1,
        overlap: Annotated[list[str] | None, typer.Option(help="A template to compare it with.")] = None,
        overlap_list: Annotated[list[str] | None, typer.Option(help="Id of a list to compare it with.")] = None,
        language: Language = "en",
    ) -> None:
        """Count an audience: who may be written to, what that would bring, and whether it could be seen."""
        from serving.audiences.previewing.preview_request import PreviewRequest
        from training.report.page import checked_language

        checked_language(language)
        others = [{"template": name} for name in overlap or ()] + [{"list_id": name} for name in overlap_list or ()]
        said: dict[str, Any] = {
            "template": template,
            "audience": audience,
            "filter": None if filter is None else read_filter(filter),
            "channel": channel,
        }
        said = {name: value for name, value in said.items() if value is not None}
        said |= {"parameters": read_parameters(parameter or ()), "control_share": control_share, "overlap_with": others}
        with _opened(shop, database, clock) as (room, previews):
            found = previews.preview(room.snapshot, PreviewRequest.read(said), room.clock())
        show_preview(console, found, language)

    @group.command()
    def save(
        name: Annotated[str, typer.Argument(help="What it is called.")],
        filter: Annotated[str, typer.Option("--filter", help="A filter as JSON, or a file with one.")],
        note: Annotated[str, typer.Option(help="What it is for.")] = "",
        shop: Shop = SHOP,
    ) -> None:
        """Keep a filter under a name, in place of the one before."""
        from serving.audiences.saving import saved
        from serving.database.access.audit import COMMAND_LINE, Audit
        from serving.database.marketing.audiences import Audiences

        with _opened(shop, database, clock) as (room, previews):
            audience = saved(name, read_filter(filter), note, COMMAND_LINE, room.clock())
            count = previews.try_filter(room.current, audience.parsed, room.clock())
            Audiences(room.database).put(audience)
            Audit(room.database).add(COMMAND_LINE, "audience.save", audience.name, {}, room.clock())
        people = "nothing is published yet" if count is None else f"people at this moment: {count:,}"
        console.print(f"audience {audience.name} is saved; {people}", markup=False)

    @group.command("list")
    def list_audiences(shop: Shop = SHOP) -> None:
        """Print the saved audiences."""
        from serving.database.marketing.audiences import MOST_AUDIENCES, Audiences

        with _opened(shop, database, clock) as (room, _):
            found = Audiences(room.database).list(MOST_AUDIENCES)
        rows = [
            (
                each.name,
                json.dumps(each.filter, ensure_ascii=False),
                each.note,
                f"{each.changed_at:%Y-%m-%d %H:%M}Z",
                each.changed_by,
            )
            for each in found
        ]
        if not rows:
            console.print("no audience is saved yet; huitou audience save NAME --filter FILTER keeps one")
            return
        show_table(console, "Saved audiences", ("name", "filter", "note", "saved", "by"), rows)

    @group.command()
    def delete(name: Annotated[str, typer.Argument(help="What it is called.")], shop: Shop = SHOP) -> None:
        """Delete a saved audience; lists that were made from it stay."""
        from serving.database.access.audit import COMMAND_LINE, Audit
        from serving.database.marketing.audiences import Audiences

        with _opened(shop, database, clock) as (room, _):
            Audiences(room.database).remove(name)
            Audit(room.database).add(COMMAND_LINE, "audience.delete", name, {}, room.clock())
        console.print(f"audience {name} is deleted", markup=False)

    return group


@contextmanager
def _opened(
    shop: Path, database: Callable[[], str | None], clock: Callable[[], datetime]
) -> Iterator[tuple[Workroom, Previews]]:
    from serving.audiences.fresh_acts import FreshActs
    from serving.audiences.previewing.preview import Previews
    from serving.care.care import Care

    with opened(shop, database, clock) as room:
        yield room, Previews(room.shop, room.database, Care(room.shop, room.database), FreshActs(room.database))
