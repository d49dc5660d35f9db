"""The commands about campaigns: ``huitou campaign create|list|show|contacts|results|pool|holdout|stop|planned``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from features.errors import HuitouError
from serving.terminal import campaign_tables
from serving.terminal.options import SHOP, Shop, moment_said
from serving.terminal.out_file import ending_of
from serving.terminal.work_commands import WorkCommands

if TYPE_CHECKING:  # The database is opened when a command runs.
    from serving.desk.workroom import Workroom

CampaignId = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The id of a campaign, see: huitou campaign list.")]
Language = Annotated[str, typer.Option(help="Language of sentences, en or zh.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="A file for everything as JSON.")]
ENDINGS = ("html", "svg")
"""How the name of a chart may end."""

MOST_TOLD = 20
"""So many rows of a file that were not taken are named."""


@dataclass(frozen=True)
class CampaignCommands(WorkCommands):
    """The commands; they tell the time by ``clock`` and print to ``console``."""

    def group(self) -> typer.Typer:
        """All of them."""
        group = typer.Typer(help="Campaigns: made from a list, and measured against its control.", no_args_is_help=True)
        for command in (
            self.create,
            self.show,
            self.contacts,
            self.results,
            self.pool,
            self.holdout,
            self.stop,
            self.planned,
        ):
            group.command(command.__name__)(command)
        group.command("list")(self.all)
        return group

    def create(
        self,
        name: Annotated[str | None, typer.Argument(help="What people call it.")] = None,
        list_id: Annotated[str | None, typer.Option("--list", help="The id of its list.")] = None,
        channel: Annotated[str | None, typer.Option(help="email, sms, app, wechat, phone or post.")] = None,
        starts: Annotated[str | None, typer.Option(help="When, as 2025-03-01T10:00:00+08:00; else now.")] = None,
        window_days: Annotated[int | None, typer.Option(help="What people do counts for so long; else 14.")] = None,
        cost_per_contact: Annotated[float | None, typer.Option(help="Of one message; else the shop's.")] = None,
        fixed_cost: Annotated[float | None, typer.Option(help="Beside the messages.")] = None,
        promotion: Annotated[str | None, typer.Option(help="The promotion that it belongs to.")] = None,
        pool: Annotated[str | None, typer.Option(help="Campaigns with the same word are told together.")] = None,
        outcome: Annotated[str | None, typer.Option(help="The verdict is about conversion (or revenue).")] = None,
        request: Annotated[Path | None, typer.Option(help="A JSON file with the same and more, as the API.")] = None,
        shop: Shop = SHOP,
    ) -> None:
        """Make a campaign; when its time has come everybody on the list is noted as chosen by it."""
        from serving.campaigns.work import create
        from serving.database.access.audit import COMMAND_LINE
        from serving.random_id import random_id

        said = {} if request is None else _body(request)
        options = {
            "name": name,
            "list_id": list_id,
            "channel": channel,
            "starts": starts,
            "window_days": window_days,
            "cost_per_contact": cost_per_contact,
            "fixed_cost": fixed_cost,
            "promotion": promotion,
            "pool": pool,
            "outcome": outcome,
        }
        said |= {key: value for key, value in options.items() if value is not None}
        with self.working(shop, doing="making the campaign") as room:
            made = create(room, said, COMMAND_LINE, random_id())
        campaign_tables.show_campaigns(self.console, [made])
        if made["asked_start"] is not None:
            self.console.print("it starts later than asked: nothing goes out in quiet hours", markup=False)
        told = f"what it brings, with a verdict once it has ended: huitou campaign results {made['campaign_id']}"
        self.console.print(told, markup=False)

    def all(self, n: Annotated[int, typer.Option("-n", min=1, max=10_000)] = 20, shop: Shop = SHOP) -> None:
        """Print the campaigns that start last."""
        from serving.campaigns.told import told_campaign
        from serving.database.marketing.campaigns import Campaigns

        with self.room(shop) as room:
            found = [told_campaign(each, self.clock()) for each in Campaigns(room.database).newest(n)]
        campaign_tables.show_campaigns(self.console, found)

    def show(self, campaign_id: CampaignId, shop: Shop = SHOP) -> None:
        """Print one campaign as JSON."""
        from serving.campaigns.told import told_campaign
        from serving.database.marketing.campaigns import Campaigns

        with self.room(shop) as room:
            found = told_campaign(Campaigns(room.database).get(campaign_id), self.clock())
        self.console.print(json.dumps(found, ensure_ascii=False, indent=1), markup=False, highlight=False)

    def contacts(
        self,
        campaign_id: CampaignId,
        file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet with customer_id and outcome.")],
        shop: Shop = SHOP,
    ) -> None:
        """Tell what became of the messages: sent, delivered, opened, clicked, bounced or unsubscribed."""
        from serving.campaigns.contact_file import contact_rows
        from serving.campaigns.work import contacts
        from serving.database.access.audit import COMMAND_LINE

        counts: Counter[str] = Counter()
        wrong: list[str] = []
        with self.working(shop, doing="reading") as room:
            for rows in contact_rows(file):
                results = contacts(room, campaign_id, [row for _, row in rows], COMMAND_LINE)
                for (number, _), result in zip(rows, results, strict=True):
                    counts[result.status] += 1
                    if result.error is not None and len(wrong) < MOST_TOLD:
                        wrong.append(f"row {number}: {result.error.message}")
        told = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in sorted(counts.items()))
        self.console.print(told or "no rows", markup=False)
        for line in wrong:
            self.console.print(line, markup=False)

    def results(
        self,
        campaign_id: CampaignId,
        shop: Shop = SHOP,
        language: Language = "en",
        json_file: JsonFile = None,
        chart: Annotated[Path | None, typer.Option(help="A chart of the days and lifts (.html, .svg).")] = None,
    ) -> None:
        """Print what a campaign brought, with 95 % intervals, and the verdict once it has ended."""
        from serving.campaigns.results import campaign_results

        if chart is not None:
            ending_of(chart, ENDINGS, "chart")
        with self.working(shop, language) as room:
            found = campaign_results(room, campaign_id)
        campaign_tables.show_results(self.console, found, language)
        self.write(found, json_file)
        if chart is not None:
            _write_chart(found, chart, language)
            self.console.print(f"the chart is in {chart}", markup=False)

    def pool(
        self,
        name: Annotated[str, typer.Argument(help="The pool's name.")],
        shop: Shop = SHOP,
        language: Language = "en",
        json_file: JsonFile = None,
    ) -> None:
        """Print what repeated campaigns brought together, and whether they differ."""
        from serving.campaigns.pools import pool_results

        with self.working(shop, language) as room:
            found = pool_results(room, name)
        campaign_tables.show_pool(self.console, found, language)
        self.write(found, json_file)

    def holdout(
        self,
        since: Annotated[
            str | None, typer.Option(help="First day or moment, as 2025-03-01; else when the share was set.")
        ] = None,
        shop: Shop = SHOP,
        language: Language = "en",
        json_file: JsonFile = None,
    ) -> None:
        """Print what all campaigns together brought: everybody against those held out of all of them."""
        from serving.campaigns.holdout_results import holdout_results

        with self.working(shop, language) as room:
            found = holdout_results(room, moment_said("since", since, room.shop))
        campaign_tables.show_holdout(self.console, found, language)
        self.write(found, json_file)

    def stop(self, campaign_id: CampaignId, shop: Shop = SHOP) -> None:
        """Stop a campaign; what people do counts until its planned end all the same."""
        from serving.campaigns.work import stop
        from serving.database.access.audit import COMMAND_LINE

        with self.room(shop) as room:
            stopped = stop(room, campaign_id, COMMAND_LINE)
        self.console.print(f"campaign {stopped['name']} is stopped", markup=False)

    def planned(
        self,
        channel: Annotated[str, typer.Option(help="How people are to be written to.")] = "email",
        days: Annotated[int, typer.Option(help="How many days ahead.")] = 60,
        hour: Annotated[int, typer.Option(help="Hour of the shop's day at which campaigns start.")] = 10,
        occasion: Annotated[list[str] | None, typer.Option(help="sale, holiday, season or birthday; else all.")] = None,
        make: Annotated[
            bool, typer.Option("--make", help="Make those that are not there: lists are frozen when they start.")
        ] = False,
        shop: Shop = SHOP,
        language: Language = "en",
    ) -> None:
        """Print the campaigns that the calendar suggests: before sales, on holidays, for birthdays."""
        from serving.campaigns.planned import OCCASIONS, PlanAsked, planned

        with self.working(shop, language, "planning") as room:
            found = planned(room, PlanAsked(channel, days, hour, tuple(occasion or OCCASIONS)))
            made = [told for each in found if (told := _made(room, each["campaign"]))] if make else []
        campaign_tables.show_planned(self.console, found, language)
        if made:
            campaign_tables.show_campaigns(self.console, made)
        if make and len(made) < len(found):
            self.console.print(f"made before: {len(found) - len(made):,} of {len(found):,}", markup=False)


def _made(room: Workroom, suggested: dict[str, Any]) -> dict[str, Any] | None:
    """A campaign of the plan; None where it was made when the plan was asked for before."""
    from serving.campaigns.work import create
    from serving.database.access.audit import COMMAND_LINE
    from serving.random_id import random_id

    try:
        return create(room, suggested, COMMAND_LINE, random_id())
    except HuitouError as error:
        if error.code != "conflict":
            raise
        return None


def _body(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HuitouError(f"{file} must be a JSON object; {error}.", field="request", value=str(file)) from None
    if not isinstance(said, dict):
        raise HuitouError(f"{file} must be a JSON object.", field="request", value=str(file))
    return said


def _write_chart(found: dict[str, Any], file: Path, language: str) -> None:
    from training.charts.campaign import campaign_chart
    from training.charts.clusters import chart_page

    chart = campaign_chart(found, language)
    if file.suffix.lower() == ".html":
        file.write_text(chart_page(chart), encoding="utf-8")
    else:
        chart.save(str(file), format="svg")
