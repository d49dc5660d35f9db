"""The document of the API: what FastAPI says of it, completed by what the door does to every request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from serving.access.roles import ALLOWED, EVERYONE, ROLES

Document = dict[str, Any]

DESCRIPTION = """\
Who is about to stop buying, what each customer wants next, and events as they happen.

Every request under `/v1` carries a key, `Authorization: Bearer <key>`; `x-roles` says which roles may use an
operation. Ids are any text; in a path they are percent-encoded, the slash too. Times have a zone. Every error has the
same shape. An answer with `Retry-After` may be another one after so many seconds.
"""

SERVERS = [{"url": "/", "description": "The service that gave this document."}]

KEY: Document = {
    "HTTPBearer": {"type": "http", "scheme": "bearer", "description": "The key of the shop, where one is set."}
}
"""How a key is sent."""

ERROR: Document = {
    "type": "object",
    "title": "Error",
    "description": "What was wrong: the rule, the value, what is allowed, and what to do.",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "field", "value", "allowed", "hint"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "description": "What kind of mistake it is, for programs."},
                "message": {"type": "string", "description": "One sentence for people."},
                "field": {"type": ["string", "null"], "description": "What it is about: a field, parameter or header."},
                "value": {"description": "What was sent, cut where it is long."},
                "allowed": {"description": "What would be accepted."},
                "hint": {"type": ["string", "null"], "description": "What to do, such as a command."},
            },
        }
    },
}
"""The one shape of errors, as a schema."""

ERRORS: Mapping[str, tuple[str, str, str, str | None]] = {
    "400": (
        "The body is not JSON, or the request not HTTP.",
        "broken_json",
        "the body must be JSON: EOF while parsing an object.",
        "body",
    ),
    "401": (
        "The key is missing, unknown, expired or revoked.",
        "unauthorized",
        "this needs a key. Send it as Authorization: Bearer <key>.",
        "Authorization",
    ),
    "403": (
        "The key's role may not do this, or the page's origin is not one of the key's.",
        "forbidden",
        "a key of the role browser may not do this. Use a key of the role shop or admin.",
        "Authorization",
    ),
    "404": (
        "The id in the path is not known.",
        "not_found",
        "no item has the id 'sku-0' in the snapshot that is served. Import it and publish again.",
        "item_id",
    ),
    "408": (
        "The body came too slowly.",
        "too_slow",
        "a body must arrive within 20 s. Send fewer rows at a time.",
        "body",
    ),
    "409": (
        "It contradicts what was said before.",
        "conflict",
        "the visitor 'v-81' belongs to another customer. Undo that merge first.",
        "visitor_id",
    ),
    "410": (
        "The customer was deleted.",
        "erased",
        "this customer was deleted, and nothing is stored of them any more. Give a customer who comes back a new id.",
        "customer_id",
    ),
    "413": (
        "The body is too large.",
        "too_large",
        "a body may have at most 1048576 bytes. Send fewer rows at a time.",
        "body",
    ),
    "414": (
        "The path or the query is too long.",
        "too_long",
        "the query may have at most 65536 bytes. Send what is longer in a body.",
        "query",
    ),
    "415": (
        "The body is not announced as JSON.",
        "not_json",
        "Content-Type must be application/json; got text/plain.",
        "Content-Type",
    ),
    "422": ("A value was not accepted.", "invalid", "n must be at most 50; got 51.", "n"),
    "429": (
        "The key asks too often: again after Retry-After seconds.",
        "too_many",
        "the key may make 600 requests a minute. Try again in 1 second.",
        "Authorization",
    ),
    "503": (
        "Nothing can be answered now: again after Retry-After seconds.",
        "busy",
        "more is waiting to be stored than fits. Send it again in 1 second.",
        None,
    ),
}
"""For each status what it means, and an example's code, message and field."""

RETRY_AFTER: Document = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
}


class DocumentedApi(FastAPI):
    """FastAPI whose document also tells of roles and of every error."""

    def openapi(self) -> Document:
        """The document; made when somebody asks for it first."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi())
        return self.openapi_schema


def completed(document: Document) -> Document:
    """The document with servers, roles, the schema of errors, and all statuses of every operation."""
    document["info"]["description"] = DESCRIPTION + "\n" + _told_roles()
    document["servers"] = SERVERS
    parts = document.setdefault("components", {})
    parts["schemas"] = {"Error": ERROR, **parts.get("schemas", {})}
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)
    for schema in parts["schemas"].values():
        if "examples" in schema:
            schema["examples"] = [_with_nulls(example, schema, parts["schemas"]) for example in schema["examples"]]
    parts["securitySchemes"] = KEY
    parts["responses"] = {f"Error{status}": _response(status) for status in ERRORS}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method.upper())
    return document


def _complete(operation: Document, path: str, method: str) -> None:
    roles = ALLOWED.get(path, {}).get(method, frozenset())
    operation["security"] = [] if roles == EVERYONE else [{name: []} for name in KEY]
    if roles != EVERYONE:
        operation["x-roles"] = sorted(roles)
        said = operation.get("description", "").rstrip()
        operation["description"] = f"{said}\n\nRoles: {', '.join(sorted(roles))}.".lstrip()
    responses = operation["responses"]
    responses.pop("422", None)  # FastAPI's own shape, which the service never gives
    for content in responses.get("200", {}).get("content", {}).values():
        if "$ref" in content.get("schema", {}):
            content["schema"] = {"$ref": content["schema"]["$ref"]}  # without what FastAPI knows of a plain object
    for status in _statuses(operation, path, roles == EVERYONE):
        responses.setdefault(status, {"$ref": f"#/components/responses/Error{status}"})
    operation["responses"] = dict(sorted(responses.items()))


_NAMES_OTHERS = ("/v1/audiences/preview", "/v1/lists")
"""Bodies that name audiences and lists, which may not be there."""


def _statuses(operation: Document, path: str, for_everyone: bool) -> list[str]:
    """The statuses of errors that an operation can answer with."""
    found = ["400"] if path == "/health/live" else ["400", "503"]
    if not for_everyone:
        found += ["401", "403", "429"]
    if "{" in path or (path in _NAMES_OTHERS and "requestBody" in operation):
        found.append("404")
    if path.startswith("/v1/customers/{id}"):
        found += ["409", "410"]
    if (path.startswith(("/v1/lists", "/v1/audiences/{")) and "requestBody" in operation) or path.endswith("/refresh"):
        found.append("409")
    if path.startswith(("/v1/campaigns/{id}/", "/v1/campaigns/pools/")) or path == "/v1/results/holdout":
        found.append("409")
    if path == "/v1/campaigns" and "requestBody" in operation:
        found.append("409")
    if operation.get("parameters") or path.startswith("/v1/"):  # A parameter that it does not take is refused.
        found += ["414", "422"]
    if "requestBody" in operation:
        found += ["408", "413", "415", "422"]
    return found


def _with_nulls(example: Any, schema: Document, schemas: Mapping[str, Document]) -> Any:
    """An example with the nulls that FastAPI takes out of it, wherever its schema wants the field."""
    for choice in (schema, *schema.get("anyOf", ())):
        schema = schemas.get(choice.get("$ref", "").rpartition("/")[2], choice)
        if isinstance(example, dict) and "properties" in schema:
            properties, required = schema["properties"], schema.get("required", ())
            told = {name: _with_nulls(part, properties.get(name, {}), schemas) for name, part in example.items()}
            return {name: None for name in required if name not in example} | told
        if isinstance(example, dict) and isinstance(schema.get("additionalProperties"), dict):
            of_each = schema["additionalProperties"]
            return {name: _with_nulls(part, of_each, schemas) for name, part in example.items()}
        if isinstance(example, list) and "items" in schema:
            return [_with_nulls(part, schema["items"], schemas) for part in example]
    return example


def _response(status: str) -> Document:
    meaning, code, message, field = ERRORS[status]
    error = {"code": code, "message": message, "field": field, "value": None, "allowed": None, "hint": None}
    content = {"schema": {"$ref": "#/components/schemas/Error"}, "example": {"error": error}}
    response: Document = {"description": meaning, "content": {"application/json": content}}
    return response | ({"headers": RETRY_AFTER} if status in ("429", "503") else {})


def _told_roles() -> str:
    return "\n".join(["Roles:", "", *(f"- `{role}`: {what}" for role, what in ROLES.items())])
