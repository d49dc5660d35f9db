"""What is proposed depends on what happened alone: not on buckets, on arrival, on the date or on the future."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.behaviour import Behaviour
from features.shop_folder import ShopFolder
from tests.small_shop import append, events, items, moment, random_events, stored
from training.recommend.counted.embedding import Embedding
from training.recommend.counted.low_rank import LowRank
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.proposing.registry import REGISTRY, SOURCES, tables_of

CUTOFF = moment("2024-02-25T00:00Z")
ITEMS = [f"i{item}" for item in range(34)]
DESCRIBED = items(
    *((name, "ab"[place % 2], place + 1, {"brand": "xyz"[place % 3]}) for place, name in enumerate(ITEMS))
)
LEARNED = {Embedding, LowRank}
"""Tables that are learned step by step, where the order of the people decides as the seed does."""


def walks(visits: int) -> pa.Table:
    """Views one after another, the last four items in the last days alone."""
    rng = np.random.default_rng(6)
    return events(
        *(
            (
                f"c{visit % 40}",
                "view",
                ITEMS[place],
                CUTOFF - timedelta(days=age, minutes=-step),
                {"event_id": f"{visit} {step}"},
            )
            for visit, age in enumerate(rng.uniform(0.1, 50, visits))
            for step, place in enumerate(rng.integers(0, 34 if age < 3 else 30, 9))
        )
    )


EVENTS = pa.concat_tables([random_events(5, 1500, customers=40, item_count=30, days=60), walks(400)])

Scores = dict[str, dict[tuple[str, str], float]]
"""By source the score of each customer and item."""


def proposed(folder: ShopFolder, cutoff: datetime = CUTOFF) -> Scores:
    """All that every source proposes to everyone, without a bound that would cut between equal scores."""
    behaviour = Behaviour.of(folder)
    counted = Sources.fit(behaviour, cutoff, SourceSettings(), tables=tables_of(SOURCES))
    codes = counted.catalogue.ids.to_pylist()
    told: Scores = {name: {} for name in SOURCES}
    for history in behaviour.map_histories(lambda _, known: known, cutoff, counted.catalogue):
        customers = history.customer_ids.to_pylist()
        for name, scores in told.items():
            found = REGISTRY[name].propose(counted, counted.people(history), 100)
            for customer, item, score in zip(found.customer, found.item, found.score, strict=True):
                scores[customers[customer], codes[item]] = float(score)
    return told


def small(path: Path, table: pa.Table = EVENTS, buckets: int = 4) -> ShopFolder:
    """The events in a shop."""
    return stored(path, table, buckets=buckets, described=DESCRIBED)


def differing(one: Scores, other: Scores) -> set[str]:
    """The sources that do not propose the same items to everyone with the same scores."""
    return {
        name
        for name, scores in one.items()
        if scores.keys() != other[name].keys()
        or not np.allclose(list(scores.values()), [other[name][key] for key in scores], rtol=1e-5, atol=0)
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """What is proposed in a shop of four buckets; every source has something to propose."""
    found = proposed(small(tmp_path_factory.mktemp("usual")))
    assert [name for name, scores in found.items() if not scores] == []
    return found


@pytest.mark.parametrize("buckets", [1, 7])
def test_buckets_do_not_matter(tmp_path: Path, usual: Scores, buckets: int) -> None:
    """However customers are split, all that is counted proposes the same; only what is learned may differ."""
    learned = {name for name in SOURCES if LEARNED & set(REGISTRY[name].tables)}
    assert differing(usual, proposed(small(tmp_path, buckets=buckets))) <= learned


def test_order_of_arrival_does_not_matter(tmp_path: Path, usual: Scores) -> None:
    """Events in any order, in several imports and sent again, are the same behaviour."""
    shuffled = EVENTS.take(pa.array(np.random.default_rng(3).permutation(len(EVENTS))))
    folder = small(tmp_path, shuffled.slice(0, 700))
    append(folder, shuffled.slice(400))
    append(folder, shuffled)
    assert differing(usual, proposed(folder)) == set()


def test_the_date_does_not_matter(tmp_path: Path, usual: Scores) -> None:
    """Everything four weeks later proposes the same four weeks later."""
    later = timedelta(days=28)
    place = EVENTS.schema.get_field_index("occurred_at")
    moved = EVENTS.set_column(place, EVENTS.schema.field(place), pc.add(EVENTS["occurred_at"], pa.scalar(later)))
    assert differing(usual, proposed(small(tmp_path, moved), CUTOFF + later)) == set()


def test_the_future_does_not_matter(tmp_path: Path, usual: Scores) -> None:
    """What happens at the cutoff or becomes known only then changes no proposal."""
    folder = small(tmp_path)
    append(
        folder,
        events(
            *((f"c{number}", "purchase", f"i{number % 5}", CUTOFF) for number in range(30)),
            *((f"c{number}", "view", "new", CUTOFF - timedelta(days=1), {"known_at": CUTOFF}) for number in range(9)),
        ),
    )
    assert differing(usual, proposed(folder)) == set()
