"""The commands about the shop's own numbers: overview, funnel, cohorts, habits, best-sellers, attention."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop, day_said
from serving.terminal.shop_tables import (
    show_attention,
    show_best_sellers,
    show_cohorts,
    show_funnel,
    show_habits,
    show_overview,
)
from serving.terminal.work_commands import WorkCommands

if TYPE_CHECKING:  # What computes it is loaded when a command runs.
    from serving.desk.workroom import Workroom
    from serving.shop_numbers.days_asked import DaysAsked

USUAL_DAYS = 30
"""So many days are looked at when nothing is said."""

From = Annotated[str | None, typer.Option("--from", help="The first day, such as 2025-02-01, in the shop's time zone.")]
To = Annotated[str | None, typer.Option("--to", help="The day after the last one; else the shop's last day counts.")]
Length = Annotated[int, typer.Option("--days", help="So many days before --to, where no first one is given.")]
Everyone = Annotated[bool, typer.Option("--everyone", help="Count bots, resellers, test orders and staff as well.")]
Language = Annotated[str, typer.Option(help="Language of names, en or zh.")]
Out = Annotated[Path | None, typer.Option("--json", help="A file for everything as JSON, definitions included.")]
Count = Annotated[int, typer.Option("--top", help="So many.")]


@dataclass(frozen=True)
class ShopCommands(WorkCommands):
    """The commands; they tell the time by ``clock``, and print to ``console``."""

    def add_to(self, app: typer.Typer) -> None:
        """Make each a command of ``app``."""
        for command in (self.overview, self.funnel, self.cohorts, self.habits, self.best_sellers, self.attention):
            app.command(command.__name__.replace("_", "-"))(command)

    def overview(
        self,
        shop: Shop = SHOP,
        first: From = None,
        until: To = None,
        days: Length = USUAL_DAYS,
        everyone: Everyone = False,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell how the shop is doing, beside the previous period and last year."""
        from serving.shop_numbers import reports

        with self._asking(shop, language) as room:
            found = reports.overview_report(room, _asked(first, until, days, everyone))
        self.write(found, json_file)
        show_overview(self.console, found, language)

    def funnel(
        self,
        shop: Shop = SHOP,
        first: From = None,
        until: To = None,
        days: Length = USUAL_DAYS,
        by: Annotated[str | None, typer.Option(help="category, or days for a row every few days.")] = None,
        slice_days: Annotated[int, typer.Option(help="With --by days: so many days to a row.")] = 7,
        everyone: Everyone = False,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell where people drop out between browsing, carting or favouriting, and buying."""
        from serving.shop_numbers import reports

        with self._asking(shop, language) as room:
            found = reports.funnel_report(room, _asked(first, until, days, everyone), by, slice_days)
        self.write(found, json_file)
        show_funnel(self.console, found, language)

    def cohorts(
        self,
        shop: Shop = SHOP,
        until: To = None,
        months: Annotated[int, typer.Option(help="So many of the newest months.")] = 13,
        everyone: Everyone = False,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell who came back in the months after the first order."""
        from serving.shop_numbers import reports

        with self._asking(shop, language) as room:
            found = reports.cohorts_report(room, day_said("to", until), months, everyone)
        self.write(found, json_file)
        show_cohorts(self.console, found, language)

    def habits(
        self,
        shop: Shop = SHOP,
        first: From = None,
        until: To = None,
        days: Length = USUAL_DAYS,
        everyone: Everyone = False,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell at which hours and on which weekdays people look and buy."""
        from serving.shop_numbers import reports

        with self._asking(shop, language) as room:
            found = reports.habits_report(room, _asked(first, until, days, everyone))
        self.write(found, json_file)
        show_habits(self.console, found, language)

    def best_sellers(
        self,
        shop: Shop = SHOP,
        first: From = None,
        until: To = None,
        days: Length = USUAL_DAYS,
        by: Annotated[str, typer.Option(help="item or category.")] = "item",
        rank_by: Annotated[str, typer.Option(help="net_revenue, buyers or pieces.")] = "net_revenue",
        top: Count = 20,
        everyone: Everyone = False,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell what sells best, and what rises."""
        from serving.shop_numbers import reports

        with self._asking(shop, language) as room:
            found = reports.best_report(room, _asked(first, until, days, everyone), by, rank_by, top)
        self.write(found, json_file)
        show_best_sellers(self.console, found, language)

    def attention(
        self,
        shop: Shop = SHOP,
        first: From = None,
        until: To = None,
        days: Length = USUAL_DAYS,
        top: Count = 20,
        per_category: Annotated[int, typer.Option(help="So many of each category.")] = 5,
        everyone: Everyone = False,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """List the items that people care about first: popular, trending, new, and of each category."""
        from serving.shop_numbers import reports

        with self._asking(shop, language) as room:
            found = reports.attention_report(room, _asked(first, until, days, everyone), top, per_category)
        self.write(found, json_file)
        show_attention(self.console, found, language)

    @contextmanager
    def _asking(self, shop: Path, language: str) -> Iterator[Workroom]:
        from features.events.warehouse import Warehouse

        if not Warehouse.open(ShopFolder.open(shop)).reader().files:
            raise HuitouError(
                "the shop has no events yet. Import some first, with: huitou import events", code="no_events"
            )
        with self.working(shop, language) as room:
            yield room


def _asked(first: str | None, until: str | None, days: int, everyone: bool) -> DaysAsked:
    from serving.shop_numbers.days_asked import DaysAsked

    return DaysAsked(day_said("from", first), day_said("to", until), days, everyone)
