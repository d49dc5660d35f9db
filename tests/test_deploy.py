"""The files in ``deploy/`` fit the code, as far as can be told without running them; planted mistakes are caught."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.routing import APIRoute

import huitou
from scripts import deployment as checks
from scripts.deployment import Deployment
from serving.api.administration.health import router
from serving.api.refusals import LARGEST_BODY_BYTES
from serving.running.supervisor import UNGRACEFUL_S
from serving.running.worker import DRAINING_S, KEEP_ALIVE_S
from tests.conftest import ROOT

ROUTES = {route.path for route in router.routes if isinstance(route, APIRoute)}
KNOWN = checks.read_variables(ROOT, ("features", "training", "serving", "huitou.py"))
DEPLOYMENT = Deployment.read(ROOT / "deploy")
LONGEST_STOP_S = max(checks.graceful_s(DEPLOYMENT).values()) + UNGRACEFUL_S + int(DRAINING_S + 1)


def wrong_commands(deployment: Deployment) -> Iterator[str]:
    """Command lines that ``huitou`` refuses, told by itself; nothing is run."""
    for file, arguments in deployment.command_lines.items():
        group = typer.main.get_command(huitou.app)
        try:
            _parse(group, arguments)
        except Exception as error:  # noqa: BLE001 - whatever is refused
            yield f"{file}: {error}"


def _parse(group: Any, arguments: list[str]) -> None:
    context = group.make_context("huitou", list(arguments))
    while hasattr(group, "resolve_command"):
        rest = [*context._protected_args, *context.args] if hasattr(context, "_protected_args") else context.args
        name, group, rest = group.resolve_command(context, rest)
        context = group.make_context(name, rest, parent=context)


def offences(deployment: Deployment) -> list[str]:
    """Everything that is wrong."""
    return [
        *wrong_commands(deployment),
        *checks.variables(deployment, KNOWN),
        *checks.health(deployment, ROUTES),
        *checks.image(deployment, ROOT),
        *checks.compose(deployment, LONGEST_STOP_S),
        *checks.unit(deployment, LONGEST_STOP_S),
        *checks.proxy(deployment, KEEP_ALIVE_S, LARGEST_BODY_BYTES),
    ]


def test_huitou() -> None:
    """Nothing is wrong with the files as they are."""
    assert offences(DEPLOYMENT) == []
    assert {"HUITOU_SHOP", "HUITOU_DATABASE"} <= KNOWN
    assert "/health/live" in ROUTES


PLANTED = [
    ("dockerfile", '"serve", "--host"', '"server", "--host"', "Dockerfile: No such command 'server'."),
    ("dockerfile", "HUITOU_SHOP=/var", "HUITOU_STORE=/var", "nothing reads HUITOU_STORE"),
    ("dockerfile", "/health/live", "/healthz", "Dockerfile asks http://127.0.0.1:8000/healthz, which nobody answers"),
    ("dockerfile", "HEALTHCHECK", "LABEL", "Dockerfile has no health check"),
    ("dockerfile", "COPY features/", "COPY feature/", "feature/ is copied, but is not there or ignored"),
    ("dockerfile", "COPY scripts/", "COPY tests/", "tests/ is copied, but is not there or ignored"),
    ("dockerfile", "USER 10001:10001", "USER root", "the image runs as root"),
    ("dockerfile", "USER 10001:10001\n", "", "the image runs as root"),
    ("dockerfile", " --require-hashes", "", "libraries are installed without their hashes"),
    ("dockerfile", "FROM python:3.11-slim-bookworm\n", "FROM python\n", "the base python is not pinned"),
    ("dockerfile", "recommends libgomp1", "recommends build-essential", "tools of builders are left in the image"),
    ("dockerfile", "EXPOSE 8000", "EXPOSE 80", "the shop is not in the volume, or the port not the one that is served"),
    ("compose", '"--graceful-s"', '"--gracefully"', "compose.yaml: No such option: --gracefully"),
    ("compose", "service keys create", "service key create", "compose.yaml, example 1: No such command 'key'."),
    ("compose", "HUITOU_DATABASE:", "DATABASE_URL:", "nothing reads DATABASE_URL"),
    (
        "compose",
        "127.0.0.1:8000/health",
        "127.0.0.1:9000/health",
        "compose.yaml asks http://127.0.0.1:9000/health/live",
    ),
    ("compose", '"127.0.0.1:8000:8000"', '"8000:8000"', "service: 8000:8000 is open to everyone"),
    ("compose", "    image: postgres", '    ports: ["5432"]\n    image: postgres', "database: its port is published"),
    ("compose", "condition: service_healthy", "condition: service_started", "service: does not wait for the database"),
    ("compose", "read_only: true", "read_only: false", "service: may change its own files, or gain rights"),
    ("compose", "stop_grace_period: 20s", "stop_grace_period: 10s", "service: is killed before it has stopped"),
    ("compose", "- shop:/var", "- store:/var", "service: volume store is not declared"),
    ("compose", "HUITOU_SHOP: /var/lib/huitou/shop", "HUITOU_SHOP: /shop", "service: the shop is not in a volume"),
    ("compose", "restart: unless-stopped\n    stop_grace_period: 60s", "stop_grace_period: 60s", "has no restart"),
    ("compose", "    cap_drop:", "    cap_dropped:", "service: unknown cap_dropped"),
    ("unit", "--port 8000", "--ports 8000", "huitou.service: No such option: --ports"),
    ("unit", "StateDirectory=", "StatesDirectory=", "unknown setting StatesDirectory in [Service]"),
    ("unit", "User=huitou", "User=root", "it runs as root"),
    ("unit", "ProtectSystem=strict", "ProtectSystem=full", "ProtectSystem=strict is missing"),
    ("unit", "TimeoutStopSec=20", "TimeoutStopSec=5", "it is killed before it has stopped"),
    ("unit", "HUITOU_SHOP=/var/lib/huitou/shop", "HUITOU_SHOP=/home/shop", "the shop is not where it may write"),
    ("proxy", "keepalive_timeout 60s", "keepalive_timeout 90s", "the service closes connections before the proxy does"),
    ("proxy", "client_max_body_size 1m", "client_max_body_size 8m", "bodies have another limit than in the service"),
    ("proxy", "server 127.0.0.1:8000;", "server 127.0.0.1:80;", "it asks another port than the one that is served"),
    ("proxy", "keepalive 64;", "keepalive 64; }", "a brace is missing"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "offence"), PLANTED)
def test_planted_mistakes(file: str, right: str, wrong: str, offence: str) -> None:
    """A mistake in one of the files is caught."""
    text: str = getattr(DEPLOYMENT, file)
    assert right in text
    told = offences(replace(DEPLOYMENT, **{file: text.replace(right, wrong)}))
    assert any(offence in each for each in told), told


def test_units_of_this_test() -> None:
    """The longest stop counts the graceful time, the killing after it and the draining before."""
    assert LONGEST_STOP_S == 16
    assert Path(os.fspath(ROOT / "deploy")).is_dir()
