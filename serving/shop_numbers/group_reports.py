"""The groups of customers and the moves between them, as work for the desk."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from features.shop.numbers.period import possible_day
from serving.desk.workroom import Workroom

if TYPE_CHECKING:  # What works it out is loaded by who works, not by who asks.
    from features.shop.groups.flow import Flow
    from serving.grouping.group_book import GroupSize

Report = dict[str, Any]
"""An answer in plain types."""


def groups_report(room: Workroom) -> Report:
    """Every group of the served snapshot with its size, its rule and its plan, see :class:`GroupBook`."""
    from features.shop.groups.playbook import Playbook
    from serving.grouping.group_book import TITLES, GroupBook

    snapshot = room.snapshot
    book = GroupBook.of(snapshot, Playbook.in_folder(room.shop.path))
    return {
        "as_of": snapshot.header.as_of,
        "model_version": snapshot.header.model_version,
        "day_rules": asdict(book.limits),
        "set_aside": book.set_aside,
        "groupings": [
            {"name": name, "title": dict(TITLES[name]), "groups": [_group(size) for size in sizes]}
            for name, sizes in book.groupings.items()
        ],
    }


def flow_report(room: Workroom, first: date, second: date, by: str) -> Report:
    """Where the people of the groups of one day are on another, see :class:`Flow`."""
    from features.behaviour import Behaviour
    from features.shop.groups.flow import checked_grouping, flow

    by, days = checked_grouping(by), (possible_day("from", first), possible_day("to", second))
    behaviour = Behaviour.of(room.shop)
    key = ("flow", behaviour.reader.version, first, second)
    zone = ZoneInfo(room.shop.settings.timezone)
    begin, end = (datetime.combine(day, datetime.min.time(), zone) for day in days)
    found: Flow = room.kept.once(key, lambda: flow(behaviour, begin, end))
    moves = found.moves[by]
    return {
        "from": first,
        "to": second,
        "by": by,
        "known_people": int(moves.people[:-1].sum()),
        "stayed": moves.stayed,
        "moves": [
            {"before": before, "after": after, "people": people, "share": share}
            for before, after, people, share in moves.rows
        ],
        "day_rules": {"from": asdict(found.first_rules.layers), "to": asdict(found.second_rules.layers)},
    }


def _group(size: GroupSize) -> Report:
    plan = size.plan
    return {
        "name": size.named.name,
        "title": dict(size.named.title),
        "rule": dict(size.named.rule),
        "customers": size.customers,
        "customer_share": size.customer_share,
        "orders": size.orders,
        "order_share": size.order_share,
        "net_spend": size.net_spend,
        "net_spend_share": size.net_spend_share,
        "plan": {
            "text": dict(plan.text),
            "channel": plan.channel,
            "offer": dict(plan.offer),
            "timing": dict(plan.timing),
        },
    }
