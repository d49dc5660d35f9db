"""A group of customers as marketers read of it: its name and its rule, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.arrays import Ints


@dataclass(frozen=True)
class NamedGroup:
    """One of the groups that a shop's customers fall into."""

    name: str
    """As columns, files and the API write it."""
    title: Mapping[str, str]
    """As people read it, in ``en`` and ``zh``."""
    rule: Mapping[str, str]
    """Who is in it, in words."""


def named(name: str, en: str, zh: str, rule_en: str, rule_zh: str) -> NamedGroup:
    """A group with its name and rule in both languages."""
    return NamedGroup(name, {"en": en, "zh": zh}, {"en": rule_en, "zh": rule_zh})


NOBODY = -1
"""The code of those who are in no group, such as visitors in groups of customers."""


def group_column(names: tuple[str, ...], codes: Ints) -> pa.Array:
    """The name of each customer's group, null for :data:`NOBODY`; ``codes`` has shape ``(n,)``."""
    places = pa.array(codes.astype(np.int64), mask=codes == NOBODY)
    return pa.array(names, pa.string()).take(places)
