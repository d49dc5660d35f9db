"""Who may be written to at one moment."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import numpy as np

from features.arrays import Flags, Ints
from features.channels import consent_field
from serving.care.exclusions import EXCLUSION_CODES
from serving.care.people_memory import PeopleMemory
from serving.care.person_numbers import Keys
from serving.care.rules import ContactCare
from serving.care.said_since import SaidSince
from serving.care.same_people import SamePeople
from serving.care.snapshot_people import Codes, no_flags
from serving.database.connection import Database
from serving.database.marketing.holdout import Holdout
from serving.database.marketing.suppressions import ALL_CHANNELS
from serving.database.people.erased import Erased


class Moment:
    """One question: everything is read as it is when it is asked for. All arrays have an entry for each row."""

    def __init__(self, memory: PeopleMemory, database: Database, now: datetime) -> None:
        self._memory = memory
        self._people = memory.people
        self._database = database
        self._now = now

    def exclusions(self, rows: Ints, rules: ContactCare, channel: str | None) -> Ints:
        """See :meth:`serving.care.care.Care.exclusions`."""
        # From the last reason to the first, so that the first one stays.
        whole = np.zeros(len(self._people), dtype=np.int8)
        bought = EXCLUSION_CODES["bought_since"]
        whole[self._same.spread(self._memory.bought_since(self._merges).copy())] = bought
        messages, now = self._memory.messages(self._merges), self._now
        if rules.least_days:
            whole[messages.within(rules.least_days, self._same, now)] = EXCLUSION_CODES["too_soon"]
        for cap in rules.caps:
            whole[messages.reached(cap, self._same, now)] = EXCLUSION_CODES["capped"]
        if channel is not None:
            care = rules.of_channel(channel)
            for cap in care.caps:
                whole[messages.reached(cap, self._same, now, channel)] = EXCLUSION_CODES["capped_channel"]
            if care.needs_address:
                whole[self._memory.addresses().missing(channel)] = EXCLUSION_CODES["no_address"]
        whole[self._same.spread(self._memory.suppressed(channel or ALL_CHANNELS, self._merges).copy())] = (
            EXCLUSION_CODES["suppressed"]
        )
        if channel is not None:
            whole[self._no_consent(channel, rules.of_channel(channel).consent)] = EXCLUSION_CODES["no_consent"]
        whole[self.refused("contactable")] = EXCLUSION_CODES["not_contactable"]
        whole[self.held_out()] = EXCLUSION_CODES["holdout"]
        whole[self._rows(Erased(self._database).pending())] = EXCLUSION_CODES["deleted"]
        np.copyto(whole, self._people.aside, where=self._people.aside > 0)
        codes = whole[rows]
        if rules.one_per_person and len(self._same.rows):
            open_places = np.flatnonzero((codes == 0) | (codes == bought))
            again = self._same.repeated(rows[open_places], self._people.idle_days)
            codes[open_places[again]] = EXCLUSION_CODES["same_person"]
        return codes

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
