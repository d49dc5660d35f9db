"""The command that makes a list and writes it to a file: ``huitou list``."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from features.errors import HuitouError
from serving.terminal.options import SHOP, Shop
from serving.terminal.whom_options import read_filter, read_parameters
from serving.terminal.work_commands import opened

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "made": "{name}, version {version}, is in {out}; its id is {list_id}",
        "next": "to measure what it brings: huitou campaign create {title} --list {list_id} --channel {channel}",
    },
    "zh": {
        "made": "{name}，第{version}版，已写入 {out}；编号为 {list_id}",
        "next": "衡量效果：huitou campaign create {title} --list {list_id} --channel {channel}",
    },
}

RECALL = "recall"
"""The name of a list where no other is said."""


def list_command(
    clock: Callable[[], datetime], database: Callable[[], str | None], console: Console
) -> Callable[..., None]:
    """The command; ``database`` says the URL of the shop's database, if any, and it prints to ``console``."""

    def make_list(
        out: Annotated[Path, typer.Option(help="The file to write.")],
        shop: Shop = SHOP,
        name: Annotated[str | None, typer.Option(help="What the list is called; else after its template.")] = None,
        template: Annotated[str | None, typer.Option(help="A ready audience, such as open-cart.")] = None,
        parameter: Annotated[list[str] | None, typer.Option(help="A parameter of it: within_days=14.")] = None,
        audience: Annotated[str | None, typer.Option(help="Name of a saved audience.")] = None,
        filter: Annotated[str | None, typer.Option(help="A filter as JSON, or a file with one.")] = None,
        item: Annotated[str | None, typer.Option(help="Who should hear of this item.")] = None,
        category: Annotated[list[str] | None, typer.Option(help="Who should hear of items of a category.")] = None,
        brand: Annotated[list[str] | None, typer.Option(help="Who should hear of items of a brand.")] = None,
        min_price: Annotated[float | None, typer.Option(help="Lowest price of such items.")] = None,
        max_price: Annotated[float | None, typer.Option(help="Highest price of such items.")] = None,
        layer: Annotated[list[str] | None, typer.Option(help="new, active, high_win_back, low_win_back, lost.")] = None,
        cluster: Annotated[list[int] | None, typer.Option(help="Numbers of clusters, see: huitou clusters.")] = None,
        min_churn: Annotated[float | None, typer.Option(help="Lowest churn probability, 0 to 1.")] = None,
        max_churn: Annotated[float | None, typer.Option(help="Highest churn probability, 0 to 1.")] = None,
        min_spend: Annotated[float | None, typer.Option(help="Lowest net spend of all time.")] = None,
        merchant: Annotated[
            Path | None, typer.Option(help="The merchant's own list to compare with: ids (.csv) or a filter (.json).")
        ] = None,
        channel: Annotated[str | None, typer.Option(help="email, sms, app, wechat, phone or post.")] = None,
        top: Annotated[int | None, typer.Option(help="At most so many people.")] = None,
        control: Annotated[float, typer.Option(help="Share that is left alone, to measure by.")] = 0.1,
        rank_by: Annotated[str, typer.Option(help="auto, at_stake, order_probability, net_spend, ...")] = "auto",
        reasons: Annotated[int, typer.Option(help="Reasons for each person, 0 to 3.")] = 3,
        items: Annotated[int, typer.Option(help="Items for each person, 0 to 10.")] = 3,
        format: Annotated[str, typer.Option(help="csv (for Excel), xlsx, jsonl, google or meta.")] = "csv",
        columns: Annotated[str | None, typer.Option(help="Names of columns, with commas between.")] = None,
        groups: Annotated[str | None, typer.Option(help="treatment, control or all.")] = None,
        language: Annotated[str, typer.Option(help="Language of reasons and plans, en or zh.")] = "en",
    ) -> None:
        """Freeze whom to write to, why, and with which items; and write it to a file."""
        from serving.alike.clusters import checked_clusters
        from serving.database.access.audit import COMMAND_LINE
        from serving.lists.exporting.export_options import ExportOptions
        from serving.lists.merchant_file import merchant_arm
        from serving.lists.recall_filter import recall_filter
        from serving.lists.told_list import sentences, unknown_ids
        from serving.lists.work import make_and_write

        limits = {"min_churn": min_churn, "max_churn": max_churn, "min_spend": min_spend}
        wished = {"item": item, "category": category, "brand": brand, "min_price": min_price, "max_price": max_price}
        whom = {
            "template": template,
            "audience": audience,
            "filter": None if filter is None else read_filter(filter),
            "interested_in": _said(wished) or None,
        }
        plain = layer or cluster or _said(limits)
        if plain and _said(whom):
            raise HuitouError("--layer, --cluster, --min-churn, --max-churn and --min-spend make a list of their own.")
        if not _said(whom):
            whom["filter"] = recall_filter(layer or (), cluster or (), **limits)
        asked = {
            "name": name or template or audience or (f"for {item}"[:100] if item else RECALL),
            **_said(whom),
            "parameters": read_parameters(parameter or ()),
            "merchant": None if merchant is None else merchant_arm(merchant),
            "channel": channel,
            "top": top,
            "control_share": control,
            "rank_by": rank_by,
            "reasons": reasons,
            "items": items,
            "language": language,
        }
        options = ExportOptions(format, tuple(columns.split(",")) if columns else (), groups)
        with opened(shop, database, clock) as room:
            checked_clusters(room.snapshot, tuple(cluster or ()))
            made = make_and_write(room, _said(asked), out, options, COMMAND_LINE)
        frozen = made.frozen
        words, named = _WORDS[language], {"name": frozen.name, "list_id": frozen.list_id}
        console.print(words["made"].format(version=frozen.version, out=out, **named), markup=False)
        for line in (*sentences(frozen, language), *unknown_ids(made.unknown, language)):
            console.print(line, markup=False)
        if frozen.counts["control"]:
            campaign = {"title": shlex.quote(frozen.name), "channel": channel or "email"}
            console.print(words["next"].format(**campaign, **named), markup=False)

    return make_list


def _said(options: dict[str, Any]) -> dict[str, Any]:
    """What was said of some options."""
    return {name: value for name, value in options.items() if value not in (None, [], {})}
