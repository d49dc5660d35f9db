"""What sells best and what rises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.numbers.best_sellers import best_sellers
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK
from tests.small_shop import events, stored

APRIL = Period.parse("2025-04-01", "2025-05-01")


def test_the_best_of_the_week(tables: ShopTables) -> None:
    """The pot earned 20; tea earned 5.50 and 5 less the 4.50 sent back, from two buyers, and was bought twice."""
    best = best_sellers(tables, WEEK).best
    told = [(each.name, *(figure.value for figure in each.figures.values())) for each in best]
    assert told == [("pot", 1, 1, 20.0), ("cup", 1, 2, 6.0), ("tea", 2, 2, 6.0)]
    assert (best[2].title, best[2].category) == ("Oolong 乌龙茶", "drinks")
    assert best[2].figures["buyers"].values == (2, 2, None)


@pytest.mark.parametrize(("rank_by", "first"), [("buyers", "tea"), ("pieces", "cup"), ("net_revenue", "pot")])
def test_they_are_ordered_as_wished(tables: ShopTables, rank_by: str, first: str) -> None:
    """The order is by buyers, pieces or revenue, and as many are told as wished."""
    [best] = best_sellers(tables, WEEK, rank_by=rank_by, n=1).best
    assert best.name == first


def test_the_best_categories(tables: ShopTables) -> None:
    """China earned 26 from two buyers; somebody who buys two of its items counts once."""
    best = best_sellers(tables, WEEK, "category").best
    assert [(each.name, each.title, each.category) for each in best] == [
        ("china", None, "china"),
        ("drinks", None, "drinks"),
    ]
    assert [figure.value for figure in best[0].figures.values()] == [2, 3, 26.0]


@pytest.fixture
def rising(tmp_path: Path) -> Iterator[ShopTables]:
    """Forty items that forty people buy each month; in April sixty more buy the hit, and one buys what is new."""
    rows = []
    for month in ("03", "04"):
        rows += [
            (f"c{person}-{item}", "purchase", f"item{item:02}", f"2025-{month}-10T10:00Z")
            for item in range(40)
            for person in range(40)
        ]
    rows += [(f"more{person}", "purchase", "item07", "2025-04-11T10:00Z") for person in range(60)]
    rows += [("one", "purchase", "new", "2025-04-11T10:00Z")]
    rows += [("first", "view", "item00", "2025-03-02T10:00Z"), ("last", "view", "item00", "2025-04-30T10:00Z")]
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "rising", events(*rows)))) as tables:
        yield tables


def test_what_rises_beyond_chance(rising: ShopTables) -> None:
    """The hit comes first and rose beyond chance; one buyer of something new, an endless rise, proves nothing."""
    found = best_sellers(rising, APRIL).rising
    assert (found[0].name, found[0].rose) == ("item07", True)
    assert found[0].growth.low is not None
    assert found[0].growth.low > 1
    new = next(each for each in found if each.name == "new")
    assert not new.rose
    assert new.growth.low is not None
    assert new.growth.low < 1
    assert [each.name for each in found if each.rose] == ["item07"]


def test_without_a_period_before_nothing_rises(rising: ShopTables) -> None:
    """In the shop's first month there are best sellers and no rising ones."""
    found = best_sellers(rising, Period.parse("2025-03-02", "2025-04-01"))
    assert len(found.best) == 20
    assert found.rising == ()
    assert found.best[0].growth.value is None


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"by": "brand"}, "by must be one of item, category; got 'brand'. Say item for single items."),
        (
            {"rank_by": "views"},
            "rank_by must be one of buyers, pieces, net_revenue; got 'views'. Say net_revenue for what earns most.",
        ),
        ({"n": 0}, "n must be between 1 and 1,000; got 0. Ask for the first 20."),
    ],
    ids=["by", "rank_by", "n"],
)
def test_impossible_wishes(tables: ShopTables, wish: dict[str, str], said: str) -> None:
    """What cannot be listed is refused in one sentence."""
    with pytest.raises(HuitouError) as caught:
        best_sellers(tables, WEEK, **wish)  # type: ignore[arg-type]
    assert caught.value.message == said


def test_it_is_said_in_plain_types(tables: ShopTables) -> None:
    """The answer is JSON with every figure defined."""
    said = json.loads(json.dumps(best_sellers(tables, WEEK).as_dict(), allow_nan=False))
    assert set(said["best"][0]["figures"]) < set(said["definitions"])
