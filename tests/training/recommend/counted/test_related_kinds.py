"""Related items of each kind: worked out by hand, true to the planted shop, and the same with and without bots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.history import History
from features.items import item_features, item_statistics, total_statistics
from features.shop.anomalies import Anomalies
from tests.small_shop import events, history, items, moment
from tests.training.recommend.conftest import PlantedShop
from training.recommend.counted.related_kinds import (
    BOUGHT_HALF_LIVES,
    DAMPING,
    DIRECTED_POPULARITY,
    RELATED_KINDS,
    RelatedCounts,
    RelatedPart,
)
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.people import People

CUTOFF = moment("2025-03-11T00:00Z")
SETTINGS = SourceSettings()
PEOPLE = ("anna", "bo", "cy")
COUNTED = ("viewed_together", "bought_together", "viewed_then_bought", "bought_within")


def at(days: float) -> datetime:
    """A moment so many days before the cutoff."""
    return CUTOFF - timedelta(days=days)


def counted(histories: Sequence[History]) -> RelatedCounts:
    """The relations over some histories of one catalogue."""
    statistics, catalogue = total_statistics(map(item_statistics, histories)), histories[0].catalogue
    shop = Shop(CUTOFF, SETTINGS, catalogue, statistics, item_features(statistics, catalogue))
    people = [People(each, SETTINGS.half_life_days, SETTINGS.history_items) for each in histories]
    return RelatedCounts(shop, [RelatedPart.of(each) for each in people])


def scores(kind: str, *rows: Any, described: pa.Table | None = None) -> dict[tuple[str, str], float]:
    """The scores of one kind by pairs of item ids."""
    known = history(events(*rows), CUTOFF, described)
    table, ids = counted([known]).tables([kind])[kind].tocoo(), known.catalogue.ids.to_pylist()
    return {
        (ids[a], ids[b]): round(float(value), 5) for a, b, value in zip(table.row, table.col, table.data, strict=True)
    }


def weight(days: float) -> float:
    """What a purchase, or a view that led to one, counts."""
    return float(0.5 ** (days / (BOUGHT_HALF_LIVES * SETTINGS.half_life_days)))


def test_bought_together_by_hand() -> None:
    """Two people bought tea and cup in one order, a third the tea alone: a damped cosine, in both directions."""
    rows = [(who, "purchase", item, at(4)) for who in ("anna", "bo") for item in ("tea", "cup")]
    found = scores("bought_together", *rows, ("cy", "purchase", "tea", at(4)))
    both = 2 * weight(4) / np.sqrt((3 * weight(4) + DAMPING) * (2 * weight(4) + DAMPING))
    assert found == {("tea", "cup"): round(both, 5), ("cup", "tea"): round(both, 5)}


def test_orders_are_told_by_their_ids() -> None:
    """Two orders of one day are two orders where they have ids; lines of one id are one order over two days."""
    apart = [(who, "purchase", item, at(4), {"order_id": item}) for who in PEOPLE for item in ("tea", "cup")]
    assert scores("bought_together", *apart) == {}
    together = [
        (who, "purchase", item, at(day), {"order_id": "o"}) for who in PEOPLE for item, day in (("tea", 4), ("cup", 3))
    ]
    assert set(scores("bought_together", *together)) == {("tea", "cup"), ("cup", "tea")}


def test_viewed_then_bought_by_hand() -> None:
    """Two of three who viewed tea bought a cup within a week; a purchase before the view, or later, does not count."""
    rows = [(who, "view", "tea", at(20)) for who in PEOPLE]
    rows += [("anna", "purchase", "cup", at(19)), ("bo", "purchase", "cup", at(14)), ("bo", "purchase", "tea", at(14))]
    rows += [("anna", "purchase", "tea", at(19)), ("cy", "purchase", "cup", at(12)), ("cy", "purchase", "pot", at(21))]
    found = scores("viewed_then_bought", *rows)
    buyers = weight(19) + weight(14) + weight(12) + DAMPING
    share = 2 * weight(20) / ((3 * weight(20) + DAMPING) ** (1 - DIRECTED_POPULARITY) * buyers**DIRECTED_POPULARITY)
    assert found == {("tea", "cup"): round(share, 5)}


def test_bought_within_is_directed() -> None:
    """The cup came in another order within a month after the tea, for two people: from tea to cup and not back."""
    rows = [(who, "purchase", "tea", at(40)) for who in PEOPLE]
    rows += [("anna", "purchase", "cup", at(30)), ("bo", "purchase", "cup", at(10.5)), ("cy", "purchase", "cup", at(9))]
    buyers = weight(30) + weight(10.5) + weight(9) + DAMPING
    share = 2 * weight(40) / ((3 * weight(40) + DAMPING) ** (1 - DIRECTED_POPULARITY) * buyers**DIRECTED_POPULARITY)
    assert scores("bought_within", *rows) == {("tea", "cup"): round(share, 5)}


@pytest.mark.parametrize("kind", COUNTED)
def test_one_person_makes_no_relation(kind: str) -> None:
    """However often one customer views and buys two things, they are related only when a second one does."""

    def often(who: str) -> list[Any]:
        return [
            (who, kind, item, at(40 - 2 * turn), {"order_id": f"{turn}", "quantity": 9})
            for turn in range(15)
            for kind in ("view", "purchase")
            for item in ("tea", "cup")
        ]

    assert scores(kind, *often("anna")) == {}
    assert ("tea", "cup") in scores(kind, *often("anna"), *often("bo"))


def test_newer_behaviour_counts_more() -> None:
    """Of two partners of the tea, bought with it equally often, the one of last week comes before the one of spring."""
    rows = [
        (who, "purchase", item, at(days), {"order_id": f"{days}"})
        for who in PEOPLE
        for days, partner in ((120, "old"), (5, "new"))
        for item in ("tea", partner)
    ]
    found = scores("bought_together", *rows)
    assert found["tea", "new"] > 2 * found["tea", "old"]


def test_what_everybody_buys_is_held_back() -> None:
    """A bag that everyone puts into every order is less related to the tea than the cup that only tea drinkers buy."""
    rows = [(f"c{who}", "purchase", "bag", at(4)) for who in range(40)]
    rows += [(f"c{who}", "purchase", item, at(4)) for who in range(8) for item in ("tea", "cup")]
    found = scores("bought_together", *rows)
    assert found["tea", "cup"] > 1.3 * found["tea", "bag"]


def test_scores_do_not_grow_with_the_shop() -> None:
    """The same habits in a shop of ten times the people give nearly the same scores, within 0 and 1."""

    def habits(people: int) -> dict[tuple[str, str], float]:
        rows = [
            (f"c{who}", "purchase", item, at(4))
            for who in range(people)
            for item in (["tea", "cup"] if who % 4 == 0 else ["tea"])
        ]
        return scores("bought_together", *rows)

    small, large = habits(200), habits(2000)
    assert set(small) == set(large)
    assert all(abs(small[pair] - large[pair]) < 0.05 and 0 < large[pair] <= 1 for pair in small)


def test_planted_complements_come_first(planted: PlantedShop) -> None:
    """In the simulated shop each planted complement is first of what is bought with its item."""
    end = planted.behaviour.reader.extent().last
    assert end is not None
    catalogue = planted.behaviour.catalogue(end)
    histories = list(planted.behaviour.map_histories(lambda _, each: each, end, catalogue))
    table, ids = counted(histories).bought_together, catalogue.ids.to_pylist()
    for pair in planted.truth.complements.to_pylist():
        row = ids.index(pair["item_id"])
        assert ids[table.indices[table.indptr[row]]] == pair["complement_item_id"]


def test_bots_change_nothing(planted: PlantedShop) -> None:
    """With the bots set aside the tables are those of a shop without bots; even with them in, real relations stay."""
    catalogue = planted.behaviour.catalogue(planted.cutoff)
    truth = planted.truth.customers
    bots = truth.filter(pc.equal(truth["group"], "bot"))["customer_id"]
    anomalies = Anomalies.before(planted.behaviour, planted.cutoff, catalogue)
    histories = list(planted.behaviour.map_histories(lambda _, each: each, planted.cutoff, catalogue))
    told = [each.chosen(np.flatnonzero(~anomalies.set_aside(each).flags)) for each in histories]
    is_bot = [pc.is_in(each.customer_ids, value_set=bots).to_numpy(zero_copy_only=False) for each in histories]
    real = [each.chosen(np.flatnonzero(~flags)) for each, flags in zip(histories, is_bot, strict=True)]
    assert sum(flags.sum() for flags in is_bot) > 0
    with_bots, without, clean = (counted(each).tables(COUNTED) for each in (histories, told, real))
    for kind in COUNTED:
        np.testing.assert_array_equal(without[kind].toarray(), clean[kind].toarray())
        moved = abs(with_bots[kind].toarray() - clean[kind].toarray())
        # Of 600 people a bot is one who saw the fifty things it saw last; it bought nothing.
        assert moved.max() < (0.1 if kind == "viewed_together" else 0.01), kind


def test_buckets_add_up(planted: PlantedShop) -> None:
    """The tables are the same from four buckets and from all people at once."""
    behaviour: Behaviour = planted.behaviour
    catalogue = behaviour.catalogue(planted.cutoff)
    histories = list(behaviour.map_histories(lambda _, each: each, planted.cutoff, catalogue))
    halves = [
        part for each in histories for part in (each.part(0, len(each) // 2), each.part(len(each) // 2, len(each)))
    ]
    whole, parts = counted(histories), counted(halves)
    for kind in RELATED_KINDS:
        np.testing.assert_allclose(
            whole.tables([kind])[kind].toarray(), parts.tables([kind])[kind].toarray(), rtol=1e-4, atol=1e-6
        )


def test_a_shop_that_only_looks() -> None:
    """Without purchases the kinds that speak of them are empty, and the others are not."""
    rows = [(who, "view", item, at(4)) for who in PEOPLE for item in ("tea", "cup")]
    described = items(("tea", "drinks", 5), ("cup", "drinks", 6))
    found = {kind: len(scores(kind, *rows, described=described)) for kind in RELATED_KINDS}
    assert found == {
        "viewed_together": 2,
        "bought_together": 0,
        "viewed_then_bought": 0,
        "bought_within": 0,
        "similar": 2,
        "replacement": 2,
    }
