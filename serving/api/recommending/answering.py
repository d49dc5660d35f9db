"""From a question to what is answered; FastAPI's routes and the fast handlers say the same through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from serving.api.recommending.asker import Asker
from serving.api.recommending.questions import Place, PlaceRequest, RecommendationQuery, RecommendationRequest
from serving.api.service import Service
from serving.arranging.rules import SavedPlacement
from serving.database.shown import ShownAnswer
from serving.reasons import reason_of
from serving.recommender import recommend
from serving.snapshot_parts.shelf import ItemFilter
from serving.wish import Answer, Wish

Told = dict[str, Any]
"""An answer as its model in ``answers.py`` has it."""


class Reply(NamedTuple):
    """What goes back to the caller."""

    told: Told
    """The body, of the shape of ``Recommendations`` or ``SeveralRecommendations``."""
    how: str
    """How it came about, for the metrics: ready, arranged or fresh."""


def answer(service: Service, asked: RecommendationQuery | RecommendationRequest, language: str) -> Reply:
    """The reply to a question."""
    if isinstance(asked, RecommendationQuery):
        return _at(service, Asker.of(service, asked), asked, language)
    asker = Asker.of(service, asked, asked.recent_events)
    if asked.placements is None:
        return _at(service, asker, asked, language)
    replies: list[Reply] = []
    shown: list[str] = []
    for place in asked.placements:
        reply = _at(service, asker, place, language, shown)
        replies.append(reply)
        shown += [item["item_id"] for item in reply.told["items"]]
    return Reply({"placements": [reply.told for reply in replies]}, replies[0].how)


def _at(service: Service, asker: Asker, place: Place, language: str, shown: Sequence[str] = ()) -> Reply:
    """The answer for one place, without the items that are ``shown`` elsewhere on the page."""
    snapshot, wish = asker.snapshot, wish_of(service, asker, place, shown)
    recommendation_id = service.new_id()
    found = recommend(snapshot, wish)
    ids = [snapshot.shelf.ids.id(candidate.item) for candidate in found.items]
    if not _remembered(service, asker, wish, found, ids, recommendation_id) and _explored_on_page(found, wish):
        # A little-seen item is shown only when the chance of it is remembered.
        found = recommend(snapshot, wish._replace(explores=False))
        ids = [snapshot.shelf.ids.id(candidate.item) for candidate in found.items]
        _remembered(service, asker, wish, found, ids, recommendation_id)
    header = snapshot.header
    told = {
        "recommendation_id": recommendation_id,
        "placement": place.placement,
        "model_version": header.model_version,
        "as_of": header.as_of,
        "snapshot": snapshot.id,
        "tier": _tier(asker, found),
        "fallback": found.fallback,
        "items": [
            {
                "item_id": name,
                "score": candidate.score,
                "source": candidate.source,
                "reason": reason_of(snapshot, candidate, language),
            }
            for name, candidate in zip(ids, found.items, strict=True)
        ],
    }
    return Reply(told, found.how)


def wish_of(service: Service, asker: Asker, place: Place, shown: Sequence[str] = ()) -> Wish:
    """The question as the recommender takes it; what it leaves out is as saved for the placement."""
    rules = service.rules.on(asker.snapshot.shelf)
    saved = rules.saved(place.placement)
    said = place.model_fields_set
    more = place if isinstance(place, PlaceRequest) else _NOTHING_MORE
    return Wish(
        now=asker.now,
        person=asker.person,
        opted_out=asker.opted_out,
        touches=asker.touches,
        context=place.context_items,
        exclude=[*place.exclude, *shown] if shown else place.exclude,
        wanted=_filter(place, saved),
        placement=place.placement,
        n=place.n if saved is None or saved.n is None or "n" in said else saved.n,
        offset=place.offset,
        strict=place.strict if saved is None or saved.strict is None or "strict" in said else saved.strict,
        rules=rules,
        diversity=place.diversity,
        pins=[(pin.item_id, pin.place) for pin in more.pins],
        boosts=more.boosts,
    )


def _filter(place: Place, saved: SavedPlacement | None) -> ItemFilter:
    said = place.filter_said
    if saved is not None:
        said = {**saved.filter.said, **said}
    return _item_filter(said) if said else _EVERYTHING


_EVERYTHING = ItemFilter()

_NOTHING_MORE = PlaceRequest.model_validate({})
"""What a query cannot say."""

_TAKEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "in_stock": ("in_stock", bool),
    "category": ("categories", tuple),
    "brand": ("brands", tuple),
    "min_price": ("min_price", lambda price: price),
    "max_price": ("max_price", lambda price: price),
}
"""By the name in a question the name in :class:`ItemFilter`, and how the value is taken."""


def _item_filter(said: Any) -> ItemFilter:
    return ItemFilter(**{_TAKEN[name][0]: _TAKEN[name][1](value) for name, value in said.items()})


def _remembered(
    service: Service, asker: Asker, wish: Wish, found: Answer, ids: Sequence[str], recommendation_id: str
) -> bool:
    """Remember what is shown; of who wants no personal answers not who it was. False when it was not taken."""
    snapshot = asker.snapshot
    sources, scores = [each.source for each in found.items], [each.score for each in found.items]
    person, arm = (None, None) if wish.opted_out or not wish.person else (wish.person, asker.arm)
    return service.shown.add(
        ShownAnswer(
            recommendation_id,
            wish.now,
            person,
            wish.placement,
            _tier(asker, found),
            found.fallback,
            snapshot.header.model_version,
            snapshot.id,
            zip(ids, sources, scores, strict=True),
            wish.offset,
            _explored_on_page(found, wish),
            arm,
        )
    )


def _explored_on_page(found: Answer, wish: Wish) -> tuple[int, float] | None:
    """Place and propensity of a little-seen item that is among the items of this page."""
    explored = found.explored
    if explored is None or not wish.offset < explored.place <= wish.offset + len(found.items):
        return None
    return explored.place, explored.propensity


def _tier(asker: Asker, found: Answer) -> str:
    return "popular" if found.fallback else asker.snapshot.header.recommendation_tier
