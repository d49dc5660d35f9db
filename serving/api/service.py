"""What the routes share: the shop, its open snapshot, its inbox, and the door to clock and chance."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Header, Path, Query, Request
from pydantic import StringConstraints

from features.errors import HuitouError
from features.events.event import MAX_ID_LENGTH, VISITOR_PREFIX
from features.shop_folder import ShopFolder
from serving.arranging.current_rules import CurrentRules
from serving.arranging.exploration_log import ExplorationLog
from serving.current_snapshot import CurrentSnapshot
from serving.database.described import Described
from serving.database.inbox import Inbox, Touch
from serving.snapshot import Snapshot
from training.recommend.reason_texts import language_of

_LOG = logging.getLogger("huitou.api")


@dataclass(frozen=True)
class Service:
    """One running service."""

    shop: ShopFolder
    """The shop it serves."""
    current: CurrentSnapshot
    """The snapshot to answer from."""
    inbox: Inbox
    """Where events arrive."""
    described: Described
    """What was told of customers."""
    clock: Callable[[], datetime]
    """Tells the moment, with its zone."""
    new_id: Callable[[], str]
    """Gives an id that was never given before."""
    rules: CurrentRules
    """How the shop wants its answers arranged."""
    explored: ExplorationLog
    """Where little-seen items that were shown are written down."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot to answer from; raises when nothing is published."""
        return self.current.get()

    def touches(self, person: str, snapshot: Snapshot) -> list[Touch]:
        """What a person did since the snapshot; nothing when the database does not answer: pages go on."""
        try:
            return self.inbox.touches(person, snapshot.header.event_version)
        except HuitouError as error:
            _LOG.warning("fresh events are left out: %s", error.message)
            return []

    def opted_out(self, person: str, snapshot: Snapshot) -> bool:
        """Whether a person wants no personal answers: the newest word counts; who cannot be asked is left in peace."""
        try:
            agreed = self.described.personalized(person)
        except HuitouError as error:
            _LOG.warning("the answer is not personal: %s", error.message)
            return True
        return person in snapshot.opted_out if agreed is None else not agreed

    @property
    def refused(self) -> list[str]:
        """Ids of those who opted out over HTTP; raises when that cannot be asked: nobody is profiled then."""
        return self.described.refused("personalized")


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _language(
    lang: Annotated[str | None, Query(max_length=35, description="Language of reasons: en or zh.")] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> str:
    return language_of(lang, accept_language)


def _decoded(
    id: Annotated[str, Path(description="Any id; percent-encode what has a meaning in URLs.")],
) -> str:
    # The door left every segment encoded, so that a slash inside an id is told from one between segments.
    return unquote(id).strip()


TheService = Annotated[Service, Depends(_service)]
"""The service, for routes."""
Language = Annotated[str, Depends(_language)]
"""The language of the answer, for routes."""
PathId = Annotated[str, Depends(_decoded)]
"""The id in the path, for routes."""
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""An id in a body or query: as events may carry them."""


def person_of(customer_id: str | None, visitor_id: str | None) -> str | None:
    """The person as stored: the customer, else the visitor under the visitors' prefix, else nobody."""
    if customer_id is not None:
        return customer_id
    return None if visitor_id is None else VISITOR_PREFIX + visitor_id


def stamp(snapshot: Snapshot) -> dict[str, Any]:
    """What every answer from a snapshot says of it."""
    header = snapshot.header
    return {"model_version": header.model_version, "as_of": header.as_of}
