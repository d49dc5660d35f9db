"""docs/audiences.md is held to the code: its filters parse, and its tables are complete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from serving.api.errors import STATUS
from serving.audiences.filters import OPERATORS, VERBS, parse_filter
from serving.audiences.language.days import ANCHORS
from serving.audiences.previewing.preview_request import PreviewRequest
from serving.audiences.ready_made.ready_templates import READY


@pytest.fixture(scope="module")
def told(root: Path) -> str:
    """The document."""
    return (root / "docs" / "audiences.md").read_text(encoding="utf-8")


def filters(text: str) -> list[Any]:
    """Every filter that the document shows."""
    return [json.loads(block) for block in re.findall(r"```json filter\n(.*?)```", text, re.DOTALL)]


def test_every_filter_parses(told: str) -> None:
    """The examples are filters, and between them they show every part but the simplest."""
    found = filters(told)
    assert len(found) >= 10
    for said in found:
        assert parse_filter(said) is not None
    shown = json.dumps(found)
    assert not [verb for verb in VERBS if f'"{verb}"' not in shown and verb != "everyone"]


def test_every_part_is_explained(told: str) -> None:
    """Each part, operator and anchor is named."""
    assert not [verb for verb in VERBS if f'{{"{verb}"' not in told]
    assert not [name for name in (*OPERATORS, *ANCHORS) if f"`{name}`" not in told and f'"{name}"' not in told]


def test_every_template_is_listed_with_its_parameters(told: str) -> None:
    """A row of the table for each, and what can be changed of it."""
    rows = [line for line in told.splitlines() if line.startswith("| `")]
    for name, ready in READY.items():
        row = next(line for line in rows if f"`{name}`" in line)
        assert re.findall(r"`(\w+)`", row.split("|")[3]) == [*ready.parameters]


def test_requests_are_real(told: str) -> None:
    """The preview that is shown can be asked for, and the commands' filters are JSON."""
    body = re.search(r"preview -d '(.*?)'", told)
    assert body is not None
    assert PreviewRequest.read(json.loads(body[1])).template == "open-cart"
    for said in re.findall(r"--filter '(.*?)'", told):
        assert parse_filter(json.loads(said)) is not None
    assert STATUS["unknown_audience"] == 404
