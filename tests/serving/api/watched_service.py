"""A served shop that is watched: every answer is checked, and what is refused has left nothing behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.lists.frozen.member_file import FOLDER
from tests.serving.api.raw_requests import JSON, Answer, ask, check_answer, rows_stored
from tests.serving.api.served_shop import serving

NOT_OF_THE_REQUEST = {"shown", "audit_log"}
"""Written behind an earlier answer, or about the attempt: whoever tried to read somebody's data is written down."""


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the OpenAPI document has it."""

    method: str
    path: str
    example: Any
    """A good body; None where there is none."""
    parameters: Sequence[str]
    """The names that it takes in its query."""

    def target(self, identity: bytes | None = None) -> bytes:
        """The path with an id in it; only somebody else is deleted."""
        if identity is None:
            identity = b"goner" if self.method == "DELETE" else b"anna"
        return re.sub(rb"\{\w+\}", lambda _: identity, self.path.encode())


class Target:
    """A shop's service that is watched: every answer is checked, and so are the tables and the files of lists."""

    def __init__(self, client: TestClient, engine: Engine, shop: ShopFolder) -> None:
        self._client = client
        self._engine = engine
        self._lists = shop.path / FOLDER
        self.is_local = engine.dialect.name == "sqlite"
        self.operations = list(self._documented())
        self.with_body = [operation for operation in self.operations if operation.example is not None]
        self.with_id = [operation for operation in self.operations if "{" in operation.path]

    def _documented(self) -> Iterator[Operation]:
        document = self._client.get("/openapi.json").json()
        for path, methods in document["paths"].items():
            for method, said in methods.items():
                names = [part["name"] for part in said.get("parameters", ()) if part["in"] == "query"]
                yield Operation(method.upper(), path, good_body(document, said), names)

    def ask(self, method: str, target: bytes, body: bytes = b"", headers: Any = JSON) -> Answer:
        """The answer, after it was found to be good; a refused request has stored nothing."""
        before, files = rows_stored(self._engine), self._files()
        answer = ask(self._client, method, target, body, headers)
        if answer.status == 200 and (method == "HEAD" or not target.startswith(b"/v1")):
            return answer
        check_answer(answer)
        after = rows_stored(self._engine)
        if answer.status >= 400:
            kept = set(after) - NOT_OF_THE_REQUEST
            assert {name: after[name] for name in kept} == {name: before[name] for name in kept}, answer.body
            assert self._files() == files, answer.body
        elif target.startswith(b"/v1/events"):
            assert after["inbox"] - before["inbox"] == answer.json()["stored"]
        return answer

    def _files(self) -> set[str]:
        return {file.name for file in self._lists.iterdir()} if self._lists.exists() else set()


@contextmanager
def watched(shop: ShopFolder, database_url: str | None, **settings: Any) -> Iterator[Target]:
    """The service of a shop, watched."""
    with serving(shop, database_url=database_url, **settings) as client:
        engine = open_database(shop, database_url)
        yield Target(client, engine, shop)
        engine.dispose()


def good_body(document: dict[str, Any], said: dict[str, Any]) -> Any:
    """The first example of an operation's body; None where it takes none."""
    content = said.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    if "examples" in content:
        return next(iter(content["examples"].values()))["value"]
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    schema = document["components"]["schemas"].get(name, content["schema"])
    return content.get("example", schema.get("examples", [{}])[0])
