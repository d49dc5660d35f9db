"""docs/serving.md is held to the service: its routes, its requests, its answers and its errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from serving.api.errors import STATUS

DOCUMENTS = ("serving.md", "privacy.md", "online-results.md", "access.md", "clients.md")
CALL = re.compile(r"^curl (?P<options>.*?)'?http://[^/\s]+(?P<target>/[^'\s]*)'?(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """One request in a document, and the answer printed below it."""

    method: str
    target: str
    body: Any
    answer: Any


@pytest.fixture(scope="module")
def told(root: Path) -> str:
    """The document."""
    return (root / "docs" / "serving.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def openapi(reader: TestClient) -> dict[str, Any]:
    """What the service says of itself."""
    document: dict[str, Any] = reader.get("/openapi.json").json()
    return document


def calls(text: str) -> Iterator[Call]:
    """Every curl in a document, with the JSON block that follows the last one of its block directly."""
    for block in re.finditer(r"```console\n(.*?)```\n(?:\n(?:is\n\n)?```json\n(.*?)```)?", text, re.DOTALL):
        found = list(CALL.finditer(block[1]))
        for match in found:
            said = match["options"] + match["rest"]
            body = re.search(r"-d '(.*?)'", said, re.DOTALL)
            file = re.search(r"-d @(\S+)", said)
            if file:
                body = re.search(rf"in `{file[1]}`\n\n```json\n(.*?)```", text, re.DOTALL)
            method = re.search(r"-X (\w+)", said)
            usual = "POST" if " -d " in said else "GET"
            yield Call(
                method[1] if method else usual,
                match["target"],
                json.loads(body[1]) if body else None,
                json.loads(block[2]) if block[2] and match is found[-1] else None,
            )


def operation(openapi: dict[str, Any], call: Call) -> dict[str, Any]:
    """What the service says of the operation that is called."""
    path = urlsplit(call.target).path
    for template, methods in openapi["paths"].items():
        shape = re.sub(r"\{\w+\}", "[^/]+", template)
        # A name stands before what an id could also match: /v1/customers/{id} is not asked for "interested".
        if re.fullmatch(shape, path) and call.method.lower() in methods:
            found: dict[str, Any] = methods[call.method.lower()]
            return found
    raise AssertionError(f"there is no {call.method} {path}")


def faults(openapi: dict[str, Any], content: dict[str, Any], value: Any) -> list[str]:
    """What a schema of the document finds wrong with a value."""
    schema = content["content"]["application/json"]["schema"]
    judge = jsonschema_rs.validator_for({**schema, "components": openapi["components"]})
    return [error.message for error in judge.iter_errors(value)]


def test_every_route_is_told(told: str, openapi: dict[str, Any]) -> None:
    """The table of routes has all that there are, and no others."""
    table = told.partition("## All there is")[2].partition("\n## ")[0]
    listed = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]*)`", table)
    there = [f"{method.upper()} {path}" for path, methods in openapi["paths"].items() for method in methods]
    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_requests_and_answers_are_as_the_service_has_them(root: Path, openapi: dict[str, Any], name: str) -> None:
    """Every request in the documents exists, with its parameters, and bodies and answers fit their schemas."""
    found: list[str] = []
    for call in calls((root / "docs" / name).read_text(encoding="utf-8")):
        said = operation(openapi, call)
        known = {parameter["name"] for parameter in said.get("parameters", ())}
        asked = {pair.partition("=")[0] for pair in urlsplit(call.target).query.split("&") if pair}
        found += [f"{call.target}: no parameter {each}" for each in asked - known]
        if call.body is not None:
            found += [f"{call.target} body: {fault}" for fault in faults(openapi, said["requestBody"], call.body)]
        if call.answer is not None:
            found += [f"{call.target}: {fault}" for fault in faults(openapi, said["responses"]["200"], call.answer)]
    assert "\n".join(found) == ""


def test_requests_are_found_in_documents() -> None:
    """Methods, bodies over several lines, queries and answers are read; a request that is not there is told."""
    text = """\
```console
curl 'http://127.0.0.1:8000/v1/bundles?n=1'
curl -X PUT http://127.0.0.1:8000/v1/items -H 'Content-Type: application/json' \\
  -d '{"items": []}'
```

```json
{"stored": 0}
```
"""
    assert list(calls(text)) == [
        Call("GET", "/v1/bundles?n=1", None, None),
        Call("PUT", "/v1/items", {"items": []}, {"stored": 0}),
    ]
    with pytest.raises(AssertionError, match="there is no DELETE /v1/bundles"):
        operation({"paths": {"/v1/bundles": {"get": {}}}}, Call("DELETE", "/v1/bundles", None, None))


def test_every_error_is_told(told: str) -> None:
    """The table of errors has every status with all of its codes."""
    table = told.partition("## Errors")[2]
    rows = {int(status): codes for status, codes in re.findall(r"^\| (\d+) \| (.*?) \|", table, re.MULTILINE)}
    missing = [code for code, status in STATUS.items() if f"`{code}`" not in rows.get(status, "")]
    assert missing == []
    assert set(rows) == {*STATUS.values(), 422}
