"""Which requests are answered without FastAPI."""

from __future__ import annotations

from serving.api.fast.events import FastEvents
from serving.api.fast.exchange import FastHandlers
from serving.api.fast.recommendations import FastRecommendations
from serving.api.fast.related import BEGINS, ENDS, FastRelated
from serving.api.service import Service


def fast_handlers(service: Service) -> FastHandlers:
    """The handlers of a service."""
    recommendations, events, related = FastRecommendations(service), FastEvents(service), FastRelated(service)
    return FastHandlers(
        exact={
            ("GET", "/v1/recommendations"): recommendations.get,
            ("POST", "/v1/recommendations"): recommendations.post,
            ("POST", "/v1/events"): events.post,
        },
        ends={("GET", BEGINS, ENDS): related.get},
    )
