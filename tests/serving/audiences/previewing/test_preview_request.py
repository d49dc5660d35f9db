"""What a preview is asked for by."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.audiences.previewing.preview_request import PreviewRequest


def test_what_is_usual() -> None:
    """A tenth is left alone, and nobody is compared with."""
    found = PreviewRequest.read({"template": "open-cart", "parameters": {"within_days": 3}})
    assert (found.control_share, found.channel, found.overlap_with) == (0.1, None, [])
    others = PreviewRequest.read({"audience": "a", "overlap_with": [{"list_id": "l"}, {"filter": {"open": "cart"}}]})
    assert [each.label for each in others.overlap_with] == ["l", "filter"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "body must have one of filter, audience, template; got {}."),
        (
            {"template": "lost", "audience": "a"},
            'body must have one of filter, audience, template; got {"template": "lost", "audience": "a"}.',
        ),
        (
            {"audience": "a", "parameters": {"x": 1}},
            'body must name a template where there are parameters; got {"audience": "a", "parameters": {"x": 1}}.',
        ),
        (
            {"template": "lost", "channel": "fax"},
            "channel must be one of 'email', 'sms', 'app', 'wechat', 'phone' or 'post'; got \"fax\".",
        ),
        ({"template": "lost", "control_share": 1}, "control_share must be at most 0.9; got 1."),
        ({"template": "lost", "control_share": -0.1}, "control_share must be at least 0.0; got -0.1."),
        ({"template": "lost", "n": 3}, "n is not a field of this request; got 3."),
        (
            {"template": "lost", "overlap_with": [{}]},
            "overlap_with.0 must have one of filter, audience, template, list_id; got {}.",
        ),
        (
            {"template": "lost", "overlap_with": [{"list_id": "a"}] * 21},
            "overlap_with must have at most 20 entries; got ",
        ),
        ({"filter": []}, "filter must be a JSON object; got []."),
        ({"template": "a\nb"}, 'template must not be empty or contain control characters; got "a\\nb".'),
    ],
)
def test_what_is_wrong(said: dict[str, Any], message: str) -> None:
    """One clear sentence each."""
    with pytest.raises(HuitouError) as caught:
        PreviewRequest.read(said)
    assert caught.value.message.startswith(message), caught.value.message
