"""The commands about sales and holidays, and about trends: ``huitou promotions calendar|check|effect|trends``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.terminal.options import SHOP, Shop, day_said
from serving.terminal.tables import show_table
from serving.terminal.work_commands import WorkCommands

USUAL_DAYS = 90
"""So many days of the calendar are told when nothing is said."""

Language = Annotated[str, typer.Option(help="Language of names and sentences, en or zh.")]
Out = Annotated[Path | None, typer.Option("--json", help="A file for everything as JSON.")]


@dataclass(frozen=True)
class PromotionCommands(WorkCommands):
    """The commands; they tell the time by ``clock``, and print to ``console``."""

    def group(self) -> typer.Typer:
        """The commands as a group."""
        group = typer.Typer(help="Sales and holidays: the calendar, and what they did.", no_args_is_help=True)
        for command in (self.calendar, self.check, self.effect, self.trends):
            group.command(command.__name__)(command)
        return group

    def calendar(
        self,
        shop: Shop = SHOP,
        first: Annotated[str | None, typer.Option("--from", help="The first day; else today.")] = None,
        days: Annotated[int, typer.Option(help="So many days.")] = USUAL_DAYS,
        kind: Annotated[list[str] | None, typer.Option(help="sale, holiday or season; several times for more.")] = None,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Print the coming sales, holidays and seasons: built-in ones and the shop's own."""
        from features.shop.promotions.promotion import PROMOTION_KINDS
        from serving.shop_numbers.promotion_reports import calendar_report

        with self.working(shop, language) as room:
            found = calendar_report(room, day_said("from", first), days, kind or PROMOTION_KINDS)
        self.write(found, json_file)
        rows = [
            (
                each["names"][language],
                each["kind"],
                each["first_day"],
                each["last_day"],
                each["days_ahead"],
                _what(each),
            )
            for each in found["promotions"]
        ]
        title = f"Calendar ({', '.join(found['calendars']) or 'own dates only'})"
        show_table(self.console, title, ("name", "kind", "first day", "last day", "in days", "what"), rows)

    def check(self, shop: Shop = SHOP) -> None:
        """Say whether promotions.json can be used, and which of its categories no item has."""
        from features.events.warehouse import Warehouse
        from features.shop.promotions.own_promotions import PROMOTIONS_FILE, OwnPromotions

        folder = ShopFolder.open(shop)
        if not (folder.path / PROMOTIONS_FILE).exists():
            raise HuitouError(
                f"the shop has no dates of its own: {folder.path / PROMOTIONS_FILE} is not there. "
                "docs/promotions.md says how to write it."
            )
        own = OwnPromotions.in_folder(folder.path).promotions
        self.console.print(f"{len(own)} promotion{'' if len(own) == 1 else 's'} can be used", markup=False)
        known = set(Warehouse.open(folder).items()["category"].to_pylist())
        for name in dict.fromkeys(name for each in own for name in each.categories if name not in known):
            self.console.print(f"mind: no item has the category {name!r}", markup=False)

    def effect(
        self,
        promotion: Annotated[
            str | None, typer.Argument(help="Its name or key; else the last sale that is over.")
        ] = None,
        shop: Shop = SHOP,
        on: Annotated[str | None, typer.Option(help="One of its days, such as 2025-11-11.")] = None,
        chart: Annotated[Path | None, typer.Option(help="An HTML file for the chart of its days.")] = None,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell what a past promotion did, with the one-time buyers whom it won, and how sure that is."""
        from serving.shop_numbers.promotion_reports import effect_report

        with self.working(shop, language) as room:
            found = effect_report(room, promotion, day_said("on", on))
        what = found["promotion"]
        days = {"en": "{}, {} to {}", "zh": "{}，{} 至 {}"}[language]
        self.console.print(days.format(what["names"][language], what["first_day"], what["last_day"]), markup=False)
        self._sentences(found, language)
        self.write(found, json_file)
        if chart is not None:
            from training.charts.promotion_effect import promotion_effect_chart

            chart.write_text(promotion_effect_chart(found, language).to_html(inline=True), encoding="utf-8")
            self.console.print(f"{chart} holds the chart", markup=False)

    def trends(
        self,
        shop: Shop = SHOP,
        days: Annotated[int, typer.Option(help="So many newest days.")] = 182,
        language: Language = "en",
        json_file: Out = None,
    ) -> None:
        """Tell which numbers rise or fall, and which move together, with how sure that is."""
        from serving.shop_numbers.promotion_reports import trends_report

        with self.working(shop, language) as room:
            found = trends_report(room, days)
        self._sentences(found, language)
        self.write(found, json_file)

    def _sentences(self, found: dict[str, Any], language: str) -> None:
        for sentence in found["sentences"]:
            self.console.print(f"- {sentence[language]}", markup=False)


def _what(promotion: dict[str, Any]) -> str:
    """What of its own a promotion says."""
    discount = promotion["discount"]
    parts = [f"{discount:.0%} off"] if discount is not None else []
    return " ".join([*parts, *(["on", ", ".join(promotion["categories"])] if promotion["categories"] else [])])
