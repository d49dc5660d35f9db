"""The service against its own document: requests drawn from the schema by schemathesis, with keys of every role."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from serving.access.roles import ALLOWED, EVERYONE, ROLES
from tests.postgres import PostgresServer
from tests.serving.living_service import LivingService
from tests.serving.published_shop import small_shop


def no_fault(_: Any, response: schemathesis.Response, __: AnyCase) -> None:
    """Only what may pass is the service's own: 503, and when to ask again."""
    assert response.status_code < 500 or response.status_code == 503, response.text
    assert response.status_code != 503 or "retry-after" in response.headers, response.text


CHECKS = [
    no_fault,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
AnyCase = Case[Any]
NEVER_MADE = ("/v1/deletions/", "/v1/results/comparisons/")
"""What these tell of is not there."""
KNOWN_IDS = {"customers": "王小明", "items": "kettle", "deletions": "none", "comparisons": "none"}
"""Ids that are there, by the segment before them: drawn ones hardly ever are."""

MOST_REQUESTS = 8
"""Of each sort, for each operation and role."""

DRAWN = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Api:
    """A running service with a key for every role."""

    service: LivingService
    keys: dict[str, str]
    session: requests.Session
    schema: schemathesis.BaseSchema

    def operations(self) -> Iterator[schemathesis.APIOperation[Any, Any, Any, Any]]:
        """All operations of the document."""
        for found in self.schema.get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def ask(self, case: AnyCase, role: str) -> int:
        """The status of the answer, which is as the document says; raises with all that is wrong otherwise."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        answer = case.call_and_validate(self.service.url, self.session, headers, checks=CHECKS)
        return int(answer.status_code)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A database for the whole file, of each engine."""
    if request.param == "sqlite":
        yield None
        return
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    with server.database() as found:
        yield found


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, url: str | None) -> Iterator[Api]:
    """The small shop's service, the same for all roles; what is deleted is deleted by the last of them."""
    service = LivingService(small_shop(tmp_path_factory.mktemp("shop")), url)
    origins = {"browser": ["https://shop.example"]}
    keys = {role: service.make_key(role, origins.get(role, ()), per_minute=1_000_000) for role in ROLES}
    with service, requests.Session() as session:
        admin = {"Authorization": f"Bearer {keys['admin']}"}
        document = session.get(f"{service.url}/openapi.json", headers=admin, timeout=10).json()
        yield Api(service, keys, session, schemathesis.openapi.from_dict(document))


def requests_of(operation: Any) -> Iterator[st.SearchStrategy[AnyCase]]:
    """Requests that fit the operation's schema, those about ids that are there too, and requests that do not fit."""
    yield operation.as_strategy(GenerationMode.POSITIVE)
    if "{" in operation.path:
        before, _, rest = operation.path.partition("/{")
        known = KNOWN_IDS[before.rpartition("/")[2]] if operation.method != "delete" else "noletter"
        yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters={rest.partition("}")[0]: known})
    if operation.path_parameters or operation.query or operation.body:
        yield operation.as_strategy(GenerationMode.NEGATIVE)


def statuses(api: Api, operation: Any, role: str, most: int) -> set[int]:
    """The statuses of the answers to drawn requests; raises what is wrong with them."""
    seen: set[int] = set()
    for strategy in requests_of(operation):

        @settings(DRAWN, max_examples=most)
        @given(case=strategy)
        def asked(case: AnyCase) -> None:
            seen.add(api.ask(case, role))

        asked()
    return seen


def test_a_document_that_lies_is_found_out(api: Api) -> None:
    """Where an answer is not as the document says, these checks fail."""
    document: Any = deepcopy(api.schema.raw_schema)
    document["components"]["schemas"]["KnownItem"]["properties"]["title"] = {"type": "integer"}
    lying = replace(api, schema=schemathesis.openapi.from_dict(document))
    [operation] = [each for each in lying.operations() if each.label == "GET /v1/items/{id}"]
    with pytest.raises(FailureGroup, match="is not of type"):
        statuses(lying, operation, "shop", MOST_REQUESTS)


@pytest.mark.parametrize("role", [*sorted(set(ROLES) - {"admin"}), "admin"])
def test_every_answer_is_as_the_document_says(api: Api, role: str) -> None:
    """No fault of the service, no undeclared status, and every body fits its schema; a foreign role is refused."""
    faults: list[str] = []
    for operation in api.operations():
        roles = ALLOWED[operation.path][operation.method.upper()]
        may = roles == EVERYONE or role in roles
        try:
            seen = statuses(api, operation, role, MOST_REQUESTS if may else 1)
        except FailureGroup as error:
            faults.append(f"{operation.label}: {error}")
            continue
        if may and not seen & ({404} if operation.path.startswith(NEVER_MADE) else {200}):
            faults.append(f"{operation.label} never answered: {sorted(seen)}")
        if not may and 403 not in seen:
            faults.append(f"{operation.label} was not refused: {sorted(seen)}")
    assert not faults, "\n\n".join(faults)
