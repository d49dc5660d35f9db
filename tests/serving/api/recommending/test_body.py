"""Joined bodies are, byte for byte, what the models of the answers give."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.api.recommending.answers import Recommendations, RecommendedItem, SeveralRecommendations
from serving.api.recommending.body import body_of, body_of_several, tier_of
from serving.recommending.offers import Candidate
from serving.recommending.reasons import reason_of
from serving.recommending.wish import Answer
from serving.snapshot import Snapshot
from serving.snapshot_parts.customer_files import NO_ITEM
from tests.serving.published_shop import ITEMS, small_shop
from training.recommend.reason_texts import PLAIN

CODES = st.integers(0, len(ITEMS) - 1)
CANDIDATES = st.builds(
    Candidate,
    item=CODES,
    score=st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 1e-5, 1e-7, 1e16, 1e22, 5e-324]),
    source=st.sampled_from([*PLAIN, "personal"]),
    because=CODES | st.just(NO_ITEM),
    every_days=st.sampled_from([0, 21]),
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(Path(tmp_path_factory.mktemp("shop"))))


def model(snapshot: Snapshot, name: str, placement: str, found: Answer, language: str) -> Recommendations:
    """The same answer as its model has it."""
    items = [
        RecommendedItem(
            item_id=snapshot.shelf.ids.id(each.item),
            score=each.score,
            source=each.source,
            reason=reason_of(snapshot, each, language),
        )
        for each in found.items
    ]
    header = snapshot.header
    return Recommendations(
        recommendation_id=name,
        placement=placement,
        model_version=header.model_version,
        as_of=header.as_of,
        snapshot=snapshot.id,
        tier=tier_of(snapshot, found),
        fallback=found.fallback,
        items=items,
    )


@given(
    items=st.lists(CANDIDATES, max_size=5).map(tuple),
    fallback=st.sampled_from([None, "anonymous"]),
    placement=st.sampled_from(["home", "主页", 'a"\\b\n']),
    language=st.sampled_from(["en", "zh"]),
    name=st.sampled_from(["0a1b", 'id "1"']),
)
def test_a_body_is_its_model(
    snapshot: Snapshot,
    items: tuple[Candidate, ...],
    fallback: str | None,
    placement: str,
    language: str,
    name: str,
) -> None:
    """Whatever the ids, titles, scores and reasons, asked for once or again."""
    found = Answer(items, fallback)
    expected = model(snapshot, name, placement, found, language)
    body = body_of(snapshot, name, placement, found, language)
    assert body == expected.model_dump_json().encode()
    both = SeveralRecommendations(placements=[expected, expected])
    assert body_of_several([body, body]) == both.model_dump_json().encode()
