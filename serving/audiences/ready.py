"""What a ready audience is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from serving.audiences.language.days import MOST_DAYS
from serving.audiences.language.said import Said

Words = Mapping[str, str]
"""The same in ``en`` and ``zh``."""

DAYS, SHARE, COUNT, MONEY, ITEM, TEXT = "days", "share", "count", "money", "item", "text"
"""What a parameter is."""

RECOMMENDED, OPEN_CART, OPEN_FAVORITE, DUE_AGAIN, THE_ITEM = (
    "recommended",
    "open_cart",
    "open_favorite",
    "due_again",
    "the_item",
)
"""Where the items of a list come from: each person's recommendations, cart or favourites, what they bought and need
again, or the item that the template is about."""


@dataclass(frozen=True)
class Parameter:
    """One number or name of a template."""

    kind: str
    """``days``, ``share`` (0 to 1), ``count``, ``money``, ``item`` or ``text``."""
    usual: Any
    """What it is when nobody says otherwise; None where it must be said."""
    title: Words
    """What it is called."""

    def read(self, said: Said) -> Any:
        """A value that somebody gave, checked."""
        if self.kind in (DAYS, COUNT):
            return said.whole(0, MOST_DAYS)
        if self.kind in (SHARE, MONEY):
            value = said.number()
            if self.kind == SHARE and not 0 <= value <= 1:
                raise said.wrong("must be between 0 and 1", [0, 1], "80 % is written 0.8.")
            return value
        return said.text()


@dataclass(frozen=True)
class Ready:
    """One template before its parameters are known."""

    name: str
    """As requests write it."""
    title: Words
    """What people call it."""
    explanation: Words
    """Who is meant and what for, in a sentence."""
    filter: Callable[[Mapping[str, Any]], dict[str, Any]]
    """The filter as JSON for some parameters."""
    ranking: str
    """In which order people stand where there is no uplift model, one of ``serving.lists.ranking.RANKINGS``."""
    plan: str | None
    """The entry of the playbook that fits everybody in it, such as ``layer:lost``; None: each person's own."""
    items: str = RECOMMENDED
    """Where the items come from."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    """What can be changed."""
