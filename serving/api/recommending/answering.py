"""From a question to what is answered; FastAPI's routes and the fast handlers say the same through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from serving.access.principal import Principal
from serving.api.recommending.asker import Asker
from serving.api.recommending.body import body_of, body_of_several, tier_of
from serving.api.recommending.in_public import is_public, refuse_customer, told_in_public
from serving.api.recommending.questions import Place, PlaceRequest, RecommendationQuery, RecommendationRequest
from serving.api.service import Service, person_of
from serving.arranging.rules import SavedPlacement
from serving.database.answers.shown import ShownAnswer
from serving.recommending.recommender import recommend
from serving.recommending.wish import Answer, Wish
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter


class Reply(NamedTuple):
    """What goes back to the caller."""

    body: bytes
    """The body in JSON, of the shape of ``Recommendations`` or ``SeveralRecommendations``."""
    how: str
    """How it came about, for the metrics: ready, arranged or fresh."""


def answer(
    service: Service,
    asked: RecommendationQuery | RecommendationRequest,
    language: str,
    principal: Principal | None = None,
) -> Reply:
    """The reply to a question of the holder of a key."""
    in_public = is_public(principal)
    if in_public:
        refuse_customer(asked)
    person = person_of(asked.customer_id, asked.visitor_id)
    if isinstance(asked, RecommendationQuery):
        return _at(service, Asker.of(service, person), asked, language, in_public)[0]
    asker = Asker.of(service, person, asked.recent_events)
    if asked.placements is None:
        return _at(service, asker, asked, language, in_public)[0]
    replies: list[Reply] = []
    shown: list[str] = []
    for place in asked.placements:
        reply, found = _at(service, asker, place, language, in_public, shown)
        replies.append(reply)
        shown += _ids(asker.snapshot, found)
    return Reply(body_of_several([reply.body for reply in replies]), replies[0].how)


def answer_for(service: Service, customer_id: str, place: Place, language: str) -> Reply:
    """The reply to the holder of a key that is not public, who asks for a customer and one place."""
    return _at(service, Asker.of(service, customer_id), place, language, in_public=False)[0]


def _at(
    service: Service, asker: Asker, place: Place, language: str, in_public: bool, shown: Sequence[str] = ()
) -> tuple[Reply, Answer]:
    """The answer for one place, without the items that are ``shown`` elsewhere on the page."""
    snapshot, wish = asker.snapshot, wish_of(service, asker, place, shown)
    recommendation_id = service.new_id()
    found = recommend(snapshot, wish)
    if not _remembered(service, asker, wish, found, recommendation_id) and _explored_on_page(found, wish):
        # A little-seen item is shown only when the chance of it is remembered.
        found = recommend(snapshot, wish._replace(explores=False))
        _remembered(service, asker, wish, found, recommendation_id)
    if in_public and asker.person is not None:
        found = told_in_public(snapshot, found, place.context_items)
    return Reply(body_of(snapshot, recommendation_id, place.placement, found, language), found.how), found


def _ids(snapshot: Snapshot, found: Answer) -> list[str]:
    return [snapshot.shelf.ids.id(candidate.item) for candidate in found.items]


def wish_of(service: Service, asker: Asker, place: Place, shown: Sequence[str] = ()) -> Wish:
    """The question as the recommender takes it; what it leaves out is as saved for the placement."""
    rules = service.rules.on(asker.snapshot.shelf)
    saved = rules.saved(place.placement)
    said = place.model_fields_set
    pins, boosts = (place.pins, place.boosts) if isinstance(place, PlaceRequest) else ((), ())
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
        pins=[(pin.item_id, pin.place) for pin in pins] if pins else (),
        boosts=boosts,
    )


def _filter(place: Place, saved: SavedPlacement | None) -> ItemFilter:
    said = place.filter_said
    if saved is not None:
        said = {**saved.filter.said, **said}
    return _item_filter(said) if said else _EVERYTHING


_EVERYTHING = ItemFilter()

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


def _remembered(service: Service, asker: Asker, wish: Wish, found: Answer, recommendation_id: str) -> bool:
    """Remember what is shown; of who wants no personal answers not who it was. False when it was not taken."""
    weight, explored = service.shown.weight(recommendation_id), _explored_on_page(found, wish)
    if explored is None and not weight:
        return False
    snapshot = asker.snapshot
    sources, scores = [each.source for each in found.items], [each.score for each in found.items]
    person, arm = (None, None) if wish.opted_out or not wish.person else (wish.person, asker.arm)
    return service.shown.add(
        ShownAnswer(
            recommendation_id,
            wish.now,
            person,
            wish.placement,
            tier_of(snapshot, found),
            found.fallback,
            snapshot.header.model_version,
            snapshot.id,
            zip(_ids(snapshot, found), sources, scores, strict=True),
            wish.offset,
            explored,
            arm,
            weight if explored is None else 1.0,
        )
    )


def _explored_on_page(found: Answer, wish: Wish) -> tuple[int, float] | None:
    """Place and propensity of a little-seen item that is among the items of this page."""
    explored = found.explored
    if explored is None or not wish.offset < explored.place <= wish.offset + len(found.items):
        return None
    return explored.place, explored.propensity
