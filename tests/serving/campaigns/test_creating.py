"""Making campaigns: quiet hours, lists that cannot be measured, and stopping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.campaigns.creating import end_of
from serving.campaigns.work import stop
from serving.database.access.audit import Audit
from serving.database.marketing.contact_log import ContactLog
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import at, campaign_room, days, made, made_list
from tests.serving.published_shop import NOW


@pytest.fixture
def room(tmp_path: Path, database_url: str | None) -> Iterator[Workroom]:
    with campaign_room(tmp_path, database_url, 60) as opened:
        yield opened


def test_it_starts_at_once_with_everybody_in_the_log(room: Workroom) -> None:
    """Both arms, each person once, and the audit log says who made it."""
    found = made(room, list_id=made_list(room).list_id)
    assert found.state(NOW) == "running"
    assert found.ends_at == days(14)
    log = ContactLog(room.database)
    assert log.outcomes(found.campaign_id) == {("control", "chosen"): 18, ("treated", "chosen"): 42}
    assert len(set(log.take(100).rows.column("customer_id").to_pylist())) == 60
    acts = [entry.act for entry in Audit(room.database).newest(5)]
    assert acts[:2] == ["campaign.start", "campaign.make"]


def test_quiet_hours_move_the_start(room: Workroom) -> None:
    """A start in the night is moved to the morning, and what was asked for is kept."""
    rules = {"quiet_hours": {"from": "21:00", "until": "09:00"}}
    (room.shop.path / "contact_care.json").write_text(json.dumps(rules))
    found = made(room, list_id=made_list(room).list_id, starts="2025-03-01T23:30:00Z")
    assert found.starts_at == NOW.replace(hour=9) + timedelta(days=1)
    assert found.settings["asked_start"] == "2025-03-01T23:30:00+00:00"
    assert found.state(NOW) == "planned"


def test_a_start_just_past_in_quiet_hours(room: Workroom) -> None:
    """Of a list that is there the messages may be out; one that is yet to be made waits until the hours end."""
    frozen = made_list(room)
    hours = {"from": f"{NOW:%H}:00", "until": f"{NOW + timedelta(hours=2):%H}:00"}
    (room.shop.path / "contact_care.json").write_text(json.dumps({"quiet_hours": hours}))
    later = replace(room, clock=lambda: NOW + timedelta(minutes=10))
    past = (NOW + timedelta(minutes=5)).isoformat()
    assert made(later, list_id=frozen.list_id, starts=past).starts_at == NOW + timedelta(minutes=5)
    yet = {"name": "x", "filter": {"everyone": True}}
    assert made(later, list=yet, starts=past).starts_at == NOW + timedelta(hours=2)


def test_a_window_ends_at_the_same_hour_of_the_shops_clock() -> None:
    """Fourteen days over the night in which the clocks go forward are an hour short of fourteen times 24 hours."""
    starts_at = datetime(2025, 3, 25, 9, tzinfo=UTC)
    assert end_of(starts_at, 14, "Europe/Berlin") == datetime(2025, 4, 8, 8, tzinfo=UTC)
    assert end_of(starts_at, 14, "Asia/Shanghai") == datetime(2025, 4, 8, 9, tzinfo=UTC)


def test_what_cannot_be_measured_is_refused(room: Workroom) -> None:
    """No control group, a start before the list was made or too far ahead, an unknown list: nothing is made."""
    plain, none = made_list(room), made_list(room, name="all treated", control_share=0.0)
    without = {"name": "x", "filter": {"everyone": True}, "control_share": 0.0}
    for said, message in (
        ({"list_id": none.list_id}, "needs a list with a control group"),
        ({"list_id": plain.list_id, "starts": "2025-02-28T00:00:00Z"}, "must not be before the list was made"),
        ({"list_id": plain.list_id, "starts": "2030-01-01T00:00:00Z"}, "starts must be within 730 days"),
        ({"list_id": "nothing"}, "there is no list 'nothing'"),
        ({"list": without}, "needs a list with a control group"),
    ):
        with pytest.raises(HuitouError) as error:
            made(room, **said)
        assert message in error.value.message
    assert ContactLog(room.database).take(10).numbers == ()


def test_stopping(room: Workroom) -> None:
    """What people do counts until the planned end; what has not started never does; twice is a mistake."""
    header = made_list(room)
    running = made(room, list_id=header.list_id)
    to_come = made(room, list_id=header.list_id, starts="2025-03-15T12:00:00Z")
    told = stop(at(room, days(1)), running.campaign_id, "k2")
    assert (told["state"], told["ends"]) == ("running", running.ends_at.isoformat())
    assert stop(room, to_come.campaign_id, "k2")["state"] == "cancelled"
    with pytest.raises(HuitouError, match="cannot be stopped: it was stopped before."):
        stop(room, running.campaign_id, "k2")
    ended = made(room, list_id=header.list_id)
    with pytest.raises(HuitouError, match="cannot be stopped: it has ended."):
        stop(at(room, days(14)), ended.campaign_id, "k2")
