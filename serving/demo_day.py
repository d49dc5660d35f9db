"""A day in the demo's shop: its numbers, what is odd, two lists with control groups, and what to try next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from serving.database.access.audit import COMMAND_LINE
from serving.database.marketing.lists import FrozenList
from serving.desk.workroom import Workroom
from serving.lists.exporting.export_options import ExportOptions
from serving.lists.told_list import sentences
from serving.lists.work import make_and_write
from serving.shop_numbers.days_asked import DaysAsked
from serving.shop_numbers.promotion_reports import alerts_report
from serving.shop_numbers.reports import overview_report
from serving.snapshot import Snapshot
from serving.terminal.shop_tables import show_overview

NUMBERS = (
    *("orders", "buyers", "net_revenue", "average_order_value"),
    *("repurchase_rate_by_buyers", "back_purchase_rate", "second_order_within_60d"),
)
"""Numbers of the overview that are shown."""

MOST_ALERTS = 3
"""So many alerts are told."""

LISTS: Mapping[str, Mapping[str, Any]] = {
    "recall": {"template": "about-to-leave", "parameters": {"at_least": 0.5}, "top": 500},
    "open carts": {"template": "open-cart", "control_share": 0.2},
}
"""The lists that are made, by name."""


def show_day(console: Console, room: Workroom, folder: Path) -> None:
    """Print the shop's day, and write its lists to ``folder``."""
    console.rule("The shop's numbers")
    overview = overview_report(room, DaysAsked())
    show_overview(console, overview | {"figures": {name: overview["figures"][name] for name in NUMBERS}}, "en")
    for line in _alerts(room):
        console.print(line, markup=False)
    console.rule("Lists with control groups")
    made = {name: _listed(console, room, name, folder) for name in LISTS}
    console.rule("What to try next")
    for line in _next_steps(room, made["open carts"]):
        console.print(f"try: {line}", markup=False)


def _alerts(room: Workroom) -> Iterator[str]:
    """What was odd on the last day of the simulated history, as it would have been told on the next morning."""
    morning: datetime = room.snapshot.header.as_of + timedelta(days=1)
    found = alerts_report(replace(room, clock=lambda: morning), days=1)
    odd = [f"{each['day']}: {each['sentences']['en']}" for each in found["alerts"]]
    yield from odd[:MOST_ALERTS] or [f"nothing is odd in {found['judged_numbers']} numbers of the last day"]


def _listed(console: Console, room: Workroom, name: str, folder: Path) -> FrozenList:
    out = folder / f"{name.replace(' ', '-')}.csv"
    made = make_and_write(room, {"name": name, **LISTS[name]}, out, ExportOptions(), COMMAND_LINE).frozen
    console.print(f"{name}, in {out}", markup=False)
    for line in sentences(made, "en"):
        console.print(f"  {line}", markup=False)
    return made


def _next_steps(room: Workroom, carts: FrozenList) -> Iterator[str]:
    shop = f"--shop {shlex.quote(str(room.shop.path))}"
    yield f"huitou layers {shop}"
    yield f"huitou audience preview --template vip-at-risk {shop}"
    yield f"huitou campaign create 'open carts' --list {carts.list_id} --channel email {shop}"
    yield f"curl http://127.0.0.1:8000/v1/customers/{_someone(room.snapshot)}"


def _someone(snapshot: Snapshot) -> str:
    """A customer whose answers show something: one who has ordered and has not opted out; else the first."""
    columns = snapshot.audience.columns
    telling = np.flatnonzero((columns.values("order_count_all") > 1) & (columns.values("personalized") == 1))
    return snapshot.customers.id(int(telling[0]) if len(telling) else 0)
