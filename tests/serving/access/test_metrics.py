"""What the service counts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from serving.access.metrics import Metrics
from serving.access.metrics_folder import FOLDER

TWO_PROCESSES = """
import os
from serving.access.metrics import Metrics
metrics = Metrics()
metrics.finished("/v1/events", "POST", 200, "", 0.001)
child = os.fork()
if child == 0:
    metrics.finished("/v1/events", "POST", 200, "", 0.003)
    metrics.count_events(stored=5)
    metrics.writer_queue.set(3)
    os._exit(0)
os.waitpid(child, 0)
metrics.count_events(stored=2, rejected=1)
metrics.writer_queue.set(4)
print(metrics.page().decode())
"""


def figures(page: str) -> dict[str, float]:
    """The samples of a page by name and labels."""
    return {
        f"{sample.name}{dict(sorted(sample.labels.items())) or ''}": sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_requests_are_counted_by_what_they_were() -> None:
    """One histogram tells how many requests of a kind there were and how long they took."""
    metrics = Metrics()
    for status, tier in ((200, "fresh"), (201, "fresh"), (404, ""), (200, "published")):
        metrics.finished("/v1/recommendations", "GET", status, tier, 0.003)
    found = figures(metrics.page().decode())
    usual = {"method": "GET", "route": "/v1/recommendations"}
    fresh = usual | {"status": "2xx", "tier": "fresh"}
    assert found[f"huitou_request_seconds_count{fresh}"] == 2
    assert round(found[f"huitou_request_seconds_sum{fresh}"], 6) == 0.006
    assert found[f"huitou_request_seconds_bucket{ {'le': '0.002', **fresh} }"] == 0
    assert found[f"huitou_request_seconds_bucket{ {'le': '0.004', **fresh} }"] == 2
    assert found[f"huitou_request_seconds_count{usual | {'status': '4xx', 'tier': ''}}"] == 1


def test_everything_else_that_is_counted() -> None:
    """Events by what became of them, refused requests by role, and figures that were worked out elsewhere."""
    metrics = Metrics()
    metrics.count_events(stored=3, repeated=2)
    metrics.count_limited("shop")
    metrics.shown_dropped.inc()
    found = figures(metrics.page([GaugeMetricFamily("huitou_age_seconds", "Age.", value=7)]).decode())
    assert found["huitou_events_total{'result': 'stored'}"] == 3
    assert found["huitou_events_total{'result': 'rejected'}"] == 0
    assert found["huitou_rate_limited_total{'role': 'shop'}"] == 1
    assert found["huitou_shown_dropped_total"] == 1
    assert found["huitou_age_seconds"] == 7


def test_processes_are_summed(tmp_path: Path, root: Path) -> None:
    """With a folder named before the start, any process tells what all of them counted."""
    environment = os.environ | {FOLDER: str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", TWO_PROCESSES], capture_output=True, text=True, check=True, env=environment, cwd=root
    )
    found = figures(ran.stdout)
    usual = {"method": "POST", "route": "/v1/events", "status": "2xx", "tier": ""}
    assert found[f"huitou_request_seconds_count{usual}"] == 2
    assert found["huitou_events_total{'result': 'stored'}"] == 7
    assert found["huitou_events_total{'result': 'rejected'}"] == 1
    assert found["huitou_writer_queue_length"] == 7
