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
from serving.access.metrics import Metrics
from serving.arranging.current_rules import CurrentRules
from serving.audiences.previewing.preview import Previews
from serving.database.access.audit import Audit
from serving.database.access.keys import ApiKeys
from serving.database.answers.comparisons import Comparisons
from serving.database.answers.responses import Responses
from serving.database.answers.shown import Shown
from serving.database.connection import Database
from serving.database.described_items import DescribedItems
from serving.database.inbox import Inbox
from serving.database.lag import Lag
from serving.database.people.contact_details import ContactDetails
from serving.database.people.described import Described
from serving.database.people.merged import Merged
from serving.database.people.person_now import PeopleNow
from serving.database.people.touch import Touch
from serving.database.writer import Writer
from serving.desk.desk import Desk
from serving.live.current_snapshot import CurrentSnapshot
from serving.live.live_shelves import LiveShelves
from serving.privacy.erasing import Erasing
from serving.recommending.offers import NOBODY
from serving.snapshot import Snapshot
from training.recommend.reason_texts import language_of

MOST_LANGUAGE = 35
"""The name of a language is at most so long."""

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
    described_items: DescribedItems
    """What was told of items."""
    people: PeopleNow
    """What is known of one person at this moment."""
    shelves: LiveShelves
    """Stock and prices as they are now."""
    clock: Callable[[], datetime]
    """Tells the moment, with its zone."""
    new_id: Callable[[], str]
    """Gives an id that was never given before."""
    rules: CurrentRules
    """How the shop wants its answers arranged."""
    metrics: Metrics
    """What is counted."""
    keys: ApiKeys
    """The keys that open it."""
    audit: Audit
    """Where administrative acts are written down."""
    lag: Lag
    """How far the warehouse is behind."""
    database: Database
    """The open database, for what is asked too seldom to have a place of its own here."""
    contact_details: ContactDetails
    """How to reach customers."""
    merged: Merged
    """Visitors who turned out to be customers."""
    erasing: Erasing
    """How people are deleted."""
    writer: Writer
    """What writes for all requests of this process."""
    shown: Shown
    """What was shown."""
    responses: Responses
    """What followed from it."""
    comparisons: Comparisons
    """Which snapshots are compared."""
    desk: Desk
    """Where longer work is done."""
    previews: Previews
    """What audiences would be worth."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot to answer from, with stock and prices as they are now; raises when nothing is published."""
        snapshot = self.current.get()
        try:
            return self.shelves.at(snapshot, self.people.of(NOBODY, snapshot.header.event_version).item_change)
        except HuitouError:
            return self.shelves.newest(snapshot)

    def touches(self, person: str, snapshot: Snapshot) -> list[Touch]:
        """What a person did since the snapshot; nothing when the database does not answer: pages go on."""
        try:
            return self.people.of(person, snapshot.header.event_version).touches
        except HuitouError as error:
            _LOG.warning("fresh events are left out: %s", error.message)
            return []

    @property
    def refused(self) -> list[str]:
        """Ids of those who must not be profiled; raises when that cannot be asked: nobody is profiled then.

        Who opted out over HTTP, with the customer or visitors of the same person, and who is being deleted.
        """
        said = {*self.described.refused("personalized")}
        joined = self.merged.in_force().items() if said else ()
        said.update(customer for visitor, customer in joined if visitor in said)
        said.update(visitor for visitor, customer in joined if customer in said)
        return [*said, *self.erasing.pending()]


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _language(
    lang: Annotated[str | None, Query(max_length=MOST_LANGUAGE, description="Language of reasons: en or zh.")] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> str:
    return language_of(lang, accept_language)


def id_in_path(segment: str) -> str:
    """The id that a segment of a path means; the door left it encoded, so that a slash in an id is no other segment.

    PostgreSQL cannot be asked for NUL: another control character, which no id holds either, stands for it.
    """
    return unquote(segment).strip().replace("\x00", "\x01")


def _decoded(
    id: Annotated[str, Path(description="Any id; percent-encode what has a meaning in URLs.")],
) -> str:
    return id_in_path(id)


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
