"""Who may be written to at one moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import cached_property, partial

import numpy as np

from features.arrays import Flags, Ints
from features.channels import consent_field
from features.shop.anomalies import REASONS as SET_ASIDE
from serving.care.exclusions import EXCLUSION_CODES, EXCLUSIONS
from serving.care.messages import Messages
from serving.care.people_memory import PeopleMemory
from serving.care.person_numbers import Keys
from serving.care.rules import Cap, ContactCare
from serving.care.said_since import SaidSince
from serving.care.same_people import SamePeople
from serving.care.snapshot_people import Codes, no_flags
from serving.database.connection import Database
from serving.database.marketing.holdout import Holdout
from serving.database.marketing.suppressions import ALL_CHANNELS
from serving.database.people.erased import Erased

ON_THE_DEVICE = "app"
"""The one channel that reaches somebody who is known by a device alone."""


class Moment:
    """One question: everything is read as it is when it is asked for. All arrays have an entry for each row."""

    def __init__(self, memory: PeopleMemory, database: Database, now: datetime) -> None:
        self._memory = memory
        self._people = memory.people
        self._database = database
        self._now = now

    def exclusions(
        self, rows: Ints, rules: ContactCare, channel: str | None, only: Collection[str] = EXCLUSIONS
    ) -> Ints:
        """See :meth:`serving.care.care.Care.exclusions`."""
        whole = np.zeros(len(self._people), dtype=np.int8)
        for reason, who in self._from_the_last(rules, channel):  # so that the first one stays
            if reason in only:
                whole[who()] = EXCLUSION_CODES[reason]
        if not {*SET_ASIDE}.isdisjoint(only):
            np.copyto(whole, self._people.aside, where=self._people.aside > 0)
        codes = whole[rows]
        if rules.one_per_person and "same_person" in only and len(self._same.rows):
            open_places = np.flatnonzero((codes == 0) | (codes == EXCLUSION_CODES["bought_since"]))
            again = self._same.repeated(rows[open_places], self._people.idle_days)
            codes[open_places[again]] = EXCLUSION_CODES["same_person"]
        return codes

    def _from_the_last(
        self, rules: ContactCare, channel: str | None
    ) -> Iterator[tuple[str, Callable[[], Flags | Ints]]]:
        """The reasons and whom each is about, but for those who are set aside and those who are there twice."""
        same, now = self._same, self._now
        yield "bought_since", lambda: same.spread(self._memory.bought_since(self._merges).copy())
        if rules.least_days:
            yield "too_soon", lambda: self._messages.within(rules.least_days, same, now)
        for cap in rules.caps:
            yield "capped", partial(self._reached, cap)
        if channel is not None:
            care = rules.of_channel(channel)
            for cap in care.caps:
                yield "capped_channel", partial(self._reached, cap, channel)
            if channel != ON_THE_DEVICE:
                yield "no_address", lambda: self._people.visitors
            if care.needs_address:
                yield "no_address", lambda: self._memory.addresses().missing(channel)
        yield "suppressed", lambda: same.spread(self._memory.suppressed(channel or ALL_CHANNELS, self._merges).copy())
        if channel is not None:
            yield "no_consent", lambda: self._no_consent(channel, rules.of_channel(channel).consent)
        yield "not_contactable", lambda: self.refused("contactable")
        yield "holdout", self.held_out
        yield "deleted", lambda: self._rows(Erased(self._database).pending())

    def refused(self, field: str) -> Flags:
        """Who said no to being ``contactable`` or to ``personalized`` offers, under whichever of a person's ids."""
        base = self._people.contactable if field == "contactable" else self._people.personalized
        return self._same.spread(self._now_said(base, field) == 0)

    def held_out(self) -> Flags:
        """Who is held out of all campaigns."""
        held = Holdout(self._database).get()
        if held is None or held.share == 0:
            return no_flags(len(self._people))
        return self._memory.held_out(held, self._same)

    def person_keys(self) -> Keys:
        """A number for each, the same for one person."""
        return self._same.keys(self._people.keys)

    def _no_consent(self, channel: str, regime: str) -> Flags:
        said = self._now_said(self._people.consent(channel), consent_field(channel))
        refused = self._same.spread(said == 0)
        return refused | (said < 0) if regime == "opt_in" else refused

    def _now_said(self, base: Codes, field: str) -> Codes:
        return self._said.now(base, field, self._merges)

    def _reached(self, cap: Cap, channel: str | None = None) -> Flags:
        return self._messages.reached(cap, self._same, self._now, channel)

    @cached_property
    def _messages(self) -> Messages:
        return self._memory.messages(self._merges)

    @cached_property
    def _said(self) -> SaidSince:
        return self._memory.said()

    @cached_property
    def _merges(self) -> dict[str, str]:
        return self._memory.merges()

    @cached_property
    def _same(self) -> SamePeople:
        return self._memory.same_people(self._merges)

    def _rows(self, ids: list[str]) -> Ints:
        rows = self._people.rows_of(ids)
        return rows[rows >= 0]
