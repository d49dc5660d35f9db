"""What the commands about audiences print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from serving.terminal.tables import show_table

if TYPE_CHECKING:  # What answers is loaded when a command runs.
    from serving.audiences.previewing.preview import Preview

_WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "count": "{count:,} of {customers:,} customers{share} on {today}",
        "share": " ({:.1%})",
        "reachable": "{reachable:,} may be written to{rate}",
        "rate": " ({:.1%} of them)",
        "excluded": ("Left out", ("because they", "customers")),
        "layers": ("Layers", ("layer", "customers")),
        "overlaps": ("In common with", ("whom", "people", "in both", "of this audience")),
        "expected": "Expected within {days} days, by {by}",
        "orders": ("orders without", "orders with", "extra orders", "cost", "value"),
        "by": {"uplift": "the uplift model", "contact_success_rate": "the shop's setting contact_success_rate"},
    },
    "zh": {
        "count": "{today}：{customers:,}位客户中有{count:,}位{share}",
        "share": "（{:.1%}）",
        "reachable": "可触达{reachable:,}人{rate}",
        "rate": "（占{:.1%}）",
        "excluded": ("未列入", ("原因", "客户数")),
        "layers": ("分层", ("分层", "客户数")),
        "overlaps": ("与其他人群重合", ("人群", "人数", "同时属于两者", "占本人群")),
        "expected": "{days}天内预期（按{by}估计）",
        "orders": ("不触达时的订单", "触达时的订单", "增加的订单", "成本", "价值"),
        "by": {"uplift": "增益模型", "contact_success_rate": "店铺设定的触达成功率"},
    },
}


def show_preview(console: Console, found: Preview, language: str) -> None:
    """Print an audience in numbers."""
    from serving.care.exclusions import EXCLUSION_NAMES
    from serving.grouping.group_book import LAYER_TITLES

    words, brings = _WORDS[language], found.expected
    share = "" if found.share is None else words["share"].format(found.share)
    rate = "" if found.reachable_rate is None else words["rate"].format(found.reachable_rate)
    count = {"count": found.count, "customers": found.customers, "today": found.today}
    console.print(words["count"].format(share=share, **count), markup=False)
    console.print(words["reachable"].format(reachable=found.reachable, rate=rate), markup=False)
    if found.excluded:
        rows = [(EXCLUSION_NAMES[reason][language], people) for reason, people in found.excluded.items()]
        _show(console, words["excluded"], rows)
    if found.layers:
        rows = [(title[language], found.layers[name]) for name, title in LAYER_TITLES.items() if name in found.layers]
        _show(console, words["layers"], rows)
    if found.overlaps:
        shared = [(each.name, each.people, each.both, _percent(each.overlap_rate)) for each in found.overlaps]
        _show(console, words["overlaps"], shared)
    orders = (brings.orders_without_contact, brings.orders_with_contact, brings.extra_orders, brings.cost, brings.value)
    title = words["expected"].format(days=brings.horizon_days, by=words["by"][brings.by])
    show_table(console, title, words["orders"], [[None if value is None else round(value, 2) for value in orders]])
    if found.power is not None:
        console.print(found.power.sentence()[language], markup=False)


def _show(console: Console, names: tuple[str, Sequence[str]], rows: Sequence[Sequence[Any]]) -> None:
    title, columns = names
    show_table(console, title, columns, rows)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
