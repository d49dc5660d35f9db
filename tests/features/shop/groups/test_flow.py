"""Moves between groups, by hand and against each date on its own."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.groups.flow import FLOWS, NOT_THERE, checked_grouping, flow
from features.shop.groups.group_rules import GroupRules
from features.shop_folder import ShopFolder
from tests.small_shop import EventRow, events, random_events, shop, stored

FIRST, SECOND = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)


def bought(who: str, *days: str) -> list[EventRow]:
    """Orders of tea at noon."""
    return [(who, "purchase", "tea", f"{day}T12:00Z", {"unit_price": 5, "order_id": f"{who}{day}"}) for day in days]


ROWS: list[EventRow] = [
    ("looks", "view", "tea", "2024-12-01T12:00Z"),
    ("looks, buys", "view", "tea", "2024-12-01T12:00Z"),
    *bought("looks, buys", "2025-04-20"),
    *bought("once", "2024-12-20"),
    *bought("again", "2024-12-20", "2025-04-20"),
    *bought("latecomer", "2025-04-01"),
    ("late looks", "view", "tea", "2025-04-30T12:00Z"),
    # In the future of both dates.
    *bought("once", "2025-05-02"),
    *bought("stranger", "2025-05-02"),
]


def test_by_hand(tmp_path: Path) -> None:
    """Everybody who was known before the second date is counted once, from where the first date had them."""
    found = flow(Behaviour.of(stored(tmp_path / "shop", events(*ROWS))), FIRST, SECOND)
    assert found.moves["layer"].rows == [
        ("new", "active", 1, 0.5),
        ("new", "high_win_back", 1, 0.5),
        ("visitor", "new", 1, 0.5),
        ("visitor", "visitor", 1, 0.5),
        (NOT_THERE, "new", 1, 0.5),
        (NOT_THERE, "visitor", 1, 0.5),
    ]
    assert found.moves["layer"].stayed == 1
    assert found.moves["stage"].rows == [
        ("visitor", "visitor", 1, 0.5),
        ("visitor", "acquired", 1, 0.5),
        ("acquired", "growing", 1, 0.5),
        ("acquired", "declining", 1, 0.5),
        (NOT_THERE, "visitor", 1, 0.5),
        (NOT_THERE, "acquired", 1, 0.5),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """Two hundred people, a third of whom come after the first date."""
    rows = random_events(7, 4_000, customers=200)
    late = pc.and_(pc.less(rows["occurred_at"], FIRST), pc.starts_with(rows["customer_id"], "c1"))
    return stored(tmp_path_factory.mktemp("moving") / "shop", rows.filter(pc.invert(late)))


def groups_at(behaviour: Behaviour, cutoff: datetime) -> dict[str, dict[str, str]]:
    """Everybody's groups as they are known at one date alone."""
    catalogue = behaviour.catalogue(cutoff)
    rules = GroupRules.before(behaviour, cutoff, catalogue)
    found: dict[str, dict[str, str]] = {}
    for bucket in behaviour.buckets:
        history = behaviour.history(bucket, cutoff, catalogue)
        columns = rules.of(history).columns
        for place, who in enumerate(history.customer_ids.to_pylist()):
            found[who] = {name: columns[name][place].as_py() or "visitor" for name in FLOWS}
    return found


@pytest.mark.parametrize("grouping", FLOWS)
def test_it_is_what_each_date_says(folder: ShopFolder, grouping: str) -> None:
    """The matrix is the count of pairs: the group that each date alone has them in."""
    behaviour, end = Behaviour.of(folder), datetime(2025, 2, 1, tzinfo=UTC)
    before, after = groups_at(behaviour, FIRST), groups_at(behaviour, end)
    wanted = Counter(
        (before[who][grouping] if who in before else NOT_THERE, groups[grouping]) for who, groups in after.items()
    )
    moves = flow(behaviour, FIRST, end).moves[grouping]
    assert {(come, go): people for come, go, people, _ in moves.rows} == wanted
    assert moves.people.sum() == len(after)
    assert moves.people[-1].sum() == len(after) - len(before) > 0


def test_progress_is_told(folder: ShopFolder) -> None:
    """Each bucket of customers is told when it is done."""
    told: list[tuple[int, int]] = []
    flow(Behaviour.of(folder), FIRST, datetime(2025, 2, 1, tzinfo=UTC), lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("2025-01-01", "2025-01-01", r"^from must be before to; got 2025-01-01 and 2025-01-01\.$"),
        ("2020-01-01", "2025-01-01", r"^from must be after the first event, of 2024-01-0\d; got 2020-01-01\. Before"),
        ("2025-01-01", "2026-01-01", r"^to must be at most a day after the last event, of 2025-02-0\d; got 2026-01"),
    ],
)
def test_dates_that_make_no_sense(folder: ShopFolder, first: str, second: str, message: str) -> None:
    """Dates in the wrong order, before anybody came or beyond what is known are refused."""
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, second))
    with pytest.raises(HuitouError, match=message):
        flow(Behaviour.of(folder), begin, end)


def test_a_shop_without_events(tmp_path: Path) -> None:
    """Without events there is nothing to compare, which is said."""
    with pytest.raises(HuitouError, match=r"^the shop has no events yet\. Import some first, with: huitou import$"):
        flow(Behaviour.of(shop(tmp_path / "shop")), FIRST, SECOND)


def test_unknown_groups() -> None:
    """People are followed between known groups alone."""
    message = r"^by must be one of layer, stage, rfm_group, value_level, behaviour_group; got 'cluster'\.$"
    with pytest.raises(HuitouError, match=message):
        checked_grouping("cluster")
    assert checked_grouping("stage") == "stage"
