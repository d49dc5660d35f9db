"""A shop's memory at one version."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from features.behaviour import KEPT_CATALOGUES, Behaviour
from tests.small_shop import moment, random_events, stored

CUTOFF = moment("2024-11-05T07:30Z")


def test_a_catalogue_is_made_once(tmp_path: Path) -> None:
    """Asked for again it is the same one; of many cutoffs the newest few are kept, and one asked for again stays."""
    behaviour = Behaviour.of(stored(tmp_path, random_events(5, 50)))
    cutoffs = [CUTOFF + timedelta(hours=hour) for hour in range(KEPT_CATALOGUES)]
    first, second, *_ = [behaviour.catalogue(cutoff) for cutoff in cutoffs]
    assert behaviour.catalogue(cutoffs[0]) is first
    behaviour.catalogue(CUTOFF - timedelta(hours=1))
    assert behaviour.catalogue(cutoffs[0]) is first
    again = behaviour.catalogue(cutoffs[1])
    assert again is not second
    assert len(again) == len(second)
