"""How many people an audience has, how many may be written to, and what that would bring: in a tenth of a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from features.arrays import Flags
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.audiences.filters import parse_filter
from serving.audiences.fresh_acts import FreshActs
from serving.audiences.matching import Matcher
from serving.audiences.parts import Filter
from serving.audiences.previewing.expected import Expected, expected
from serving.audiences.previewing.list_rows import ListRows
from serving.audiences.previewing.power import Power, told_power
from serving.audiences.previewing.preview_request import AudienceChoice, OtherPeople, PreviewRequest
from serving.audiences.templates import template
from serving.care.care import Care, counted
from serving.database.connection import Database
from serving.database.marketing.audiences import Audiences
from serving.live.current_snapshot import CurrentSnapshot
from serving.snapshot import Snapshot


@dataclass(frozen=True)
class Overlap:
    """What an audience has in common with other people."""

    name: str
    """The list, audience or template; ``filter`` for a filter without a name."""
    people: int
    """How many the others are, as far as the snapshot knows them."""
    both: int
    """How many are in both."""
    overlap_rate: float | None
    """The share of the audience that is in both; None for an empty audience."""


@dataclass(frozen=True)
class Preview:
    """One audience in numbers."""

    today: date
    """The shop's date."""
    customers: int
    """Everybody in the snapshot."""
    count: int
    """Whom the filter means."""
    share: float | None
    """The share of everybody; None where there is nobody."""
    layers: Mapping[str, int]
    """How many of the audience are in each layer."""
    reachable: int
    """Those who may be written to."""
    reachable_rate: float | None
    """Their share of the audience; None for an empty audience."""
    excluded: Mapping[str, int]
    """How many are left out by each reason; of several reasons the first counts."""
    overlaps: tuple[Overlap, ...]
    """What it has in common with others, in the order in which they were asked for."""
    expected: Expected
    """What writing to those who may be written to would bring."""
    power: Power | None
    """Whether the effect could be seen; None without a control group, or without people."""


class Previews:
    """Previews of one shop; it remembers what it read, so that one of it serves all requests of a process."""

    def __init__(self, shop: ShopFolder, database: Database, care: Care, fresh: FreshActs) -> None:
        self._shop, self._care, self._fresh = shop, care, fresh
        self._audiences, self._lists = Audiences(database), ListRows(shop, database)

    def try_filter(self, current: CurrentSnapshot, wanted: Filter, now: datetime) -> int | None:
        """How many people a filter means, None while nothing is published.

        Raises :class:`HuitouError` for what the snapshot does not know.
        """
        try:
            snapshot = current.get()
        except HuitouError as error:
            if error.code == "no_snapshot":
                return None
            raise
        return int(np.count_nonzero(Matcher(snapshot, self._fresh.of(snapshot), now).flags(wanted)))

    def preview(self, snapshot: Snapshot, wanted: PreviewRequest, now: datetime) -> Preview:
        """An audience in numbers; raises :class:`HuitouError` for a mistake in what was asked."""
        matcher = Matcher(snapshot, self._fresh.of(snapshot), now)
        flags = matcher.flags(self._filter(wanted))
        rows = np.flatnonzero(flags)
        left_out = self._care.exclusions(snapshot, rows, wanted.channel, now)
        reachable = rows[left_out == 0]
        brings = expected(snapshot, reachable, self._shop.settings)
        return Preview(
            today=matcher.today,
            customers=len(flags),
            count=len(rows),
            share=_share(len(rows), len(flags)),
            layers=_layers(snapshot, flags),
            reachable=len(reachable),
            reachable_rate=_share(len(reachable), len(rows)),
            excluded=counted(left_out),
            overlaps=tuple(self._overlap(matcher, flags, len(rows), other) for other in wanted.overlap_with),
            expected=brings,
            power=told_power(len(reachable), brings.orders_without_contact, wanted.control_share),
        )

    def _filter(self, wanted: AudienceChoice) -> Filter:
        if wanted.template is not None:
            return template(wanted.template, **wanted.parameters).parsed
        if wanted.audience is not None:
            return self._audiences.get(wanted.audience).parsed
        return parse_filter(wanted.filter)

    def _overlap(self, matcher: Matcher, flags: Flags, count: int, other: OtherPeople) -> Overlap:
        if other.list_id is not None:
            rows = self._lists.of(matcher.snapshot, other.list_id)
            people, both = len(rows), int(np.count_nonzero(flags[rows]))
        else:
            others = matcher.flags(self._filter(other))
            people, both = int(np.count_nonzero(others)), int(np.count_nonzero(flags & others))
        return Overlap(other.label, people, both, _share(both, count))


def _layers(snapshot: Snapshot, flags: Flags) -> Mapping[str, int]:
    names = snapshot.audience.columns.described["layer"].names
    counts = np.bincount(snapshot.audience.columns.values("layer")[flags], minlength=len(names))
    return {name: int(count) for name, count in sorted(zip(names, counts, strict=True)) if count}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
