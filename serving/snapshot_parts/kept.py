"""What was worked out before and is asked for again: a dictionary that does not grow for ever."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(dict[Hashable, Value], Generic[Value]):
    """Read it as the dictionary that it is; when it is full it begins anew."""

    def __init__(self, most: int) -> None:
        """At most ``most`` entries are kept."""
        super().__init__()
        self._most = most

    def keep(self, key: Hashable, value: Value) -> Value:
        """Keep a value for the next time; return it."""
        if len(self) >= self._most:
            self.clear()
        self[key] = value
        return value

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value that is kept; where there is none, what ``make`` gives, which is kept from now on."""
        return self[key] if key in self else self.keep(key, make())
