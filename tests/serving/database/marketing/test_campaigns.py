"""The store of campaigns: everything comes back as it went in, and each thing is noted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.campaigns import NOT_YET, Campaign, Campaigns
from tests.serving.published_shop import NOW

DAY = timedelta(days=1)
SPRING = Campaign(
    campaign_id="c1",
    name="春季 50%",
    list_id="l1",
    channel="email",
    settings={"pool": "spring", "cost_per_contact": 0.05},
    starts_at=NOW,
    ends_at=NOW + 14 * DAY,
    made_at=NOW - DAY,
    made_by="k1",
)


@pytest.fixture
def campaigns(tmp_path: Path, database_url: str | None) -> Iterator[Campaigns]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield Campaigns(engine)
    engine.dispose()


def test_a_campaign_comes_back(campaigns: Campaigns) -> None:
    """With all its moments and settings."""
    campaigns.add(SPRING)
    assert campaigns.get("c1") == SPRING
    assert campaigns.count() == 1
    with pytest.raises(HuitouError) as error:
        campaigns.get("c\0")
    assert error.value.code == "unknown_campaign"
    assert "there is no campaign" in error.value.message


def test_a_new_one_is_judged_by_those_beside_it(campaigns: Campaigns) -> None:
    """By those of its channel that are planned or running, the first to start first; who is refused is not stored."""
    for name, changed in {
        "to come": {"starts_at": NOW + DAY},
        "running": {"started_at": NOW},
        "stopped": {"stopped_at": NOW},
        "over": {"ends_at": NOW - DAY},
        "other channel": {"channel": "sms"},
    }.items():
        campaigns.add(replace(SPRING, campaign_id=name, **changed))  # type: ignore[arg-type]
    seen: list[str] = []

    def refuse(others: Sequence[Campaign]) -> None:
        seen.extend(other.campaign_id for other in others)
        raise HuitouError("not this one", code="conflict")

    with pytest.raises(HuitouError, match="not this one"):
        campaigns.add(SPRING, refuse)
    assert seen == ["running", "to come"]
    assert campaigns.count() == 5


def test_those_that_come_at_once_take_turns(campaigns: Campaigns) -> None:
    """Each is judged when the one before it is stored, so that of several that must not both be there one is."""

    def stored(number: int) -> bool:
        def refuse(others: Sequence[Campaign]) -> None:
            for _ in range(20):  # the others come meanwhile
                campaigns.count()
            if others:
                raise HuitouError("another one is there", code="conflict")

        try:
            campaigns.add(replace(SPRING, campaign_id=f"c{number}"), refuse)
        except HuitouError as error:
            return error.code != "conflict"
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(stored, range(4))) == 1
    assert campaigns.count() == 1


def test_the_one_that_starts_last_comes_first(campaigns: Campaigns) -> None:
    """In pages."""
    for number in range(3):
        campaigns.add(replace(SPRING, campaign_id=f"c{number}", starts_at=NOW + number * DAY))
    assert [each.campaign_id for each in campaigns.newest(2)] == ["c2", "c1"]
    assert [each.campaign_id for each in campaigns.newest(2, 2)] == ["c0"]


def test_what_is_due(campaigns: Campaigns) -> None:
    """What should have started and did not; not what is to come, was stopped, has started, or is over."""
    for name, changed in {
        "due": {},
        "to come": {"starts_at": NOW + DAY},
        "stopped": {"stopped_at": NOW},
        "started": {"started_at": NOW},
        "over": {"ends_at": NOW},
    }.items():
        campaigns.add(replace(SPRING, campaign_id=name, **changed))  # type: ignore[arg-type]
    assert [each.campaign_id for each in campaigns.due(NOW)] == ["due"]
    assert [each.campaign_id for each in campaigns.started_since(NOW - DAY, NOW + DAY)] == ["started"]
    assert campaigns.started_since(NOW + DAY, NOW + 2 * DAY) == []


def test_starting_is_noted_once(campaigns: Campaigns) -> None:
    """The list, the start and the stop stay what they were first; a trouble goes with the start."""
    campaigns.add(replace(SPRING, list_id=NOT_YET))
    campaigns.cannot_start("c1", "nobody fits")
    campaigns.move("c1", NOW + DAY, NOW + 2 * DAY)
    assert campaigns.get("c1").trouble == "nobody fits"
    for number in (1, 2):
        campaigns.freeze("c1", f"l{number}")
        campaigns.start("c1", NOW + number * DAY)
        campaigns.stop("c1", NOW + number * DAY)
    campaigns.cannot_start("c1", "too late")
    campaigns.move("c1", NOW, NOW)
    found = campaigns.get("c1")
    assert (found.list_id, found.trouble, found.starts_at) == ("l1", None, NOW + DAY)
    assert found.started_at == found.stopped_at == NOW + DAY


def test_a_pool_has_what_was_not_cancelled(campaigns: Campaigns) -> None:
    """The campaigns of its name, the first to start first."""
    campaigns.add(replace(SPRING, campaign_id="second", starts_at=NOW + DAY))
    campaigns.add(SPRING)
    campaigns.add(replace(SPRING, campaign_id="cancelled", stopped_at=NOW))
    campaigns.add(replace(SPRING, campaign_id="other", settings={}))
    assert [each.campaign_id for each in campaigns.of_pool("spring")] == ["c1", "second"]
    assert campaigns.of_pool("summer") == []


def test_where_a_campaign_stands() -> None:
    """Planned, starting, running, ended, or cancelled."""
    started = replace(SPRING, started_at=NOW)
    assert SPRING.state(NOW - DAY) == "planned"
    assert SPRING.state(NOW) == "starting"
    assert started.state(NOW + DAY) == "running"
    assert replace(started, stopped_at=NOW).state(NOW + DAY) == "running"
    assert started.state(NOW + 14 * DAY) == "ended"
    assert replace(SPRING, stopped_at=NOW).state(NOW + 20 * DAY) == "cancelled"
