"""Findings in words: what is sent back of a value, and how long it may be."""

from __future__ import annotations

from typing import Any

import pytest

from features.findings import LONGEST_VALUE, cut, explained, plain


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (2**53, hex(2**53)),
        (float("nan"), "nan"),
        ({"a": [1, {"b": [2]}]}, {"a": [1, {"b": "list"}]}),
        (list(range(30)), list(range(20))),
        (b"bytes", "bytes"),
        (object(), "object"),
    ],
)
def test_values_as_json_holds_them(value: object, shown: object) -> None:
    """Numbers that JSON cannot hold become text, deep and long values are cut, and other objects name their type."""
    assert plain(value) == shown


def test_long_texts_are_cut() -> None:
    """A text of more than LONGEST_VALUE characters ends with an ellipsis."""
    assert cut("x" * LONGEST_VALUE) == "x" * LONGEST_VALUE
    assert cut("x" * (LONGEST_VALUE + 1)) == "x" * (LONGEST_VALUE - 1) + "…"


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        ({"type": "missing", "loc": ("body", "name")}, "name must be given; got nothing."),
        ({"type": "extra_forbidden", "loc": ("a", 0), "input": 7}, "a.0 is not a field of these rules; got 7."),
        ({"type": "less_than_equal", "loc": ("n",), "input": 9, "ctx": {"le": 5}}, "n must be at most 5; got 9."),
        ({"type": "value_error", "loc": (), "input": {}, "ctx": {"error": "must fit"}}, "body must fit; got {}."),
        ({"type": "unheard_of", "loc": ("n",), "msg": "Is odd", "input": "ö"}, 'n is odd; got "ö".'),
    ],
)
def test_findings_are_told(finding: dict[str, Any], message: str) -> None:
    """A finding names the field, the rule and the value."""
    assert explained(finding, "these rules").message == message
