"""Who may be written to, worked out person by person in plain Python from what was said and done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from tests.serving.published_shop import Person

WORD = 2**64


@dataclass
class World:
    """Everything that was said and done."""

    people: Sequence[Person]
    rules: Mapping[str, Any]
    said: dict[str, dict[str, bool]] = field(default_factory=dict)
    details: dict[str, dict[str, str]] = field(default_factory=dict)
    messages: list[tuple[str, str | None, datetime, str]] = field(default_factory=list)
    suppressed: set[tuple[str, str, str]] = field(default_factory=set)
    merges: dict[str, str] = field(default_factory=dict)
    bought: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    share: float = 0.0

    def reasons(self, channel: str | None, now: datetime) -> dict[str, str | None]:
        """The first reason of everybody, None for who may be written to."""
        found = {person.id: self._reason(person, channel, now) for person in self.people}
        if self.rules.get("one_per_person"):
            still = [person for person in self.people if found[person.id] in (None, "bought_since")]
            for person in still:
                others = [other for other in still if other.id in self._ids(person.id) and other.id != person.id]
                rank = {each.id: (each.idle_days, self._row(each)) for each in (person, *others)}
                if others and min(rank, key=lambda who: rank[who]) != person.id:
                    found[person.id] = "same_person"
        return found

    def _row(self, person: Person) -> int:
        """The row that the shop gives: buckets of every other person, one after the other."""
        ids = [each.id for each in (*self.people[0::2], *self.people[1::2])]
        return ids.index(person.id)

    def _reason(self, person: Person, channel: str | None, now: datetime) -> str | None:
        ids = self._ids(person.id)
        rules = self.rules.get("channels", {}).get(channel, {})
        consent = f"consent_{channel}"
        tests: list[tuple[str, bool]] = [
            (person.set_aside or "", person.set_aside is not None),
            ("deleted", person.id in self.deleted),
            ("holdout", self._number(min(ids, key=_key)) < self.share),
            ("not_contactable", any(self._agreed(each, "contactable") is False for each in ids)),
            ("no_consent", channel is not None and any(self._agreed(each, consent) is False for each in ids)),
            (
                "no_consent",
                rules.get("consent") == "opt_in" and self._agreed(person.id, consent) is None,
            ),
            ("suppressed", any(self._is_suppressed(each, channel) for each in ids)),
            ("no_address", channel not in (None, "app") and person.id.startswith("visitor:")),
            ("no_address", channel == "email" and rules.get("needs_address", False) and self._has_none(person.id)),
            ("capped_channel", self._is_capped(ids, rules.get("caps", []), channel, now)),
            ("capped", self._is_capped(ids, self.rules.get("caps", []), None, now)),
            ("too_soon", self._count(ids, self.rules.get("least_days", 0), None, now) > 0),
            ("bought_since", any(each in self.bought or self._merged_bought(each) for each in ids)),
        ]
        return next((name for name, holds in tests if holds), None)

    def _merged_bought(self, who: str) -> bool:
        return any(customer == who and visitor in self.bought for visitor, customer in self.merges.items())

    def _ids(self, who: str) -> set[str]:
        """All ids of the person: joined over addresses and merges until nobody comes to it."""
        there = {person.id for person in self.people}
        ids = {who}
        while True:
            more = {each for each in there if any(self._same(each, other) for other in ids)}
            if more <= ids:
                return ids
            ids |= more

    def _same(self, one: str, other: str) -> bool:
        if self.merges.get(one) == other or self.merges.get(other) == one:
            return True
        mine, yours = self.details.get(one, {}), self.details.get(other, {})
        return any(kind in mine and mine[kind] == yours.get(kind) for kind in ("email", "phone"))

    def _agreed(self, who: str, what: str) -> bool | None:
        for visitor, customer in self.merges.items():
            if customer == who and self.said.get(visitor, {}).get(what) is False:
                return False
        if what in self.said.get(who, {}):
            return self.said[who][what]
        person = next(each for each in self.people if each.id == who)
        return person.contactable if what == "contactable" else person.consent.get(what.removeprefix("consent_"))

    def _is_suppressed(self, who: str, channel: str | None) -> bool:
        values = {("customer", who), *self.details.get(who, {}).items()}
        return any((*value, on) in self.suppressed for value in values for on in ("", channel or ""))

    def _has_none(self, who: str) -> bool:
        return any(self.details.values()) and "email" not in self.details.get(who, {})

    def _is_capped(self, ids: set[str], caps: Sequence[Mapping[str, int]], channel: str | None, now: datetime) -> bool:
        return any(self._count(ids, cap["within_days"], channel, now) >= cap["most"] for cap in caps)

    def _count(self, ids: set[str], days: float, channel: str | None, now: datetime) -> int:
        return sum(
            who in ids and arm == "treated" and at > now - timedelta(days=days) and channel in (None, on)
            for who, on, at, arm in self.messages
            if days
        )

    def _number(self, who: str) -> float:
        """The share that SplitMix64 gives the id with the salt of the test."""
        salt = blake2b(b"salt", digest_size=16).digest()
        first, second = (int.from_bytes(salt[start : start + 8], "little") for start in (0, 8))
        return (_mixed((_mixed(_key(who) ^ first) + second) % WORD) >> 11) / 2**53


def _key(who: str) -> int:
    return int.from_bytes(blake2b(who.encode(), digest_size=8).digest(), "little")


def _mixed(number: int) -> int:
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) % WORD
    return number ^ (number >> 31)
