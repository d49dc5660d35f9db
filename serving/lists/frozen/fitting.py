"""Who fits a template, a saved audience or a filter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays import Ints
from features.errors import HuitouError
from serving.audiences.filters import parse_filter
from serving.audiences.fresh import Fresh
from serving.audiences.fresh_acts import FreshActs
from serving.audiences.matching import matching, refuse_nobody
from serving.audiences.parts import Filter
from serving.audiences.templates import Template, template
from serving.database.marketing.audiences import Audiences
from serving.desk.workroom import Workroom
from serving.lists.request import ChosenPeople
from serving.snapshot import Snapshot


@dataclass(frozen=True)
class Fitting:
    """Some people."""

    rows: Ints
    """Rows of the snapshot, rising."""
    fresh: Fresh
    """What happened since the snapshot."""
    template: Template | None
    """The template, where they are those of one."""


def fitting_people(room: Workroom, snapshot: Snapshot, wanted: ChosenPeople) -> Fitting:
    """Whom a request means, what happened since the snapshot included; raises :class:`HuitouError` for nobody."""
    ready = None if wanted.template is None else template(wanted.template, **wanted.parameters)
    filter = ready.parsed if ready is not None else _filter(room, wanted)
    fresh = FreshActs(room.database).of(snapshot)
    flags = matching(snapshot, filter, fresh, room.clock())
    refuse_nobody(flags)
    return Fitting(np.flatnonzero(flags), fresh, ready)


def _saved(room: Workroom, name: str) -> Filter:
    """The filter of a saved audience; one that there is not is a wrong value here, and no path that leads nowhere."""
    try:
        return Audiences(room.database).get(name).parsed
    except HuitouError as error:
        if error.code != "unknown_audience":
            raise
        raise HuitouError(error.message, field="audience", value=name) from None


def _filter(room: Workroom, wanted: ChosenPeople) -> Filter:
    if wanted.audience is not None:
        return _saved(room, wanted.audience)
    return parse_filter(wanted.filter)
