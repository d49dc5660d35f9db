"""What the commands about campaigns print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from serving.terminal.tables import show_table

_FIGURES: Mapping[str, tuple[str, str, str]] = {
    "absolute_lift": ("conversion", "转化率", "rate"),
    "relative_lift": ("conversion, relative", "转化率（相对）", "rate"),
    "incremental_orders": ("incremental orders", "增量订单", "number"),
    "incremental_share": ("their share of the treated's buyers", "增量占触达组下单人数的比例", "rate"),
    "orders_per_head_lift": ("orders per head", "人均订单", "small"),
    "revenue_per_head_lift": ("revenue per head", "人均销售额", "small"),
    "revenue_relative_lift": ("revenue per head, relative", "人均销售额（相对）", "rate"),
    "incremental_revenue": ("incremental revenue", "增量销售额", "number"),
    "incremental_margin": ("incremental margin", "增量毛利", "number"),
    "iroi": ("iROI", "增量投资回报率", "rate"),
    "unsubscribed_lift": ("unsubscribed", "退订率", "rate"),
}
"""The figures of a comparison: what they are called in English and Chinese, and how they are written."""

_WORDS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "until": "{name}, until {until} UTC",
        "arms": ("arm", "people", "buyers", "conversion", "orders", "revenue"),
        "treated": "treated",
        "control": "control",
        "cost": "cost",
        "less": "Treated less control (95 %)",
        "figures": ("figure", "difference"),
        "by layer": "By layer",
        "layers": ("layer", "treated", "control", "conversion lift", "best guess"),
        "both": "Both lists against control ({people:,} people are on both)",
        "lists": ("list", "treated", "control", "orders more per contact", "relative", "incremental orders"),
        "model": "model",
        "merchant": "merchant",
        "between": "model less merchant, per contact: {}",
        "messages": "messages: {}",
        "nothing": "nothing is known",
        "outcomes": {},
        "pool": "Pool {name}: {campaigns} campaigns",
        "each": "Each campaign",
        "holdout": "Everybody against {share:.1%} held out, {since} to {until}",
        "pooled": ("campaign", "treated", "control", "conversion lift"),
        "ahead": "Campaigns ahead",
        "planned": ("starts (UTC)", "occasion", "days before", "audience", "name"),
        "at least": "at least {}",
        "at most": "at most {}",
        "from to": "{} ({} to {})",
        "one end": "{} ({})",
    },
    "zh": {
        "until": "{name}，截至{until} UTC",
        "arms": ("组别", "人数", "下单人数", "转化率", "订单", "销售额"),
        "treated": "触达组",
        "control": "对照组",
        "cost": "成本",
        "less": "触达组减对照组（95%区间）",
        "figures": ("指标", "差异"),
        "by layer": "分层结果",
        "layers": ("分层", "触达组", "对照组", "转化提升", "最佳估计"),
        "both": "两份名单各自对比对照组（{people:,}人同在两份名单）",
        "lists": ("名单", "触达组", "对照组", "每次触达多带来的订单", "相对", "增量订单"),
        "model": "模型",
        "merchant": "商家",
        "between": "模型减商家（每次触达）：{}",
        "messages": "消息：{}",
        "nothing": "暂无回执",
        "outcomes": {
            "chosen": "已入选",
            "sent": "已发送",
            "delivered": "已送达",
            "opened": "已打开",
            "clicked": "已点击",
            "bounced": "退信",
            "unsubscribed": "已退订",
        },
        "pool": "合并组{name}：{campaigns}个活动",
        "each": "各活动",
        "holdout": "全体客户对比{share:.1%}长期对照组，{since}至{until}",
        "pooled": ("活动", "触达组", "对照组", "转化提升"),
        "ahead": "即将到来的活动",
        "planned": ("开始时间（UTC）", "时机", "提前天数", "人群", "名称"),
        "at least": "至少{}",
        "at most": "至多{}",
        "from to": "{}（{}至{}）",
        "one end": "{}（{}）",
    },
}

Told = Mapping[str, Any]


def show_campaigns(console: Console, campaigns: Sequence[Told]) -> None:
    """Print campaigns in one line each."""
    if not campaigns:
        console.print("there is no campaign yet; huitou campaign create NAME --list LIST --channel CHANNEL makes one")
        return
    rows = [
        (
            each["campaign_id"],
            each["name"],
            each["state"],
            each["channel"],
            f"{_minute(each['starts'])} to {_minute(each['ends'])}",
        )
        for each in campaigns
    ]
    columns = ("id", "name", "state", "channel", "days (UTC)")
    show_table(console, "Campaigns", columns, rows, whole=("id", "state", "channel"))
    for each in campaigns:
        if each["trouble"]:
            console.print(f"{each['name']} cannot start: {each['trouble']}", markup=False)


def show_results(console: Console, found: Told, language: str) -> None:
    """Print the results of one campaign: the verdict first, then what it rests on."""
    title = _WORDS[language]["until"].format(name=found["campaign"]["name"], until=_minute(found["until"]))
    console.print(found["verdict"]["sentence"][language], markup=False, style="bold")
    show_effects(console, title, found["effects"], language)
    show_layers(console, found["layers"], language)
    both = found["model_against_merchant"]
    if both is not None:
        show_selections(console, both, language)
    show_contacts(console, found["contacts"], language)
    for note in found["notes"]:
        console.print(note[language], markup=False)


def show_effects(console: Console, title: str, effects: Told, language: str) -> None:
    """Print both arms and the differences with their intervals."""
    words = _WORDS[language]
    arms = [
        (
            words[name],
            arm["people"],
            arm["buyers"],
            interval(arm["conversion"], "rate", language),
            arm["orders"],
            arm["revenue"],
        )
        for name, arm in (("treated", effects["treated"]), ("control", effects["control"]))
    ]
    show_table(console, title, words["arms"], arms)
    rows = [
        ({"en": en, "zh": zh}[language], interval(effects[figure], kind, language))
        for figure, (en, zh, kind) in _FIGURES.items()
    ]
    if effects["cost"] is not None:
        rows.append((words["cost"], f"{effects['cost']:,.2f}"))
    show_table(console, words["less"], words["figures"], rows)


def show_layers(console: Console, layers: Told, language: str) -> None:
    """Print the lift of each layer."""
    from serving.grouping.group_book import LAYER_TITLES

    words = _WORDS[language]
    rows = [
        (
            LAYER_TITLES[row["layer"]][language] if row["layer"] in LAYER_TITLES else row["layer"],
            row["treated_people"],
            row["control_people"],
            interval(row["absolute_lift"], "rate", language),
            _written(row["shrunk_lift"], "rate"),
        )
        for row in layers["rows"]
    ]
    show_table(console, words["by layer"], words["layers"], rows)
    console.print(layers["note"][language], markup=False)


def show_selections(console: Console, both: Told, language: str) -> None:
    """Print the model's list against the merchant's."""
    words = _WORDS[language]
    rows = [
        (
            words[part],
            both[part]["treated"]["people"],
            both[part]["control"]["people"],
            interval(both[part]["absolute_lift"], "rate", language),
            interval(both[part]["relative_lift"], "rate", language),
            interval(both[part]["incremental_orders"], "number", language),
        )
        for part in ("model", "merchant")
    ]
    show_table(console, words["both"].format(people=both["both_people"]), words["lists"], rows)
    console.print(words["between"].format(interval(both["orders_per_contact"], "rate", language)), markup=False)
    console.print(both["sentence"][language], markup=False)


def show_contacts(console: Console, contacts: Told, language: str) -> None:
    """Print what became of the messages."""
    words = _WORDS[language]
    outcomes = sorted(contacts["outcomes"].items())
    told = ", ".join(f"{words['outcomes'].get(name, name)} {count:,}" for name, count in outcomes)
    console.print(words["messages"].format(told or words["nothing"]), markup=False)


def show_pool(console: Console, found: Told, language: str) -> None:
    """Print campaigns that were pooled."""
    words = _WORDS[language]
    console.print(found["verdict"]["sentence"][language], markup=False, style="bold")
    title = words["pool"].format(name=found["pool"], campaigns=len(found["campaigns"]))
    show_effects(console, title, found["effects"], language)
    rows = [
        (
            each["campaign"]["name"],
            each["effects"]["treated"]["people"],
            each["effects"]["control"]["people"],
            interval(each["effects"]["absolute_lift"], "rate", language),
        )
        for each in found["campaigns"]
    ]
    show_table(console, words["each"], words["pooled"], rows)
    console.print(found["differ"]["note"][language], markup=False)


def show_holdout(console: Console, found: Told, language: str) -> None:
    """Print what all campaigns together brought."""
    days = {"since": found["since"][:10], "until": found["until"][:10]}
    console.print(found["verdict"]["sentence"][language], markup=False, style="bold")
    show_effects(console, _WORDS[language]["holdout"].format(share=found["share"], **days), found["effects"], language)


def show_planned(console: Console, found: Sequence[Told], language: str) -> None:
    """Print the campaigns that the calendar suggests."""
    words = _WORDS[language]
    rows = [
        (
            _minute(each["starts"]),
            each["names"][language],
            each["days_before"],
            each["campaign"]["list"]["template"],
            each["campaign"]["name"],
        )
        for each in found
    ]
    show_table(console, words["ahead"], words["planned"], rows)


def interval(told: Told, kind: str, language: str = "en") -> str:
    """A figure and its interval as people read them."""
    words = _WORDS[language]
    value, low, high = (_written(told[part], kind) for part in ("value", "low", "high"))
    if told["value"] is None:
        return words["at least"].format(low) if low and told["low"] > -1 else ""
    if not (low or high):
        return value
    if low and high:
        return str(words["from to"].format(value, low, high))
    end = words["at least"].format(low) if low else words["at most"].format(high)
    return str(words["one end"].format(value, end))


def _minute(moment: str) -> str:
    """A moment in ISO form to the minute, so that a narrow column breaks it between day and time."""
    return moment[:16].replace("T", " ")


def _written(value: float | None, kind: str) -> str:
    if value is None:
        return ""
    return {"rate": f"{value:.2%}", "number": f"{value:,.0f}", "small": f"{value:,.4f}"}[kind]
