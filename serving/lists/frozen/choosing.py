"""Whom a list may hold: the people of a template, a saved audience, a filter, or an interest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from features.arrays import Floats, Ints
from features.errors import HuitouError
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.desk.workroom import Workroom
from serving.interested import InterestedCustomer, interest_reason, interested_in_any, interested_in_item
from serving.lists.frozen.fitting import fitting_people
from serving.lists.frozen.member_rows import Sentences
from serving.lists.own_items import OPENED, own_items
from serving.lists.ranking import AT_STAKE, Ranking, rank
from serving.lists.request import InterestedIn, ListRequest, MerchantArm
from serving.recommending.related import code_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.reason_texts import LANGUAGES

INTEREST = "interest"
"""The name of the order of people who want an item."""
USUAL_TOP = 500
"""So many people are told of an item where the request does not say how many."""
TIMES_AS_MANY = 4
"""So many times the wanted number are scored for an item, since some must not be written to."""


@dataclass(frozen=True)
class Choice:
    """Who fits."""

    rows: Ints
    """Rows of the snapshot, in any order."""
    rank: Callable[[Ints], Ranking]
    """Puts some rows into the order of the list."""
    first_items: Callable[[Ints], Ints] | None = None
    """Items that come before all others for the customers of some rows, ``(n, any)``."""
    first_reason: Callable[[Ints, Ints], Sentences] | None = None
    """A reason before all others, for some rows and the first item of each."""
    top: int | None = None
    """At most so many."""
    plan: str | None = None
    """The entry of the playbook that suits everybody, None where each has one of their own."""


@dataclass(frozen=True)
class MerchantChoice:
    """Who is on the merchant's own list."""

    rows: Ints
    """Rows of the snapshot, each once."""
    given: int
    """How many ids there were; for a rule, how many people fit it."""
    unknown: tuple[str, ...]
    """Ids that the snapshot does not know."""


def model_choice(room: Workroom, snapshot: Snapshot, request: ListRequest) -> Choice:
    """Whom the request's own part means; raises :class:`HuitouError` for what it cannot mean."""
    if request.interested_in is not None:
        return _interested(room, snapshot, request, request.interested_in)
    fitting = fitting_people(room, snapshot, request)
    ready = fitting.template
    ranking = partial(rank, snapshot, rank_by=request.rank_by, prefers=AT_STAKE if ready is None else ready.ranking)
    choice = Choice(fitting.rows, ranking, top=request.top)
    if ready is None:
        return choice
    own = own_items(snapshot, fitting.fresh, ready, max(request.items, 1))
    opened = OPENED.get(ready.items)
    lies = None if opened is None or own is None else partial(_lies_open, snapshot, opened, own)
    return replace(choice, first_items=own, first_reason=lies, plan=ready.plan)


def merchant_choice(room: Workroom, snapshot: Snapshot, arm: MerchantArm) -> MerchantChoice:
    """Whom the merchant means; raises :class:`HuitouError` when nobody of them is known."""
    if arm.customer_ids is None:
        rows = fitting_people(room, snapshot, arm).rows
        return MerchantChoice(rows, len(rows), ())
    ids = list(dict.fromkeys(arm.customer_ids))
    found = np.array([snapshot.customers.row(each) for each in ids], dtype=np.int64)
    unknown = tuple(each for each, row in zip(ids, found.tolist(), strict=True) if row == NO_ROW)
    if len(unknown) == len(ids):
        raise HuitouError(
            f"none of the {len(ids):,} ids of the merchant's list is known, the first is {ids[0]!r}. "
            "Send ids of customers as the events have them.",
            field="merchant.customer_ids",
            value=ids[0],
        )
    return MerchantChoice(found[found != NO_ROW], len(arm.customer_ids), unknown)


# ---- interest in an item


def _interested(room: Workroom, snapshot: Snapshot, request: ListRequest, wanted: InterestedIn) -> Choice:
    top = request.top or USUAL_TOP
    refused = frozenset([*Described(room.database).refused("personalized"), *Erased(room.database).pending()])
    if wanted.item is not None:
        code = code_of(snapshot, wanted.item)
        found = interested_in_item(snapshot, code, TIMES_AS_MANY * top, refused=refused, with_set_aside=True)
    else:
        shelf = ItemFilter(False, tuple(wanted.category), tuple(wanted.brand), wanted.min_price, wanted.max_price)
        found = interested_in_any(snapshot, shelf, TIMES_AS_MANY * top, refused=refused, with_set_aside=True)
    by_row = {each.row: each for each in found}
    return Choice(
        np.array(sorted(by_row), dtype=np.int64),
        partial(_by_interest, found),
        first_items=lambda rows: _of_each(by_row, rows),
        first_reason=partial(_interest_reasons, snapshot, by_row),
        top=top,
    )


def _by_interest(found: Sequence[InterestedCustomer], rows: Ints) -> Ranking:
    """Rows by interest; those of whom none is known come last."""
    score = {each.row: each.score for each in found}
    place = {each.row: place for place, each in enumerate(found)}
    order = np.array(sorted(rows.tolist(), key=lambda row: (place.get(row, len(place)), row)), dtype=np.int64)
    scores: Floats = np.array([score.get(row, np.nan) for row in order.tolist()])
    why = {"en": "ranked by how much they want it", "zh": "按对该商品的兴趣排序"}
    return Ranking(order, scores, INTEREST, why)


def _of_each(by_row: dict[int, InterestedCustomer], rows: Ints) -> Ints:
    found = [by_row[row].item if row in by_row else NO_ITEM for row in rows.tolist()]
    return np.array(found, dtype=np.int64)[:, None]


def _interest_reasons(snapshot: Snapshot, by_row: dict[int, InterestedCustomer], rows: Ints, _: Ints) -> Sentences:
    found = [by_row.get(row) for row in rows.tolist()]
    english, chinese = (
        [None if each is None else interest_reason(snapshot, each, language) for each in found]
        for language in LANGUAGES
    )
    return english, chinese


# ---- open carts and favourites

_OPEN = {
    "cart": ("{} is in the cart", "购物车中有{}"),
    "favorite": ("{} is among the favourites", "收藏夹中有{}"),
}


def _lies_open(snapshot: Snapshot, opened: str, own: Callable[[Ints], Ints], rows: Ints, first: Ints) -> Sentences:
    """A sentence where the first item of a person lies open; none where it was sold out and another is offered."""
    lies = (first != NO_ITEM) & (own(rows) == first[:, None]).any(axis=1)
    labels = [
        snapshot.shelf.label(code) if is_open else None for code, is_open in zip(first.tolist(), lies, strict=True)
    ]
    english, chinese = (
        [None if label is None else sentence.format(label) for label in labels] for sentence in _OPEN[opened]
    )
    return english, chinese
