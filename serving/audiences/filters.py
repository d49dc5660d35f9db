"""Reading a filter: JSON in, checked parts out. Every mistake is one sentence that points to the part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from features.channels import CHANNELS
from features.events.event import KINDS
from serving.audiences.language.days import MOST_DAYS, Day, Days
from serving.audiences.language.said import Said
from serving.audiences.parts import (
    All,
    AnyOf,
    Birthday,
    Compared,
    Contacted,
    Did,
    Everyone,
    Filter,
    InterestedIn,
    Not,
    Opened,
    Which,
)
from serving.snapshot_parts.audience.open_items import OPENS

MOST_DEPTH = 10
"""So deep are parts within parts at most."""

MOST_PARTS = 200
"""A filter has at most so many parts."""

MOST_ACTS = 20
"""So many parts of a filter speak of what people did: each looks at all events of a kind, up to 0.1 s of a million
customers."""

OPERATORS = ("is", "in", "at_least", "at_most", "between", "is_known")
"""What can be asked of a field; which of them a field takes depends on its kind."""

ANYTHING = "anything"
"""Stands for the four kinds of event that show interest."""

INTEREST = ("view", "favorite", "cart", "purchase")

_WHEN = ("within_days", "between", "since", "before")
_WHICH = ("item", "category", "brand", "price")


def parse_filter(said: Any, path: str = "filter") -> Filter:
    """The filter that was said in JSON; raises :class:`HuitouError`, code ``filter``, with the path to what is wrong.

    Names of fields, items and categories are looked up when the filter meets a snapshot (``matching``).
    """
    return _Reader().read(Said(said, path), 1)


@dataclass
class _Reader:
    """Reads one filter and counts its parts."""

    parts: int = 0
    acts: int = 0

    def read(self, said: Said, depth: int) -> Filter:
        self.parts += 1
        if depth > MOST_DEPTH or self.parts > MOST_PARTS:
            limit = f"{MOST_DEPTH} levels" if depth > MOST_DEPTH else f"{MOST_PARTS} parts"
            raise Said("…", said.path).wrong(f"must be in a filter of at most {limit}")
        keys = said.object(f"an object with one of {', '.join(VERBS)}")
        verbs = [key for key in keys if key in VERBS]
        if not verbs:
            said.only(VERBS)
        if len(verbs) > 1:
            hint = 'Join parts with {"all": [..]}.'
            raise Said(verbs, said.path).wrong("must have only one of these keys", [*VERBS], hint)
        return VERBS[verbs[0]](self, said, depth)

    def all(self, said: Said, depth: int) -> Filter:
        said.only(("all",))
        return All(self._several(said.part("all"), depth))

    def any(self, said: Said, depth: int) -> Filter:
        said.only(("any",))
        return AnyOf(self._several(said.part("any"), depth))

    def not_(self, said: Said, depth: int) -> Filter:
        said.only(("not",))
        return Not(self.read(said.part("not"), depth + 1))

    def everyone(self, said: Said, depth: int) -> Filter:
        said.only(("everyone",))
        if not said.part("everyone").flag():
            raise said.part("everyone").wrong("must be true", [True])
        return Everyone()

    def did(self, said: Said, depth: int) -> Filter:
        return self._act(said, "did")

    def did_not(self, said: Said, depth: int) -> Filter:
        return Not(self._act(said, "did_not"))

    def open(self, said: Said, depth: int) -> Filter:
        said.only(("open", *_WHICH, *_WHEN))
        return Opened(said.part("open").one_of([*OPENS]), _which(said), _days(said))

    def contacted(self, said: Said, depth: int) -> Filter:
        said.only(("contacted",))
        inner = said.part("contacted")
        if inner.value is True:
            return Contacted(Days(inner))
        inner.object("true, or an object with within_days, channel or campaign")
        inner.only(("channel", "campaign", *_WHEN))
        channels = tuple(each.one_of(CHANNELS) for each in _values(inner, "channel"))
        return Contacted(_days(inner), channels, tuple(each.text() for each in _values(inner, "campaign")))

    def interested_in(self, said: Said, depth: int) -> Filter:
        said.only(("interested_in", "top"))
        item = said.part("interested_in")
        item.text()
        return InterestedIn(item, said.part("top").whole(1, 10**9) if "top" in said.value else None)

    def birthday(self, said: Said, depth: int) -> Filter:
        said.only(("birthday",))
        return Birthday(_between(said.part("birthday")))

    def field(self, said: Said, depth: int) -> Filter:
        said.only(("field", *OPERATORS))
        said.part("field").text()
        tests = tuple((name, said.part(name)) for name in OPERATORS if name in said.value)
        if not tests:
            raise said.wrong(f"must have one of {', '.join(OPERATORS)}", [*OPERATORS])
        return Compared(said.part("field"), tests)

    def _act(self, said: Said, verb: str) -> Did:
        self.acts += 1
        if self.acts > MOST_ACTS:
            raise Said("…", said.path).wrong(f"must be one of at most {MOST_ACTS} parts about what people did")
        return _did(said, verb)

    def _several(self, said: Said, depth: int) -> tuple[Filter, ...]:
        return tuple(self.read(part, depth + 1) for part in said.parts())


VERBS: Mapping[str, Callable[[_Reader, Said, int], Filter]] = {
    "all": _Reader.all,
    "any": _Reader.any,
    "not": _Reader.not_,
    "everyone": _Reader.everyone,
    "did": _Reader.did,
    "did_not": _Reader.did_not,
    "open": _Reader.open,
    "contacted": _Reader.contacted,
    "interested_in": _Reader.interested_in,
    "birthday": _Reader.birthday,
    "field": _Reader.field,
}
"""What a part says, by the key that it must have."""


def _did(said: Said, verb: str) -> Did:
    said.only((verb, *_WHICH, *_WHEN, "at_least", "on_days"))
    named = [each.one_of((*KINDS, ANYTHING)) for each in said.part(verb).values()]
    kinds = dict.fromkeys(kind for name in named for kind in (INTEREST if name == ANYTHING else (name,)))
    counts = {name: said.part(name).whole(1, 100_000) for name in ("at_least", "on_days") if name in said.value}
    return Did(tuple(kinds), _which(said), _days(said), **counts)


def _which(said: Said) -> Which:
    least = most = None
    if "price" in said.value:
        price = said.part("price")
        price.object("an object with at_least, at_most or both")
        price.only(("at_least", "at_most"))
        least, most = (price.part(key).number() if key in price.value else None for key in ("at_least", "at_most"))
        if least is not None and most is not None and least > most:
            raise price.wrong("must not have a lowest price above the highest")
    items, categories, brands = (tuple(_texts(said, key)) for key in ("item", "category", "brand"))
    return Which(items, categories, brands, least, most)


def _texts(said: Said, key: str) -> list[Said]:
    return [Said(each.text(), each.path) for each in _values(said, key)]


def _values(said: Said, key: str) -> list[Said]:
    return said.part(key).values() if key in said.value else []


def _days(said: Said) -> Days:
    """The days that a part names; all where it names none."""
    given = [key for key in _WHEN if key in said.value]
    if not given:
        return Days(said)
    if len(given) > 1:
        raise Said(given, said.path).wrong("must name days in one way", [*_WHEN], "Use between for both ends.")
    when = said.part(given[0])
    if given[0] == "within_days":
        days = when.whole(1, MOST_DAYS)
        return Days(when, Day(when, None, "today", 1 - days))
    if given[0] == "between":
        return _between(when)
    day = Day.read(when)
    # Before a day is until the one before it, so that the last day is always included.
    return Days(when, day) if given[0] == "since" else Days(when, None, day.later(-1))


def _between(said: Said) -> Days:
    first, last = said.pair()
    return Days(said, Day.read(first), Day.read(last))
