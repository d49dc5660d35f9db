"""Requests for lists: strict, one way to say whom, and kept without the ids of a merchant's list."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.lists.request import ListRequest, asked_again

CARTS: dict[str, Any] = {"name": "carts", "template": "open-cart"}


def test_what_is_not_said_is_usual() -> None:
    """A tenth is left alone, by layer and value level, with three reasons and items each."""
    request = ListRequest.read(CARTS)
    assert (request.control_share, request.strata, request.rank_by) == (0.1, ["layer", "value_level"], "auto")
    assert (request.reasons, request.items, request.top, request.channel) == (3, 3, None, None)
    assert request.told() == CARTS


MISTAKES = [
    ({"name": "x"}, "list must have one of template, audience, filter and interested_in"),
    (CARTS | {"filter": {"everyone": True}}, "list must have one of template, audience, filter and interested_in"),
    (CARTS | {"name": ""}, "name must have at least 1 character"),
    (CARTS | {"name": "a\nb"}, "name must not be empty or contain control characters"),
    (CARTS | {"top": 0}, "top must be at least 1; got 0."),
    (CARTS | {"top": "5"}, "top must be a whole number"),
    (CARTS | {"control_share": 1}, "control_share must be at most 0.9; got 1."),
    (CARTS | {"control_share": float("nan")}, "control_share must be a finite number"),
    (CARTS | {"channel": "pigeon"}, "channel must be one of 'email'"),
    (CARTS | {"rank_by": "luck"}, "rank_by must be one of 'auto'"),
    (CARTS | {"strata": ["city"]}, "strata.0 must be one of 'layer'"),
    (CARTS | {"colour": 1}, "colour is not a field of a list; got 1."),
    (CARTS | {"merchant": {}}, "merchant must have one of customer_ids, filter, audience and template"),
    (CARTS | {"merchant": {"customer_ids": []}}, "merchant must name at least one customer"),
    (CARTS | {"merchant": {"customer_ids": [7]}}, "merchant.customer_ids.0 must be text"),
    ({"name": "x", "filter": {"everyone": True}, "parameters": {"days": 3}}, "must name a template"),
    ({"name": "x", "interested_in": {}}, "interested_in must name one item, or else a category"),
    ({"name": "x", "interested_in": {"item": "a", "brand": ["b"]}}, "interested_in must name one item, or else"),
    ({"name": "x", "interested_in": {"item": "a"}, "rank_by": "uplift"}, "list must leave rank_by out"),
]


@pytest.mark.parametrize(("said", "told"), MISTAKES, ids=[str(place) for place in range(len(MISTAKES))])
def test_a_mistake_is_one_sentence(said: dict[str, Any], told: str) -> None:
    """It names the field and what is allowed."""
    with pytest.raises(HuitouError) as raised:
        ListRequest.read(said)
    assert told in raised.value.message


def test_ids_are_not_kept() -> None:
    """Only their number is; asked again, the members' ids take their place, and without any it is an error."""
    said = ListRequest.read(CARTS | {"merchant": {"customer_ids": ["a", "b"]}}).told()
    assert said == CARTS | {"merchant": {"customer_ids": 2}}
    again = asked_again(said, ["b"])
    assert again.merchant is not None
    assert again.merchant.customer_ids == ["b"]
    with pytest.raises(HuitouError, match=r"none of its people is left\. Send the ids again\.$"):
        asked_again(said, [])
    assert asked_again(CARTS, []) == ListRequest.read(CARTS)
