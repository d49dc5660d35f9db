"""What a campaign is asked for by: one clear error for each thing that makes no sense."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.campaigns.request import CampaignRequest

USUAL: dict[str, Any] = {"name": "spring", "list_id": "l1", "channel": "email"}


def test_what_is_left_out_is_usual() -> None:
    """Two weeks, conversion, a lift of 20 %, at once."""
    read = CampaignRequest.read(USUAL)
    assert (read.window_days, read.outcome, read.lift_worth_knowing, read.starts) == (14, "conversion", 0.2, None)
    assert read.list_request() is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"channel": "pigeon"}, "channel must be one of 'email', 'sms', 'app', 'wechat', 'phone' or 'post'"),
        ({"window_days": 0}, "window_days must be at least 1; got 0."),
        ({"window_days": "14"}, 'window_days must be a whole number; got "14".'),
        ({"starts": "2025-03-01T10:00:00"}, "starts "),
        ({"cost_per_contact": -1.0}, "cost_per_contact must be at least 0"),
        ({"outcome": "clicks"}, "outcome must be one of 'conversion' or 'revenue'"),
        ({"lift": 2}, "lift is not a field of a campaign; got 2."),
        ({"list": {"name": "x"}}, "campaign must have one of list_id and list"),
        ({"list_id": None}, "campaign must have one of list_id and list"),
        ({"name": "a\nb"}, "name must not be empty or contain control characters"),
    ],
    ids=["channel", "no days", "text", "no zone", "cost", "outcome", "unknown", "two lists", "no list", "name"],
)
def test_what_makes_no_sense(changed: dict[str, Any], message: str) -> None:
    """Rule, value, and what is allowed."""
    with pytest.raises(HuitouError) as error:
        CampaignRequest.read(USUAL | changed)
    assert error.value.message.startswith(message)


def test_the_list_of_a_later_start_is_read_at_once() -> None:
    """Its mistakes are told when the campaign is made, and it is for the campaign's channel."""
    bare = {name: value for name, value in USUAL.items() if name != "list_id"}
    read = CampaignRequest.read(bare | {"list": {"name": "carts", "template": "open-cart"}}).list_request()
    assert read is not None
    assert read.channel == "email"
    wrong = CampaignRequest.read(bare | {"list": {"name": "carts", "template": "open-cart", "channel": "sms"}})
    with pytest.raises(HuitouError, match="list.channel must be that of the campaign, email; got sms."):
        wrong.list_request()
