"""Filters as hypothesis draws them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from serving.audiences.filters import VERBS

ITEM_IDS = st.sampled_from([f"i{number}" for number in range(8)])
CATEGORY = st.sampled_from(["tea", "cups", "tea 'n; drop table"])
KINDS = st.sampled_from(
    ["view", "favorite", "cart", "uncart", "unfavorite", "purchase", "return", "anything", ["view", "cart"]]
)
DAY = st.sampled_from(["today", "today-7", "today-60", "today+3", "start_of_month", "start_of_month-31", "2024-06-15"])
ORDERED_DAYS = st.sampled_from(
    [["today-30", "today"], ["2024-03-01", "today-100"], ["start_of_month-62", "start_of_month-1"], ["today", "today"]]
)
SHARES = st.integers(0, 100).map(lambda number: number / 100)


def _some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


WHEN: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.integers(1, 400).map(lambda days: {"within_days": days}),
    ORDERED_DAYS.map(lambda days: {"between": days}),
    DAY.map(lambda day: {"since": day}),
    DAY.map(lambda day: {"before": day}),
)
WHICH = _some(
    item=st.one_of(ITEM_IDS, st.lists(ITEM_IDS, min_size=1, max_size=3)),
    category=st.one_of(CATEGORY, st.lists(CATEGORY, min_size=1, max_size=2)),
    price=st.sampled_from([{"at_least": 30}, {"at_most": 50}, {"at_least": 20, "at_most": 60.5}]),
)
HOW_OFTEN = _some(at_least=st.integers(1, 6), on_days=st.integers(1, 5))


def _joined(*parts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


DID = st.builds(
    lambda verb, kinds, *more: _joined({verb: kinds}, *more),
    st.sampled_from(["did", "did_not"]),
    KINDS,
    WHICH,
    WHEN,
    HOW_OFTEN,
)
OPEN = st.builds(
    lambda opened, *more: _joined({"open": opened}, *more), st.sampled_from(["cart", "favorite"]), WHICH, WHEN
)
CONTACTED = st.one_of(
    st.just({"contacted": True}),
    st.builds(
        lambda *parts: {"contacted": _joined(*parts)},
        _some(
            campaign=st.sampled_from(["spring", ["spring", "autumn"], "never"]),
            channel=st.sampled_from(["email", ["sms", "app"]]),
        ),
        st.integers(1, 130).map(lambda days: {"within_days": days}),
    ),
)
NUMBERS = st.sampled_from(["churn_probability", "order_probability_30d", "uplift", "promotion_order_share"])
FIELD = st.one_of(
    st.builds(lambda name, low: {"field": name, "at_least": low}, NUMBERS, SHARES),
    st.builds(lambda name, high: {"field": name, "at_most": high}, NUMBERS, SHARES),
    st.builds(lambda name, ends: {"field": name, "between": sorted(ends)}, NUMBERS, st.tuples(SHARES, SHARES)),
    st.builds(lambda name, values: {"field": name, "in": values}, NUMBERS, st.lists(SHARES, min_size=1, max_size=20)),
    st.builds(lambda name, known: {"field": name, "is_known": known}, NUMBERS, st.booleans()),
    st.builds(lambda value: {"field": "net_spend_all", "at_least": value}, st.sampled_from([12.35, 24.7, 61.75])),
    st.builds(lambda value: {"field": "cluster", "is": value}, st.integers(1, 6)),
    st.builds(lambda name: {"field": "layer", "is": name}, st.sampled_from(["new", "lost", "visitor"])),
    st.builds(lambda names: {"field": "layer", "in": names}, st.just(["active", "lost"])),
    st.builds(lambda known: {"field": "set_aside", "is_known": known}, st.booleans()),
    st.builds(lambda value: {"field": "consent_sms", "is": value}, st.booleans()),
    st.builds(lambda known: {"field": "consent_sms", "is_known": known}, st.booleans()),
    st.builds(lambda day: {"field": "next_order_on", "at_most": day}, DAY),
    st.builds(lambda days: {"field": "next_order_from", "between": days}, st.just(["today-5", "today+20"])),
    st.builds(lambda day: {"field": "next_order_on", "is": day}, DAY),
)
BIRTHDAY = st.sampled_from([["today", "today+6"], ["2024-12-20", "2025-01-10"], ["2025-02-20", "2025-03-01"]]).map(
    lambda days: {"birthday": days}
)
LEAF = st.one_of(DID, OPEN, CONTACTED, FIELD, BIRTHDAY, st.just({"everyone": True}))
FILTERS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    LEAF,
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        part.map(lambda one: {"not": one}),
    ),
    max_leaves=5,
)
"""Filters that make sense."""

OPTIONS = (
    *("item", "category", "price", "within_days", "between", "since", "at_least", "on_days", "top"),
    *("is", "in", "is_known", "channel", "campaign"),
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=True),
        st.text(max_size=12),
        st.sampled_from(
            ["today", "cart", "layer", "i1", "tea", "2025-13-45", "'; drop table people; --", "today-99999"]
        ),
    ),
    lambda part: st.one_of(
        st.lists(part, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from([*VERBS, *OPTIONS]),
                st.text(max_size=6),
            ),
            part,
            max_size=4,
        ),
    ),
    max_leaves=12,
)
"""Whatever JSON can say, in words that filters know."""
