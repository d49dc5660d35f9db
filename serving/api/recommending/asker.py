"""Who asks for recommendations, with everything that is new since the snapshot: one read of the database."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from features.errors import HuitouError
from features.moments import microseconds
from serving.api.recommending.questions import RecentEvent
from serving.api.service import Service
from serving.database.people.person_now import PersonNow
from serving.database.people.touch import Touch
from serving.live.past_touches import past_touches
from serving.privacy.opting_out import has_opted_out
from serving.recommending.offers import NOBODY
from serving.snapshot import Snapshot

_LOG = logging.getLogger("huitou.api")


class Asker(NamedTuple):
    """The person of one request."""

    now: datetime
    """The moment of the request."""
    snapshot: Snapshot
    """What answers all of it."""
    arm: str | None
    """The side of a running comparison."""
    person: str | None
    """The customer, or the visitor as stored; None for nobody in particular."""
    opted_out: bool
    """Whether the person wants no personal answers."""
    touches: Sequence[Touch]
    """What the person did since the snapshot, in order of time."""

    @classmethod
    def of(cls, service: Service, person: str | None, recent: Sequence[RecentEvent] = ()) -> Asker:
        """Look the person (as stored) up: a visitor who turned out to be a customer is that customer."""
        now = service.clock()
        snapshot, arm = service.current.for_person(person)
        known = _known(service, person, snapshot)
        if known is None:
            # Who cannot be asked whether personal answers are wanted is left in peace.
            return cls(now, service.shelves.newest(snapshot), arm, person, person is not None, _recent(recent, now))
        if person is not None and known.customer != person:
            person, looked_up = known.customer, snapshot
            snapshot, arm = service.current.for_person(person)
            if snapshot is not looked_up:
                # The customer is on the other side of a comparison, whose snapshot may be older.
                known = _known(service, person, snapshot) or known
        snapshot = service.shelves.at(snapshot, known.item_change)
        if known.erased:
            # Whoever was deleted is a stranger from then on.
            return cls(now, snapshot, arm, NOBODY, False, _recent(recent, now))
        opted_out = person is not None and has_opted_out(snapshot, known)
        if opted_out:
            return cls(now, snapshot, arm, person, True, ())
        touches: Sequence[Touch] = known.touches
        if known.visitors or recent:
            touches = [*past_touches(snapshot, known.visitors), *touches, *_recent(recent, now)]
        return cls(now, snapshot, arm, person, False, touches)


def _known(service: Service, person: str | None, snapshot: Snapshot) -> PersonNow | None:
    """What the database knows, None when it does not answer: pages go on."""
    try:
        return service.people.of(NOBODY if person is None else person, snapshot.header.event_version)
    except HuitouError as error:
        _LOG.warning("fresh events are left out, and nothing is personal: %s", error.message)
        return None


def _recent(events: Sequence[RecentEvent], now: datetime) -> list[Touch]:
    """What a stateless caller tells, the newest last, as having happened just now, a millisecond apart."""
    if not events:
        return []
    now_us = microseconds(now)
    return [
        Touch(event.kind, event.item_id, now_us - 1_000 * back)
        for event, back in zip(events, range(len(events), 0, -1), strict=True)
    ]
