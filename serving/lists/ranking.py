"""In which order people stand on a list, and why: by expected incremental profit where an uplift model says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from features.errors import HuitouError
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_columns import (
    INCREMENTAL_PROFIT,
    churn_probability,
    expected_net_spend,
    order_probability,
    uplift,
)

AUTO = "auto"
"""Expected incremental profit where the snapshot has it, else what the list's template prefers."""

AT_STAKE = "at_stake"
"""Chance of leaving times net spend so far."""

Column = Callable[[str], Floats]
"""Gives a column of the table of customers by its name, of all its rows, NaN for null."""

Sentence = Mapping[str, str]
"""The same in English (``en``) and in Simplified Chinese (``zh``)."""


@dataclass(frozen=True)
class _Way:
    """One way of ranking."""

    en: str
    """What people call it in English."""
    zh: str
    """What people call it in Simplified Chinese."""
    score: Callable[[Column, Ints, int], Floats]
    """Its number for some rows, more is better, from a column by name and the shop's main horizon."""


def _taken(name: Callable[[int], str]) -> Callable[[Column, Ints, int], Floats]:
    """The score that is a column, whose name has the horizon in it."""
    return lambda column, rows, horizon: np.asarray(column(name(horizon))[rows], dtype=np.float64)


def _at_stake(column: Column, rows: Ints, horizon_days: int) -> Floats:
    """Chance of leaving times net spend so far; visitors, who cannot leave, have none."""
    spent = np.maximum(column("net_spend_all")[rows], 0)
    at_stake: Floats = column(churn_probability(horizon_days))[rows] * spent
    return at_stake


WAYS: Mapping[str, _Way] = {
    INCREMENTAL_PROFIT: _Way("expected incremental profit", "预期增量利润", _taken(lambda _: INCREMENTAL_PROFIT)),
    AT_STAKE: _Way("what is at stake (chance of leaving x net spend so far)", "流失风险×累计净消费", _at_stake),
    "uplift": _Way("the difference that a message makes", "触达带来的下单概率提升", _taken(uplift)),
    "churn_probability": _Way("the chance of leaving", "流失概率", _taken(churn_probability)),
    "order_probability": _Way("the chance of an order", "下单概率", _taken(order_probability)),
    "expected_net_spend": _Way("expected net spend", "预期净消费", _taken(expected_net_spend)),
    "net_spend": _Way("net spend so far", "累计净消费", _taken(lambda _: "net_spend_all")),
    "overdue": _Way("how long the next order is overdue", "逾期未下单天数", _taken(lambda _: "overdue_days")),
}
"""Every way of ranking by the name that a list asks for."""

RANKINGS = (AUTO, *WAYS)
"""What ``rank_by`` may be."""

NEED_UPLIFT = (INCREMENTAL_PROFIT, "uplift")
"""Ways that need an uplift model."""


@dataclass(frozen=True)
class Ranking:
    """People in order."""

    order: Ints
    """Rows of the snapshot, the first to write to first; shape (n,)."""
    score: Floats
    """The number that each was ranked by, NaN where there is none; shape (n,)."""
    name: str
    """The way that was used, one of :data:`WAYS`."""
    why: Sentence
    """Which way was used, and why."""


def rank(snapshot: Snapshot, rows: Ints, rank_by: str = AUTO, *, prefers: str = AT_STAKE) -> Ranking:
    """The people at some rows of a snapshot in order, the best first.

    ``prefers`` is what ``auto`` takes where there is no uplift model, or where it knows nothing of these people. Who
    has no number comes last, equals by the chance of an order and then by row.
    Raises :class:`HuitouError` for a way that there is none of, or that needs an uplift model where there is none.
    """
    checked_ranking(rank_by, "rank_by")
    checked_ranking(prefers, "prefers")
    has_uplift = snapshot.header.uplift_version is not None
    if rank_by in NEED_UPLIFT and not has_uplift:
        raise HuitouError(
            f"rank_by {rank_by} needs an uplift model, and this snapshot has none: {no_uplift(snapshot)['en']}. "
            "Leave rank_by out, or use at_stake.",
            code="no_uplift",
            field="rank_by",
            value=rank_by,
            allowed=[name for name in RANKINGS if name not in NEED_UPLIFT],
        )
    column, horizon = snapshot.audience.columns.values, snapshot.header.horizon_days
    knows = has_uplift and not np.isnan(column(INCREMENTAL_PROFIT)[rows]).all()
    name = chosen(rank_by, prefers, knows)
    score = WAYS[name].score(column, rows, horizon)
    order = _best_first(score, np.asarray(column(order_probability(horizon))[rows], dtype=np.float64), rows)
    return Ranking(rows[order], score[order], name, _why(snapshot, name, rank_by, score))


def checked_ranking(rank_by: str, field: str = "rank_by") -> str:
    """``rank_by``; raises :class:`HuitouError` when there is no such way of ranking."""
    if rank_by not in RANKINGS:
        raise HuitouError(
            f"{field} must be one of {', '.join(RANKINGS)}; got {rank_by!r}. Leave it out for {AUTO}.",
            field=field,
            value=rank_by,
            allowed=list(RANKINGS),
        )
    return rank_by


def chosen(rank_by: str, prefers: str, knows_profit: bool) -> str:
    """The way that is taken: what was asked for, or for ``auto`` profit where it is known, else what is preferred."""
    if rank_by != AUTO:
        return rank_by
    if knows_profit:
        return INCREMENTAL_PROFIT
    return AT_STAKE if prefers in (AUTO, *NEED_UPLIFT) else prefers


def no_uplift(snapshot: Snapshot) -> Sentence:
    """Why a snapshot has no uplift model."""
    return snapshot.header.uplift_why or {
        "en": "it was published before there were uplift models",
        "zh": "该快照发布时尚无增益模型",
    }


def _best_first(score: Floats, likely: Floats, rows: Ints) -> Ints:
    """Positions by falling score, those without one last, equals by falling chance of an order, then by row."""
    known = np.nan_to_num(score, nan=-np.inf)
    return np.lexsort((rows, -np.nan_to_num(likely, nan=-np.inf), -known))


def _why(snapshot: Snapshot, name: str, rank_by: str, score: Floats) -> Sentence:
    way = WAYS[name]
    told = {"en": f"ranked by {way.en}", "zh": f"按{way.zh}排序"}
    if rank_by != AUTO:
        return {"en": f"{told['en']}, as asked for", "zh": f"{told['zh']}（按要求）"}
    version = snapshot.header.uplift_version
    if name != INCREMENTAL_PROFIT and version is not None:
        return {
            "en": f"{told['en']}, because uplift model {version} has not seen what a message does to people like these",
            "zh": f"{told['zh']}，因为增益模型（版本{version}）未见过触达对此类顾客的作用",
        }
    if name != INCREMENTAL_PROFIT:
        none = no_uplift(snapshot)
        return {
            "en": f"{told['en']}, because there is no uplift model yet: {none['en']}",
            "zh": f"{told['zh']}，因为尚无增益模型：{none['zh']}",
        }
    paying = int(np.count_nonzero(np.nan_to_num(score) > 0))
    return {
        "en": f"{told['en']}: uplift model {version} tells what a message changes; it is expected to earn more than "
        f"it costs with {paying:,} of {len(score):,} people",
        "zh": f"{told['zh']}：增益模型（版本{version}）预测触达带来的变化；{len(score):,}人中预计有{paying:,}人的"
        "增量收益高于触达成本",
    }
