"""Pools: campaigns of one name that have ended, together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.campaigns.pools import pool_results
from serving.campaigns.results import campaign_results
from serving.campaigns.starting import DueCampaigns
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import arms, at, campaign_room, days, made, made_list, order


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path) as opened:
        yield opened


def test_two_campaigns_together(room: Workroom) -> None:
    """Both count, each person in each; one that has not ended is only counted."""
    header = made_list(room)
    treated, control = arms(room, header)
    for starts, window in (("2025-03-01T12:00:00Z", 5), ("2025-03-10T12:00:00Z", 5), ("2025-03-20T12:00:00Z", 90)):
        made(at(room, days(20)), list_id=header.list_id, starts=starts, window_days=window, pool="carts")
    order(room, [*treated[:30], *control[:5]], days(1))
    order(room, treated[30:70], days(10))
    found = pool_results(at(room, days(30)), "carts")
    assert len(found["campaigns"]) == 2
    assert found["not_ended"] == 1
    assert found["effects"]["treated"]["people"] == 420
    assert found["effects"]["treated"]["buyers"] == 70
    assert found["effects"]["absolute_lift"]["value"] == pytest.approx(70 / 420 - 5 / 180)
    assert [each["effects"]["treated"]["buyers"] for each in found["campaigns"]] == [30, 40]
    assert set(found["differ"]["note"]) == {"en", "zh"}


def test_pools_without_results(room: Workroom) -> None:
    """A pool that nobody named, and one where nothing has ended."""
    with pytest.raises(HuitouError) as error:
        pool_results(room, "carts")
    assert error.value.code == "unknown_pool"
    made(room, list_id=made_list(room).list_id, pool="carts")
    with pytest.raises(HuitouError, match="no campaign of the pool 'carts' has ended; the first ends at 2025-03-15"):
        pool_results(at(room, days(1)), "carts")


def test_a_campaign_that_never_started_does_not_count(room: Workroom) -> None:
    """The others of its pool are told without it; by itself it has no results."""
    header = made_list(room)
    made(at(room, days(20)), list_id=header.list_id, starts="2025-03-01T12:00:00Z", window_days=5, pool="carts")
    nobody = {"name": "nobody", "filter": {"field": "layer", "is": "visitor"}}
    failed = made(room, list=nobody, starts="2025-03-05T12:00:00Z", window_days=5, pool="carts")
    with pytest.raises(HuitouError, match="could not start"):
        DueCampaigns(at(room, days(4))).start()
    late = at(room, days(30))
    found = pool_results(late, "carts")
    assert (len(found["campaigns"]), found["not_ended"]) == (1, 0)
    with pytest.raises(HuitouError, match="campaign 'spring' never started, so nobody was written to: nobody in"):
        campaign_results(late, failed.campaign_id)
