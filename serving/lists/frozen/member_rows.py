"""The rows of a list's members, made from the table of customers block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.arrays import Flags, Floats, Ints, joined
from features.shop.groups.playbook import Playbook
from serving.lists.frozen.control_groups import CONTROL, TREATMENT
from serving.lists.frozen.member_columns import COPIED, predicted, stored_keys
from serving.lists.frozen.plans import told_plans
from serving.lists.offered_items import offered_items
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM

_GROUPS_AT_ONCE = 16

Sentences = tuple[list[str | None], list[str | None]]
"""Sentences in English and in Simplified Chinese, None where there is none to say."""


@dataclass(frozen=True)
class Members:
    """Who is on a list, in order of place; all arrays of shape ``(n,)``."""

    rows: Ints
    """Rows of the snapshot."""
    score: Floats
    """The number that each was ranked by, NaN where there is none."""
    by_model: Flags
    """Whether the model chose the person."""
    by_merchant: Flags
    """Whether the merchant did."""
    control: Flags
    """Whether the person is left alone."""
    stratum: Ints
    """Number of each person's stratum."""
    strata: tuple[str, ...]
    """The strata by their numbers."""
    person: Ints
    """The numbers of the persons."""


@dataclass(frozen=True)
class Told:
    """What is told of each member."""

    reasons: int
    """How many reasons."""
    only_risks: bool
    """Whether of the model's reasons only those against an order are told."""
    items: int
    """How many items."""
    popular_only: Callable[[Ints], Flags]
    """Which of the customers of some rows get popular items alone."""
    first_items: Callable[[Ints], Ints] | None
    """Items that come before all others, see :func:`offered_items`."""
    first_reason: Callable[[Ints, Ints], Sentences] | None
    """A reason before those of the model, for some rows and the first item of each (``NO_ITEM`` for none)."""
    playbook: Playbook
    """What is suggested to be done about whom."""
    plan: str | None = None
    """The entry of the playbook that suits everybody, None where each has one of their own."""
    channel: str | None = None
    """How the list is to be written to, None where that was not said."""


BANDS = (("A", 0.2), ("B", 0.5), ("C", 1.0))
"""The first fifth of a list, up to its half, and the rest."""


def band(place: Ints, members: int) -> pa.Array:
    """``A``, ``B`` or ``C`` for places that begin with 1."""
    limits = [np.ceil(share * members) for _, share in BANDS]
    names = pa.array([name for name, _ in BANDS], pa.string())
    return names.take(pa.array(np.searchsorted(limits, place)))


def member_rows(snapshot: Snapshot, members: Members, told: Told) -> Iterator[pa.Table]:
    """The rows of all members, in the order of the snapshot's rows; columns as in ``member_schema``."""
    by_row = np.argsort(members.rows)
    ordered = members.rows[by_row]
    wanted = ["customer_id", "reasons", *predicted(snapshot.header.horizon_days), *COPIED]
    ends = snapshot.group_ends
    for first in range(0, len(ends), _GROUPS_AT_ONCE):
        groups = range(first, min(first + _GROUPS_AT_ONCE, len(ends)))
        start = int(ends[first - 1]) if first else 0
        here = slice(*np.searchsorted(ordered, [start, int(ends[groups[-1]])]).tolist())
        if here.start < here.stop:
            people = snapshot.customers_of(groups, wanted).take(pa.array(ordered[here] - start))
            yield _block(snapshot, members, by_row[here], people, told)


def _block(snapshot: Snapshot, members: Members, chosen: Ints, people: pa.Table, told: Told) -> pa.Table:
    """The rows of the members at some positions, whose rows of the table of customers are ``people``."""
    rows = members.rows[chosen]
    items = offered_items(snapshot, rows, ~told.popular_only(rows), told.items, told.first_items)
    sentences = _reasons(people, rows, items, told)
    ids, titles = _item_texts(snapshot, items)
    plans = told_plans(told.playbook, told.plan, people, told.channel)
    place = chosen + 1
    columns = {
        "place": pa.array(place, pa.int32()),
        "customer_id": people["customer_id"],
        "group": pa.array([TREATMENT, CONTROL], pa.string()).take(pa.array(members.control[chosen].astype(np.int8))),
        "by_model": pa.array(members.by_model[chosen]),
        "by_merchant": pa.array(members.by_merchant[chosen]),
        "stratum": pa.array(members.strata, pa.string()).take(pa.array(members.stratum[chosen])),
        "score": pa.array(np.round(members.score[chosen], 6), from_pandas=True),
        "band": band(place, len(members.rows)),
        "reasons_en": sentences[0],
        "reasons_zh": sentences[1],
        "item_ids": ids,
        "item_titles": titles,
        "plan_en": plans[0],
        "plan_zh": plans[1],
        "person_key": stored_keys(snapshot.customers.keys()[rows]),
        "person": pa.array(members.person[chosen], pa.uint64()),
    }
    copied = (*predicted(snapshot.header.horizon_days), *COPIED)
    return pa.table(columns | {name: people[name] for name in copied})


def _reasons(people: pa.Table, rows: Ints, items: Ints, told: Told) -> tuple[pa.Array, pa.Array]:
    """The reasons of each row, in both languages."""
    lists = joined(people["reasons"])
    said = lists.flatten()
    owner = np.repeat(np.arange(len(rows)), pc.fill_null(pc.list_value_length(lists), 0).to_numpy())
    texts = [said.field("en"), said.field("zh")]
    if told.only_risks:
        risks = pc.invert(said.field("raises"))
        owner, texts = owner[risks.to_numpy(zero_copy_only=False)], [text.filter(risks) for text in texts]
    if told.first_reason is not None:
        shown = items[:, 0] if told.items else np.full(len(rows), NO_ITEM)
        first = [pa.array(each, pa.string()) for each in told.first_reason(rows, shown)]
        has = np.flatnonzero(first[0].is_valid().to_numpy(zero_copy_only=False))
        owner = np.concatenate([has, owner])
        texts = [pa.concat_arrays([own.take(pa.array(has)), text]) for own, text in zip(first, texts, strict=True)]
    order = np.argsort(owner, kind="stable")
    start = np.searchsorted(owner[order], np.arange(len(rows) + 1))
    order = order[np.arange(len(order)) - start[owner[order]] < told.reasons]
    offsets = pa.array(np.searchsorted(owner[order], np.arange(len(rows) + 1)), pa.int32())
    english, chinese = (pa.ListArray.from_arrays(offsets, text.take(pa.array(order))) for text in texts)
    return english, chinese


def _item_texts(snapshot: Snapshot, items: Ints) -> tuple[pa.Array, pa.Array]:
    """Ids and titles of the items of each row, as lists; an item without a title has null there."""
    there = items != NO_ITEM
    # Many people get the same items: each is read once.
    codes, place = np.unique(items[there], return_inverse=True)
    known = [snapshot.shelf.item(int(code)) for code in codes]
    offsets = pa.array(np.concatenate([[0], np.cumsum(there.sum(axis=1))]), pa.int32())
    columns = ([item.item_id for item in known], [item.title for item in known])
    ids, titles = (
        pa.ListArray.from_arrays(offsets, pa.array(texts, pa.string()).take(pa.array(place))) for texts in columns
    )
    return ids, titles
