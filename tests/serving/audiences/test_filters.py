"""Reading filters: what is said, and one clear sentence for everything that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import HuitouError
from serving.audiences.filters import INTEREST, MOST_ACTS, MOST_DEPTH, MOST_PARTS, VERBS, parse_filter
from serving.audiences.parts import All, AnyOf, Contacted, Did, Everyone, InterestedIn, Not, Opened

VERB_NAMES = ", ".join(VERBS)


def nested(depth: int) -> dict[str, Any]:
    """A filter of so many levels."""
    said: dict[str, Any] = {"everyone": True}
    for _ in range(depth - 1):
        said = {"not": said}
    return said


def test_parts_within_parts() -> None:
    """AND, OR and NOT hold parts, and did_not is NOT did."""
    said = {"all": [{"any": [{"everyone": True}, {"not": {"open": "cart"}}]}, {"did_not": "view"}]}
    found = parse_filter(said)
    assert isinstance(found, All)
    first, second = found.parts
    assert isinstance(first, AnyOf)
    assert first.parts[0] == Everyone()
    assert isinstance(first.parts[1], Not)
    assert isinstance(first.parts[1].part, Opened)
    assert isinstance(second, Not)
    assert isinstance(second.part, Did)


def test_what_did_says() -> None:
    """Kinds once each, with anything standing for what shows interest; items, prices, counts and days."""
    said = {"did": ["anything", "cart"], "item": "a", "brand": ["x", " y "], "price": {"at_most": 9}, "on_days": 2.0}
    found = parse_filter(said)
    assert isinstance(found, Did)
    assert found.kinds == INTEREST
    assert [each.value for each in found.which.items + found.which.brands] == ["a", "x", "y"]
    assert (found.which.least_price, found.which.most_price, found.at_least, found.on_days) == (None, 9.0, 1, 2)


def test_what_else_can_be_said() -> None:
    """Contacts, interest in an item, and nobody in particular."""
    found = parse_filter({"contacted": {"channel": ["email", "sms"], "campaign": "spring", "since": "start_of_year"}})
    assert isinstance(found, Contacted)
    assert (found.channels, found.campaigns) == (("email", "sms"), ("spring",))
    interested = parse_filter({"interested_in": "a", "top": 10})
    assert isinstance(interested, InterestedIn)
    assert interested.top == 10
    assert parse_filter({"everyone": True}) == Everyone()


def test_limits_of_size() -> None:
    """As deep and as large as allowed is read, one more is not, however deep it goes."""
    assert parse_filter(nested(MOST_DEPTH))
    several = {"any": [{"everyone": True}] * (MOST_PARTS - 1)}
    assert parse_filter(several)
    for too_much, limit in ((nested(MOST_DEPTH + 1), "10 levels"), ({"all": [several]}, "200 parts")):
        with pytest.raises(HuitouError, match=f"must be in a filter of at most {limit}"):
            parse_filter(too_much)
    act = {"did": "view", "within_days": 7}
    parse_filter({"all": [act] * MOST_ACTS})
    with pytest.raises(HuitouError, match="at most 20 parts about what people did"):
        parse_filter({"all": [{"did_not": "view", "within_days": 7}] * (MOST_ACTS + 1)})
    with pytest.raises(HuitouError, match="10 levels"):
        parse_filter(nested(900))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (None, f"filter must be an object with one of {VERB_NAMES}; got null."),
        ({}, f"filter must be an object with one of {VERB_NAMES}; got {{}}."),
        ([{"everyone": True}], f'filter must be an object with one of {VERB_NAMES}; got [{{"everyone": true}}].'),
        ({"al": []}, f'filter must have no key "al"; allowed here: {VERB_NAMES}. Did you mean all?'),
        (
            {"all": [{"everyone": True}], "any": [{"everyone": True}]},
            'filter must have only one of these keys; got ["all", "any"]. Join parts with {"all": [..]}.',
        ),
        ({"all": []}, "filter.all must be a list that is not empty; got []."),
        ({"any": {"everyone": True}}, 'filter.any must be a list that is not empty; got {"everyone": true}.'),
        ({"everyone": False}, "filter.everyone must be true; got false."),
        (
            {"did": "buy"},
            (
                "filter.did must be one of view, favorite, cart, uncart, unfavorite, purchase, return, anything; "
                'got "buy".'
            ),
        ),
        (
            {"did": ["cart", "veiw"]},
            (
                "filter.did[1] must be one of view, favorite, cart, uncart, unfavorite, purchase, return, anything; "
                'got "veiw". Did you mean view?'
            ),
        ),
        ({"did": "cart", "within_days": 0}, "filter.within_days must be a whole number from 1 to 36,500; got 0."),
        ({"did": "cart", "within_days": "30"}, 'filter.within_days must be a whole number from 1 to 36,500; got "30".'),
        ({"did": "cart", "within_days": True}, "filter.within_days must be a whole number from 1 to 36,500; got true."),
        ({"did": "cart", "at_least": 1.5}, "filter.at_least must be a whole number from 1 to 100,000; got 1.5."),
        (
            {"did": "cart", "within": 3},
            (
                'filter must have no key "within"; allowed here: did, item, category, brand, price, within_days, '
                "between, since, before, at_least, on_days. Did you mean within_days?"
            ),
        ),
        (
            {"did": "cart", "within_days": 3, "since": "today"},
            'filter must name days in one way; got ["within_days", "since"]. Use between for both ends.',
        ),
        (
            {"did": "cart", "between": ["today"]},
            'filter.between must be a list of two values, from and to; got ["today"].',
        ),
        (
            {"did": "cart", "since": "2025-02-30"},
            (
                "filter.since must be a date such as 2026-03-31, or a relative one such as today, today-7 or "
                'start_of_month; got "2025-02-30".'
            ),
        ),
        ({"did": "cart", "item": []}, "filter.item must be a list that is not empty; got []."),
        ({"all": [{}] * 1_001}, "filter.all must have at most 1,000 entries; got 1001."),
        ({"did": "cart", "item": " "}, 'filter.item must be a text of 1 to 256 characters; got " ".'),
        ({"did": "cart", "item": ["a"] * 1_001}, "filter.item must have at most 1,000 entries; got 1001."),
        (
            {"did": "cart", "price": 5},
            "filter.price must be an object with at_least, at_most or both; got 5.",
        ),
        (
            {"did": "cart", "price": {"at_least": 9, "at_most": 8}},
            'filter.price must not have a lowest price above the highest; got {"at_least": 9, "at_most": 8}.',
        ),
        ({"did": "cart", "price": {"at_least": float("nan")}}, 'filter.price.at_least must be a number; got "nan".'),
        ({"open": "basket"}, 'filter.open must be one of cart, favorite; got "basket".'),
        (
            {"contacted": {"channel": "fax"}},
            'filter.contacted.channel must be one of email, sms, app, wechat, phone, post; got "fax".',
        ),
        (
            {"contacted": {}},
            "filter.contacted must be true, or an object with within_days, channel or campaign; got {}.",
        ),
        ({"interested_in": "a", "top": 0}, "filter.top must be a whole number from 1 to 1,000,000,000; got 0."),
        ({"birthday": "today"}, 'filter.birthday must be a list of two values, from and to; got "today".'),
        (
            {"field": "layer"},
            'filter must have one of is, in, at_least, at_most, between, is_known; got {"field": "layer"}.',
        ),
        (
            {"not": {"all": [{"everyone": True}, {"field": 3, "is": 1}]}},
            "filter.not.all[1].field must be a text of 1 to 256 characters; got 3.",
        ),
    ],
)
def test_what_is_wrong(said: Any, message: str) -> None:
    """The error names the part, the rule, what was said, and what was probably meant."""
    with pytest.raises(HuitouError) as caught:
        parse_filter(said)
    assert (caught.value.message, caught.value.code) == (message, "filter")
    assert caught.value.field == message.split(" must ")[0]


def test_long_values_are_cut() -> None:
    """Nobody's megabyte comes back in an error."""
    with pytest.raises(HuitouError) as caught:
        parse_filter({"x" * 1_000_000: 1})
    assert len(caught.value.message) < 1_000
