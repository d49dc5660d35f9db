"""What to do about whom: a suggested plan for every group, from a file that the shop may change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from features.arrays import Ints
from features.channels import CHANNEL_NAMES, CHANNELS
from features.edited_file import EditedFile, FileKind, Part
from features.errors import HuitouError
from features.shop.groups.behaviour_groups import BEHAVIOUR_NAMES
from features.shop.groups.rfm import RFM_NAMES
from features.shop.groups.stages import STAGE_NAMES
from features.shop.groups.value_levels import VALUE_NAMES
from features.shop.layers import LAYERS

PLAYBOOK_FILE = "playbook.json"
"""Its name in the folder of the shop."""

GROUPINGS: Mapping[str, tuple[str, ...]] = {
    "layer": LAYERS,
    "stage": STAGE_NAMES,
    "rfm_group": RFM_NAMES,
    "value_level": VALUE_NAMES,
    "behaviour_group": BEHAVIOUR_NAMES,
}
"""Every way in which customers are grouped, by the column of the table of customers, with the names of its groups."""

_LABELS = {"en": ("channel", "offer", "when", "; ", ": "), "zh": ("渠道", "优惠", "时机", "；", "：")}

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class _Told(Part):
    """A text in both languages."""

    en: Words
    zh: Words


Told = Annotated[_Told, BeforeValidator(lambda said: {"en": said, "zh": said} if isinstance(said, str) else said)]
"""A text in both languages; one text stands for both."""


class PlanText(Part):
    """One plan as the file says it."""

    text: Told
    """What to do."""
    channel: Literal[CHANNELS]  # type: ignore[valid-type]
    """Where to write."""
    offer: Told
    """What to offer."""
    timing: Told
    """When to write."""


@dataclass(frozen=True)
class Plan:
    """What is suggested for one group."""

    grouping: str
    """The column that the group is of, one of :data:`GROUPINGS`."""
    group: str
    """The name of the group."""
    text: Mapping[str, str]
    """What to do, in ``en`` and ``zh``."""
    channel: str
    """Where to write, one of ``CHANNELS``."""
    offer: Mapping[str, str]
    """What to offer, in ``en`` and ``zh``."""
    timing: Mapping[str, str]
    """When to write, in ``en`` and ``zh``."""

    def sentence(self, language: str) -> str:
        """All of it in one line."""
        channel, offer, when, between, colon = _LABELS[language]
        said = {channel: CHANNEL_NAMES[self.channel], offer: self.offer, when: self.timing}
        return between.join([self.text[language], *(f"{name}{colon}{part[language]}" for name, part in said.items())])


class Playbook(EditedFile):
    """The whole file; what it leaves out is as in the built-in one."""

    kind: ClassVar[FileKind] = FileKind(
        PLAYBOOK_FILE,
        holds="precedence and plans",
        code="broken_playbook",
        most_bytes=1_000_000,
        check="huitou playbook check",
    )

    precedence: Annotated[list[str], Field(max_length=100)]
    """Which plan a person in several groups gets: the first entry that fits, a grouping (``rfm_group``) or one group
    of it (``behaviour_group:cart_heavy``); who fits none gets that of the layer."""
    plans: dict[str, dict[str, PlanText]]
    """A plan for every group, by grouping and name."""

    @field_validator("precedence")
    @classmethod
    def _are_groups(cls, said: list[str]) -> list[str]:
        if not said:
            raise ValueError("must name at least one group")
        for entry in said:
            grouping, colon, group = entry.partition(":")
            if grouping not in GROUPINGS or (colon and group not in GROUPINGS[grouping]):
                raise ValueError(f"must name groups, such as rfm_group or layer:lost, and {entry[:100]!r} is none")
            if said.count(entry) > 1:
                raise ValueError(f"must name each once, and {entry!r} is named twice")
        return said

    @classmethod
    def _completed(cls, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the file says, and the rest as it is built in."""
        own = said.get("plans", {})
        _check_names(own)
        whole = json.loads(built_in_text())
        plans = {name: of_groups | own.get(name, {}) for name, of_groups in whole["plans"].items()}
        return {**whole, **said, "plans": plans}

    def plan_of(self, grouping: str, group: str) -> Plan:
        """What is suggested for one group."""
        said = self.plans[grouping][group]
        told = (part.model_dump() for part in (said.text, said.offer, said.timing))
        text, offer, timing = told
        return Plan(grouping, group, text, said.channel, offer, timing)

    def plan_for(self, groups: Mapping[str, str | None]) -> Plan:
        """The plan of somebody in several groups, by :attr:`precedence`; ``groups`` are names by grouping.

        The layer must be among them; others may be left out or None.
        """
        for entry in self.precedence:
            grouping, colon, wanted = entry.partition(":")
            group = groups.get(grouping)
            if group is not None and (not colon or group == wanted):
                return self.plan_of(grouping, group)
        layer = groups["layer"]
        if layer is None:
            raise ValueError("everybody is in a layer")
        return self.plan_of("layer", layer)

    def plans_of(self, columns: Mapping[str, pa.Array | pa.ChunkedArray]) -> tuple[Ints, Sequence[Plan]]:
        """The plan of each of many: its place ``(n,)`` in the list that follows.

        ``columns`` are those of the table of customers by grouping, the layer among them.
        """
        coded = {name: _codes(columns[name], groups) for name, groups in GROUPINGS.items() if name in columns}
        sizes = tuple(len(GROUPINGS[name]) + 1 for name in coded)
        together = np.ravel_multi_index(tuple(codes + 1 for codes in coded.values()), sizes)
        distinct, place = np.unique(together, return_inverse=True)
        plans = [
            self.plan_for(
                {
                    name: GROUPINGS[name][code - 1] if code else None
                    for name, code in zip(coded, np.unravel_index(one, sizes), strict=True)
                }
            )
            for one in distinct
        ]
        return place, plans


@lru_cache(maxsize=1)
def built_in_text() -> str:
    """The built-in playbook as a file to start from."""
    return files("features.shop.groups").joinpath(PLAYBOOK_FILE).read_text(encoding="utf-8")


def _codes(column: pa.Array | pa.ChunkedArray, names: Sequence[str]) -> Ints:
    """The place of each value among ``names``, -1 for null."""
    found: Ints = pc.fill_null(pc.index_in(column, pa.array(names, pa.string())), -1).to_numpy()
    return found


def _check_names(plans: Any) -> None:
    """Raise :class:`HuitouError` for a plan of something that is no group."""
    if not isinstance(plans, dict):
        raise Playbook.kind.wrong("plans must be a JSON object of groupings.", plans, "plans")
    for grouping, of_groups in plans.items():
        if grouping not in GROUPINGS:
            raise _unknown("plans", grouping, tuple(GROUPINGS))
        if not isinstance(of_groups, dict):
            raise Playbook.kind.wrong(
                f"plans.{grouping} must be a JSON object of plans.", of_groups, f"plans.{grouping}"
            )
        for group in of_groups:
            if group not in GROUPINGS[grouping]:
                raise _unknown(f"plans.{grouping}", group, GROUPINGS[grouping])


def _unknown(where: str, name: str, allowed: tuple[str, ...]) -> HuitouError:
    told = f"{where} must name {', '.join(allowed)}; got {name[:100]!r}."
    return Playbook.kind.wrong(told, name, where, list(allowed))
