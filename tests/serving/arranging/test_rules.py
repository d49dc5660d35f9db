"""Rules as they are written: what can be said, and how a mistake is told."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.arranging.rules import ArrangeRules

SALE = {
    "name": "spring sale",
    "placement": ["home"],
    "page_category": ["tea"],
    "layer": ["active", "lost"],
    "kind": ["repeat"],
    "from": "2026-03-01",
    "until": "2026-03-31",
    "pin": [{"item": "sku-1", "place": 1}],
    "boost": [{"brand": ["Dovrelin"], "factor": 1.5}],
    "hide": {"category": ["swimwear"]},
}


def read(**said: Any) -> ArrangeRules:
    return ArrangeRules.read(json.dumps(said))


def told(**said: Any) -> str:
    with pytest.raises(HuitouError) as caught:
        read(**said)
    return caught.value.message


def rule(**fields: Any) -> dict[str, Any]:
    """A rule that is right but for what is given."""
    return {"name": "spring sale", "pin": [{"item": "sku-1", "place": 1}]} | fields


def test_a_whole_rule() -> None:
    """Every field is taken as it is written."""
    found = read(rules=[SALE]).rules[0]
    assert (found.name, found.placement, found.page_category) == ("spring sale", ["home"], ["tea"])
    assert (found.layer, found.kind) == (["active", "lost"], ["repeat"])
    assert (found.first_day, found.last_day) == (date(2026, 3, 1), date(2026, 3, 31))
    assert [(pin.item, pin.place) for pin in found.pin] == [("sku-1", 1)]
    assert [(boost.brand, boost.factor) for boost in found.boost] == [(["Dovrelin"], 1.5)]
    assert found.hide.category == ["swimwear"]


def test_nothing_said_is_the_usual() -> None:
    """An empty file has no rules and the usual settings for every placement."""
    found = read()
    assert (found.rules, found.of_placement("home")) == ([], ArrangeRules().usual)


def test_placements_inherit() -> None:
    """A placement takes from usual what it does not say itself."""
    found = read(usual={"diversity": 0.5, "exploration": 0.1}, placements={"cart": {"exploration": 0}})
    assert (found.of_placement("cart").diversity, found.of_placement("cart").exploration) == (0.5, 0)
    assert found.of_placement("email") == found.usual
    assert found.usual.price_respect == ArrangeRules().usual.price_respect


NEXT = "Mend it, and look with: huitou rules check"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"usual": {"diversity": 2}}, "usual.diversity must be at most 1.0; got 2."),
        ({"usual": {"diversity": True}}, "usual.diversity must be a number; got true."),
        ({"usual": []}, "usual must be a JSON object; got []."),
        ({"placements": {"cart": {"diversty": 1}}}, "placements.cart.diversty is not a field of this file; got 1."),
        ({"rule": []}, "rule is not a field of this file; got []."),
        ({"rules": {}}, "rules must be a list; got {}."),
        ({"rules": [7]}, "rule 1: it must be a JSON object; got 7."),
        ({"rules": [{"pin": []}]}, "rule 1: name must be given; got nothing."),
        (
            {"rules": [rule(pin=[{"item": "a", "place": 0}])]},
            "rule 1 ('spring sale'): pin.0.place must be at least 1; got 0.",
        ),
        (
            {"rules": [rule(pin=[{"item": "a", "place": 1.5}])]},
            "rule 1 ('spring sale'): pin.0.place must be a whole number; got 1.5.",
        ),
        (
            {"rules": [SALE, rule(name="b", boost=[{"item": ["a"], "factor": 11}])]},
            "rule 2 ('b'): boost.0.factor must be at most 10.0; got 11.",
        ),
        (
            {"rules": [rule(boost=[{"factor": 2}])]},
            "rule 1 ('spring sale'): boost.0 must name items, categories or brands; got {\"factor\": 2}.",
        ),
        (
            {"rules": [rule(layer=["gold"])]},
            "rule 1 ('spring sale'): layer.0 must be one of 'new', 'active', 'high_win_back', 'low_win_back', ",
        ),
        (
            {"rules": [rule(until="31.3.2026")]},
            "rule 1 ('spring sale'): until must be a date, such as 2026-03-31; got \"31.3.2026\".",
        ),
        (
            {"rules": [{"name": "none"}]},
            'rule 1 (\'none\'): it must pin, boost or hide something; got {"name": "none"}.',
        ),
        (
            {"rules": [SALE, SALE]},
            "rules must have names that differ, and two are called 'spring sale'; got ",
        ),
    ],
)
def test_mistakes(said: dict[str, Any], message: str) -> None:
    """A mistake is told with the rule, the field, the value, what is allowed and the next step."""
    found = told(**said)
    assert found.startswith("arrange.json: " + message)
    assert found.endswith(NEXT)


def test_a_rule_ends_after_it_begins() -> None:
    """The last day may be the first, and not earlier."""
    assert read(rules=[rule(**{"from": "2026-03-01", "until": "2026-03-01"})]).rules
    wrong = told(rules=[rule(**{"from": "2026-03-02", "until": "2026-03-01"})])
    assert "rule 1 ('spring sale'): it must not end before it begins; got {" in wrong


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"rules": NaN}'])
def test_what_is_not_json(text: str) -> None:
    """Text that is no JSON object is told as such."""
    with pytest.raises(HuitouError, match=r"^arrange\.json: .*Mend it"):
        ArrangeRules.read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ODD = st.fixed_dictionaries(
    {},
    optional={
        "usual": JSON,
        "placements": JSON | st.dictionaries(st.text(max_size=3), JSON, max_size=2),
        "rules": JSON | st.lists(st.sampled_from([SALE]).flatmap(lambda sale: _spoilt(sale)), max_size=3),
    },
)


def _spoilt(sale: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda name, value: sale | {name: value}, st.sampled_from(sorted(sale)), JSON)


@given(ODD)
def test_whatever_is_written_is_taken_or_told(said: dict[str, Any]) -> None:
    """Any JSON object is either read or refused with a message that says what to do."""
    refusal: HuitouError | None = None
    try:
        read(**said)
    except HuitouError as error:
        refusal = error
    assert refusal is None or (refusal.code == "broken_rules" and refusal.message.startswith("arrange.json: "))
