"""What somebody said in JSON, with the path to each part, so that an error can point to it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from features.errors import HuitouError
from features.findings import cut, plain

MOST_VALUES = 1_000
"""A list of values has at most so many."""

LONGEST_TEXT = 256
"""A text has at most so many characters."""

MOST_NUMBER = 2**53
"""No number is larger, so that every one is exact."""

CODE = "filter"
"""The code of every error about a filter."""

_COMPARED = 100
_MOST_COMPARED = 2_000


@dataclass(frozen=True)
class Said:
    """One value and where it stands."""

    value: Any
    """As JSON gave it."""
    path: str
    """Where it stands, as ``filter.all[1].within_days``."""

    def part(self, key: str) -> Said:
        """The value under a key of an object."""
        return Said(self.value[key], f"{self.path}.{key}")

    def wrong(self, rule: str, allowed: Any = None, hint: str | None = None) -> HuitouError:
        """The error that this breaks a rule."""
        got = cut(json.dumps(plain(self.value), ensure_ascii=False))
        said = f"{self.path} {rule}; got {got}." + (f" {hint}" if hint else "")
        return HuitouError(said, code=CODE, field=self.path, value=self.value, allowed=allowed, hint=hint)

    def object(self, what: str) -> Mapping[str, Any]:
        """The value, a JSON object with at least one key; ``what`` says what it should be."""
        if not isinstance(self.value, Mapping) or not self.value:
            raise self.wrong(f"must be {what}")
        return self.value

    def parts(self) -> list[Said]:
        """The parts of a list of 1 to ``MOST_VALUES``."""
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong("must be a list that is not empty")
        if len(self.value) > MOST_VALUES:
            raise Said(len(self.value), self.path).wrong(f"must have at most {MOST_VALUES:,} entries", MOST_VALUES)
        return [Said(each, f"{self.path}[{place}]") for place, each in enumerate(self.value)]

    def values(self) -> list[Said]:
        """A value, or the values of a list of at most ``MOST_VALUES``."""
        return self.parts() if isinstance(self.value, list) else [self]

    def text(self) -> str:
        """The value, a text that is not empty."""
        value = self.value
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
            raise self.wrong(f"must be a text of 1 to {LONGEST_TEXT} characters")
        return value.strip()

    def whole(self, least: int, most: int) -> int:
        """The value, a whole number within limits."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(f"must be a whole number from {least:,} to {most:,}", [least, most])
        return value

    def number(self) -> float:
        """The value, a number of reasonable size."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MOST_NUMBER:
            raise self.wrong("must be a number")
        return float(value)

    def flag(self) -> bool:
        """The value, true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("must be true or false", [True, False])
        return self.value

    def pair(self) -> tuple[Said, Said]:
        """The two values of a list, from and to."""
        if not isinstance(self.value, list) or len(self.value) != 2:
            raise self.wrong("must be a list of two values, from and to")
        first, last = self.parts()
        return first, last

    def one_of(self, names: Collection[str]) -> str:
        """The value, one of some names."""
        if not isinstance(self.value, str) or self.value not in names:
            raise self.wrong(one_of(names), list(names), nearest(self.value, names))
        return self.value

    def only(self, allowed: Iterable[str]) -> None:
        """Raise when an object has another key than these."""
        known = list(allowed)
        for key in self.value:
            if key not in known:
                raise HuitouError(
                    f"{self.path} must have no key {cut(json.dumps(str(key), ensure_ascii=False))}; "
                    f"allowed here: {', '.join(known)}.{_spaced(nearest(key, known))}",
                    code=CODE,
                    field=self.path,
                    value=str(key),
                    allowed=known,
                    hint=nearest(key, known),
                )


def one_of(names: Collection[str]) -> str:
    """The rule that a value must be one of some names, told in words as far as they are few."""
    told = list(names)[:40]
    return f"must be one of {', '.join(told)}{' …' if len(names) > len(told) else ''}"


def nearest(value: Any, names: Iterable[str]) -> str | None:
    """Which of some names was probably meant, as a question; None where none is near.

    Of many names only some of those that begin with the same letter are compared: all would take seconds.
    """
    if not isinstance(value, str) or not value or len(value) > _COMPARED:
        return None
    wanted, by_lower = value.lower(), {name.lower(): name for name in names}
    if len(by_lower) > _MOST_COMPARED:
        alike = (name for name in by_lower if name.startswith(wanted[0]))
        by_lower = {name: by_lower[name] for name in islice(alike, _MOST_COMPARED)}
    found = get_close_matches(wanted, by_lower, n=1, cutoff=0.6)
    return f"Did you mean {by_lower[found[0]]}?" if found else None


def _spaced(text: str | None) -> str:
    return "" if text is None else f" {text}"
