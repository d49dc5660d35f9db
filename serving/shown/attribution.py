"""What followed from each answer: which of its items were clicked and bought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple

from serving.database.answers.responses import NO_ANSWER, Response
from serving.database.answers.shown import StoredAnswer

RESPONSE_DAYS = 7
"""What happens later than so many days after an answer does not follow from it."""

CLICKS = ("view", "cart", "favorite")
"""Kinds of event that are clicks when they carry the id of the answer."""

_RESPONSE_US = timedelta(days=RESPONSE_DAYS) // timedelta(microseconds=1)


class Followed(NamedTuple):
    """What followed from showing one item in one answer."""

    clicked: bool = False
    """Whether it was looked at, put into the cart or among the favourites from there."""
    purchased: bool = False
    """Whether it was bought."""
    revenue: float = 0.0
    """What was paid for it."""


NOTHING: Mapping[str, Followed] = MappingProxyType({})
"""Nothing followed from any item."""


class Attribution:
    """The responses, each with the one answer that it follows from.

    An event that carries the id of an answer follows from that answer. A purchase without an id follows from the
    answer in which the same person clicked that item last. Either holds only for an item of the answer, within
    ``RESPONSE_DAYS`` of it. So nothing is counted twice, whatever comes late, early or again.
    """

    def __init__(self, responses: Iterable[Response]) -> None:
        """``responses`` come in order of time."""
        self._clicks: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._purchases: defaultdict[str, list[Response]] = defaultdict(list)
        last_click: dict[tuple[int, str], str] = {}
        for response in responses:
            name, who = response.recommendation_id, (response.person_key, response.item_id)
            if response.kind == "purchase":
                answer = last_click.get(who) if name == NO_ANSWER else name
                if answer is not None:
                    self._purchases[answer].append(response)
            elif response.kind in CLICKS and name != NO_ANSWER:
                self._clicks[name].setdefault(response.item_id, response.at_us)
                last_click[who] = name

    def of(self, answer: StoredAnswer) -> Mapping[str, Followed]:
        """What followed, by the id of the item; items from which nothing did are not among them."""
        clicks = self._clicks.get(answer.recommendation_id)
        purchases = self._purchases.get(answer.recommendation_id)
        if clicks is None and purchases is None:
            return NOTHING
        until_us = answer.at_us + _RESPONSE_US
        paid: dict[str, float] = {}
        for purchase in purchases or ():
            if purchase.at_us <= until_us:
                paid[purchase.item_id] = paid.get(purchase.item_id, 0.0) + purchase.amount
        clicked = {item for item, at_us in (clicks or {}).items() if at_us <= until_us}
        return {
            item.item_id: Followed(item.item_id in clicked, item.item_id in paid, paid.get(item.item_id, 0.0))
            for item in answer.items
            if item.item_id in clicked or item.item_id in paid
        }
