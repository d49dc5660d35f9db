"""The commands about lists that were made: ``huitou lists``."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from features.errors import HuitouError
from serving.terminal.options import SHOP, Shop
from serving.terminal.tables import show_table
from serving.terminal.work_commands import WorkCommands

if TYPE_CHECKING:  # The database is opened when a command runs.
    from serving.database.marketing.lists import FrozenList

ListId = Annotated[str, typer.Argument(metavar="LIST", help="The id of a list, see: huitou lists show.")]
Language = Annotated[str, typer.Option(help="Language of sentences, en or zh.")]
Count = Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many.")]


@dataclass(frozen=True)
class ListsCommands(WorkCommands):
    """The commands; they tell the time by ``clock`` and print to ``console``."""

    def group(self) -> typer.Typer:
        """All of them."""
        group = typer.Typer(help="Lists that were made: who is on them, and where they went.", no_args_is_help=True)
        group.command("show")(self.show)
        group.command("versions")(self.versions)
        group.command("members")(self.members)
        group.command("export")(self.export)
        group.command("refresh")(self.refresh)
        group.command("send")(self.send)
        group.command("schedule")(self.schedule)
        group.command("unschedule")(self.unschedule)
        group.command("schedules")(self.schedules)
        return group

    def show(self, shop: Shop = SHOP, n: Count = 20) -> None:
        """Print the newest lists."""
        from serving.database.marketing.lists import FrozenLists

        with self.room(shop) as room:
            self._table(FrozenLists(room.database).newest(n))

    def versions(self, name: Annotated[str, typer.Argument(help="Name of a list.")], shop: Shop = SHOP) -> None:
        """Print the versions of one list, the newest first."""
        from serving.database.marketing.lists import FrozenLists

        with self.room(shop) as room:
            found = FrozenLists(room.database).versions(name)
        if not found:
            raise HuitouError(
                f"there is no list called {name!r}. huitou lists show tells which there are.",
                code="unknown_list",
                field="name",
                value=name,
            )
        self._table(found)

    def members(self, list_id: ListId, shop: Shop = SHOP, n: Count = 20, language: Language = "en") -> None:
        """Print the first members of a list, and what is to be known of it."""
        from serving.database.marketing.lists import FrozenLists
        from serving.lists.frozen.member_file import read_members
        from serving.lists.told_list import sentences

        with self.room(shop, language) as room:
            frozen = FrozenLists(room.database).get(list_id)
            rows = read_members(room.shop, frozen, count=n).to_pylist()
        for line in sentences(frozen, language):
            self.console.print(line, markup=False)
        names = ("place", "customer_id", "group", "band", "score", "layer", "value_level")
        told = [[*(row[name] for name in names), "; ".join(row[f"reasons_{language}"][:1])] for row in rows]
        show_table(self.console, f"{frozen.name}, version {frozen.version}", (*names, "reason"), told)

    def export(
        self,
        list_id: ListId,
        out: Annotated[Path, typer.Option(help="The file to write.")],
        shop: Shop = SHOP,
        format: Annotated[str, typer.Option(help="csv (for Excel), xlsx, jsonl, google or meta.")] = "csv",
        columns: Annotated[str | None, typer.Option(help="Names of columns, with commas between.")] = None,
        groups: Annotated[str | None, typer.Option(help="treatment, control or all.")] = None,
        language: Annotated[str | None, typer.Option(help="en or zh; else that of the list.")] = None,
        as_frozen: Annotated[
            bool, typer.Option("--as-frozen", help="Also who must no longer be written to: for analysis.")
        ] = False,
    ) -> None:
        """Write a list to a file once more, without those who must no longer be written to."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.lists.exporting.export_options import ExportOptions
        from serving.lists.work import write_list

        options = ExportOptions(format, tuple(columns.split(",")) if columns else (), groups, language, as_frozen)
        with self.room(shop) as room:
            left_out = write_list(room, list_id, out, options, COMMAND_LINE)
        self.console.print(f"list {list_id} is in {out}", markup=False)
        for line in left_out.sentences(language or "en"):
            self.console.print(line, markup=False)

    def refresh(self, list_id: ListId, shop: Shop = SHOP) -> None:
        """Make the next version of a list from what is served now."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.lists.told_list import sentences
        from serving.lists.work import make_again

        with self.room(shop) as room:
            made = make_again(room, list_id, COMMAND_LINE)
        self.console.print(f"{made.name}, version {made.version}; its id is {made.list_id}", markup=False)
        for line in sentences(made, "en"):
            self.console.print(line, markup=False)

    def send(
        self,
        list_id: ListId,
        webhook: Annotated[str, typer.Option(help="Name of a webhook in webhooks.json.")],
        shop: Shop = SHOP,
        language: Language = "en",
    ) -> None:
        """Send a list to another system, batch by batch; a batch that fails is repeated for some hours."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.database.marketing.deliveries import SENT
        from serving.lists.webhooks.delivering import DeliveryRound, ask_delivery, not_sent

        with self.room(shop, language) as room:
            asked = ask_delivery(room, list_id, webhook, COMMAND_LINE)
            done = DeliveryRound(room, os.environ).finish(asked.delivery_id, time.sleep)
            told = not_sent(room, done).sentences(language) if done.state == SENT else []
        state = f"delivery {done.delivery_id}: {done.state}, up to place {done.sent_place:,}"
        for line in (state, *([done.trouble] if done.trouble else []), *told):
            self.console.print(line, markup=False)

    def schedule(
        self,
        list_id: ListId,
        every: Annotated[str, typer.Option(help="day, week, month or snapshot (after each publishing).")],
        shop: Shop = SHOP,
        hour: Annotated[int | None, typer.Option(help="Hour of the shop's day, 0 to 23.")] = None,
        weekday: Annotated[str | None, typer.Option(help="monday to sunday, for week.")] = None,
        day: Annotated[int | None, typer.Option(help="Day of the month, for month.")] = None,
    ) -> None:
        """Have the mover make what a list was made of again and again."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.database.marketing.lists import FrozenLists
        from serving.lists.schedules.scheduling import schedule

        said: dict[str, Any] = {"every": every, "hour": hour, "weekday": weekday, "day": day}
        rhythm = {name: value for name, value in said.items() if value is not None}
        with self.room(shop) as room:
            made = schedule(room, FrozenLists(room.database).get(list_id).request, rhythm, COMMAND_LINE)
        self.console.print(f"{made.name} is made next at {made.next_at:%Y-%m-%d %H:%M} UTC", markup=False)

    def unschedule(self, name: Annotated[str, typer.Argument(help="Name of the list.")], shop: Shop = SHOP) -> None:
        """Make a list no more by itself; the lists that were made stay."""
        from serving.database.access.audit import COMMAND_LINE
        from serving.lists.schedules.scheduling import unschedule

        with self.room(shop) as room:
            unschedule(room, name, COMMAND_LINE)
        self.console.print(f"{name} is no longer made by itself", markup=False)

    def schedules(self, shop: Shop = SHOP) -> None:
        """Print which lists are made by themselves, when next, and what went wrong."""
        from serving.database.marketing.schedules import ListSchedules

        with self.room(shop) as room:
            found = ListSchedules(room.database).all()
        rows = [
            (each.name, " ".join(map(str, each.rhythm.values())), f"{each.next_at:%Y-%m-%d %H:%M} UTC", each.trouble)
            for each in found
        ]
        show_table(self.console, "Schedules", ("list", "every", "next", "trouble"), rows)

    def _table(self, lists: list[FrozenList]) -> None:
        rows = [
            (
                each.list_id,
                f"{each.name}, version {each.version}",
                f"{each.made_at:%Y-%m-%d %H:%M}",
                each.counts["members"],
                each.counts["control"],
            )
            for each in lists
        ]
        if not rows:
            self.console.print("there is no list yet; huitou list --template open-cart --out carts.csv makes one")
            return
        names = ("list", "name", "made (UTC)", "people", "control")
        show_table(self.console, "Lists", names, rows, whole=("list", "people", "control"))
