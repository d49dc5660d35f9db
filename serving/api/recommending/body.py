"""Answers of ``/v1/recommendations`` as the bytes that their models in ``answers.py`` have in JSON.

They are joined from pieces that were encoded before: a third of the time of encoding everything anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from pydantic_core import to_json

from serving.recommending.offers import Candidate
from serving.recommending.reasons import SPECIAL_SOURCES, reason_of
from serving.recommending.wish import Answer
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import Shelf


def body_of(snapshot: Snapshot, recommendation_id: str, placement: str, found: Answer, language: str) -> bytes:
    """The body of one answer."""
    header = snapshot.header
    tier = tier_of(snapshot, found)
    head = _head(placement, header.model_version, header.as_of, snapshot.id, tier, found.fallback)
    items = _items(snapshot, found.items, language)
    return b"".join((b'{"recommendation_id":', to_json(recommendation_id), head, *items, b"]}"))


def body_of_several(bodies: Sequence[bytes]) -> bytes:
    """The body of the answers for several places."""
    return b'{"placements":[' + b",".join(bodies) + b"]}"


def tier_of(snapshot: Snapshot, found: Answer) -> str:
    """What ranked the items."""
    return "popular" if found.fallback else snapshot.header.recommendation_tier


@lru_cache(maxsize=1_024)
def _head(placement: str, model_version: str, as_of: datetime, snapshot: str, tier: str, fallback: str | None) -> bytes:
    """Everything between the name of the answer and its items."""
    told = {"placement": placement, "model_version": model_version, "as_of": as_of, "snapshot": snapshot}
    return b"," + to_json({**told, "tier": tier, "fallback": fallback})[1:-1] + b',"items":['


def _items(snapshot: Snapshot, items: Sequence[Candidate], language: str) -> list[bytes]:
    """The items in pieces: id, score, and what proposed it for which reason."""
    shelf, pieces = snapshot.shelf, list[bytes]()
    ids, origins = shelf.id_texts, shelf.origin_texts
    scores = to_json([candidate[1] for candidate in items])[1:-1].split(b",")
    for candidate, score in zip(items, scores, strict=False):
        item, _, source, because, every_days = candidate
        what = (source, language, item, because, every_days) if source in SPECIAL_SOURCES else (source, language)
        pieces += (
            ids.get(item) or ids.keep(item, _id(shelf, item)),
            score,
            origins.get(what) or origins.keep(what, _origin(snapshot, candidate, language)),
        )
    pieces[:1] = [piece[1:] for piece in pieces[:1]]  # No comma stands before the first item.
    return pieces


def _id(shelf: Shelf, item: int) -> bytes:
    return b',{"item_id":' + to_json(shelf.ids.id(item)) + b',"score":'


def _origin(snapshot: Snapshot, candidate: Candidate, language: str) -> bytes:
    told = {"source": candidate.source, "reason": reason_of(snapshot, candidate, language)}
    return b"," + to_json(told)[1:]
