"""Live answers: what was computed, until something happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.events.event import EPOCH, KINDS
from features.shop_folder import ShopFolder
from serving.database.people.touch import Touch
from serving.live.live_history import live_history
from serving.recommending.reasons import reason_of
from serving.recommending.recommender import recommend
from serving.recommending.wish import Answer, Wish
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.published_shop import AS_OF, HEADER, ITEMS, NOW, PEOPLE, later, small_shop, write_snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def touch(kind: str, item_id: str, minute: int = 0) -> Touch:
    """Something done so many minutes after the snapshot was made."""
    return Touch(kind, item_id, (NOW - EPOCH) // timedelta(microseconds=1) + minute * 60_000_000)


def wish(person: str | None = None, **asked: Any) -> Wish:
    """What somebody asks for an hour after the snapshot was made."""
    return Wish(NOW + timedelta(hours=1), person, **asked)


def names(snapshot: Snapshot, answer: Answer) -> list[str]:
    return [snapshot.shelf.ids.id(candidate.item) for candidate in answer.items]


def sources(answer: Answer) -> list[str]:
    return [candidate.source for candidate in answer.items]


def test_nothing_new_gives_the_stored_items(snapshot: Snapshot) -> None:
    """Without fresh events the answer is the stored list with its scores, then popular items."""
    answer = recommend(snapshot, wish("b/o b", n=3))
    assert names(snapshot, answer) == ["zip", "apple", "tea 🍵"]
    assert sources(answer) == ["open_cart", "open_cart", "popular"]
    np.testing.assert_allclose([c.score for c in answer.items[:2]], [0.9, 0.8], rtol=1e-6)
    assert answer.fallback is None


def test_out_of_stock_is_left_out(snapshot: Snapshot) -> None:
    """What cannot be bought is not shown, unless it is asked for."""
    assert names(snapshot, recommend(snapshot, wish("anna", n=2))) == ["kettle", "apple"]
    everything = wish("anna", n=2, wanted=ItemFilter(in_stock=False))
    assert names(snapshot, recommend(snapshot, everything)) == ["kettle", "gone"]


def test_unknown_customers_get_popular_items(snapshot: Snapshot) -> None:
    """Someone who was never seen gets popular items, and the answer says so."""
    answer = recommend(snapshot, wish("nobody", n=2))
    assert names(snapshot, answer) == ["tea 🍵", "apple"]
    assert answer.fallback == "unknown_customer"
    assert recommend(snapshot, wish(n=2)).fallback == "anonymous"


def test_opted_out_customers_get_popular_items(snapshot: Snapshot) -> None:
    """Neither the stored items nor the last clicks of someone who opted out are used, and the answer says so."""
    for person in ("quiet", "stranger who said no"):
        answer = recommend(snapshot, wish(person, touches=[touch("cart", "kettle")], n=2))
        assert names(snapshot, answer) == ["tea 🍵", "apple"]
        assert answer.fallback == "opted_out"


def test_what_was_bought_since_is_left_out(snapshot: Snapshot) -> None:
    """An item bought a minute ago is not recommended."""
    answer = recommend(snapshot, wish("anna", touches=[touch("purchase", "kettle")], n=7))
    assert "kettle" not in names(snapshot, answer)


def test_a_fresh_cart_comes_first(snapshot: Snapshot) -> None:
    """What was just carted comes first, the newest before the others, then what was stored."""
    touches = [touch("cart", "a/b 苹果"), touch("cart", 'quo"te', 1)]
    answer = recommend(snapshot, wish("anna", touches=touches, n=3))
    assert names(snapshot, answer)[:2] == ['quo"te', "a/b 苹果"]
    assert sources(answer)[:2] == ["open_cart", "open_cart"]


def test_a_fresh_view_brings_related_items(snapshot: Snapshot) -> None:
    """After the cart come the item just viewed and what is viewed together with it, before what is popular."""
    answer = recommend(snapshot, wish("b/o b", touches=[touch("view", "a/b 苹果")], n=7))
    assert names(snapshot, answer)[:3] == ["zip", "apple", "a/b 苹果"]
    assert sources(answer)[2:] == ["viewed", "viewed_together", "viewed_together", "popular"]


def test_the_first_click_of_a_stranger_counts(snapshot: Snapshot) -> None:
    """Someone who was never seen gets what belongs to the first item looked at, by the same two stages."""
    answer = recommend(snapshot, wish("visitor:new", touches=[touch("view", "a/b 苹果")], n=3))
    assert names(snapshot, answer) == ["a/b 苹果", "apple", "kettle"]
    assert reason_of(snapshot, answer.items[1], "en") == "often viewed together with The a/b 苹果"
    assert answer.fallback is None
    nameless = recommend(snapshot, wish(None, touches=[touch("view", "a/b 苹果")], n=3))
    assert names(snapshot, nameless) == names(snapshot, answer)


def test_asking_anew_agrees_with_what_was_stored(snapshot: Snapshot) -> None:
    """Where nothing new has happened, the two stages give a person what was stored for them."""
    for person in PEOPLE:
        row = snapshot.customers.row(person.id)
        anew = snapshot.recommender.recommend(live_history(snapshot, person.id, row, (), AS_OF), 50)
        stored = snapshot.recommended(row).item.tolist()
        assert anew.item[0, : len(stored)].tolist() == stored


def test_taken_out_of_the_cart(snapshot: Snapshot) -> None:
    """A cart item that was taken out since is no longer offered as one; put back, it comes first again."""
    answer = recommend(snapshot, wish("anna", touches=[touch("uncart", "kettle")], n=7))
    by_name = dict(zip(names(snapshot, answer), sources(answer), strict=True))
    assert by_name["kettle"] == "viewed"
    assert names(snapshot, answer)[0] == "apple"
    again = recommend(snapshot, wish("anna", touches=[touch("uncart", "kettle"), touch("cart", "kettle", 1)], n=1))
    assert names(snapshot, again) == ["kettle"]


def test_items_on_the_page_bring_related_ones(snapshot: Snapshot) -> None:
    """On an item's page related items come first and the item itself is not shown."""
    answer = recommend(snapshot, wish("anna", context=["a/b 苹果"], placement="item", n=7))
    assert names(snapshot, answer)[0] == "apple"
    assert "a/b 苹果" not in names(snapshot, answer)
    assert answer.items[0].source == "viewed_together"
    cart = recommend(snapshot, wish("nobody", context=["a/b 苹果"], placement="cart"))
    assert (names(snapshot, cart)[0], cart.items[0].source) == ("kettle", "bought_together")


def test_the_page_is_served_without_a_customer(snapshot: Snapshot) -> None:
    """Nobody in particular gets what belongs to the page, which is no fallback."""
    answer = recommend(snapshot, wish(context=["a/b 苹果"], n=1))
    assert (names(snapshot, answer), answer.fallback) == (["apple"], None)


def test_the_cart_page_does_not_offer_the_cart(snapshot: Snapshot) -> None:
    """In the cart, what lies in it already is not recommended."""
    assert "kettle" not in names(snapshot, recommend(snapshot, wish("anna", placement="cart", n=7)))


def test_the_own_cycle_is_the_reason(tmp_path: Path) -> None:
    """Who has bought an item three times is told how often they buy it.

    Who has not, how often it is bought, where that is known of the item itself, else that they bought it.
    """
    again = replace(HEADER, sources=("buy_again", *HEADER.sources[1:]))
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, header=again)
    snapshot = Snapshot.open_current(shop)
    day = 24 * 60

    def told(item: str, *days_ago: int) -> str:
        bought = [touch("purchase", item, -days * day) for days in days_ago]
        first = recommend(snapshot, wish("somebody", n=1, touches=(*bought, touch("cart", item)))).items[0]
        assert first.source == "buy_again"
        return reason_of(snapshot, first, "en")

    assert told("apple", 93, 63, 33) == "you usually buy this every 30 days"
    assert told("apple", 63, 33) == "you bought this before"
    assert told("a/b 苹果", 113, 73, 33) == "you usually buy this every 40 days"
    assert told("a/b 苹果", 73, 33) == "usually bought again after about 30 days"


def test_filters(snapshot: Snapshot) -> None:
    """Category and price limit every item of the answer, popular ones, too."""
    kitchen = recommend(snapshot, wish("anna", n=7, wanted=ItemFilter(categories=("kitchen",))))
    assert names(snapshot, kitchen) == ["kettle", "tea 🍵"]
    cheap = recommend(snapshot, wish("anna", n=7, wanted=ItemFilter(max_price=3.0)))
    assert names(snapshot, cheap) == ["apple", "a/b 苹果", 'quo"te']
    dear = recommend(snapshot, wish("anna", n=7, wanted=ItemFilter(min_price=10.0)))
    assert names(snapshot, dear) == ["kettle"]
    assert not recommend(snapshot, wish(wanted=ItemFilter(categories=("nothing such",)))).items


def test_excluded_items_are_not_shown(snapshot: Snapshot) -> None:
    """Excluded items appear nowhere, and ids that nobody knows are passed over."""
    assert "kettle" not in names(snapshot, recommend(snapshot, wish("anna", exclude=["kettle", "no such"], n=7)))


def test_strict_leaves_places_empty(snapshot: Snapshot) -> None:
    """With strict there are personal items or none."""
    assert names(snapshot, recommend(snapshot, wish("anna", strict=True))) == ["kettle", "apple"]
    assert not recommend(snapshot, wish("nobody", strict=True)).items


def test_every_source_has_a_place_in_the_answer(snapshot: Snapshot) -> None:
    """Reasons are told for popular items and carts in both languages."""
    answer = recommend(snapshot, wish("b/o b", n=3))
    assert [reason_of(snapshot, item, "zh") for item in answer.items] == [
        "在您的购物车里",
        "在您的购物车里",
        "当前热门",
    ]


TOUCHES = st.lists(st.builds(touch, st.sampled_from(KINDS), st.sampled_from([*ITEMS, "not in the snapshot"])))
PERSONS = st.sampled_from([None, "nobody", *(person.id for person in PEOPLE)])
SOME = st.lists(st.sampled_from(ITEMS), max_size=3)


@given(person=PERSONS, touches=TOUCHES, context=SOME, exclude=SOME, placement=st.sampled_from(["home", "cart"]))
def test_every_answer_is_sound(
    snapshot: Snapshot,
    person: str | None,
    touches: list[Touch],
    context: list[str],
    exclude: list[str],
    placement: str,
) -> None:
    """Whatever happened: no item twice, none hidden or out of stock, scores never rise, pages fit together."""
    asked = {"touches": touches, "context": context, "exclude": exclude, "placement": placement}
    answer = recommend(snapshot, wish(person, n=50, **asked))
    shown = names(snapshot, answer)
    assert len(shown) == len(set(shown))
    assert not {*shown} & {*context, *exclude, "gone"}
    scores = [candidate.score for candidate in answer.items]
    assert scores == sorted(scores, reverse=True)
    pages = [
        names(
            snapshot,
            recommend(snapshot, wish(person, n=2, offset=at, **asked)),
        )
        for at in range(0, 8, 2)
    ]
    assert [name for page in pages for name in page] == shown


def test_popular_items_are_looked_for_through_the_whole_shop(tmp_path: Path) -> None:
    """Far down the list there is still something to show when the filter lets little through."""
    shop = ShopFolder.create(tmp_path)
    ids = [f"item {number:05d}" for number in range(3_500)]
    write_snapshot(shop, (), ids, header=later(1))
    snapshot = Snapshot.open_current(shop)
    answer = recommend(snapshot, wish(wanted=ItemFilter(categories=("kitchen",)), exclude=ids[:3_000], n=50))
    assert len(answer.items) == 50
    assert {snapshot.shelf.item(candidate.item).category for candidate in answer.items} == {"kitchen"}
    assert min(names(snapshot, answer)) >= ids[3_000]


def test_who_bought_everything_is_shown_it_again(snapshot: Snapshot) -> None:
    """A page is never empty: when all that may be shown was bought it is shown again; with strict it stays empty."""
    bought = [touch("purchase", item, minute) for minute, item in enumerate(ITEMS)]
    answer = recommend(snapshot, wish("anna", touches=bought, n=3))
    assert len(answer.items) == 3
    assert answer.fallback == "no_candidates"
    assert not recommend(snapshot, wish("anna", touches=bought, strict=True)).items
