"""Whom filters mean: the same people as SQL over the same shop finds, and never anything but an answer or an error."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh, FreshEvents
from serving.audiences.matching import matching, refuse_nobody, shop_date
from tests.serving.audiences.audience_shop import NOW, TODAY, AudienceShop, audience_shop
from tests.serving.audiences.drawn_filters import FILTERS, JSON
from tests.serving.audiences.filter_sql import FilterSql


@pytest.fixture(scope="module")
def oracle(made: AudienceShop) -> FilterSql:
    """The other way to the same answer."""
    return FilterSql(made)


def people(made: AudienceShop, said: Any) -> set[str]:
    """Ids of everybody whom a filter means."""
    flags = matching(made.snapshot, parse_filter(said), Fresh.nothing(), NOW)
    return {made.snapshot.customers.id(row) for row in flags.nonzero()[0].tolist()}


@settings(max_examples=300)
@given(said=FILTERS)
def test_the_same_people_as_plain_sql_finds(made: AudienceShop, oracle: FilterSql, said: dict[str, Any]) -> None:
    """Every filter means whom DuckDB finds in the events, the contacts and the table of customers."""
    assert people(made, said) == oracle.people(said)


def test_the_drawn_filters_are_no_trivial_ones(made: AudienceShop, oracle: FilterSql) -> None:
    """The comparison is one of answers that hold some and leave out others, for every kind of part."""
    said: list[dict[str, Any]] = [
        {"did": "purchase", "category": "tea", "within_days": 120},
        {"did": "anything", "on_days": 26},
        {"did_not": "cart", "at_least": 6},
        {"open": "cart", "price": {"at_least": 30}},
        {"contacted": {"channel": "email", "within_days": 60}},
        {"field": "churn_probability", "at_least": 0.5},
        {"field": "next_order_on", "between": ["today", "today+20"]},
        {"birthday": ["2025-01-01", "2025-05-31"]},
    ]
    sizes = [len(people(made, each)) for each in said]
    assert all(0 < size < len(made.snapshot.customers) for size in sizes), sizes
    assert [len(oracle.people(each)) for each in said] == sizes


@settings(max_examples=400)
@given(said=st.one_of(JSON, FILTERS.map(lambda part: {"all": [part, {"field": "layer", "is": 3}]})))
def test_hostile_json_is_answered_or_refused(made: AudienceShop, said: Any) -> None:
    """Whatever comes in, there is an answer or an error that names its part."""
    error, found = None, set[str]()
    try:
        found = people(made, said)
    except HuitouError as caught:
        error = caught
    assert found <= {made.snapshot.customers.id(row) for row in range(len(made.snapshot.customers))}
    if error is not None:
        assert (error.code, re.split(r"[.\[]", str(error.field))[0]) == ("filter", "filter")
        assert "\n" not in error.message


def test_an_audience_of_nobody(made: AudienceShop) -> None:
    """Nothing is made of an audience in which there is nobody, and the error says what to do."""
    flags = matching(made.snapshot, parse_filter({"not": {"everyone": True}}), Fresh.nothing(), NOW)
    with pytest.raises(HuitouError) as caught:
        refuse_nobody(flags)
    assert str(caught.value) == (
        "nobody in the snapshot fits this audience. Widen the filter, and preview it before a list is made."
    )
    refuse_nobody(~flags)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"field": "layre", "is": "new"}, 'filter.field must be a field; got "layre". Did you mean layer?'),
        (
            {"all": [{"field": "layer", "is": "lots"}]},
            (
                "filter.all[0].is must be one of new, active, high_win_back, low_win_back, lost, visitor; "
                'got "lots". Did you mean lost?'
            ),
        ),
        (
            {"field": "layer", "at_least": "new"},
            'filter.at_least is no way to ask for layer, a text; use is, in, is_known; got "new".',
        ),
        (
            {"field": "churn_probability", "at_least": 80},
            (
                "filter.at_least must be between 0 and 1: churn_probability is a share, 0 to 1; got 80. "
                "80 % is written 0.8."
            ),
        ),
        ({"field": "churn_probability", "is": "high"}, 'filter.is must be a number; got "high".'),
        ({"field": "contactable", "is": "yes"}, 'filter.is must be true or false; got "yes".'),
        (
            {"field": "next_order_on", "at_least": "soon"},
            (
                "filter.at_least must be a date such as 2026-03-31, or a relative one such as today, today-7 or "
                'start_of_month; got "soon".'
            ),
        ),
        (
            {"not": {"field": "next_order_on", "between": ["today", "2025-01-01"]}},
            (
                "filter.not.between must not end before it begins: 2025-02-05 is above 2025-01-01; "
                'got ["today", "2025-01-01"].'
            ),
        ),
        (
            {"did": "cart", "between": ["today", "today-7"]},
            (
                "filter.between must not end before it begins: 2025-02-05 is later than 2025-01-29; "
                'got ["today", "today-7"]. Put the earlier date first.'
            ),
        ),
        (
            {"did": "cart", "category": "tee"},
            'filter.category must be a category of the shop; got "tee". Did you mean tea?',
        ),
        (
            {"did": "cart", "item": ["i1", "x"]},
            (
                'filter.item[1] must be an item that the snapshot knows; got "x". '
                "Look the id up in the shop; an item that is new comes with the next publishing."
            ),
        ),
    ],
)
def test_what_the_snapshot_does_not_know(made: AudienceShop, said: dict[str, Any], message: str) -> None:
    """Names, values and days are looked up, and the error says where, what, and what was probably meant."""
    with pytest.raises(HuitouError) as caught:
        people(made, said)
    assert (caught.value.message, caught.value.code) == (message, "filter")


def test_names_of_no_customer_are_no_mistake(made: AudienceShop) -> None:
    """A group that is empty today is empty, and not unknown."""
    assert people(made, {"field": "rfm_group", "is": "champions"}) == set()


def test_today_is_the_shops(made: AudienceShop) -> None:
    """In Shanghai it is tomorrow already: the last day begins at 16:00 UTC."""
    since = people(made, {"did": "anything", "since": "today"})
    assert since == people(made, {"did": "anything", "since": "2025-02-05"})


def test_a_shop_that_stands_still(made: AudienceShop) -> None:
    """Two weeks after its last event days are counted from there, until something happens again."""
    nothing, still = Fresh.nothing(), NOW + timedelta(days=400)
    assert shop_date(made.snapshot, nothing, NOW + timedelta(days=13)) == TODAY + timedelta(days=13)
    assert shop_date(made.snapshot, nothing, still) == TODAY
    click = (0, 0, 0, int((still - timedelta(days=2)).timestamp() * 1e6), 0)
    assert shop_date(made.snapshot, Fresh(FreshEvents.of([click]), nothing.contacts), still) == TODAY + timedelta(
        days=400
    )
    later = (0, 0, 0, int((NOW + timedelta(days=100)).timestamp() * 1e6), 0)
    assert shop_date(made.snapshot, Fresh(FreshEvents.of([later]), nothing.contacts), still) == TODAY + timedelta(
        days=100
    )


def test_another_seed_makes_another_shop(tmp_path: Any) -> None:
    """The oracle holds for other shops as well."""
    other = audience_shop(tmp_path, seed=11)
    oracle = FilterSql(other)
    for said in ({"did": "view", "on_days": 3, "category": "cups"}, {"open": "favorite"}, {"did_not": "purchase"}):
        assert people(other, said) == oracle.people(said)
