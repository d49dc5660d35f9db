"""The document of the API: complete, and true in its examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from serving.access.roles import ALLOWED, EVERYONE

Found = tuple[str, dict[str, Any]]
"""Method and path, and what the document says of them."""


@pytest.fixture(scope="module")
def document(reader: TestClient) -> dict[str, Any]:
    """The document as the service gives it."""
    document: dict[str, Any] = reader.get("/openapi.json").json()
    return document


def operations(document: dict[str, Any]) -> Iterator[Found]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield f"{method.upper()} {path}", said


def whole(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with the parts that it refers to."""
    return {**schema, "components": document["components"]}


def resolved(document: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What is said, or what it refers to."""
    for part in said.get("$ref", "#").split("/")[1:]:
        document = document[part]
    return document if "$ref" in said else said


def examples(document: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    """The examples of a body or an answer: its own, else those of its schema."""
    if "example" in content:
        return [content["example"]]
    if "examples" in content:
        return [each["value"] for each in content["examples"].values()]
    schema = resolved(document, content["schema"])
    choices = [schema, *(resolved(document, choice) for choice in schema.get("anyOf", ()))]
    return [example for choice in choices for example in choice.get("examples", ())]


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    """Each has a summary and a description, and each of its parameters is described."""
    bare = [name for name, said in operations(document) if not said.get("summary") or not said.get("description")]
    bare += [
        f"{name}: {parameter['name']}"
        for name, said in operations(document)
        for parameter in said.get("parameters", ())
        if not parameter.get("description")
    ]
    assert "\n".join(bare) == ""


def test_every_body_and_answer_has_an_example_that_its_schema_accepts(document: dict[str, Any]) -> None:
    """Examples are there, for requests, answers and errors, and they are what they say they are."""
    faults: list[str] = []
    for name, said in operations(document):
        shown = {"request": said["requestBody"]} if "requestBody" in said else {}
        shown |= {status: resolved(document, response) for status, response in said["responses"].items()}
        for where, what in shown.items():
            content = what.get("content", {}).get("application/json")
            if content is None:
                continue
            judge = jsonschema_rs.validator_for(whole(document, content["schema"]))
            found = examples(document, content)
            faults += [] if found else [f"{name} {where}: no example"]
            faults += [f"{name} {where}: {error.message}" for each in found for error in judge.iter_errors(each)]
    assert "\n".join(faults) == ""


def test_every_error_has_the_one_shape(document: dict[str, Any]) -> None:
    """Every status from 400 on is declared with the schema of errors."""
    for name, said in operations(document):
        for status, response in said["responses"].items():
            content = resolved(document, response).get("content", {})
            if status >= "400":
                assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}, name
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_operation_tells_its_roles(document: dict[str, Any]) -> None:
    """The document and the table of roles know the same operations; what needs a key says so, and who may use it."""
    told = {name: said.get("x-roles") for name, said in operations(document)}
    allowed = {f"{method} {path}": roles for path, methods in ALLOWED.items() for method, roles in methods.items()}
    for name, roles in told.items():
        assert name in allowed
        assert roles == (None if allowed[name] == EVERYONE else sorted(allowed[name])), name
    for name, said in operations(document):
        assert (said["security"] == []) == (allowed[name] == EVERYONE), name
        assert ("401" in said["responses"]) == (allowed[name] != EVERYONE), name


def test_the_document_says_where_the_service_is(document: dict[str, Any]) -> None:
    """Tools find the address, the key and the roles in it."""
    assert document["servers"][0]["url"] == "/"
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert "`browser`: pages in a browser" in document["info"]["description"]


def test_the_real_answers_fit(reader: TestClient, document: dict[str, Any]) -> None:
    """A mistake, an unknown id and an answer are as the document says."""
    for path, status in (("/v1/recommendations?n=51", "422"), ("/v1/items/none", "404"), ("/v1/items/kettle", "200")):
        said = document["paths"]["/v1/items/{id}" if "items" in path else "/v1/recommendations"]["get"]
        content = resolved(document, said["responses"][status])["content"]["application/json"]
        answer = reader.get(path)
        assert str(answer.status_code) == status
        jsonschema_rs.validator_for(whole(document, content["schema"])).validate(answer.json())
