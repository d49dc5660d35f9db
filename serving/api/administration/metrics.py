"""``/metrics``: what Prometheus reads of the service."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from features.errors import HuitouError
from serving.api.service import Service, TheService

router = APIRouter(tags=["health"])


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def get_metrics(service: TheService) -> Response:
    """Requests, durations, events, and how old what is served is."""
    return Response(service.metrics.page(list(gauges(service))), media_type=CONTENT_TYPE_LATEST)


def gauges(service: Service) -> Iterator[Metric]:
    """What is so at this moment, the same whichever worker is asked; what cannot be found out is left out."""
    now = service.clock()
    try:
        header = service.snapshot.header
    except HuitouError:
        pass
    else:
        age_s = (now - header.as_of).total_seconds()
        yield GaugeMetricFamily("huitou_snapshot_age_seconds", "Age of what is served.", value=age_s)
        model = GaugeMetricFamily(
            "huitou_model_info", "The model that serves.", labels=("version", "churn_tier", "recommendation_tier")
        )
        model.add_metric((header.model_version, header.churn_tier, header.recommendation_tier), 1)
        yield model
    try:
        behind = service.lag.read()
    except HuitouError:
        return
    lag_s = 0.0 if behind.oldest_us is None else now.timestamp() - behind.oldest_us / 1e6
    yield GaugeMetricFamily("huitou_waiting_events", "Events that the warehouse lacks.", value=behind.events)
    yield GaugeMetricFamily("huitou_mover_lag_seconds", "How long the oldest of them waits.", value=max(lag_s, 0.0))
