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
from tests.serving.api.known_shop import LATER, QUERIES, Clock, Known, filled, known_shop
from tests.serving.living_service import LivingService


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
MOST_REQUESTS = {"sqlite": 8, "postgresql": 3}
"""Of each sort, for each operation and role; most of what can be wrong has nothing to do with the database."""
LONG_WORK = ("/v1/shop/", "/v1/lists", "/v1/list-schedules", "/v1/campaigns", "/v1/results/holdout")
"""What is worked out at the desk; one request of each sort is enough there, and only an administrator's are drawn."""

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
    known: Known
    most_requests: int

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
    clock = Clock()
    service = LivingService(known_shop(tmp_path_factory.mktemp("shop")), url, clock=clock)
    origins = {"browser": ["https://shop.example"]}
    keys = {role: service.make_key(role, origins.get(role, ()), per_minute=1_000_000) for role in ROLES}
    with service, requests.Session() as session:
        admin = {"Authorization": f"Bearer {keys['admin']}"}
        known = filled(service, session, admin)
        clock.now = LATER
        document = session.get(f"{service.url}/openapi.json", headers=admin, timeout=10).json()
        most = MOST_REQUESTS["sqlite" if url is None else "postgresql"]
        yield Api(service, keys, session, schemathesis.openapi.from_dict(document), known, most)


def requests_of(known: Known, operation: Any, role: str) -> Iterator[st.SearchStrategy[AnyCase]]:
    """Requests that fit the operation's schema, requests that do not, and those about what is there."""
    is_long = operation.path.startswith(LONG_WORK)
    parts: dict[str, Any] = {}
    if "{" in operation.path:
        before, _, rest = operation.path.partition("/{")
        identity = known.identity(before.rpartition("/")[2], operation.method, role)
        parts["path_parameters"] = {rest.partition("}")[0]: identity}
    if operation.label in QUERIES:
        parts["query"] = QUERIES[operation.label]
    body = known.body(operation.label, role)
    if not is_long or role == "admin":
        yield operation.as_strategy(GenerationMode.POSITIVE)
        if operation.path_parameters or operation.query or operation.body:
            yield operation.as_strategy(GenerationMode.NEGATIVE)
        if parts and body is not None:
            yield operation.as_strategy(GenerationMode.POSITIVE, **parts)
    if parts or body is not None or is_long:
        yield operation.as_strategy(GenerationMode.POSITIVE, **parts, **({} if body is None else {"body": body}))


def statuses(api: Api, operation: Any, role: str, most: int) -> set[int]:
    """The statuses of the answers to drawn requests; raises what is wrong with them."""
    seen: set[int] = set()
    for strategy in requests_of(api.known, operation, role):

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
        statuses(lying, operation, "shop", api.most_requests)


@pytest.mark.parametrize("role", [*sorted(set(ROLES) - {"admin"}), "admin"])
def test_every_answer_is_as_the_document_says(api: Api, role: str) -> None:
    """No fault of the service, no undeclared status, and every body fits its schema; a foreign role is refused."""
    faults: list[str] = []
    for operation in api.operations():
        roles = ALLOWED[operation.path][operation.method.upper()]
        may = roles == EVERYONE or role in roles
        most = 1 if operation.path.startswith(LONG_WORK) else api.most_requests
        try:
            seen = statuses(api, operation, role, most if may else 1)
        except FailureGroup as error:
            faults.append(f"{operation.label}: {error}")
            continue
        if may and not seen & ({404} if operation.path.startswith(NEVER_MADE) else {200}):
            faults.append(f"{operation.label} never answered: {sorted(seen)}")
        if not may and 403 not in seen:
            faults.append(f"{operation.label} was not refused: {sorted(seen)}")
    assert not faults, "\n\n".join(faults)
