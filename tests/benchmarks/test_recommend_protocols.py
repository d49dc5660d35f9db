"""Protocols of sessions and baskets: what the product makes of files that know the order only."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.recommend_protocols import TAFENG_CUTOFF, diginetica_session, tafeng_nbr
from features.behaviour import Behaviour
from training.recommend.counted.visits import Visits


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of two tiny data sets."""
    baskets = pd.DataFrame(
        [(1, 1, 7), (1, 1, 8), (1, 2, 7), (1, 3, 9), (2, 1, 8), (2, 2, 7)],
        columns=["customer_id", "order_number", "item_id"],
    )
    clicks = pd.DataFrame(
        [(0, 5, 0), (0, 6, 1), (1, 6, 0), (1, 7, 1), (1, 5, 2)], columns=["session_id", "item_id", "ordinal"]
    )
    cases = pd.DataFrame({"case_id": [3, 4], "prefix": [[5, 6], [7]], "target": [7, 99]})
    for name, frame in (("tafeng_nbr/baskets", baskets), ("diginetica_session/train", clicks)):
        (tmp_path / name).parent.mkdir()
        frame.to_parquet(tmp_path / f"{name}.parquet")
    cases.to_parquet(tmp_path / "diginetica_session" / "test.parquet")
    return tmp_path


def test_baskets_are_days(tmp_path: Path, data: Path) -> None:
    """The last known basket lies one day before the cutoff, the one before it two; the answer is the next."""
    protocol = tafeng_nbr(tmp_path, data)
    catalogue = protocol.behaviour.catalogue(protocol.cutoff)
    found = {
        name: (case.history.part(place, place + 1), int(case.answers.bought[place]))
        for case in protocol.cases(catalogue)
        for place, name in enumerate(case.history.customer_ids.to_pylist())
    }
    assert {name: sorted(history.age_days.tolist()) for name, (history, _) in found.items()} == {
        "1": [1, 2, 2],
        "2": [1],
    }
    assert {name: bought for name, (_, bought) in found.items()} == {"1": 1, "2": 1}
    assert protocol.behaviour.reader.extent().last == TAFENG_CUTOFF


def test_sessions_are_visits(tmp_path: Path, data: Path) -> None:
    """Sessions are laid evenly before the cutoff, a second between clicks, each a visit of its own."""
    protocol = diginetica_session(tmp_path, data)
    extent = protocol.behaviour.reader.extent()
    assert extent.first == protocol.cutoff - timedelta(days=150)
    assert extent.last == protocol.cutoff - timedelta(days=75) + timedelta(seconds=2)
    catalogue = protocol.behaviour.catalogue(protocol.cutoff)
    visits = [
        Visits.of(protocol.behaviour.history(bucket, protocol.cutoff, catalogue))
        for bucket in protocol.behaviour.buckets
    ]
    assert sorted(length for visit in visits for length in visit.lengths.tolist()) == [2, 3]


def test_prefixes_are_asked_and_not_learned(tmp_path: Path, data: Path) -> None:
    """Test prefixes end a second before the cutoff; a target that nobody could know is a miss of one answer."""
    protocol = diginetica_session(tmp_path, data)
    catalogue = protocol.behaviour.catalogue(protocol.cutoff)
    ids = catalogue.ids.to_pylist()
    asked = {}
    for case in protocol.cases(catalogue):
        for place, name in enumerate(case.history.customer_ids.to_pylist()):
            alone = case.history.part(place, place + 1)
            answer = int(case.answers.key[place] % case.answers.size)
            asked[name] = (
                [ids[item] for item in alone.item],
                alone.age_days.min() * 86_400,
                ids[answer] if answer < len(ids) else None,
            )
    assert asked == {
        "visitor:3": (["5", "6"], pytest.approx(1), "7"),
        "visitor:4": (["7"], pytest.approx(1), None),
    }
    learned = [name for bucket in protocol.behaviour.buckets for name in _people(protocol.behaviour, bucket)]
    assert sorted(learned) == ["visitor:0", "visitor:1"]


def _people(behaviour: Behaviour, bucket: int) -> list[str]:
    return list(dict.fromkeys(behaviour.reader.bucket(bucket)["customer_id"].to_pylist()))
