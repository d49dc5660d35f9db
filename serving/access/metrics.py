"""What the service counts for Prometheus, over all of its workers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from serving.access.metrics_folder import FOLDER

UP_TO_S = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 4.096)
"""Upper ends of the classes of durations."""


class Metrics:
    """What one worker counts.

    A finished request costs one and a half microseconds: the histogram's own count serves as the count of requests.
    """

    def __init__(self) -> None:
        if FOLDER in os.environ:  # Whoever tidies up may have removed it since the service was started.
            Path(os.environ[FOLDER]).mkdir(exist_ok=True)
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "huitou_request_seconds",
            "Requests by route, method, class of status, and where the answer came from.",
            ("route", "method", "status", "tier"),
            buckets=UP_TO_S,
            registry=self._registry,
        )
        self._events = Counter("huitou_events", "Events by what became of them.", ("result",), registry=self._registry)
        self._limited = Counter(
            "huitou_rate_limited",
            "Requests of keys that ask too often.",
            ("role",),
            registry=self._registry,
        )
        self.shown_dropped = Counter(
            "huitou_shown_dropped", "Answers that could not be remembered as shown.", registry=self._registry
        )
        """Counts answers that were not remembered as shown."""
        self.writer_queue = Gauge(
            "huitou_writer_queue_length",
            "What waits to be written to the database.",
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        """How much waits in this worker's writer."""
        self._by_request: dict[tuple[str, str, int, str], Histogram] = {}
        self._by_result = {name: self._events.labels(name) for name in ("stored", "repeated", "rejected")}

    def finished(self, template: str, method: str, status: int, tier: str, duration_s: float) -> None:
        """Count one request; ``template`` and ``tier`` are words of the service, never what a caller sent."""
        labels = (template, method, status // 100, tier)
        child = self._by_request.get(labels)
        if child is None:
            child = self._by_request[labels] = self._requests.labels(template, method, f"{status // 100}xx", tier)
        child.observe(duration_s)

    def count_events(self, stored: int = 0, repeated: int = 0, rejected: int = 0) -> None:
        """Count events by what became of them."""
        for name, number in (("stored", stored), ("repeated", repeated), ("rejected", rejected)):
            if number:
                self._by_result[name].inc(number)

    def count_limited(self, role: str) -> None:
        """Count a request that was refused because its key asks too often."""
        self._limited.labels(role).inc()

    def page(self, gauges: Sequence[Metric] = ()) -> bytes:
        """Everything in the text format of Prometheus, summed over all workers, and ``gauges``."""
        summed = CollectorRegistry()
        summed.register(_Given(gauges))
        if values.ValueClass is not values.MutexValue:
            MultiProcessCollector(summed)  # type: ignore[no-untyped-call]
            return generate_latest(summed)
        return generate_latest(self._registry) + generate_latest(summed)


class _Given(Collector):
    """Metrics that are worked out already."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        return iter(self._metrics)
